package pledge_test

import (
	"testing"

	"github.com/datapledge/datapledge/pledge"
)

// TestGoldenLife runs a pledge and its asset through the later life, each act
// that leaves something in the record once, and compares what is left.
func TestGoldenLife(t *testing.T) {
	w := newWorld(t)
	w.recipient(w.bank2, "age1bank")
	one, two := file("a", "a", 50), file("b", "b", 60)
	asset := w.notarize(w.owner, "a", one)
	tm := terms("ranked", "attest", "value")
	tm.Expires, tm.Matures, tm.GraceDays, tm.Covenants = "2027-05-01", "2027-05-01", 5, []string{"add_version", "self_sale"}
	id := w.active(asset, w.bank, tm)
	second := w.ready(asset, w.bank2, terms("ranked"))
	w.do(w.bank, pledge.PledgeConsent, w.agree(second))
	w.do(w.bank2, pledge.PledgeRegister, w.registration(second))

	w.changes(id, second)
	w.growsAndMoves(asset, id, second, one, two)
	golden(t, "pledge-life-active.v4.json", w.st.kv[pledge.KeyPledge(id)])
	golden(t, "asset-life-pledged.v4.json", w.st.kv[pledge.KeyAsset(asset)])
	w.quarrels(id, asset)
	golden(t, "pledge-life-objected.v4.json", w.st.kv[pledge.KeyPledge(id)])
	golden(t, "asset-life-frozen.v4.json", w.st.kv[pledge.KeyAsset(asset)])
	w.endsInSale(t, id, second)
	golden(t, "pledge-life-realized.v4.json", w.st.kv[pledge.KeyPledge(id)])
	golden(t, "asset-life-free.v4.json", w.st.kv[pledge.KeyAsset(asset)])
	w.givesUp(asset)
	golden(t, "asset-life-withdrawn.v4.json", w.st.kv[pledge.KeyAsset(asset)])
}

// changes amends, extends, subordinates, assigns; an alert, a cure, a slip of the pen.
func (w *world) changes(id, second string) {
	w.t.Helper()
	less := w.amendment(id, func(t *pledge.Terms) { t.SecuredMax.Amount-- })
	w.do(w.bank, pledge.PledgeAmend, less)
	w.do(w.owner, pledge.PledgeAmend, less)
	w.do(w.bank, pledge.PledgeExtend, pledge.ExtendBody{PledgeID: id, TermsDigest: w.pledge(id).TermsDigest, Expires: "2027-12-01"})
	swap := pledge.SubordinateBody{PledgeID: id, To: second, Agreement: doc("rank")}
	w.do(w.bank, pledge.PledgeSubordinate, swap)
	w.do(w.bank2, pledge.PledgeSubordinate, swap)
	to := pledge.AssignBody{PledgeID: id, TermsDigest: w.pledge(id).TermsDigest, To: w.bank2.uscc, Agreement: doc("sold"), Notice: doc("told")}
	w.do(w.bank, pledge.PledgeAssign, to)
	w.do(w.bank2, pledge.PledgeAssign, to)
	w.do(w.exchange, pledge.CustodyAlert, pledge.AlertBody{PledgeID: id, Kind: "TAMPER", Evidence: doc("t"), Detail: "chunk 7"})
	w.do(w.exchange, pledge.CustodyReceiptAct, w.custody(id))
	w.do(w.bank2, pledge.PledgeDefault, pledge.DefaultBody{PledgeID: id, Step: "notice", Reason: "COVENANT", Notice: doc("n")})
	w.days(5)
	w.do(w.bank2, pledge.PledgeDefault, pledge.DefaultBody{PledgeID: id, Step: "declare"})
	w.do(w.bank2, pledge.PledgeCure, pledge.CureBody{PledgeID: id, Proof: doc("paid")})
	w.do(w.centre, pledge.RecordCorrect, pledge.CorrectBody{RecordID: id, Field: "valuation.method", From: "income", To: "cost", Reason: "slip"})
}

// growsAndMoves adds a version, licenses, transfers and notarizes the asset.
func (w *world) growsAndMoves(asset, id, second string, files ...pledge.File) {
	w.t.Helper()
	v := w.version(asset, []string{"b"}, files...)
	w.consents(pledge.AssetAddVersion, &v, id, second)
	w.do(w.owner, pledge.AssetAddVersion, v)
	use := pledge.LicenseBody{AssetID: asset, To: w.bank.uscc, Scope: "风控", From: "2026-12-01", Until: "2027-12-01", Agreement: doc("l"), Proceeds: "escrow"}
	w.consents(pledge.AssetLicense, &use, id, second)
	w.do(w.owner, pledge.AssetLicense, use)
	w.do(w.bank, pledge.AssetLicense, use)
	sell := pledge.TransferBody{AssetID: asset, To: w.other.uscc, Agreement: doc("s")}
	w.consents(pledge.AssetTransfer, &sell, id, second)
	w.do(w.owner, pledge.AssetTransfer, sell)
	w.do(w.other, pledge.AssetTransfer, sell)
	w.do(w.notary, pledge.AssetAttest, pledge.AssetAttestBody{AssetID: asset, Number: "1", Certificate: doc("c")})
}

