package index_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/service/ledgertest/actors"
	"github.com/datapledge/datapledge/storage"
)

// brought are the deeds that bring a pledge from ACTIVE to where another can happen.
var brought = map[pledge.Act][]pledge.Act{
	pledge.PledgeCure: {pledge.PledgeDefault}, pledge.PledgeEnforce: {pledge.PledgeDefault},
	pledge.PledgeRealize: {pledge.PledgeDefault, pledge.PledgeEnforce}, pledge.OrderUnfreeze: {pledge.OrderFreeze},
}

func deedOf(act pledge.Act) deed {
	for _, d := range deeds {
		if d.act == act {
			return d
		}
	}
	panic(act)
}

// TestSearchIsOvertaken: a registration that states the expected_seq of a search
// is refused when anything has touched the liens since, and goes through when
// nothing has.
func TestSearchIsOvertaken(t *testing.T) {
	vault := newVault(t)
	for n, d := range deeds {
		if d.act == pledge.ObjectionDecide {
			continue // one that is dismissed leaves the liens as they were; one that is upheld is told below
		}
		t.Run(string(d.act), func(t *testing.T) {
			l := newLives(t, uint64(n))
			asset := l.notarize(l.cast.Enterprise, actors.NewDataset(l.cast.Own("data"), 2))
			first := l.offered(asset, l.cast.Bank, pledge.Ranked)
			if o := l.register(first, 0); o.Status != pledge.Applied {
				t.Fatalf("got %+v", o)
			}
			for _, act := range brought[d.act] {
				if !deedOf(act).do(l, l.pledge(first)) {
					t.Fatalf("%s was refused", act)
				}
			}
			seq := l.searchedSeq(t, vault, asset)
			if !d.do(l, l.pledge(first)) {
				t.Fatal("it was refused")
			}
			l.thawed(first)
			l.now = l.now.Add(time.Minute) // what was checked before a version, or with it, does not count
			second := l.offered(asset, l.cast.Bank2, pledge.Ranked)
			if second == "" {
				t.Fatal("no second pledge was offered")
			}
			o := l.register(second, seq)
			if refused := o.Code == pledge.SequenceChanged; refused != d.moves || !d.moves && o.Status != pledge.Applied {
				t.Fatalf("got %+v, want it refused: %t", o, d.moves)
			}
			if d.moves {
				if o := l.register(second, l.searchedSeq(t, vault, asset)); o.Status != pledge.Applied {
					t.Errorf("after another search: got %+v", o)
				}
			}
		})
	}
}

// searchedSeq is what a search told that saw everything so far, of the asset
// itself and in every other way to ask for it.
func (l *lives) searchedSeq(t *testing.T, vault *storage.Vault, asset string) int64 {
	t.Helper()
	s := searcher(t, vault, l.blocks, func() time.Time { return l.now })
	a := l.asset(asset)
	r := must(s.Search(t.Context(), enquirer, service.SearchRequest{AssetID: asset}))(t)
	for _, q := range []service.SearchRequest{{Fingerprint: a.Fingerprint}, {Fingerprint: "sha256:" + l.datasets[asset].Files[0].SHA256}, {Party: a.Owner},
		{Name: a.Name}, {Name: l.actor(a.Owner).Name}, {Number: asset}, {AssetID: asset, AsOf: fmt.Sprint(len(l.blocks) - 1)}} {
		other := must(s.Search(t.Context(), enquirer, q))(t)
		if len(other.Assets) != 1 || other.Assets[0].ExpectedSeq != *r.ExpectedSeq {
			t.Errorf("%+v: got %+v, want sequence %d", q, other.Assets, *r.ExpectedSeq)
		}
	}
	return *r.ExpectedSeq
}

// thawed lifts what would refuse a registration for another reason.
func (l *lives) thawed(id string) {
	for range 3 {
		thaws(l, l.pledge(id))
	}
	for _, o := range l.pledge(id).Objections {
		if o.State == pledge.ObjectionOpenState {
			l.all(pledge.ObjectionDecide, pledge.DecideBody{RecordID: id, ObjectionID: o.ID, Ruling: pledge.Dismissed, Number: "1", Document: actors.Digest("ruling")}, l.cast.Court.USCC)
		}
	}
}

// An objection that is upheld ends the lien; who had searched must search again.
func TestSearchBeforeAnUpheldObjection(t *testing.T) {
	vault, l := newVault(t), newLives(t, 1)
	asset := l.notarize(l.cast.Enterprise, actors.NewDataset(l.cast.Own("data"), 2))
	first := l.offered(asset, l.cast.Bank, pledge.Exclusive)
	l.register(first, 0)
	deedOf(pledge.ObjectionFile).do(l, l.pledge(first))
	seq := l.searchedSeq(t, vault, asset)
	if !l.all(pledge.ObjectionDecide, pledge.DecideBody{RecordID: first, ObjectionID: l.pledge(first).Objections[0].ID, Ruling: pledge.Upheld, Number: "1", Document: actors.Digest("ruling")}, l.cast.Court.USCC) {
		t.Fatal("it was refused")
	}
	second := l.offered(asset, l.cast.Bank2, pledge.Exclusive)
	if o := l.register(second, seq); o.Code != pledge.SequenceChanged {
		t.Errorf("got %+v", o)
	}
	if o := l.register(second, l.searchedSeq(t, vault, asset)); o.Status != pledge.Applied {
		t.Errorf("after another search: got %+v", o)
	}
}
