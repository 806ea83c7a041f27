package pledge

import (
	"errors"
	"slices"
	"sync"
)

// VersionOf is the version that a record must have, for records that tests
// write by hand.
func VersionOf(p Pledge) int { return p.version() }

// AssetVersionOf is the same of an asset.
func AssetVersionOf(a Asset) int { return a.version() }

// said is a code that a guard refused with.
type said struct{ guard, clause, code string }

// heard are all refusals of guards in this run of the tests.
var heard sync.Map

// All tests of the package run with guards that are listened to.
func init() {
	for e, t := range life {
		t.who = listened(t.who)
		t.guards = slices.Clone(t.guards)
		for i, g := range t.guards {
			t.guards[i] = listened(g)
		}
		life[e] = t
	}
}

func listened(g guard) guard {
	holds := g.holds
	if holds == nil {
		return g
	}
	g.holds = func(m *motion) error {
		err := holds(m)
		if e := (*Error)(nil); errors.As(err, &e) {
			heard.Store(said{g.name, g.clause, string(e.Code)}, true)
		}
		return err
	}
	return g
}

// eachGuard lists all guards of the life, each once, in no order.
func eachGuard() map[[2]string]guard {
	all := map[[2]string]guard{}
	for _, t := range life {
		for _, g := range append(slices.Clone(t.guards), t.who) {
			if g.holds != nil {
				all[[2]string{g.name, g.clause}] = g
			}
		}
	}
	return all
}

// Unlisted are the codes that a guard gave and does not list.
func Unlisted() (list []string) {
	all := eachGuard()
	heard.Range(func(k, _ any) bool {
		s := k.(said)
		if !slices.Contains(all[[2]string{s.guard, s.clause}].codes, Code(s.code)) {
			list = append(list, s.guard+" ("+s.clause+") refused with "+s.code+", which it does not list")
		}
		return true
	})
	slices.Sort(list)
	return list
}

// Unheard are the codes that a guard lists and no test produced.
func Unheard() (list []string) {
	for _, g := range eachGuard() {
		for _, c := range g.codes {
			if _, ok := heard.Load(said{g.name, g.clause, string(c)}); !ok {
				list = append(list, g.name+" ("+g.clause+") never refused with "+string(c))
			}
		}
	}
	slices.Sort(list)
	return list
}

// Speechless are guards without a name, a clause or, unless they refuse
// nothing, a code; and lines without a number or words for their sides.
func Speechless() (list []string) {
	for _, g := range eachGuard() {
		if g.name == "" || g.clause == "" || len(g.codes) == 0 && g.name != anybody.name {
			list = append(list, "a guard says too little: "+g.name+" "+g.clause)
		}
	}
	for e, t := range life {
		if t.law == "" || t.sides.of != nil && t.sides.words == "" || (t.sides.of == nil) == (t.who.holds == nil) {
			list = append(list, "a line says too little: "+string(e))
		}
	}
	return list
}
