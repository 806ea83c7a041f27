package pledge_test

import (
	"slices"
	"testing"
	"time"

	"github.com/datapledge/datapledge/pledge"
)

// recorder notes what Apply reads, each key once.
type recorder struct {
	*memory
	read []string
}

func (r *recorder) Get(key string) ([]byte, error) {
	if !slices.Contains(r.read, key) {
		r.read = append(r.read, key)
	}
	return r.memory.Get(key)
}

// watched applies commands one by one and compares their reads with the hints.
type watched struct {
	*world
	read, hinted int
	acts         map[pledge.Act]int
}

func (w *watched) do(a *actor, act pledge.Act, body any) string {
	w.t.Helper()
	c := w.command(a, act, body)
	st := &recorder{memory: w.st}
	rs, err := pledge.Apply(st, w.tx(), []*pledge.Command{c})
	if err != nil || rs[0].Outcome.Status != pledge.Applied {
		w.t.Fatalf("%s: %+v, %v", act, rs, err)
	}
	w.compare(c, st.read)
	return rs[0].Outcome.RecordID
}

func (w *watched) compare(c *pledge.Command, read []string) {
	w.t.Helper()
	hints := pledge.Reads(c)
	if !slices.IsSorted(hints) || len(slices.Compact(slices.Clone(hints))) != len(hints) {
		w.t.Errorf("%s: %v is not sorted, each once", c.Payload.Act, hints)
	}
	hints = append(hints, pledge.ReadsBehind(c, func(key string) []byte { return w.st.kv[key] })...)
	for _, k := range hints {
		if !slices.Contains(read, k) {
			w.t.Errorf("%s: %s is hinted and not read: it would make conflicts", c.Payload.Act, k)
		}
	}
	for _, k := range read {
		if !slices.Contains(hints, k) {
			w.t.Errorf("%s: %s is read and not hinted: each such key costs a message", c.Payload.Act, k)
		}
	}
	w.read, w.hinted = w.read+len(read), w.hinted+len(hints)
	w.acts[c.Payload.Act]++
}

// TestReads goes through every act.
func TestReads(t *testing.T) {
	w := &watched{world: newWorld(t), acts: map[pledge.Act]int{}}
	w.partyActs()
	asset := w.do(w.owner, pledge.AssetNotarize, w.dataset(w.owner, "a", manyFiles(3)...))
	w.do(w.centre, pledge.AssetRecordCertificate, certificate(asset, "2029-01-01"))
	w.do(w.owner, pledge.CommandFence, pledge.FenceBody{CommandID: "cmd_" + sha("lost")})
	first := w.pledgeActs(asset)
	w.likeContent(asset, w.do(w.other, pledge.AssetNotarize, w.dataset(w.other, "like", file("l", "l", 1))))
	w.endings(asset, first)
	for _, act := range everyAct {
		if w.acts[act] == 0 {
			t.Errorf("%s is not among the acts that were compared", act)
		}
	}
	if w.hinted != w.read || w.read < 100 {
		t.Errorf("of %d reads %d were hinted", w.read, w.hinted)
	}
}

var everyAct = []pledge.Act{
	"party.enroll", "party.add_key", "party.revoke_key", "custody.receipt", "asset.notarize", "asset.record_certificate",
	"pledge.propose", "pledge.withdraw", "pledge.accept", "pledge.reject", "pledge.attest", "pledge.value", "pledge.scan",
	"pledge.consent", "pledge.register", "pledge.release", "pledge.perfect", "command.fence",
}

func (w *watched) partyActs() {
	w.t.Helper()
	n := newActor(uscc(20), pledge.RoleEnterprise)
	w.do(w.centre, pledge.PartyEnroll, pledge.EnrollBody{Party: n.uscc, Name: "甲", Roles: []pledge.Role{"enterprise"}, Keys: []pledge.KeyGrant{n.grant()}})
	w.do(n, pledge.PartyAddKey, pledge.AddKeyBody{Party: n.uscc, Key: n.es256().grant()})
	w.do(w.centre, pledge.PartyRevokeKey, pledge.RevokeKeyBody{Party: n.uscc, KID: n.kid()})
}

