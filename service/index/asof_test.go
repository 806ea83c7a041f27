package index_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/service/index"
)

// answers is everything that can be asked as of a height.
func answers(t tb, ix *index.Index, m *maker, height uint64) string {
	t.Helper()
	ctx := context.Background()
	var out strings.Builder
	say := func(what string, v any, err error) {
		if err != nil && !errors.Is(err, service.ErrNotFound) {
			t.Fatalf("%s as of %d: %v", what, height, err)
		}
		raw, _ := json.Marshal(v)
		fmt.Fprintf(&out, "%s: %s %v\n", what, raw, err != nil)
	}
	for _, key := range m.keys() {
		rev, err := ix.Record(ctx, key, height)
		say(key, rev, err)
	}
	assets := m.ids(pledge.KeyAsset(""))
	for _, id := range assets {
		p, err := ix.PledgesOf(ctx, []string{id}, height)
		say("pledges of "+id, p, err)
	}
	all, err := ix.PledgesOf(ctx, assets, height)
	say("all pledges", all, err)
	for _, owner := range owners {
		ids, err := ix.AssetsOf(ctx, owner, height)
		say("assets of "+owner, ids, err)
	}
	for n := range 5 {
		sum := digest(fmt.Sprint("content ", n))
		holders, next, err := ix.Holders(ctx, sum, height, service.Page{Limit: 200})
		say("holders of "+sum, holders, err)
		say("next", next, nil)
	}
	return out.String()
}

// TestAsOf is invariant 7: what was true at a height stays readable. An index
// that has seen more answers as one that stopped there.
func TestAsOf(t *testing.T) {
	dir := t.TempDir()
	n := 0
	rapid.Check(t, func(rt *rapid.T) {
		m := story(fmt.Sprint("asof ", rapid.Uint32().Draw(rt, "seed")), rapid.IntRange(1, 15).Draw(rt, "blocks"))
		height := uint64(rapid.IntRange(0, len(m.blocks)-1).Draw(rt, "height"))
		n++
		full, stopped := filepath.Join(dir, fmt.Sprint(n, "full")), filepath.Join(dir, fmt.Sprint(n, "stopped"))
		defer os.Remove(full)
		defer os.Remove(stopped)
		a, b := open(rt, full), open(rt, stopped)
		defer closed(rt, a)
		defer closed(rt, b)
		projectTo(rt, a, newLedger(m.blocks...), uint64(len(m.blocks)-1))
		projectTo(rt, b, newLedger(m.blocks[:height+1]...), height)
		if got, want := answers(rt, a, m, height), answers(rt, b, m, height); got != want {
			rt.Fatalf("as of %d\ngot  %s\nwant %s", height, got, want)
		}
		checkModel(rt, a, m, height)
		checkSpelled(rt, a, m, height)
	})
}

// checkModel compares the answers with what the blocks wrote, by walking them.
func checkModel(t tb, ix *index.Index, m *maker, height uint64) {
	t.Helper()
	want := map[string]string{}
	var made []string // keys in the order of their first appearance
	for _, b := range m.blocks[:height+1] {
		writes := b.Genesis
		for _, c := range b.Commands {
			writes = append(writes, c.Writes...)
		}
		for _, w := range writes {
			if want[w.Key] == "" {
				made = append(made, w.Key)
			}
			want[w.Key] = string(w.Value)
		}
	}
	for _, key := range m.keys() {
		rev, err := ix.Record(context.Background(), key, height)
		if err != nil && !errors.Is(err, service.ErrNotFound) {
			t.Fatalf("record %s: %v", key, err)
		}
		if string(rev.Record) != want[key] {
			t.Fatalf("record %s as of %d: got %s, want %s", key, height, rev.Record, want[key])
		}
	}
	checkLists(t, ix, made, want, height)
}

func checkLists(t tb, ix *index.Index, made []string, state map[string]string, height uint64) {
	t.Helper()
	ctx := context.Background()
	owned, pledges := map[string][]string{}, map[string][]string{}
	var all []string
	for _, key := range made {
		switch kind, id, _ := pledge.ParseKey(key); kind {
		case "asset":
			owner := decode[pledge.Asset]([]byte(state[key])).Owner
			owned[owner], all = append(owned[owner], id), append(all, id)
		case "pledge":
			p := decode[pledge.Pledge]([]byte(state[key]))
			pledges[p.AssetID] = append(pledges[p.AssetID], p.ID+p.State+p.Pledgee)
		}
	}
	for _, owner := range owners {
		if got, err := ix.AssetsOf(ctx, owner, height); err != nil || !slices.Equal(got, owned[owner]) {
			t.Fatalf("assets of %s as of %d: got %v, %v, want %v", owner, height, got, err, owned[owner])
		}
	}
	for _, asset := range all {
		got, err := ix.PledgesOf(ctx, []string{asset, asset}, height)
		var said []string
		for _, p := range got {
			said = append(said, p.ID+p.State+p.Pledgee)
		}
		if err != nil || !slices.Equal(said, pledges[asset]) {
			t.Fatalf("pledges of %s as of %d: got %v, %v, want %v", asset, height, said, err, pledges[asset])
		}
	}
}

