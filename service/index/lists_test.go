package index_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/gowebpki/jcs"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/service/index"
)

// newest lists the records of a kind in the order of the lists: last made first.
func newest[T any](m *maker, kind string) (out []T) {
	seen := map[string]bool{}
	for _, b := range m.blocks {
		for _, c := range b.Commands {
			for _, w := range c.Writes {
				if k, _, _ := pledge.ParseKey(w.Key); k == kind && !seen[w.Key] {
					seen[w.Key] = true
					out = append(out, decode[T](m.state[w.Key]))
				}
			}
		}
	}
	slices.Reverse(out)
	return out
}

// pages reads a list to its end, and checks the size of every page.
func pages(t *testing.T, limit int, next func(service.Page) ([]json.RawMessage, string, error)) (out []json.RawMessage) {
	t.Helper()
	cursor := ""
	for {
		items, after, err := next(service.Page{Limit: limit, Cursor: cursor})
		if err != nil {
			t.Fatalf("page: %v", err)
		}
		if len(items) > limit || after != "" && len(items) != limit {
			t.Fatalf("page of %d items, limit %d, next %q", len(items), limit, after)
		}
		out = append(out, items...)
		if cursor = after; cursor == "" {
			return out
		}
	}
}

func sameRecords[T any](t *testing.T, what string, got []json.RawMessage, want []T) {
	t.Helper()
	var wantRaw []json.RawMessage
	for _, w := range want {
		plain, _ := json.Marshal(w)
		raw, _ := jcs.Transform(plain)
		wantRaw = append(wantRaw, raw)
	}
	if fmt.Sprintf("%s", got) != fmt.Sprintf("%s", wantRaw) {
		t.Errorf("%s:\ngot  %s\nwant %s", what, got, wantRaw)
	}
}

func TestAssets(t *testing.T) {
	m := story("assets", 120)
	ix := opened(t, m)
	all := newest[pledge.Asset](m, "asset")
	texts := []string{"", "负荷", "电", "数据集", "据集B", "STRIKES2026", "bird", "\"quoted\"", "100%", "%", "_", "a_b", "AND", "ed\"电", "\" OR \"", "d\"*", "电力负荷预测数据集电力负荷"}
	for _, owner := range append(owners, "") {
		for _, status := range []string{"", pledge.Notarized, pledge.AssetRevoked, "NO SUCH"} {
			for _, text := range texts {
				q := service.AssetQuery{Owner: owner, Status: status, Text: text}
				want := slices.DeleteFunc(slices.Clone(all), func(a pledge.Asset) bool {
					return owner != "" && a.Owner != owner || status != "" && a.Status != status ||
						!strings.Contains(strings.ToLower(a.Name), strings.ToLower(text))
				})
				got := pages(t, 7, func(p service.Page) ([]json.RawMessage, string, error) {
					q.Page = p
					return ix.Assets(context.Background(), q)
				})
				sameRecords(t, fmt.Sprintf("%+v", q), got, want)
			}
		}
	}
	if len(all) < 50 {
		t.Fatalf("the story has only %d assets", len(all))
	}
}

func TestPledges(t *testing.T) {
	m := story("pledges", 150)
	ix := opened(t, m)
	all := newest[pledge.Pledge](m, "pledge")
	somebody := append(append([]string{""}, owners...), banks...)
	checked := 0
	for _, asset := range []string{"", all[0].AssetID, all[len(all)/2].AssetID} {
		for _, pledgor := range somebody {
			for _, pledgee := range somebody {
				for _, involved := range somebody {
					for _, status := range []string{"", pledge.Active, pledge.Proposed} {
						q := service.PledgeQuery{Asset: asset, Pledgor: pledgor, Pledgee: pledgee, Involved: involved, Status: status}
						want := slices.DeleteFunc(slices.Clone(all), func(p pledge.Pledge) bool { return !matches(q, p) })
						got := pages(t, 5, func(p service.Page) ([]json.RawMessage, string, error) {
							q.Page = p
							return ix.Pledges(context.Background(), q)
						})
						sameRecords(t, fmt.Sprintf("%+v", q), got, want)
						checked += len(want)
					}
				}
			}
		}
	}
	if checked < 1000 {
		t.Fatalf("only %d items compared", checked)
	}
}

func matches(q service.PledgeQuery, p pledge.Pledge) bool {
	is := func(want string, got ...string) bool { return want == "" || slices.Contains(got, want) }
	return is(q.Asset, p.AssetID) && is(q.Pledgor, p.Pledgor) && is(q.Pledgee, p.Pledgee) &&
		is(q.Status, p.State) && is(q.Involved, p.Pledgor, p.Pledgee)
}

// TestSearchFolds: case and width do not matter, for any length of text.
func TestSearchFolds(t *testing.T) {
	m := newMaker("fold")
	m.block(m.notarize(owners[0], "ＡＢＣ航空 Été 数据"))
	ix := opened(t, m)
	for text, want := range map[string]int{"abc": 1, "ab": 1, "ＡＢＣ航": 1, "ÉTÉ": 1, "été": 1, "te": 0, "空 é": 1, "数据集": 0, "*": 0, "c*航": 0} {
		got, _, err := ix.Assets(context.Background(), service.AssetQuery{Text: text})
		if err != nil || len(got) != want {
			t.Errorf("%q: got %d items, %v, want %d", text, len(got), err, want)
		}
	}
}

