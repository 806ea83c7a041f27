package ledgertest

import (
	"bytes"
	"errors"
	"sync"
	"sync/atomic"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service/ledgertest/actors"
)

var errEnough = errors.New("enough")

func outcomes(s *stage) {
	commands, assetID, pledgeID, terms := s.Story(s.name("a"), s.Enterprise, s.Bank2)
	out := s.apply(commands...)
	for i, o := range out {
		if want := []string{assetID, pledgeID}[min(i, 1)]; o.RecordID != want {
			s.Errorf("record of command %d: got %q, want %q", i, o.RecordID, want)
		}
		if len(o.Record) == 0 {
			s.Errorf("command %d has no record", i)
		}
		if i > 0 && !before(out[i-1].Position, o.Position) {
			s.Errorf("command %d at %+v, the one before at %+v", i, *o.Position, *out[i-1].Position)
		}
	}
	o := s.apply(s.Register(s.Bank2, pledgeID, terms, 0))[0]
	values, _ := s.get(pledge.KeyPledge(pledgeID), pledge.KeyAsset(assetID))
	if p, err := pledge.DecodePledge(values[0]); err != nil || p.State != pledge.Active {
		s.Errorf("pledge: %s, %v", values[0], err)
	}
	if !bytes.Equal(o.Record, values[0]) {
		s.Errorf("the outcome's record is\n%s, the ledger has\n%s", o.Record, values[0])
	}
	if a, err := pledge.DecodeAsset(values[1]); err != nil || len(a.InForce) != 1 || a.Seq != 1 {
		s.Errorf("asset: %s, %v", values[1], err)
	}
}

func before(a, b *pledge.Position) bool {
	if a.Block != b.Block {
		return a.Block < b.Block
	}
	if a.Tx != b.Tx {
		return a.Tx < b.Tx
	}
	return a.Index < b.Index
}

func refusals(s *stage) {
	good := s.Notarize(s.Enterprise, actors.NewDataset(s.name("a"), 1))
	stranger := actors.NewActor(1, pledge.RoleEnterprise)
	elsewhere := s.Payload(s.Enterprise, pledge.AssetNotarize, s.NotarizeBody(s.Enterprise, actors.NewDataset(s.name("b"), 1)))
	elsewhere.On = "elsewhere"
	s.refuse(pledge.UnknownParty, s.Fence(stranger, actors.CommandID(good)))
	s.refuse(pledge.WrongRole, s.Notarize(s.Bank2, actors.NewDataset(s.name("c"), 1)))
	s.refuse(pledge.WrongChannel, s.Enterprise.Sign(elsewhere))
	s.refuse(pledge.Unsigned, good[:len(good)-8]+"AAAAAAAA")
	s.refuse(pledge.NotFound, s.Attest("pl_aaaaaaaaaaaaaaaaaaaaaaaaaa"))
	if out, err := s.ledger.Submit(s.ctx, []string{"", "no command", good + "."}); err != nil {
		s.Errorf("malformed commands: %v", err)
	} else {
		for _, o := range out {
			if o.Status != pledge.Refused || o.Code != pledge.Malformed {
				s.Errorf("malformed command: %+v", o)
			}
		}
	}
	s.apply(good)
}

func order(s *stage) {
	commands, _, _, _ := s.Story(s.name("a"), s.Enterprise, s.Bank)
	out := s.submit(commands[1], commands[0])
	if out[0].Code != pledge.NotFound || out[1].Status != pledge.Applied {
		s.Errorf("proposed before notarized: %+v", out)
	}
	s.apply(commands[1:]...)
	if out, err := s.ledger.Submit(s.ctx, nil); err != nil || len(out) != 0 {
		s.Errorf("no commands: %v, %v", out, err)
	}
}

func oneBadAmongMany(s *stage) {
	commands := s.many(64)
	for i := 1; i < len(commands); i += 3 {
		commands[i] = []string{"bad", s.Fence(actors.NewActor(2, pledge.RoleBank), actors.CommandID(commands[0])), commands[i][:len(commands[i])-8] + "AAAAAAAA"}[i%9/3]
	}
	for i, o := range s.submit2(commands) {
		want := pledge.Applied
		if i%3 == 1 {
			want = pledge.Refused
		}
		if o.Status != want {
			s.Errorf("command %d: %+v, want %s", i, o, want)
		}
	}
}

