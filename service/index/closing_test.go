package index_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/service/index"
	"github.com/datapledge/datapledge/service/ledgertest/actors"
)

// lived is a ledger with a pledge in force, as the rules wrote it.
type lived struct {
	*ruled
	*actors.Cast
	data      actors.Dataset
	asset, id string
	terms     pledge.Terms
}

func newLived(t *testing.T) *lived {
	t.Helper()
	cast := actors.NewCast("pledge")
	l := &lived{ruled: newRuled(t, cast.Genesis()), Cast: cast, data: actors.NewDataset("lived", 1)}
	l.apply(cast.Enroll(cast.Enterprise), cast.Enroll(cast.Enterprise2), cast.Enroll(cast.Bank2))
	notarize := cast.Notarize(cast.Enterprise, l.data)
	l.asset, l.terms = actors.AssetID(notarize), cast.Terms()
	l.apply(notarize)
	l.id = l.ready(cast.Bank, l.terms)
	l.apply(cast.Register(cast.Bank, l.id, l.terms, 0))
	return l
}

// ready is a pledge that waits for nothing but its registration.
func (l *lived) ready(bank *actors.Actor, t pledge.Terms) string {
	l.t.Helper()
	propose := l.Propose(l.Enterprise, l.asset, bank, t)
	id := actors.PledgeID(propose)
	l.apply(propose)
	l.apply(l.Accept(bank, id, t), l.Attest(id), l.Value(id), l.CustodyCheck(l.Enterprise, l.data, id), l.Scan(id))
	return id
}

func (l *lived) index() *index.Index {
	l.t.Helper()
	ix := open(l.t, tempPath(l.t))
	l.t.Cleanup(func() { closed(l.t, ix) })
	projectTo(l.t, ix, newLedger(l.blocks...), uint64(len(l.blocks)-1))
	return ix
}

// TestClosing: each command of a closing is told by itself, under its own id.
func TestClosing(t *testing.T) {
	l := newLived(t)
	next := l.ready(l.Bank2, l.terms)
	reg := pledge.RegisterBody{PledgeID: next, TermsDigest: must(l.terms.Digest())(t), ExpectedSeq: 2}
	jws := l.Closing(actors.Part{By: l.Bank, Act: pledge.PledgeRelease, Body: &pledge.ReleaseBody{PledgeID: l.id, Reason: "REPLACED"}},
		actors.Part{By: l.Bank2, Act: pledge.PledgeRegister, Body: &reg})
	l.apply(jws)
	last := uint64(len(l.blocks) - 1)
	ix, ctx := l.index(), context.Background()
	inner := parsed(t, jws).Closing()
	for i, want := range []struct{ record, state string }{{l.id, pledge.Released}, {next, pledge.Active}} {
		o, e, err := ix.Command(ctx, inner[i].ID)
		if err != nil || o.Status != pledge.Applied || o.RecordID != want.record || o.Position.Block != last || e.By != inner[i].Payload.By {
			t.Errorf("command %d: %+v %+v %v", i, o, e, err)
		}
		if p := decode[pledge.Pledge](o.Record); p.State != want.state || string(o.Record) != string(l.state[pledge.KeyPledge(want.record)]) {
			t.Errorf("command %d: record %s", i, o.Record)
		}
		if got, err := ix.CommandJWS(ctx, inner[i].ID); err != nil || got != decode[pledge.ClosingBody](parsed(t, jws).Payload.Body).Commands[i] {
			t.Errorf("command %d: %s, %v", i, got, err)
		}
	}
	wantActs(t, ix, pledge.KeyPledge(l.id), "pledge.release "+l.Bank.USCC+" "+inner[0].ID)
	wantActs(t, ix, pledge.KeyAsset(l.asset), "pledge.register "+l.Bank2.USCC+" "+inner[1].ID)
	for key, value := range l.state {
		checkKey(t, ix, key, value, last)
	}
	events, err := ix.Events(ctx, service.Page{})
	for err == nil && len(events) < 100 {
		var more []service.Event
		if more, err = ix.Events(ctx, service.Page{Limit: 1, Cursor: events[len(events)-1].Cursor}); len(more) == 0 {
			break
		}
		events = append(events, more...)
	}
	if len(events) < 3 || err != nil {
		t.Fatal(len(events), err)
	}
	var got []string
	for _, e := range events[len(events)-3:] {
		got = append(got, string(e.Act))
	}
	if want := "closing.execute pledge.release pledge.register"; strings.Join(got, " ") != want {
		t.Errorf("events %v, want %s", got, want)
	}
	if p, err := ix.PledgesOf(ctx, []string{l.asset}, last-1); err != nil || p[0].State != pledge.Active || p[1].State != pledge.Pending {
		t.Errorf("before the closing: %+v, %v", p, err)
	}
}

