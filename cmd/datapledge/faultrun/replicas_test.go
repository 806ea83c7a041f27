package faultrun

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"sync"

	"github.com/datapledge/datapledge/service/client"
	"github.com/datapledge/datapledge/service/ledgertest/actors"
)

// sameAnswers asks both replicas the same questions.
func (s *site) sameAnswers(list []*contest, both [2]*replica) {
	s.Helper()
	var as [2]*client.Client
	for i, v := range both {
		s.upToDate(v)
		as[i] = s.client(v, s.Regulator)
	}
	free := make(chan struct{}, 4)
	var all sync.WaitGroup
	for i, c := range list {
		free <- struct{}{}
		all.Go(func() { defer func() { <-free }(); s.sameOf(c, as, i%5 == 0) })
	}
	all.Wait()
}

// sameOf compares outcomes, and records and searches when all is asked for.
func (s *site) sameOf(c *contest, both [2]*client.Client, all bool) {
	var said [2][]any
	for i, as := range both {
		say := func(raw json.RawMessage, err error) { said[i] = append(said[i], plain(raw, err)) }
		for j := range c.register {
			out, err := as.Command(s.Context(), actors.CommandID(c.register[j]))
			say(out.Raw, err)
			if all {
				p, err := as.Pledge(s.Context(), c.pledges[j], "")
				say(p.Raw, err)
			}
		}
		if all {
			a, err := as.Asset(s.Context(), c.asset, "")
			say(a.Raw, err)
			found, err := as.Search(s.Context(), client.SearchQuery{AssetID: c.asset})
			say(found.Raw, err)
		}
	}
	for i := range said[0] {
		if one, other := said[0][i], said[1][i]; !reflect.DeepEqual(one, other) {
			s.Errorf("the replicas differ on %s:%s", c.asset, difference("", one, other))
		}
	}
}

// difference names the members of two answers that differ.
func difference(path string, one, other any) (out string) {
	a, isMap := one.(map[string]any)
	b, areMaps := other.(map[string]any)
	if !isMap || !areMaps {
		return fmt.Sprintf("\n  %s: %v, %v", path, one, other)
	}
	for _, k := range slices.Sorted(maps.Keys(a)) {
		if !reflect.DeepEqual(a[k], b[k]) {
			out += difference(path+"/"+k, a[k], b[k])
		}
	}
	return out
}

// plain is an answer without what is each answer's own.
func plain(raw json.RawMessage, err error) any {
	if err != nil {
		return err.Error()
	}
	var v map[string]any
	if err := json.Unmarshal(raw, &v); err != nil {
		return err.Error()
	}
	for _, k := range []string{"number", "at", "report"} { // of a search; the report is what is signed of it
		delete(v, k)
	}
	if asOf, ok := v["as_of"].(map[string]any); ok {
		delete(asOf, "at")
	}
	return v
}
