package pledge_test

import (
	"strings"
	"testing"
	"time"

	"github.com/datapledge/datapledge/pledge"
)

// refusal is one way to be turned down: prepare builds what comes before and
// returns the command that must be refused.
type refusal struct {
	name string
	code pledge.Code
	run  func(w *world) (a *actor, act pledge.Act, body any)
}

// refusals is every guard of the rules, once, by a story of its own.
var refusals = []refusal{
	{"party not enrolled", pledge.UnknownParty, func(w *world) (*actor, pledge.Act, any) {
		n := newActor(uscc(77), "")
		return n, pledge.AssetNotarize, w.dataset(n, "x", file("a", "a", 1))
	}},
	{"key of another party", pledge.UnknownKey, func(w *world) (*actor, pledge.Act, any) {
		n := *w.bank
		n.uscc = w.owner.uscc
		return &n, pledge.AssetNotarize, w.dataset(w.owner, "x", file("a", "a", 1))
	}},
	{"revoked key", pledge.RevokedKey, func(w *world) (*actor, pledge.Act, any) {
		w.do(w.centre, pledge.PartyRevokeKey, pledge.RevokeKeyBody{Party: w.owner.uscc, KID: w.owner.kid()})
		return w.owner, pledge.AssetNotarize, w.dataset(w.owner, "x", file("a", "a", 1))
	}},
	{"bank notarizes", pledge.WrongRole, func(w *world) (*actor, pledge.Act, any) {
		return w.bank, pledge.AssetNotarize, w.dataset(w.bank, "x", file("a", "a", 1))
	}},
	{"older than a day", pledge.Stale, func(w *world) (*actor, pledge.Act, any) {
		b := w.dataset(w.owner, "x", file("a", "a", 1))
		w.clockOffCommand(-24*time.Hour - time.Second)
		return w.owner, pledge.AssetNotarize, b
	}},
	{"from the future", pledge.Stale, func(w *world) (*actor, pledge.Act, any) {
		b := w.dataset(w.owner, "x", file("a", "a", 1))
		w.clockOffCommand(5*time.Minute + time.Second)
		return w.owner, pledge.AssetNotarize, b
	}},
	{"ledger went back in time", pledge.Stale, func(w *world) (*actor, pledge.Act, any) {
		id := w.propose(w.notarize(w.owner, "a"), w.bank, terms("exclusive"))
		w.now = w.now.Add(-time.Minute)
		return w.bank, pledge.PledgeAccept, w.agree(id)
	}},
	{"asset went back in time", pledge.Stale, func(w *world) (*actor, pledge.Act, any) {
		id := w.notarize(w.owner, "a")
		w.now = w.now.Add(-time.Minute)
		return w.centre, pledge.AssetRecordCertificate, certificate(id, "2029-01-01")
	}},
	{"party went back in time", pledge.Stale, func(w *world) (*actor, pledge.Act, any) {
		w.do(w.owner, pledge.PartyAddKey, pledge.AddKeyBody{Party: w.owner.uscc, Key: w.owner.es256().grant()})
		w.now = w.now.Add(-time.Minute)
		return w.owner, pledge.PartyRevokeKey, pledge.RevokeKeyBody{Party: w.owner.uscc, KID: w.owner.es256().kid()}
	}},
	{"no such asset", pledge.NotFound, func(w *world) (*actor, pledge.Act, any) {
		return w.owner, pledge.PledgePropose, pledge.ProposeBody{AssetID: "as_" + strings.Repeat("a", 26), Pledgee: w.bank.uscc, Terms: terms("exclusive")}
	}},
	{"no such asset to certify", pledge.NotFound, func(w *world) (*actor, pledge.Act, any) {
		return w.centre, pledge.AssetRecordCertificate, certificate("as_"+strings.Repeat("a", 26), "2029-01-01")
	}},
	{"no such pledge", pledge.NotFound, func(w *world) (*actor, pledge.Act, any) {
		return w.bank, pledge.PledgeAccept, pledge.AgreeBody{PledgeID: "pl_" + strings.Repeat("a", 26), TermsDigest: doc("x")}
	}},
	{"pledge of another's asset", pledge.NotOwner, func(w *world) (*actor, pledge.Act, any) {
		return w.other, pledge.PledgePropose, pledge.ProposeBody{AssetID: w.notarize(w.owner, "a"), Pledgee: w.bank.uscc, Terms: terms("exclusive")}
	}},
	{"same dataset twice", pledge.Duplicate, func(w *world) (*actor, pledge.Act, any) {
		w.notarize(w.owner, "a", file("a", "a", 5))
		return w.owner, pledge.AssetNotarize, w.dataset(w.owner, "b", file("a", "a", 5))
	}},
	{"proposal on a disputed asset", pledge.Disputed, func(w *world) (*actor, pledge.Act, any) {
		id := w.notarize(w.owner, "a", file("a", "a", 5))
		w.notarize(w.other, "a", file("a", "a", 5))
		return w.owner, pledge.PledgePropose, pledge.ProposeBody{AssetID: id, Pledgee: w.bank.uscc, Terms: terms("exclusive")}
	}},
	{"registration on an asset disputed since", pledge.Disputed, func(w *world) (*actor, pledge.Act, any) {
		id := w.ready(w.notarize(w.owner, "a", file("a", "a", 5)), w.bank, terms("exclusive"))
		w.notarize(w.other, "a", file("a", "a", 5), file("b", "small", 1))
		return w.bank, pledge.PledgeRegister, w.registration(id)
	}},
	{"no consent basis", pledge.DeclarationIncomplete, func(w *world) (*actor, pledge.Act, any) {
		b := w.dataset(w.owner, "x", file("a", "a", 1))
		b.Declaration.Consent.Basis = ""
		return w.owner, pledge.AssetNotarize, b
	}},
	{"no custody receipt", pledge.CustodyMissing, func(w *world) (*actor, pledge.Act, any) {
		b := w.dataset(w.owner, "x", file("a", "a", 1))
		b.CustodyReceipt = ""
		return w.owner, pledge.AssetNotarize, b
	}},
	{"no custody check", pledge.CustodyMissing, func(w *world) (*actor, pledge.Act, any) {
		id := w.pending(w.notarize(w.owner, "a"), w.bank, terms("exclusive"))
		return w.bank, pledge.PledgeRegister, w.registration(id)
	}},
	{"custody check of yesterday", pledge.CustodyMissing, func(w *world) (*actor, pledge.Act, any) {
		id := w.ready(w.notarize(w.owner, "a"), w.bank, terms("exclusive"))
		w.now = w.now.Add(24*time.Hour + time.Millisecond)
		return w.bank, pledge.PledgeRegister, w.registration(id)
	}},
	{"custody check of other content", pledge.CustodyMissing, func(w *world) (*actor, pledge.Act, any) {
		b := w.custody(w.pending(w.notarize(w.owner, "a"), w.bank, terms("exclusive")))
		b.Size++
		return w.exchange, pledge.CustodyReceiptAct, b
	}},
	{"accept other terms", pledge.TermsMismatch, func(w *world) (*actor, pledge.Act, any) {
		id := w.propose(w.notarize(w.owner, "a"), w.bank, terms("exclusive"))
		return w.bank, pledge.PledgeAccept, pledge.AgreeBody{PledgeID: id, TermsDigest: doc("other")}
	}},
	{"register other terms", pledge.TermsMismatch, func(w *world) (*actor, pledge.Act, any) {
		b := w.registration(w.ready(w.notarize(w.owner, "a"), w.bank, terms("exclusive")))
		b.TermsDigest = doc("other")
		return w.bank, pledge.PledgeRegister, b
	}},
	{"value in another currency", pledge.TermsMismatch, func(w *world) (*actor, pledge.Act, any) {
		b := w.valuation(w.pending(w.notarize(w.owner, "a"), w.bank, terms("exclusive", "value")))
		b.Value.Currency = "USD"
		return w.exchange, pledge.PledgeValue, b
	}},
	{"sequence moved", pledge.SequenceChanged, func(w *world) (*actor, pledge.Act, any) {
		b := w.registration(w.ready(w.notarize(w.owner, "a"), w.bank, terms("exclusive")))
		b.ExpectedSeq++
		return w.bank, pledge.PledgeRegister, b
	}},
	{"exclusive behind exclusive", pledge.AlreadyPledged, func(w *world) (*actor, pledge.Act, any) {
		id := w.notarize(w.owner, "a")
		w.active(id, w.bank, terms("exclusive"))
		return w.bank2, pledge.PledgeRegister, w.registration(w.ready(id, w.bank2, terms("exclusive")))
	}},
	{"exclusive behind ranked", pledge.AlreadyPledged, func(w *world) (*actor, pledge.Act, any) {
		id := w.notarize(w.owner, "a")
		w.active(id, w.bank, terms("ranked"))
		return w.bank2, pledge.PledgeRegister, w.registration(w.ready(id, w.bank2, terms("exclusive")))
	}},
	{"ranked behind exclusive", pledge.AlreadyPledged, func(w *world) (*actor, pledge.Act, any) {
		id := w.notarize(w.owner, "a")
		w.active(id, w.bank, terms("exclusive"))
		return w.bank2, pledge.PledgeRegister, w.registration(w.ready(id, w.bank2, terms("ranked")))
	}},
	{"exclusive on kin", pledge.AlreadyPledged, func(w *world) (*actor, pledge.Act, any) {
		w.active(w.notarize(w.owner, "a", file("a", "a", 50)), w.bank, terms("exclusive"))
		kin := w.notarize(w.owner, "b", file("a", "a", 50), file("b", "b", 3))
		return w.bank2, pledge.PledgeRegister, w.registration(w.ready(kin, w.bank2, terms("exclusive")))
	}},
	{"withdraw an active pledge", pledge.WrongState, func(w *world) (*actor, pledge.Act, any) {
		id := w.active(w.notarize(w.owner, "a"), w.bank, terms("exclusive"))
		return w.owner, pledge.PledgeWithdraw, pledge.EndBody{PledgeID: id}
	}},
	{"propose on a withdrawn asset", pledge.WrongState, func(w *world) (*actor, pledge.Act, any) {
		a := w.asset(w.notarize(w.owner, "a"))
		a.Status = pledge.AssetWithdrawn
		w.set(pledge.KeyAsset(a.ID), a)
		return w.owner, pledge.PledgePropose, pledge.ProposeBody{AssetID: a.ID, Pledgee: w.bank.uscc, Terms: terms("exclusive")}
	}},
	{"certificate of a withdrawn asset", pledge.WrongState, func(w *world) (*actor, pledge.Act, any) {
		a := w.asset(w.notarize(w.owner, "a"))
		a.Status = pledge.AssetRevoked
		w.set(pledge.KeyAsset(a.ID), a)
		return w.centre, pledge.AssetRecordCertificate, certificate(a.ID, "2029-01-01")
	}},
	{"force without a demand", pledge.WrongState, func(w *world) (*actor, pledge.Act, any) {
		id := w.active(w.notarize(w.owner, "a"), w.bank, terms("exclusive"))
		return w.notary, pledge.PledgeRelease, pledge.ReleaseBody{PledgeID: id, Reason: "FORCED"}
	}},
	{"force too early", pledge.WrongState, func(w *world) (*actor, pledge.Act, any) {
		id := w.active(w.notarize(w.owner, "a"), w.bank, terms("exclusive"))
		w.do(w.owner, pledge.PledgeRelease, pledge.ReleaseBody{PledgeID: id, Reason: "DEMAND", Proof: doc("paid")})
		w.now = w.now.AddDate(0, 0, 7).Add(-time.Millisecond)
		return w.notary, pledge.PledgeRelease, pledge.ReleaseBody{PledgeID: id, Reason: "FORCED"}
	}},
	{"demand twice", pledge.WrongState, func(w *world) (*actor, pledge.Act, any) {
		id := w.active(w.notarize(w.owner, "a"), w.bank, terms("exclusive"))
		b := pledge.ReleaseBody{PledgeID: id, Reason: "DEMAND", Proof: doc("paid")}
		w.do(w.owner, pledge.PledgeRelease, b)
		return w.owner, pledge.PledgeRelease, b
	}},
	{"frozen asset", pledge.Frozen, func(w *world) (*actor, pledge.Act, any) {
		id := w.ready(w.notarize(w.owner, "a"), w.bank, terms("exclusive"))
		a := w.asset(w.pledge(id).AssetID)
		a.V, a.Frozen = pledge.LifeVersion, []pledge.Order{{Stamp: pledge.Stamp{Command: "cmd_x", By: w.court.uscc, At: "2026-11-23T08:00:00.000Z"}}}
		w.set(pledge.KeyAsset(a.ID), a)
		return w.bank, pledge.PledgeRegister, w.registration(id)
	}},
	{"frozen kin", pledge.Frozen, func(w *world) (*actor, pledge.Act, any) {
		k := w.asset(w.notarize(w.owner, "a", file("a", "a", 50)))
		k.V, k.Frozen = pledge.LifeVersion, []pledge.Order{{Stamp: pledge.Stamp{Command: "cmd_x", By: w.court.uscc, At: "2026-11-23T08:00:00.000Z"}}}
		w.set(pledge.KeyAsset(k.ID), k)
		edit := w.notarize(w.owner, "b", file("a", "a", 50), file("b", "b", 3))
		return w.bank, pledge.PledgeRegister, w.registration(w.ready(edit, w.bank, terms("exclusive")))
	}},
	{"frozen pledge", pledge.Frozen, func(w *world) (*actor, pledge.Act, any) {
		p := w.pledge(w.propose(w.notarize(w.owner, "a"), w.bank, terms("exclusive")))
		p.V, p.Frozen = pledge.LifeVersion, []pledge.Order{{Stamp: pledge.Stamp{Command: "cmd_x", By: w.court.uscc, At: "2026-11-23T08:00:00.000Z"}}}
		w.set(pledge.KeyPledge(p.ID), p)
		return w.owner, pledge.PledgeWithdraw, pledge.EndBody{PledgeID: p.ID}
	}},
	{"open objection", pledge.ObjectionOpen, func(w *world) (*actor, pledge.Act, any) {
		a := w.asset(w.notarize(w.owner, "a"))
		a.V, a.Objection = pledge.LifeVersion, "OPEN"
		w.set(pledge.KeyAsset(a.ID), a)
		return w.owner, pledge.PledgePropose, pledge.ProposeBody{AssetID: a.ID, Pledgee: w.bank.uscc, Terms: terms("exclusive")}
	}},
	{"objection in court", pledge.ObjectionOpen, func(w *world) (*actor, pledge.Act, any) {
		p := w.pledge(w.ready(w.notarize(w.owner, "a"), w.bank, terms("exclusive")))
		p.V, p.Objection = pledge.LifeVersion, "IN_COURT"
		w.set(pledge.KeyPledge(p.ID), p)
		return w.bank, pledge.PledgeRegister, w.registration(p.ID)
	}},
	{"matures after the certificate", pledge.MaturityTooLate, func(w *world) (*actor, pledge.Act, any) {
		id := w.ready(w.notarize(w.owner, "a"), w.bank, terms("exclusive"))
		w.do(w.centre, pledge.AssetRecordCertificate, certificate(w.pledge(id).AssetID, "2027-12-20"))
		return w.bank, pledge.PledgeRegister, w.registration(id)
	}},
	{"offer of last month", pledge.Expired, func(w *world) (*actor, pledge.Act, any) {
		id := w.propose(w.notarize(w.owner, "a"), w.bank, terms("exclusive"))
		w.now = w.now.AddDate(0, 0, 30).Add(time.Millisecond)
		return w.bank, pledge.PledgeAccept, w.agree(id)
	}},
	{"terms that are over", pledge.Expired, func(w *world) (*actor, pledge.Act, any) {
		tm := terms("exclusive")
		tm.Matures, tm.Expires = "2026-11-01", w.now.Format(time.RFC3339)
		return w.owner, pledge.PledgePropose, pledge.ProposeBody{AssetID: w.notarize(w.owner, "a"), Pledgee: w.bank.uscc, Terms: tm}
	}},
	{"debt that is due already", pledge.Expired, func(w *world) (*actor, pledge.Act, any) {
		tm := terms("exclusive")
		tm.Matures = w.now.Format(time.RFC3339)
		return w.owner, pledge.PledgePropose, pledge.ProposeBody{AssetID: w.notarize(w.owner, "a"), Pledgee: w.bank.uscc, Terms: tm}
	}},
	{"old valuation", pledge.Expired, func(w *world) (*actor, pledge.Act, any) {
		b := w.valuation(w.pending(w.notarize(w.owner, "a"), w.bank, terms("exclusive", "value")))
		b.BaseDate = w.now.Add(-90*24*time.Hour - time.Second).Format(time.RFC3339)
		return w.exchange, pledge.PledgeValue, b
	}},
	{"check not done", pledge.CheckMissing, func(w *world) (*actor, pledge.Act, any) {
		id := w.pending(w.notarize(w.owner, "a"), w.bank, terms("exclusive", "attest"))
		return w.bank, pledge.PledgeRegister, w.registration(id)
	}},
	{"scan of yesterday", pledge.CheckMissing, func(w *world) (*actor, pledge.Act, any) {
		id := w.ready(w.notarize(w.owner, "a"), w.bank, terms("exclusive", "scan"))
		w.now = w.now.Add(24*time.Hour + time.Millisecond)
		w.do(w.exchange, pledge.CustodyReceiptAct, w.custody(id))
		return w.bank, pledge.PledgeRegister, w.registration(id)
	}},
	{"ranked without consent", pledge.ConsentMissing, func(w *world) (*actor, pledge.Act, any) {
		id := w.notarize(w.owner, "a")
		w.active(id, w.bank, terms("ranked"))
		return w.bank2, pledge.PledgeRegister, w.registration(w.ready(id, w.bank2, terms("ranked")))
	}},
	{"consent of a bank without a pledge", pledge.WrongRole, func(w *world) (*actor, pledge.Act, any) {
		return w.bank2, pledge.PledgeConsent, w.agree(w.propose(w.notarize(w.owner, "a"), w.bank, terms("ranked")))
	}},
	{"consent twice", pledge.Duplicate, func(w *world) (*actor, pledge.Act, any) {
		id := w.notarize(w.owner, "a")
		w.active(id, w.bank, terms("ranked"))
		junior := w.propose(id, w.bank2, terms("ranked"))
		w.do(w.bank, pledge.PledgeConsent, w.agree(junior))
		return w.bank, pledge.PledgeConsent, w.agree(junior)
	}},
	{"pledgee is no bank", pledge.WrongRole, func(w *world) (*actor, pledge.Act, any) {
		return w.owner, pledge.PledgePropose, pledge.ProposeBody{AssetID: w.notarize(w.owner, "a"), Pledgee: w.notary.uscc, Terms: terms("exclusive")}
	}},
	{"pledgee is oneself", pledge.WrongRole, func(w *world) (*actor, pledge.Act, any) {
		return w.owner, pledge.PledgePropose, pledge.ProposeBody{AssetID: w.notarize(w.owner, "a"), Pledgee: w.owner.uscc, Terms: terms("exclusive")}
	}},
	{"pledgee is unknown", pledge.UnknownParty, func(w *world) (*actor, pledge.Act, any) {
		return w.owner, pledge.PledgePropose, pledge.ProposeBody{AssetID: w.notarize(w.owner, "a"), Pledgee: uscc(99), Terms: terms("exclusive")}
	}},
	{"too many files", pledge.TooLarge, func(w *world) (*actor, pledge.Act, any) {
		b := w.dataset(w.owner, "x", file("a", "a", 1))
		b.Files = make([]pledge.File, 1001)
		return w.owner, pledge.AssetNotarize, b
	}},
	{"reject without a code", pledge.Malformed, func(w *world) (*actor, pledge.Act, any) {
		return w.centre, pledge.PledgeReject, pledge.EndBody{PledgeID: w.pending(w.notarize(w.owner, "a"), w.bank, terms("exclusive"))}
	}},
	{"receipt without a pledge", pledge.Malformed, func(w *world) (*actor, pledge.Act, any) {
		b := w.custody(w.pending(w.notarize(w.owner, "a"), w.bank, terms("exclusive")))
		b.PledgeID = ""
		return w.exchange, pledge.CustodyReceiptAct, b
	}},
	{"registration of the future", pledge.Malformed, func(w *world) (*actor, pledge.Act, any) {
		b := w.filing(w.inForce())
		b.RegisteredAt = w.now.Add(5*time.Minute + time.Second).Format(time.RFC3339)
		return w.bank, pledge.PledgePerfect, b
	}},
	{"registration that is over", pledge.Expired, func(w *world) (*actor, pledge.Act, any) {
		b := w.filing(w.inForce())
		b.TermEnd = w.now.Format(time.RFC3339)
		return w.bank, pledge.PledgePerfect, b
	}},
	{"verified when it is over", pledge.Expired, func(w *world) (*actor, pledge.Act, any) {
		id := w.inForce()
		w.perfect(w.bank, w.filing(id))
		w.now = w.now.AddDate(2, 0, 0)
		return w.notary, pledge.PledgePerfect, w.verification(id)
	}},
	{"registered under another name", pledge.TermsMismatch, func(w *world) (*actor, pledge.Act, any) {
		b := w.filing(w.inForce())
		b.DebtorName += " "
		return w.bank, pledge.PledgePerfect, b
	}},
	{"registration with another proof", pledge.TermsMismatch, func(w *world) (*actor, pledge.Act, any) {
		id := w.inForce()
		w.perfect(w.bank, w.filing(id))
		b := w.verification(id)
		b.Proof = doc("another")
		return w.notary, pledge.PledgePerfect, b
	}},
	{"nothing was filed", pledge.WrongState, func(w *world) (*actor, pledge.Act, any) {
		return w.notary, pledge.PledgePerfect, w.verification(w.inForce())
	}},
	{"nothing lapses", pledge.WrongState, func(w *world) (*actor, pledge.Act, any) {
		return w.other, pledge.PledgePerfect, pledge.PerfectBody{PledgeID: w.inForce(), Step: "lapse"}
	}},
	{"verifies as a side of it", pledge.WrongRole, func(w *world) (*actor, pledge.Act, any) {
		id := w.inForce()
		w.perfect(w.bank, w.filing(id))
		w.grantRole(w.bank, pledge.RoleNotary)
		return w.bank, pledge.PledgePerfect, w.verification(id)
	}},
	{"verifies its own filing", pledge.WrongRole, func(w *world) (*actor, pledge.Act, any) {
		id := w.inForce()
		p := w.pledge(id)
		p.V, p.Perfection = 2, pledge.Perfection{State: "FILED", Filing: &pledge.Filing{Registration: w.filing(id).Registration, Filed: pledge.Stamp{By: w.notary.uscc}}}
		w.set(pledge.KeyPledge(id), p)
		return w.notary, pledge.PledgePerfect, w.verification(id)
	}},
	{"filed by another bank", pledge.WrongRole, func(w *world) (*actor, pledge.Act, any) {
		return w.bank2, pledge.PledgePerfect, w.filing(w.inForce())
	}},
	{"filed before it is registered here", pledge.WrongState, func(w *world) (*actor, pledge.Act, any) {
		return w.bank, pledge.PledgePerfect, w.filing(w.ready(w.notarize(w.owner, "a"), w.bank, terms("exclusive")))
	}},
	{"filed while frozen", pledge.Frozen, func(w *world) (*actor, pledge.Act, any) {
		id := w.inForce()
		p := w.pledge(id)
		p.V, p.Frozen = pledge.LifeVersion, []pledge.Order{{Stamp: pledge.Stamp{Command: "cmd_x", By: w.court.uscc, At: "2026-11-23T08:00:00.000Z"}}}
		w.set(pledge.KeyPledge(id), p)
		return w.bank, pledge.PledgePerfect, w.filing(id)
	}},
	{"like content of another owner", pledge.OverlapFound, func(w *world) (*actor, pledge.Act, any) {
		other := w.notarize(w.other, "b")
		return w.centre, pledge.PledgeScan, w.scan(w.pending(w.notarize(w.owner, "a"), w.bank, terms("exclusive", "scan")), alike(other, 8001))
	}},
	{"like content that is pledged since the scan", pledge.OverlapFound, func(w *world) (*actor, pledge.Act, any) {
		copied := w.notarize(w.owner, "b")
		id := w.ready(w.notarize(w.owner, "a"), w.bank, terms("exclusive", "scan"))
		w.do(w.centre, pledge.PledgeScan, w.scan(id, alike(copied, 10000)))
		w.active(copied, w.bank2, terms("exclusive"))
		return w.bank, pledge.PledgeRegister, w.registration(id)
	}},
	{"scan that names no asset", pledge.NotFound, func(w *world) (*actor, pledge.Act, any) {
		return w.centre, pledge.PledgeScan, w.scan(w.pending(w.notarize(w.owner, "a"), w.bank, terms("exclusive", "scan")), alike("as_"+strings.Repeat("a", 26), 1))
	}},
	{"scan that names the pledged asset", pledge.Malformed, func(w *world) (*actor, pledge.Act, any) {
		a := w.notarize(w.owner, "a")
		return w.centre, pledge.PledgeScan, w.scan(w.pending(a, w.bank, terms("exclusive", "scan")), alike(a, 10000))
	}},
	{"finding that nobody answers for", pledge.DeclarationIncomplete, func(w *world) (*actor, pledge.Act, any) {
		b := w.examined(found("quality/empty/0123456789ab"))
		b.Declaration.Overrides = nil
		return w.owner, pledge.AssetNotarize, b
	}},
	{"value of the future", pledge.Malformed, func(w *world) (*actor, pledge.Act, any) {
		b := w.valuation(w.pending(w.notarize(w.owner, "a"), w.bank, terms("exclusive", "value")))
		b.BaseDate = w.now.AddDate(0, 0, 2).Format(time.RFC3339)
		return w.exchange, pledge.PledgeValue, b
	}},
}