// pledgeActs takes a pledge to ACTIVE, with every check, and a junior behind.
func (w *watched) pledgeActs(asset string) (first string) {
	w.t.Helper()
	first = w.pledgeTo(asset, w.bank, terms("ranked", "attest", "value", "scan"))
	w.do(w.bank, pledge.PledgeRegister, w.registration(first))
	w.do(w.bank, pledge.PledgePerfect, w.filing(first))
	w.do(w.notary, pledge.PledgePerfect, w.verification(first))
	junior := w.pledgeTo(asset, w.bank2, terms("ranked"))
	w.do(w.bank, pledge.PledgeConsent, w.agree(junior))
	w.do(w.bank2, pledge.PledgeRegister, w.registration(junior))
	return first
}

// likeContent: a scan and the registration behind it look at what was found,
// and a registration that waits for no scan does not.
func (w *watched) likeContent(pledged, like string) {
	w.t.Helper()
	asset := w.do(w.owner, pledge.AssetNotarize, w.dataset(w.owner, "b", file("b", "b", 1)))
	for _, tm := range []pledge.Terms{terms("ranked"), terms("ranked", "attest", "value", "scan")} {
		id := w.pledgeTo(asset, w.bank, tm)
		w.do(w.centre, pledge.PledgeScan, as(w.scan(id, alike(like, 10000), alike(pledged, 1)), "waived", w.centre))
		w.do(w.bank, pledge.PledgeRegister, w.registration(id))
	}
}

func (w *watched) pledgeTo(asset string, bank *actor, tm pledge.Terms) string {
	w.t.Helper()
	id := w.do(w.owner, pledge.PledgePropose, pledge.ProposeBody{AssetID: asset, Pledgee: bank.uscc, Terms: tm})
	w.do(bank, pledge.PledgeAccept, w.agree(id))
	w.do(w.exchange, pledge.CustodyReceiptAct, w.custody(id))
	if len(tm.Checks) > 0 {
		w.do(w.notary, pledge.PledgeAttest, pledge.AttestBody{PledgeID: id, Number: "1", Certificate: doc("certificate")})
		w.do(w.exchange, pledge.PledgeValue, w.valuation(id))
		w.do(w.centre, pledge.PledgeScan, pledge.ScanBody{PledgeID: id, Result: "clean", Report: doc("scan report")})
	}
	return id
}

func (w *watched) endings(asset, first string) {
	w.t.Helper()
	w.do(w.owner, pledge.PledgeRelease, pledge.ReleaseBody{PledgeID: first, Reason: "DEMAND", Proof: doc("paid")})
	w.now = w.now.Add(10 * 24 * time.Hour)
	w.do(w.notary, pledge.PledgeRelease, pledge.ReleaseBody{PledgeID: first, Reason: "FORCED"})
	w.do(w.owner, pledge.PledgeWithdraw, pledge.EndBody{PledgeID: w.pledgeTo(asset, w.bank, terms("ranked"))})
	w.do(w.centre, pledge.PledgeReject, pledge.EndBody{PledgeID: w.pledgeTo(asset, w.bank, terms("ranked")), Code: pledge.NotOwner})
}

func TestReadsOfNoCommand(t *testing.T) {
	none := func(string) []byte { return nil }
	for _, c := range []*pledge.Command{nil, {}} {
		if got := append(pledge.Reads(c), pledge.ReadsBehind(c, none)...); len(got) != 0 {
			t.Errorf("got %v", got)
		}
	}
	w := newWorld(t)
	lone := w.custody(w.propose(w.notarize(w.owner, "a"), w.bank, terms("exclusive")))
	about := w.command(w.exchange, pledge.CustodyReceiptAct, lone)
	if got := pledge.ReadsBehind(about, none); len(got) != 0 {
		t.Errorf("behind a pledge that is not there: %v", got)
	}
	lone.PledgeID = ""
	if got := pledge.Reads(w.command(w.exchange, pledge.CustodyReceiptAct, lone)); len(got) != 2 {
		t.Errorf("a receipt about no pledge: %v", got)
	}
}