func TestBadText(t *testing.T) {
	ix := opened(t, newMaker("bad text"))
	for text, want := range map[string]pledge.Code{"ab\xff": pledge.Malformed, "a\x00b": pledge.Malformed, strings.Repeat("数", 400): pledge.TooLarge} {
		if _, _, err := ix.Assets(context.Background(), service.AssetQuery{Text: text}); !errors.Is(err, want) {
			t.Errorf("%.10q: got %v, want %v", text, err, want)
		}
	}
}

// TestStableUnderInserts turns pages while the ledger grows: what was there
// at the start comes exactly once, in the order of the start.
func TestStableUnderInserts(t *testing.T) {
	m := story("stable", 200)
	const start = 80
	l := newLedger(m.blocks[:start+1]...)
	ix := open(t, tempPath(t))
	defer closed(t, ix)
	stop := project(ix, l)
	defer stop()
	waitFor(t, ix, start, stop)
	early := &maker{blocks: m.blocks[:start+1], state: m.state}
	var want, got []string
	for _, a := range newest[pledge.Asset](early, "asset") {
		want = append(want, a.ID)
	}
	at := start
	for _, raw := range pages(t, 3, func(p service.Page) ([]json.RawMessage, string, error) {
		defer func() {
			if at++; at < len(m.blocks) {
				l.add(m.blocks[at])
				waitFor(t, ix, uint64(at), stop)
			}
		}()
		return ix.Assets(context.Background(), service.AssetQuery{Page: p})
	}) {
		got = append(got, decode[pledge.Asset](raw).ID)
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if at < start+10 {
		t.Errorf("only %d blocks came in between", at-start)
	}
}

// TestCursorsOutliveTheFile: a replica, or the same one after a rebuild, goes on where another stopped.
func TestCursorsOutliveTheFile(t *testing.T) {
	m := story("cursors", 60)
	a, b := opened(t, m), opened(t, m)
	ctx := context.Background()
	_, cursor, err := a.Assets(ctx, service.AssetQuery{Page: service.Page{Limit: 4}})
	if err != nil || cursor == "" {
		t.Fatalf("first page: %q, %v", cursor, err)
	}
	p := service.Page{Limit: 4, Cursor: cursor}
	fromA, nextA, errA := a.Assets(ctx, service.AssetQuery{Page: p})
	fromB, nextB, errB := b.Assets(ctx, service.AssetQuery{Page: p})
	if errA != nil || errB != nil || nextA != nextB || fmt.Sprintf("%s", fromA) != fmt.Sprintf("%s", fromB) {
		t.Errorf("got %s %q %v, want %s %q %v", fromB, nextB, errB, fromA, nextA, errA)
	}
}

// listers are all lists with a cursor.
func listers(ix *index.Index, m *maker) map[string]func(service.Page) (int, string, error) {
	ctx := context.Background()
	return map[string]func(service.Page) (int, string, error){
		"assets": func(p service.Page) (int, string, error) {
			items, next, err := ix.Assets(ctx, service.AssetQuery{Page: p})
			return len(items), next, err
		},
		"assets of an owner": func(p service.Page) (int, string, error) {
			items, next, err := ix.Assets(ctx, service.AssetQuery{Owner: owners[0], Page: p})
			return len(items), next, err
		},
		"pledges": func(p service.Page) (int, string, error) {
			items, next, err := ix.Pledges(ctx, service.PledgeQuery{Page: p})
			return len(items), next, err
		},
		"history": func(p service.Page) (int, string, error) {
			items, next, err := ix.History(ctx, pledge.KeyParty(owners[0]), p)
			return len(items), next, err
		},
		"holders": func(p service.Page) (int, string, error) {
			items, next, err := ix.Holders(ctx, digest("content 1"), uint64(len(m.blocks)-1), p)
			return len(items), next, err
		},
		"events": func(p service.Page) (int, string, error) {
			items, err := ix.Events(ctx, p)
			if len(items) == 0 {
				return 0, "", err
			}
			return len(items), items[len(items)-1].Cursor, err
		},
	}
}

func TestBadCursors(t *testing.T) {
	m := story("bad cursors", 80)
	ix := opened(t, m)
	lists := listers(ix, m)
	bad := []string{"x", "=", "AAAA", "not base64!", strings.Repeat("A", 5000), base64.RawURLEncoding.EncodeToString([]byte("\x01abcd\x80"))}
	for name, list := range lists {
		for _, cursor := range bad {
			if _, _, err := list(service.Page{Cursor: cursor}); !errors.Is(err, pledge.Malformed) {
				t.Errorf("%s: cursor %.20q: got %v, want malformed", name, cursor, err)
			}
		}
		if _, _, err := list(service.Page{Limit: -1}); !errors.Is(err, pledge.Malformed) {
			t.Errorf("%s: limit -1: got %v, want malformed", name, err)
		}
		_, cursor, err := list(service.Page{Limit: 1})
		if err != nil || cursor == "" {
			t.Fatalf("%s: first page: %q, %v", name, cursor, err)
		}
		for other, list := range lists {
			if _, _, err := list(service.Page{Cursor: cursor}); (name == other) != (err == nil) || err != nil && !errors.Is(err, pledge.Malformed) {
				t.Errorf("cursor of %s in %s: got %v", name, other, err)
			}
		}
	}
}

func TestLimits(t *testing.T) {
	m := story("limits", 600)
	ix := opened(t, m)
	for _, name := range []string{"assets", "pledges", "events"} {
		for limit, want := range map[int]int{0: 50, 1: 1, 200: 200, 201: 200, 1 << 40: 200} {
			if got, _, err := listers(ix, m)[name](service.Page{Limit: limit}); err != nil || got != want {
				t.Errorf("%s: limit %d gives %d items, %v, want %d", name, limit, got, err, want)
			}
		}
	}
}