// clockOffCommand moves the clock so that the next command is dated d off
// the ledger's time, which stays.
func (w *world) clockOffCommand(d time.Duration) { w.ahead = d }

func init() {
	refusals = append(refusals, []refusal{
		{"lapse too early", pledge.NotDue, func(w *world) (*actor, pledge.Act, any) {
			return w.other, pledge.PledgeLapse, pledge.LapseBody{PledgeID: w.active(w.notarize(w.owner, "a"), w.bank, terms("exclusive"))}
		}},
		{"sell by a clause that is not there", pledge.TitleMissing, func(w *world) (*actor, pledge.Act, any) {
			id := w.defaulted(w.notarize(w.owner, "a"), terms("exclusive"))
			return w.bank, pledge.PledgeEnforce, pledge.EnforceBody{PledgeID: id, Path: pledge.SelfSaleClause, Title: doc("agreement")}
		}},
		{"secure more", pledge.AmendmentBarred, func(w *world) (*actor, pledge.Act, any) {
			id := w.active(w.notarize(w.owner, "a"), w.bank, terms("exclusive"))
			return w.owner, pledge.PledgeAmend, w.amendment(id, func(t *pledge.Terms) { t.SecuredMax.Amount++ })
		}},
		{"distribute more than the price", pledge.SumMismatch, func(w *world) (*actor, pledge.Act, any) {
			b := w.sale(w.enforcing(w.notarize(w.owner, "a")), 900, 600, 300)
			b.Price.Amount--
			return w.bank, pledge.PledgeRealize, b
		}},
		{"a version of something else", pledge.Inconsistent, func(w *world) (*actor, pledge.Act, any) {
			asset := w.notarize(w.owner, "a", file("a", "a", 50))
			n := w.dataset(w.owner, "a", file("b", "b", 60))
			return w.owner, pledge.AssetAddVersion, pledge.VersionBody{AssetID: asset, Base: w.asset(asset).Fingerprint, Added: []string{"b"}, Fingerprint: n.Fingerprint,
				Files: n.Files, Declaration: n.Declaration, CustodyReceipt: n.CustodyReceipt}
		}},
	}...)
}

