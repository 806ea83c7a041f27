package index_test

import (
	"context"
	"fmt"
	"reflect"
	"testing"
	"time"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/service/index"
	"github.com/datapledge/datapledge/service/ledgertest/actors"
)

// rules is a ledger state that only the rules write to.
type rules map[string][]byte

func (r rules) Get(key string) ([]byte, error)     { return r[key], nil }
func (r rules) Put(key string, value []byte) error { r[key] = value; return nil }

// ruled makes blocks by running the rules over signed commands.
type ruled struct {
	t      *testing.T
	state  rules
	now    time.Time
	blocks []service.Block
}

func newRuled(t *testing.T, g pledge.Genesis) *ruled {
	t.Helper()
	writes, err := g.Writes()
	if err != nil {
		t.Fatal(err)
	}
	r := &ruled{t: t, state: rules{}, now: time.Now().UTC().Truncate(time.Millisecond)}
	for _, w := range writes {
		r.state[w.Key] = w.Value
	}
	r.blocks = []service.Block{{Hash: digest("ruled", 0), Time: r.now, Genesis: writes}}
	return r
}

// apply seals what the rules let through into a block; all must be.
func (r *ruled) apply(commands ...string) {
	r.t.Helper()
	last := r.blocks[len(r.blocks)-1]
	b := service.Block{Number: last.Number + 1, Prev: last.Hash, Time: r.now}
	b.Hash = digest("ruled", b.Number, last.Hash)
	for i, jws := range commands {
		c, err := pledge.ParseCommand(jws)
		if err != nil {
			r.t.Fatal(err)
		}
		results, err := pledge.Apply(r.state, pledge.Tx{Channel: "pledge", Time: r.now}, []*pledge.Command{c})
		if err != nil || results[0].Outcome.Status != pledge.Applied {
			r.t.Fatalf("%s: %+v, %v", c.Payload.Act, results, err)
		}
		o := results[0].Outcome
		o.Position = &pledge.Position{Block: b.Number, Index: i}
		b.Commands = append(b.Commands, service.Committed{JWS: jws, Outcome: o, Writes: results[0].Writes})
	}
	r.blocks = append(r.blocks, b)
}

// TestRules projects what the real rules write, and compares every record,
// holder and outcome with the state and the outcomes of the rules.
func TestRules(t *testing.T) {
	cast := actors.NewCast("pledge")
	r := newRuled(t, cast.Genesis())
	r.apply(cast.Enroll(cast.Enterprise), cast.Enroll(cast.Enterprise2), cast.Enroll(cast.Bank2))
	var assets []string
	for n := range 3 {
		owner := []*actors.Actor{cast.Enterprise, cast.Enterprise2}[n%2]
		commands, asset, id, terms := cast.Story(fmt.Sprint("电力负荷 ", n), owner, cast.Bank)
		r.apply(commands[:1]...)
		r.apply(commands[1:]...)
		r.apply(cast.Register(cast.Bank, id, terms, 0), cast.Release(cast.Bank, id, "PAID"))
		assets = append(assets, asset)
	}
	unknown := "cmd_" + digest("never sent")
	r.apply(cast.Fence(cast.Bank, unknown))

	ix := open(t, tempPath(t))
	defer closed(t, ix)
	last := uint64(len(r.blocks) - 1)
	projectTo(t, ix, newLedger(r.blocks...), last)
	ctx := context.Background()
	for key, value := range r.state {
		checkKey(t, ix, key, value, last)
	}
	for _, b := range r.blocks {
		for _, c := range b.Commands {
			got, _, err := ix.Command(ctx, c.Outcome.CommandID)
			want := c.Outcome
			want.Record = eventOf(b, c).Record
			if err != nil || !reflect.DeepEqual(got, want) {
				t.Errorf("outcome: got %+v, %v, want %+v", got, err, want)
			}
		}
	}
	pledges, err := ix.PledgesOf(ctx, assets, last)
	if err != nil || len(pledges) != 3 || pledges[0].State != pledge.Released {
		t.Errorf("pledges: %+v, %v", pledges, err)
	}
	name := []rune(decode[pledge.Asset](r.state[pledge.KeyAsset(assets[1])]).Name)
	if found, _, err := ix.Assets(ctx, service.AssetQuery{Text: string(name[1:])}); err != nil || len(found) == 0 {
		t.Errorf("search for %s: %s, %v", string(name[1:]), found, err)
	}
	if _, _, err := ix.Command(ctx, unknown); err == nil {
		t.Error("a command that another party might still send is answered for")
	}
}

func checkKey(t *testing.T, ix *index.Index, key string, value []byte, height uint64) {
	t.Helper()
	ctx := context.Background()
	kind, id, _ := pledge.ParseKey(key)
	switch kind {
	case "command":
	case "file":
		want, err := pledge.DecodeFile(value)
		if err != nil {
			t.Fatal(err)
		}
		got, _, err := ix.Holders(ctx, id, height, service.Page{Limit: 200})
		if err != nil || !reflect.DeepEqual(got, want.Holders) || len(got) != want.Count {
			t.Errorf("holders of %s: got %+v, %v, want %+v", id, got, err, want)
		}
	default:
		rev, err := ix.Record(ctx, key, height)
		if err != nil || string(rev.Record) != string(value) {
			t.Errorf("%s: got %s, %v, want %s", key, rev.Record, err, value)
		}
		if kind != "asset" {
			return
		}
		files, err := ix.Files(ctx, id)
		if want := decode[pledge.Asset](value).Files; err != nil || len(files) != want {
			t.Errorf("files of %s: got %d, %v, want %d", id, len(files), err, want)
		}
	}
}