func wantActs(t *testing.T, ix *index.Index, key, want string) {
	t.Helper()
	list, _, err := ix.History(context.Background(), key, service.Page{Limit: 100})
	if err != nil || len(list) == 0 {
		t.Fatal(err)
	}
	last := list[len(list)-1]
	if got := fmt.Sprint(last.Act, " ", last.By, " ", last.CommandID); got != want {
		t.Errorf("%s: last in history is %s, want %s", key, got, want)
	}
}

// TestVersionsFound: what an asset held before leads to it as of then and now,
// and what it holds now as of now only.
func TestVersionsFound(t *testing.T) {
	l := newLived(t)
	next := actors.Dataset{Files: l.data.Files}.With(actors.NewDataset("more", 1))
	body := l.AddedVersion(l.Enterprise, l.asset, l.data, next)
	l.apply(l.ConsentTo(l.Bank, l.id, l.terms, pledge.AssetAddVersion, &body))
	before := uint64(len(l.blocks) - 1)
	l.apply(l.Sign(l.Enterprise, pledge.AssetAddVersion, body))
	last := uint64(len(l.blocks) - 1)
	ix, ctx := l.index(), context.Background()
	for key, value := range l.state {
		checkKey(t, ix, key, value, last)
	}
	for height, want := range map[uint64][]bool{before: {true, false}, last: {true, true}} {
		for i, f := range next.Files {
			holders, _, err := ix.Holders(ctx, f.SHA256, height, service.Page{Limit: 10})
			if got := len(holders) == 1 && holders[0].AssetID == l.asset; err != nil || got != want[i] {
				t.Errorf("file %d as of %d: %v %v", i, height, holders, err)
			}
		}
	}
	all, err := ix.Versions(ctx, l.asset)
	if err != nil || len(all) != 2 || !slices.Equal(all[0], l.data.Files) || !slices.Equal(all[1], next.Files) {
		t.Errorf("versions: %+v, %v", all, err)
	}
}

// TestAssigned: who assigned a pledge still finds it, and its list as pledgee
// does not have it.
func TestAssigned(t *testing.T) {
	l := newLived(t)
	body := pledge.AssignBody{PledgeID: l.id, TermsDigest: must(l.terms.Digest())(t), To: l.Bank2.USCC, Agreement: actors.Digest("sale"), Notice: actors.Digest("notice")}
	l.apply(l.Sign(l.Bank, pledge.PledgeAssign, body), l.Sign(l.Bank2, pledge.PledgeAssign, body))
	ix := l.index()
	for _, c := range []struct {
		q    service.PledgeQuery
		want int
	}{
		{service.PledgeQuery{Involved: l.Bank.USCC}, 1}, {service.PledgeQuery{Involved: l.Bank2.USCC}, 1}, {service.PledgeQuery{Involved: l.Enterprise2.USCC}, 0},
		{service.PledgeQuery{Involved: l.Bank.USCC, Status: pledge.Active}, 1}, {service.PledgeQuery{Involved: l.Bank.USCC, Status: pledge.Lapsed}, 0},
		{service.PledgeQuery{Involved: l.Bank.USCC, Asset: l.asset}, 1}, {service.PledgeQuery{Pledgee: l.Bank.USCC}, 0}, {service.PledgeQuery{Pledgee: l.Bank2.USCC}, 1},
	} {
		c.q.Limit = 10
		if got, _, err := ix.Pledges(context.Background(), c.q); err != nil || len(got) != c.want {
			t.Errorf("%+v: got %d, %v, want %d", c.q, len(got), err, c.want)
		}
	}
}

func parsed(t *testing.T, jws string) *pledge.Command {
	t.Helper()
	c, err := pledge.ParseCommand(jws)
	if err != nil {
		t.Fatal(err)
	}
	return c
}