func certificate(asset, expires string) pledge.CertificateBody {
	return pledge.CertificateBody{AssetID: asset, Certificate: pledge.Certificate{Registrar: "浙江", Number: "2026-1", Issued: "2026-01-01", Expires: expires, Digest: doc("cert")}}
}

func TestRefusals(t *testing.T) {
	for _, r := range refusals {
		t.Run(r.name, func(t *testing.T) {
			w := newWorld(t)
			a, act, body := r.run(w)
			w.refuse(r.code, a, act, body)
		})
	}
}

// TestEveryCodeIsProduced keeps Codes and the rules in step: a code that
// nothing produces is dead, and one that is missing here is untested.
func TestEveryCodeIsProduced(t *testing.T) {
	produced := map[pledge.Code]bool{pledge.Unsigned: true, pledge.WrongChannel: true, pledge.Fenced: true, pledge.Forked: true, pledge.ClosingOnly: true} // TestHostile, TestWrongChannel, TestFence, TestCheckpoints, TestClosing
	for _, r := range refusals {
		produced[r.code] = true
	}
	for _, c := range pledge.Codes() {
		if !produced[c] {
			t.Errorf("no test produces %s", c)
		}
	}
	if len(pledge.Codes()) != 34 {
		t.Errorf("%d codes", len(pledge.Codes()))
	}
}

func TestWrongChannel(t *testing.T) {
	w := newWorld(t)
	c := w.command(w.owner, pledge.AssetNotarize, w.dataset(w.owner, "x", file("a", "a", 1)))
	tx := w.tx()
	tx.Channel = "elsewhere"
	rs, err := pledge.Apply(w.st, tx, []*pledge.Command{c})
	if err != nil || rs[0].Outcome.Code != pledge.WrongChannel {
		t.Errorf("got %v, %v", rs, err)
	}
}
