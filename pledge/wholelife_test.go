package pledge_test

import (
	"slices"
	"testing"
	"time"

	"github.com/datapledge/datapledge/pledge"
)

// days lets time pass; custody and the like are fresh for a day only.
func (w *world) days(n int) { w.now = w.now.AddDate(0, 0, n) }

func (w *world) amendment(id string, change func(*pledge.Terms)) pledge.AmendBody {
	p := w.pledge(id)
	t := p.Terms
	change(&t)
	return pledge.AmendBody{PledgeID: id, Replaces: p.TermsDigest, Terms: t, TermsDigest: must(t.Digest())}
}

func (w *world) defaulted(asset string, tm pledge.Terms) string {
	id := w.active(asset, w.bank, tm)
	w.do(w.bank, pledge.PledgeDefault, pledge.DefaultBody{PledgeID: id, Step: "notice", Reason: "NONPAYMENT", Notice: doc("notice")})
	w.days(11)
	w.do(w.bank, pledge.PledgeDefault, pledge.DefaultBody{PledgeID: id, Step: "declare"})
	return id
}

func (w *world) enforcing(asset string) string {
	id := w.defaulted(asset, terms("exclusive"))
	sale := pledge.EnforceBody{PledgeID: id, Path: pledge.AgreedSale, Title: doc("sale")}
	w.do(w.bank, pledge.PledgeEnforce, sale)
	if s := w.pledge(id).State; s != "DEFAULTED" {
		w.t.Fatalf("one signature made it %s", s)
	}
	w.do(w.owner, pledge.PledgeEnforce, sale)
	return id
}

func (w *world) sale(id string, price, paid, surplus int64) pledge.RealizeBody {
	return pledge.RealizeBody{PledgeID: id, Price: pledge.Amount{Amount: price, Currency: "CNY"}, Date: w.now.Format(time.DateOnly), Method: "AUCTION",
		BuyerType: "ENTERPRISE", Report: doc("sold"), Claim: paid, Distribution: []pledge.Share{
			{Kind: "PLEDGEE", To: w.bank.uscc, Amount: paid}, {Kind: "SURPLUS", To: w.owner.uscc, Amount: surplus}}}
}

// TestWholeLife: a loan from registration through amendment, default and
// agreed sale; the owner stays the owner.
func TestWholeLife(t *testing.T) {
	w := newWorld(t)
	asset := w.notarize(w.owner, "a")
	id := w.enforcing(asset)
	key := pledge.KeyReleaseBody{PledgeID: id, To: w.bank.uscc, Recipient: "age1x", Envelope: doc("envelope")}
	w.refuse(pledge.CustodyMissing, w.exchange, pledge.CustodyRelease, key)
	sold := w.sale(id, 900, 600, 300)
	w.do(w.exchange2, pledge.PledgeRealize, sold)
	w.do(w.bank, pledge.PledgeRealize, sold)
	p, a := w.pledge(id), w.asset(asset)
	if p.State != "REALIZED" || a.Owner != w.owner.uscc || len(a.InForce) != 0 || p.V != pledge.LifeVersion || len(p.Realization.Signed) != 2 {
		t.Errorf("%+v\n%+v", p, a)
	}
}

func TestChangesInForce(t *testing.T) {
	w := newWorld(t)
	asset := w.notarize(w.owner, "a")
	first, second := w.active(asset, w.bank, terms("ranked")), ""
	less := w.amendment(first, func(t *pledge.Terms) { t.SecuredMax.Amount-- })
	w.do(w.bank, pledge.PledgeAmend, less)
	w.do(w.owner, pledge.PledgeAmend, less)
	if got := w.pledge(first); got.TermsDigest != less.TermsDigest || len(got.Agreements) != 0 || len(got.Amendments) != 1 {
		t.Errorf("%+v", got)
	}
	second = w.propose(asset, w.bank2, terms("ranked"))
	w.do(w.bank2, pledge.PledgeAccept, w.agree(second))
	w.do(w.exchange, pledge.CustodyReceiptAct, w.custody(second))
	w.do(w.bank, pledge.PledgeConsent, w.agree(second))
	w.do(w.bank2, pledge.PledgeRegister, w.registration(second))
	swap := pledge.SubordinateBody{PledgeID: first, To: second, Agreement: doc("rank")}
	w.do(w.bank, pledge.PledgeSubordinate, swap)
	w.do(w.bank2, pledge.PledgeSubordinate, swap)
	if got := ranks(w.asset(asset)); !slices.Equal(got, []string{second, first}) {
		t.Errorf("ranks %v", got)
	}
	sell := pledge.TransferBody{AssetID: asset, To: w.other.uscc, Agreement: doc("sale")}
	w.refuse(pledge.ConsentMissing, w.owner, pledge.AssetTransfer, sell)
	digest := must(pledge.ActDigest(pledge.AssetTransfer, &sell))
	for bank, id := range map[*actor]string{w.bank: first, w.bank2: second} {
		b := w.agree(id)
		b.Act, b.Digest = pledge.AssetTransfer, digest
		w.do(bank, pledge.PledgeConsent, b)
	}
	w.do(w.owner, pledge.AssetTransfer, sell)
	w.do(w.other, pledge.AssetTransfer, sell)
	if got := w.asset(asset); got.Owner != w.other.uscc || len(got.Transfers) != 1 || len(got.InForce) != 2 {
		t.Errorf("%+v", got)
	}
}

