package index_test

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/service/ledgertest/actors"
)

// lives is a chain of what the real rules let through, of all that can happen
// to assets and pledges.
type lives struct {
	*ruled
	cast     *actors.Cast
	rnd      *rand.Rand
	datasets map[string]actors.Dataset // by asset
	assets   []string
	pledges  []string
	done     map[pledge.Act]int // applied, by act
}

func newLives(t *testing.T, seed uint64) *lives {
	t.Helper()
	cast := actors.NewCast("pledge")
	l := &lives{ruled: newRuled(t, cast.Genesis()), cast: cast, rnd: rand.New(rand.NewPCG(seed, seed)), datasets: map[string]actors.Dataset{}, done: map[pledge.Act]int{}}
	l.now = time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)
	l.blocks[0].Time = l.now
	cast.Now = func() time.Time { return l.now }
	for _, a := range []*actors.Actor{cast.Enterprise, cast.Enterprise2, cast.Bank2} {
		l.must(cast.Enroll(a))
	}
	return l
}

// try puts a command into a block of its own, unless the rules refuse it.
func (l *lives) try(jws string) *pledge.Outcome {
	l.t.Helper()
	c, err := pledge.ParseCommand(jws)
	if err != nil {
		return &pledge.Outcome{Status: pledge.Refused, Detail: err.Error()}
	}
	results, err := pledge.Apply(l.state, pledge.Tx{Channel: "pledge", Time: l.now}, []*pledge.Command{c})
	if err != nil {
		l.t.Fatal(err)
	}
	o := results[0].Outcome
	if o.Status != pledge.Applied {
		return &o
	}
	last := l.blocks[len(l.blocks)-1]
	b := service.Block{Number: last.Number + 1, Prev: last.Hash, Time: l.now}
	b.Hash, o.Position = digest("lives", b.Number, last.Hash, jws), &pledge.Position{Block: b.Number}
	b.Commands = []service.Committed{{JWS: jws, Outcome: o, Writes: results[0].Writes}}
	l.blocks = append(l.blocks, b)
	l.done[c.Payload.Act]++
	return &o
}

func (l *lives) must(commands ...string) (last *pledge.Outcome) {
	l.t.Helper()
	for _, jws := range commands {
		if last = l.try(jws); last.Status != pledge.Applied {
			l.t.Fatalf("refused: %+v", last)
		}
	}
	return last
}

// all has several sign the same, one after the other.
func (l *lives) all(act pledge.Act, body any, signers ...string) bool {
	for _, s := range signers {
		if o := l.try(l.cast.Sign(l.actor(s), act, body)); o.Status != pledge.Applied {
			return false
		}
	}
	return true
}

func (l *lives) actor(uscc string) *actors.Actor {
	c := l.cast
	for _, a := range []*actors.Actor{c.IPCentre, c.Notary, c.Exchange, c.Court, c.Regulator, c.Bank, c.Bank2, c.Enterprise, c.Enterprise2} {
		if a.USCC == uscc {
			return a
		}
	}
	l.t.Fatalf("nobody is %s", uscc)
	return nil
}

func (l *lives) asset(id string) pledge.Asset {
	return decode[pledge.Asset](l.state[pledge.KeyAsset(id)])
}

func (l *lives) pledge(id string) pledge.Pledge {
	return decode[pledge.Pledge](l.state[pledge.KeyPledge(id)])
}

func (l *lives) days(n int) { l.now = l.now.AddDate(0, 0, n) }

func (l *lives) day(n int) string { return l.now.AddDate(0, 0, n).Format(time.DateOnly) }

// lifeNames are names of assets: some are one another, differently written.
var lifeNames = []string{"电力（负荷）数据", "电力(负荷) 数据", "ＢＩＲＤ strikes", "bird strikes", "杭州"}

func (l *lives) notarize(owner *actors.Actor, d actors.Dataset) string {
	b := l.cast.NotarizeBody(owner, d)
	b.Name = lifeNames[l.rnd.IntN(len(lifeNames))]
	jws := l.cast.Sign(owner, pledge.AssetNotarize, b)
	if l.try(jws).Status != pledge.Applied {
		return ""
	}
	id := actors.AssetID(jws)
	l.assets, l.datasets[id] = append(l.assets, id), d
	return id
}

func (l *lives) terms(mode string) pledge.Terms {
	t := l.cast.Terms()
	t.Mode, t.Checks, t.Matures, t.Expires = mode, []string{pledge.CheckAttest}, l.day(20), l.day(30)
	t.Covenants = []string{pledge.CovenantSelfSale}
	return t
}

// offered takes a pledge up to where only its registration is missing.
func (l *lives) offered(asset string, bank *actors.Actor, mode string) string {
	a, t := l.asset(asset), l.terms(mode)
	jws := l.cast.Propose(l.actor(a.Owner), asset, bank, t)
	if l.try(jws).Status != pledge.Applied {
		return ""
	}
	id := actors.PledgeID(jws)
	l.pledges = append(l.pledges, id)
	l.try(l.cast.Accept(bank, id, t))
	l.try(l.cast.Sign(l.cast.Notary, pledge.PledgeAttest, pledge.AttestBody{PledgeID: id, Number: numbers[l.rnd.IntN(2)], Certificate: actors.Digest("attested"), EnforcementConsent: true}))
	l.checked(id)
	for _, f := range a.InForce {
		l.try(l.cast.Consent(l.actor(f.Pledgee), id, t))
	}
	return id
}

func (l *lives) checked(id string) {
	p := l.pledge(id)
	a := l.asset(p.AssetID)
	l.try(l.cast.CustodyCheck(l.actor(a.Owner), l.datasets[p.AssetID], id))
}

func (l *lives) register(id string, seq int64) *pledge.Outcome {
	p := l.pledge(id)
	return l.try(l.cast.Register(l.actor(p.Pledgee), id, p.Terms, seq))
}

// inForce is one of the pledges that are, "" when none is.
func (l *lives) inForce(states ...string) string {
	for _, i := range l.rnd.Perm(len(l.pledges)) {
		if slices.Contains(states, l.pledge(l.pledges[i]).State) {
			return l.pledges[i]
		}
	}
	return ""
}

func (l *lives) anyAsset() string { return l.assets[l.rnd.IntN(len(l.assets))] }