// submit2 submits commands some of which have no id.
func (s *stage) submit2(commands []string) []pledge.Outcome {
	s.Helper()
	out, err := s.ledger.Submit(s.ctx, commands)
	if err != nil || len(out) != len(commands) {
		s.Fatalf("submitting: %d outcomes, %v", len(out), err)
	}
	return out
}

// same compares the answer to a repeated command with the first one.
func (s *stage) same(first, again pledge.Outcome) {
	s.Helper()
	if again.Status != pledge.Applied || !again.Duplicate || again.Position == nil {
		s.Errorf("repeated: %+v", again)
		return
	}
	if again.CommandID != first.CommandID || again.RecordID != first.RecordID || *again.Position != *first.Position || !bytes.Equal(again.Record, first.Record) {
		s.Errorf("repeated: got\n%+v, the first was\n%+v", again, first)
	}
}

func repeated(s *stage) {
	commands, _, _, _ := s.Story(s.name("a"), s.Enterprise, s.Bank)
	first := s.apply(commands...)
	head := s.head()
	for i, o := range s.submit(commands...) {
		s.same(first[i], o)
	}
	if got := s.head(); got != head {
		s.Errorf("repeated commands made a block: %+v after %+v", got, head)
	}
	// Within one Submit, too: the second is a repetition of the first.
	c := s.Notarize(s.Enterprise, actors.NewDataset(s.name("b"), 1))
	out := s.submit(c, c)
	if out[0].Duplicate {
		s.Errorf("first of two: %+v", out[0])
	}
	s.same(out[0], out[1])
	s.reopen()
	for i, o := range s.submit(commands...) {
		s.same(first[i], o)
	}
}

func repeatedAtOnce(s *stage) {
	commands := s.many(16)
	const callers = 24
	outs := make([][]pledge.Outcome, callers)
	var all sync.WaitGroup
	for i := range callers {
		all.Go(func() {
			var err error
			if outs[i], err = s.ledger.Submit(s.ctx, commands); err != nil {
				s.Errorf("caller %d: %v", i, err)
			}
		})
	}
	all.Wait()
	for j := range commands {
		firsts := 0
		for _, out := range outs {
			if len(out) != len(commands) {
				return // reported above
			}
			again := out[j]
			if !again.Duplicate {
				firsts++
			}
			again.Duplicate = true
			s.same(outs[0][j], again)
		}
		if firsts != 1 {
			s.Errorf("command %d was applied %d times", j, firsts)
		}
	}
}

// race: many register at once, on ten pledges of one asset, all exclusive.
func race(s *stage) {
	const pledges, racers = 10, 1000
	asset := s.notarized("a")
	t := s.Terms()
	t.Checks = []string{}
	var ids []string
	for range pledges {
		p := s.Propose(s.Enterprise, asset, s.Bank, t)
		id := actors.PledgeID(p)
		s.apply(p, s.Accept(s.Bank, id, t), s.CustodyCheck(s.Enterprise, actors.NewDataset(s.name("a"), 1), id))
		ids = append(ids, id)
	}
	var won, lost atomic.Int64
	var all sync.WaitGroup
	for i := range racers {
		c := s.Register(s.Bank, ids[i%pledges], t, 0)
		all.Go(func() {
			out, err := s.ledger.Submit(s.ctx, []string{c})
			switch {
			case err != nil:
				s.Errorf("racer %d: %v", i, err)
			case out[0].Status == pledge.Applied:
				won.Add(1)
			case out[0].Status == pledge.Refused:
				lost.Add(1)
			}
		})
	}
	all.Wait()
	if won.Load() != 1 || lost.Load() != racers-1 {
		s.Errorf("%d won and %d lost of %d, want 1 to win", won.Load(), lost.Load(), racers)
	}
	values, _ := s.get(pledge.KeyAsset(asset))
	if a, err := pledge.DecodeAsset(values[0]); err != nil || len(a.InForce) != 1 || a.Seq != 1 {
		s.Errorf("asset after the race: %s, %v", values[0], err)
	}
}