// closing signs commands as parts of one plan.
func (w *world) closing(steps ...pledge.Step) pledge.ClosingBody {
	plan := must(pledge.PlanDigest(steps))
	var b pledge.ClosingBody
	for _, s := range steps {
		b.Commands = append(b.Commands, w.signIn(plan, s))
	}
	return b
}

func TestClosing(t *testing.T) {
	w := newWorld(t)
	asset := w.notarize(w.owner, "a")
	old := w.active(asset, w.bank, terms("exclusive"))
	next := w.ready(asset, w.bank2, terms("exclusive"))
	reg := w.registration(next)
	reg.ExpectedSeq++
	steps := []pledge.Step{{Act: pledge.PledgeRelease, By: w.bank.uscc, Body: &pledge.ReleaseBody{PledgeID: old, Reason: "REPLACED"}},
		{Act: pledge.PledgeRegister, By: w.bank2.uscc, Body: &reg}}
	b := w.closing(steps...)
	if got := w.try(b.Commands[0]); got.Code != pledge.ClosingOnly {
		t.Errorf("alone: %v", got)
	}
	w.do(w.exchange, pledge.ClosingExecute, b)
	if w.pledge(old).State != "RELEASED" || w.pledge(next).State != "ACTIVE" {
		t.Error("not all took effect")
	}
	w.refuse(pledge.Duplicate, w.exchange, pledge.ClosingExecute, b)
	reg.ExpectedSeq += 7
	w.refuse(pledge.WrongState, w.exchange, pledge.ClosingExecute, w.closing(steps[0], steps[1]))
}

func TestVersions(t *testing.T) {
	w := newWorld(t)
	one, two := file("a", "a", 50), file("b", "b", 60)
	asset := w.notarize(w.owner, "a", one)
	id := w.active(asset, w.bank, terms("exclusive"))
	n := w.dataset(w.owner, "a", one, two)
	b := pledge.VersionBody{AssetID: asset, Base: w.asset(asset).Fingerprint, Added: []string{"b"}, Fingerprint: n.Fingerprint, Files: n.Files,
		Declaration: n.Declaration, CustodyReceipt: n.CustodyReceipt}
	w.refuse(pledge.ConsentMissing, w.owner, pledge.AssetAddVersion, b)
	wrong := b
	wrong.Added = []string{"a"}
	w.refuse(pledge.Inconsistent, w.owner, pledge.AssetAddVersion, wrong)
	c := w.agree(id)
	c.Act, c.Digest = pledge.AssetAddVersion, must(pledge.ActDigest(pledge.AssetAddVersion, &b))
	w.do(w.bank, pledge.PledgeConsent, c)
	w.do(w.owner, pledge.AssetAddVersion, b)
	a, p := w.asset(asset), w.pledge(id)
	if len(a.Versions) != 2 || a.Fingerprint != n.Fingerprint || len(p.Increments) != 1 || p.Increments[0].Seq != a.Seq {
		t.Errorf("%+v\n%+v", a, p)
	}
}

func TestObjectionsAndOrders(t *testing.T) {
	w := newWorld(t)
	asset := w.notarize(w.owner, "a")
	id := w.active(asset, w.bank, terms("exclusive"))
	w.do(w.other, pledge.ObjectionFile, pledge.ObjectBody{RecordID: id, Ground: "FORGERY", Evidence: doc("e")})
	w.refuse(pledge.ObjectionOpen, w.owner, pledge.PledgeAmend, w.amendment(id, func(t *pledge.Terms) { t.SecuredMax.Amount-- }))
	o := w.pledge(id).Objections[0]
	w.do(w.other, pledge.ObjectionNotify, pledge.NotifyBody{RecordID: id, ObjectionID: o.ID, Notice: doc("n")})
	w.do(w.other, pledge.ObjectionLodge, pledge.LodgeBody{RecordID: id, ObjectionID: o.ID, Court: "杭州互联网法院", CaseNumber: "1", Proof: doc("p")})
	w.do(w.court, pledge.ObjectionDecide, pledge.DecideBody{RecordID: id, ObjectionID: o.ID, Ruling: "UPHELD", Number: "1", Document: doc("d")})
	if p := w.pledge(id); p.State != "REVOKED" || p.Objection != "UPHELD" || len(w.asset(asset).InForce) != 0 {
		t.Errorf("%+v", p)
	}
	w.do(w.court, pledge.OrderFreeze, pledge.FreezeBody{RecordID: asset, Court: "杭州互联网法院", FileNo: "1", OrderDate: "2026-11-20", Effect: "查封", Document: doc("f")})
	w.refuse(pledge.Frozen, w.owner, pledge.AssetWithdraw, pledge.WithdrawBody{AssetID: asset})
	w.refuse(pledge.WrongRole, w.regulator, pledge.OrderUnfreeze, pledge.UnfreezeBody{RecordID: asset, FileNo: "1", Document: doc("u")})
	w.do(w.court, pledge.OrderUnfreeze, pledge.UnfreezeBody{RecordID: asset, FileNo: "1", Document: doc("u")})
	w.do(w.centre, pledge.RecordCorrect, pledge.CorrectBody{RecordID: asset, Field: "name", From: "a", To: "b", Reason: "slip"})
	w.do(w.owner, pledge.AssetWithdraw, pledge.WithdrawBody{AssetID: asset})
}