// TestBeyondTheEnd: of a height that is not projected nothing is said, for
// "no pledge" would be taken for an answer.
func TestBeyondTheEnd(t *testing.T) {
	m := story("beyond", 5)
	ix := opened(t, m)
	ctx := context.Background()
	for _, height := range []uint64{6, math.MaxInt64, math.MaxInt64 + 1, math.MaxUint64} {
		h := height
		_, record := ix.Record(ctx, pledge.KeyParty(centre), height)
		_, pledges := ix.PledgesOf(ctx, m.ids(pledge.KeyAsset("")), height)
		_, assets := ix.AssetsOf(ctx, owners[0], height)
		_, _, holders := ix.Holders(ctx, digest("content 1"), height, service.Page{})
		_, named := ix.Named(ctx, "nobody", height, 1)
		_, numbered := ix.Numbered(ctx, "1", height, 1)
		_, resolve := ix.Resolve(ctx, service.AsOf{Height: &h})
		_, blockTime := ix.BlockTime(ctx, height)
		for what, err := range map[string]error{"Record": record, "PledgesOf": pledges, "AssetsOf": assets, "Holders": holders, "Named": named, "Numbered": numbered, "Resolve": resolve, "BlockTime": blockTime} {
			if !errors.Is(err, service.ErrNotFound) {
				t.Errorf("%s as of %d: got %v, want ErrNotFound", what, height, err)
			}
		}
	}
}

func TestResolve(t *testing.T) {
	m := newMaker("resolve")
	for _, ms := range []int{1000, 1000, 2500} {
		m.now = epoch.Add(time.Duration(ms) * time.Millisecond)
		m.block()
	}
	ix := opened(t, m)
	two := uint64(2)
	tests := []struct {
		name string
		at   service.AsOf
		want uint64
		err  error
	}{
		{"now", service.AsOf{}, 3, nil},
		{"height", service.AsOf{Height: &two}, 2, nil},
		{"before the genesis", service.AsOf{Time: "2026-11-21T07:59:59.999Z"}, 0, service.ErrNotFound},
		{"at the genesis", service.AsOf{Time: "2026-11-21T08:00:00Z"}, 0, nil},
		{"just before two blocks", service.AsOf{Time: "2026-11-21T08:00:00.999Z"}, 0, nil},
		{"two blocks at one time", service.AsOf{Time: "2026-11-21T08:00:01Z"}, 2, nil},
		{"another zone", service.AsOf{Time: "2026-11-21T16:00:02.5+08:00"}, 3, nil},
		{"between", service.AsOf{Time: "2026-11-21T08:00:02.499999999Z"}, 2, nil},
		{"far future", service.AsOf{Time: "9999-12-31T23:59:59Z"}, 3, nil},
		{"far past", service.AsOf{Time: "0001-01-01T00:00:00Z"}, 0, service.ErrNotFound},
		{"no time", service.AsOf{Time: "yesterday"}, 0, pledge.Malformed},
		{"both", service.AsOf{Time: "2026-11-21T08:00:00Z", Height: &two}, 0, pledge.Malformed},
	}
	for _, tt := range tests {
		got, err := ix.Resolve(context.Background(), tt.at)
		if !errors.Is(err, tt.err) {
			t.Errorf("%s: got %v, want %v", tt.name, err, tt.err)
		}
		if err == nil && got != headOf(m.blocks[tt.want]) {
			t.Errorf("%s: got block %d, want %d", tt.name, got.Height, tt.want)
		}
	}
	if at, err := ix.BlockTime(context.Background(), 3); err != nil || !at.Equal(epoch.Add(2500*time.Millisecond)) {
		t.Errorf("time of block 3: got %v, %v", at, err)
	}
}

// TestLateGenesis: on a ledger whose first blocks are its own configuration
// the genesis comes later, and blocks may be without commands at any place.
func TestLateGenesis(t *testing.T) {
	m := newMaker("late")
	genesis := m.blocks[0].Genesis
	m.blocks[0].Genesis = nil
	for range 3 {
		m.now = m.now.Add(time.Minute)
		m.block()
	}
	m.blocks[3].Genesis = genesis
	m.block()
	m.block(m.enroll(owners[0], "owner"), m.notarize(owners[0], "name", "one"))
	m.block()
	m.block(m.notarize(owners[0], "other", "two"))
	ix := opened(t, m)
	for height := range m.blocks {
		checkModel(t, ix, m, uint64(height))
	}
	rev, err := ix.Record(t.Context(), pledge.KeyParty(centre), 3)
	if want := m.blocks[3].Time.Format(time.RFC3339); err != nil || !strings.HasPrefix(rev.At, want[:len(want)-1]) || rev.Position != (pledge.Position{}) {
		t.Errorf("genesis: got %+v, %v, want it at %s", rev, err, want)
	}
	if _, err := ix.Record(t.Context(), pledge.KeyParty(centre), 2); !errors.Is(err, service.ErrNotFound) {
		t.Errorf("before the genesis: got %v, want %v", err, service.ErrNotFound)
	}
	if events, err := ix.Events(t.Context(), service.Page{}); err != nil || len(events) != 3 || events[2].Position.Block != 7 {
		t.Errorf("events: got %+v, %v", events, err)
	}
}