func (w *world) consents(act pledge.Act, body any, ids ...string) {
	w.t.Helper()
	for _, id := range ids {
		b := w.agree(id)
		b.Act, b.Digest = act, must(pledge.ActDigest(act, body))
		w.do(w.bank2, pledge.PledgeConsent, b)
	}
}

// quarrels: one objection in court, one that expired; two orders on the asset.
func (w *world) quarrels(id, asset string) {
	w.t.Helper()
	w.do(w.owner, pledge.ObjectionFile, pledge.ObjectBody{RecordID: id, Ground: "AMOUNT", Evidence: doc("e"), Detail: "paid in part"})
	w.do(w.bank, pledge.ObjectionFile, pledge.ObjectBody{RecordID: id, Ground: "CONSENT", Evidence: doc("f")})
	in, out := w.pledge(id).Objections[0].ID, w.pledge(id).Objections[1].ID
	w.do(w.owner, pledge.ObjectionNotify, pledge.NotifyBody{RecordID: id, ObjectionID: in, Notice: doc("n")})
	w.do(w.owner, pledge.ObjectionLodge, pledge.LodgeBody{RecordID: id, ObjectionID: in, Court: "杭州互联网法院", CaseNumber: "(2026) 浙 1", Proof: doc("p")})
	w.days(8)
	w.do(w.regulator, pledge.ObjectionExpire, pledge.ExpireBody{RecordID: id, ObjectionID: out})
	for _, by := range []*actor{w.court, w.regulator} {
		w.do(by, pledge.OrderFreeze, pledge.FreezeBody{RecordID: asset, Court: "法院", Registry: "立案庭", FileNo: by.uscc, OrderDate: "2026-12-01", Effect: "查封",
			Until: "2027-02-01", Document: doc("o")})
	}
	w.do(w.court, pledge.OrderUnfreeze, pledge.UnfreezeBody{RecordID: asset, FileNo: w.regulator.uscc, Document: doc("u")})
}

// endsInSale: dismissed, defaulted, key handed over, sold on the clause.
func (w *world) endsInSale(t *testing.T, id, second string) {
	w.t.Helper()
	w.now = w.now.AddDate(0, 2, 0)
	w.do(w.court, pledge.ObjectionDecide, pledge.DecideBody{RecordID: id, ObjectionID: w.pledge(id).Objections[0].ID, Ruling: "DISMISSED", Number: "1", Document: doc("d")})
	w.do(w.bank2, pledge.PledgeDefault, pledge.DefaultBody{PledgeID: id, Step: "notice", Reason: "NONPAYMENT", Notice: doc("n")})
	w.days(5)
	w.do(w.bank2, pledge.PledgeDefault, pledge.DefaultBody{PledgeID: id, Step: "declare"})
	w.do(w.bank2, pledge.PledgeEnforce, pledge.EnforceBody{PledgeID: id, Path: "SELF_SALE_CLAUSE", Title: doc("agreement"), Number: "§ 9"})
	w.do(w.exchange, pledge.CustodyRelease, pledge.KeyReleaseBody{PledgeID: id, To: w.bank2.uscc, Recipient: "age1bank", Envelope: doc("key")})
	sold := w.sale(id, 900, 500, 0)
	sold.Distribution = []pledge.Share{{Kind: "SENIOR", To: w.bank2.uscc, PledgeID: second, Amount: 300}, {Kind: "COSTS", To: w.exchange2.uscc, Amount: 100},
		{Kind: "PLEDGEE", To: w.bank2.uscc, Amount: 500}}
	sold.Claim, sold.Shortfall = 700, 200
	w.do(w.exchange2, pledge.PledgeRealize, sold)
	golden(t, "pledge-life-waiting.v4.json", w.st.kv[pledge.KeyPledge(id)])
	w.do(w.bank2, pledge.PledgeRealize, sold)
	w.do(w.bank2, pledge.PledgeRelease, pledge.ReleaseBody{PledgeID: second, Reason: "PAID"})
}

// givesUp resolves a dispute, objects, corrects, and withdraws the asset.
func (w *world) givesUp(asset string) {
	w.t.Helper()
	rival := w.notarize(w.owner, "again", file("a", "a", 50), file("b", "b", 60), file("z", "z", 1))
	w.do(w.court, pledge.AssetResolveDispute, pledge.ResolveBody{AssetID: asset, Other: rival, Resolution: "ASSET", Document: doc("r")})
	w.do(w.bank, pledge.ObjectionFile, pledge.ObjectBody{RecordID: asset, Ground: "OWNERSHIP", Evidence: doc("e")})
	w.do(w.centre, pledge.RecordCorrect, pledge.CorrectBody{RecordID: asset, Field: "name", From: "a", To: "鸟击记录", Reason: "slip"})
	w.do(w.other, pledge.AssetWithdraw, pledge.WithdrawBody{AssetID: asset, Reason: "given up"})
}

func (w *world) recipient(a *actor, age string) {
	p := w.party(a.uscc)
	p.Recipient = age
	w.set(pledge.KeyParty(p.ID), p)
}
