// Package ledgertest is the suite that every service.Ledger must pass.
// The parties that act in it are in package actors, for other tests too.
package ledgertest

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/service/ledgertest/actors"
)

// Opener opens the ledger under test; after it was closed it opens the same
// one again, with all that was committed.
type Opener func(t *testing.T) service.Ledger

// Factory prepares a ledger that starts from a genesis, and cleans up after
// the test. A factory whose ledgers are dear may hand out the same one again
// and again: the suite does not mind what others left there.
type Factory func(t *testing.T, g pledge.Genesis) Opener

// Channel is the channel of every ledger that the suite asks for.
const Channel = "pledge"

// Run holds a ledger to the contract of service.Ledger.
func Run(t *testing.T, factory Factory) {
	for name, test := range map[string]func(*stage){
		"outcomes":              outcomes,
		"refusals":              refusals,
		"order":                 order,
		"one bad among many":    oneBadAmongMany,
		"repeated":              repeated,
		"repeated at once":      repeatedAtOnce,
		"race to register":      race,
		"fence first":           fenceFirst,
		"fence too late":        fenceTooLate,
		"fence at once":         fenceAtOnce,
		"get at one head":       getAtOneHead,
		"follow from zero":      followFromZero,
		"follow from amid":      followFromAmid,
		"follow ends":           followEnds,
		"followers and writers": followersAndWriters,
		"prove":                 prove,
		"perfection":            perfection,
		"changes in force":      changes,
		"change of places":      yields,
		"default":               defaults,
		"objection and order":   disputes,
		"closing":               closing,
		"preflight":             preflight,
		"like content":          likeContent,
		"reopened":              reopened,
		"gone away":             goneAway,
		"closed":                closed,
	} {
		t.Run(name, func(t *testing.T) { test(newStage(t, factory)) })
	}
}

// stage is a ledger with everybody enrolled.
type stage struct {
	*testing.T
	*actors.Cast
	ctx    context.Context
	open   Opener
	ledger service.Ledger
	made   atomic.Int64
}

func newStage(t *testing.T, factory Factory) *stage {
	s := &stage{T: t, Cast: actors.NewCast(Channel), ctx: t.Context()}
	s.open = factory(t, s.Genesis())
	s.ledger = s.open(t)
	t.Cleanup(func() {
		if err := s.ledger.Close(); err != nil {
			t.Errorf("closing: %v", err)
		}
	})
	for _, a := range []*actors.Actor{s.Bank2, s.Enterprise, s.Enterprise2} {
		o := s.submit(s.Enroll(a))[0]
		if o.Status != pledge.Applied && o.Code != pledge.Duplicate {
			t.Fatalf("enrolling %s: %+v", a.Name, o)
		}
	}
	return s
}

// submit submits commands, all of which get an outcome.
func (s *stage) submit(commands ...string) []pledge.Outcome {
	s.Helper()
	out, err := s.ledger.Submit(s.ctx, commands)
	if err != nil {
		s.Fatalf("submitting %d commands: %v", len(commands), err)
	}
	if len(out) != len(commands) {
		s.Fatalf("got %d outcomes for %d commands", len(out), len(commands))
	}
	for i, o := range out {
		if want := actors.CommandID(commands[i]); o.CommandID != want && !o.Duplicate {
			s.Errorf("outcome %d is for %s, want %s", i, o.CommandID, want)
		}
	}
	return out
}

// apply submits commands that must all be applied, for the first time.
func (s *stage) apply(commands ...string) []pledge.Outcome {
	s.Helper()
	out := s.submit(commands...)
	for i, o := range out {
		if o.Status != pledge.Applied || o.Duplicate || o.Position == nil || o.Code != "" {
			s.Fatalf("command %d: %+v, want applied", i, o)
		}
	}
	return out
}

// refuse submits a command that must be refused with a code.
func (s *stage) refuse(code pledge.Code, command string) {
	s.Helper()
	if o := s.submit(command)[0]; o.Status != pledge.Refused || o.Code != code || o.Position != nil {
		s.Errorf("got %+v, want refused %s", o, code)
	}
}

func (s *stage) get(keys ...string) ([][]byte, service.Head) {
	s.Helper()
	values, head, err := s.ledger.Get(s.ctx, keys...)
	if err != nil {
		s.Fatalf("getting %v: %v", keys, err)
	}
	if len(values) != len(keys) {
		s.Fatalf("got %d values for %d keys", len(values), len(keys))
	}
	return values, head
}

func (s *stage) head() service.Head {
	s.Helper()
	h, err := s.ledger.Head(s.ctx)
	if err != nil {
		s.Fatalf("head: %v", err)
	}
	return h
}

func (s *stage) reopen() {
	s.Helper()
	if err := s.ledger.Close(); err != nil {
		s.Fatalf("closing: %v", err)
	}
	s.ledger = s.open(s.T)
}

// name makes names of content that nobody used before.
func (s *stage) name(part string) string {
	return s.Own(s.Name() + "/" + part)
}

// notarized makes an asset of the enterprise.
func (s *stage) notarized(part string) string {
	s.Helper()
	return s.apply(s.Notarize(s.Enterprise, actors.NewDataset(s.name(part), 1)))[0].RecordID
}

// many makes n commands of the enterprise that depend on nothing.
func (s *stage) many(n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = s.Notarize(s.Enterprise, actors.NewDataset(s.name(fmt.Sprint("many", s.made.Add(1))), 1))
	}
	return out
}

// until follows the ledger from a block until enough says so.
func (s *stage) until(from uint64, enough func(b service.Block) bool) []service.Block {
	s.Helper()
	var blocks []service.Block
	err := s.ledger.Follow(s.ctx, from, func(b service.Block) error {
		if blocks = append(blocks, b); enough(b) {
			return errEnough
		}
		return nil
	})
	if err != errEnough {
		s.Fatalf("following: %v", err)
	}
	return blocks
}
