package index_test

import (
	"context"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
)

// TestEvents reads all events in pages and compares each with its command.
func TestEvents(t *testing.T) {
	m := story("events", 100)
	ix := opened(t, m)
	ctx := context.Background()
	var all []service.Event
	for cursor := ""; ; {
		events, err := ix.Events(ctx, service.Page{Limit: 9, Cursor: cursor})
		if err != nil {
			t.Fatalf("events: %v", err)
		}
		if len(events) == 0 {
			break
		}
		all = append(all, events...)
		cursor = events[len(events)-1].Cursor
	}
	i := 0
	for _, b := range m.blocks {
		for _, c := range b.Commands {
			want := eventOf(b, c)
			want.Cursor = all[i].Cursor
			if !reflect.DeepEqual(all[i], want) {
				t.Fatalf("event %d: got %+v, want %+v", i, all[i], want)
			}
			i++
		}
	}
	if i != len(all) || i < 100 {
		t.Fatalf("got %d events, want %d", len(all), i)
	}
}

func eventOf(b service.Block, c service.Committed) service.Event {
	parts := strings.Split(c.JWS, ".")
	p := decode[pledge.Payload](unbase64(parts[1]))
	e := service.Event{Position: *c.Outcome.Position, Act: p.Act, By: p.By, RecordID: c.Outcome.RecordID, CommandID: c.Outcome.CommandID,
		At: b.Time.UTC().Format("2006-01-02T15:04:05.000Z")}
	for _, w := range c.Writes {
		if _, id, _ := pledge.ParseKey(w.Key); id == e.RecordID {
			e.Record = w.Value
		}
	}
	return e
}

func TestCommand(t *testing.T) {
	m := story("commands", 60)
	ix := opened(t, m)
	ctx := context.Background()
	for _, b := range m.blocks {
		for _, c := range b.Commands {
			outcome, event, err := ix.Command(ctx, c.Outcome.CommandID)
			want := c.Outcome
			want.Record = eventOf(b, c).Record
			if err != nil || !reflect.DeepEqual(outcome, want) {
				t.Fatalf("command: got %+v, %v, want %+v", outcome, err, want)
			}
			if event.CommandID != want.CommandID || event.Cursor == "" {
				t.Fatalf("event of command: %+v", event)
			}
			if jws, err := ix.CommandJWS(ctx, want.CommandID); err != nil || jws != c.JWS {
				t.Fatalf("JWS: got %q, %v, want %q", jws, err, c.JWS)
			}
		}
	}
	for _, id := range []string{"", "cmd_", "cmd_00", "cmd_" + digest("nobody"), strings.ToUpper("cmd_" + digest("x")), digest("x")} {
		if _, _, err := ix.Command(ctx, id); !errors.Is(err, service.ErrNotFound) {
			t.Errorf("command %q: got %v, want ErrNotFound", id, err)
		}
		if _, err := ix.CommandJWS(ctx, id); !errors.Is(err, service.ErrNotFound) {
			t.Errorf("JWS %q: got %v, want ErrNotFound", id, err)
		}
	}
}

// TestOddCommands: what this version does not expect is kept as it came.
func TestOddCommands(t *testing.T) {
	m := newMaker("odd")
	plain := m.notarize(owners[0], "name", "x")
	loose := m.enroll(owners[0], "name")
	loose.JWS = loose.JWS[:len(loose.JWS)-1] + "B" // stray bits at the end of the signature
	nothing := m.command("future.act", owners[0], "", struct{}{})
	elsewhere := m.command("future.act", owners[0], "zz_1", []int{1}, pledge.Write{Key: "v9/thing/1", Value: json.RawMessage(`1`)})
	m.block(plain, loose, nothing, elsewhere)
	ix := opened(t, m)
	ctx := context.Background()
	for _, c := range m.blocks[1].Commands {
		if jws, err := ix.CommandJWS(ctx, c.Outcome.CommandID); err != nil || jws != c.JWS {
			t.Errorf("JWS: got %q, %v, want %q", jws, err, c.JWS)
		}
	}
	if o, _, err := ix.Command(ctx, elsewhere.Outcome.CommandID); err != nil || o.RecordID != "zz_1" || o.Record != nil {
		t.Errorf("command with a record of another kind: %+v, %v", o, err)
	}
}

func TestFiles(t *testing.T) {
	m := newMaker("files")
	c := m.notarize(owners[0], "three files", "one", "two", "one")
	none := m.notarize(owners[0], "no files")
	m.block(c, none)
	m.block(m.asset(c.Outcome.RecordID, func(a *pledge.Asset) { a.Owner = owners[1] }))
	ix := opened(t, m)
	ctx := context.Background()
	got, err := ix.Files(ctx, c.Outcome.RecordID)
	if err != nil || len(got) != 3 || got[1] != (pledge.File{Path: "part-1.csv", Size: 3, SHA256: digest("two"), Root: digest("root", "two")}) {
		t.Errorf("files: got %+v, %v", got, err)
	}
	if got, err := ix.Files(ctx, none.Outcome.RecordID); err != nil || len(got) != 0 {
		t.Errorf("no files: got %+v, %v", got, err)
	}
	if _, err := ix.Files(ctx, "as_nobody"); !errors.Is(err, service.ErrNotFound) {
		t.Errorf("no asset: got %v, want ErrNotFound", err)
	}
	for height, owner := range map[uint64]string{1: owners[0], 2: owners[1]} {
		holders, _, err := ix.Holders(ctx, digest("one"), height, service.Page{})
		if err != nil || len(holders) != 1 || holders[0] != (pledge.Holder{AssetID: c.Outcome.RecordID, Owner: owner, Size: 3}) {
			t.Errorf("holders as of %d: got %+v, %v", height, holders, err)
		}
	}
	if _, _, err := ix.Holders(ctx, strings.ToUpper(digest("one")), 1, service.Page{}); !errors.Is(err, pledge.Malformed) {
		t.Errorf("digest in upper case: got %v, want malformed", err)
	}
}

func TestHistory(t *testing.T) {
	m := story("history", 100)
	ix := opened(t, m)
	ctx := context.Background()
	for _, key := range m.keys() {
		kind, _, _ := pledge.ParseKey(key)
		if kind == "command" {
			continue
		}
		var want []string
		for _, b := range m.blocks {
			for _, c := range append([]service.Committed{{Writes: b.Genesis}}, b.Commands...) {
				for _, w := range c.Writes {
					if w.Key == key {
						want = append(want, c.Outcome.CommandID+string(w.Value))
					}
				}
			}
		}
		var got []string
		for cursor := ""; ; {
			revs, next, err := ix.History(ctx, key, service.Page{Limit: 2, Cursor: cursor})
			if err != nil {
				t.Fatalf("history of %s: %v", key, err)
			}
			for _, r := range revs {
				got = append(got, r.CommandID+string(r.Record))
			}
			if cursor = next; cursor == "" {
				break
			}
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("history of %s:\ngot  %q\nwant %q", key, got, want)
		}
	}
	if _, _, err := ix.History(ctx, pledge.KeyAsset("as_nobody"), service.Page{}); !errors.Is(err, service.ErrNotFound) {
		t.Errorf("history of nobody: got %v, want ErrNotFound", err)
	}
}
