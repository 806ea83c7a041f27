package pledge_test

import (
	"testing"

	"github.com/datapledge/datapledge/pledge"
)

// A pledgor, a bank and a third party that want more than is theirs.

func withCovenant(mode, covenant string) pledge.Terms {
	t := terms(mode)
	t.Covenants = []string{covenant}
	return t
}

// TestRevokedAssetStaysEncumbered: who notarizes what was revoked again does
// not get rid of the lien on it (invariant iii).
func TestRevokedAssetStaysEncumbered(t *testing.T) {
	w := newWorld(t)
	first := w.notarize(w.owner, "a", file("a", "a", 50))
	w.active(first, w.bank, terms("exclusive"))
	w.do(w.court, pledge.OrderRevoke, pledge.RevokeBody{RecordID: first, Number: "1", Document: doc("d"), Reason: "forged"})
	again := w.notarize(w.owner, "a again", file("a", "a", 50))
	id := w.ready(again, w.bank2, terms("exclusive"))
	w.refuse(pledge.AlreadyPledged, w.bank2, pledge.PledgeRegister, w.registration(id))
}

// TestRevokedAssetStaysFrozen: an order against it holds what has its content.
func TestRevokedAssetStaysFrozen(t *testing.T) {
	w := newWorld(t)
	first := w.notarize(w.owner, "a", file("a", "a", 50))
	w.do(w.other, pledge.ObjectionFile, pledge.ObjectBody{RecordID: first, Ground: "OWNERSHIP", Evidence: doc("e")})
	w.do(w.court, pledge.OrderFreeze, freezeOf(first))
	up := pledge.DecideBody{RecordID: first, ObjectionID: w.asset(first).Objections[0].ID, Ruling: "UPHELD", Number: "1", Document: doc("d")}
	w.do(w.court, pledge.ObjectionDecide, up)
	again := w.notarize(w.owner, "a again", file("a", "a", 50))
	w.refuse(pledge.Frozen, w.owner, pledge.AssetTransfer, pledge.TransferBody{AssetID: again, To: w.other.uscc, Agreement: doc("s")})
}

func freezeOf(record string) pledge.FreezeBody {
	return pledge.FreezeBody{RecordID: record, Court: "法院", FileNo: "1", OrderDate: "2026-11-20", Effect: "查封", Document: doc("f")}
}

// TestContentChangedAfterChecks: what was checked is what is registered (T4b-T5).
func TestContentChangedAfterChecks(t *testing.T) {
	one, two := file("a", "a", 50), file("b", "b", 60)
	for name, missing := range map[string]pledge.Code{"": pledge.CustodyMissing, "scan": pledge.CheckMissing, "value": pledge.CheckMissing} {
		w := newWorld(t)
		asset := w.notarize(w.owner, "a", one)
		tm := terms("exclusive")
		if name != "" {
			tm = terms("exclusive", name)
		}
		id := w.ready(asset, w.bank, tm)
		w.days(0)
		w.now = w.now.Add(1e9)
		v := w.version(asset, []string{"b"}, two)
		v.Removed = []pledge.Redaction{{File: one, Reason: "gone"}}
		w.do(w.owner, pledge.AssetAddVersion, v)
		w.now = w.now.Add(1e9)
		if name != "" {
			w.do(w.exchange, pledge.CustodyReceiptAct, w.custody(id))
		}
		w.refuse(missing, w.bank, pledge.PledgeRegister, w.registration(id))
		w.do(w.exchange, pledge.CustodyReceiptAct, w.custody(id))
		if name != "" {
			w.check(id, name)
		}
		w.do(w.bank, pledge.PledgeRegister, w.registration(id))
	}
}

// TestCovenantKeepsTheCustodian: the pledgee's way to the key is through who
// holds the content; a covenant for increments does not change that.
func TestCovenantKeepsTheCustodian(t *testing.T) {
	w := newWorld(t)
	one, two := file("a", "a", 50), file("b", "b", 60)
	asset := w.notarize(w.owner, "a", one)
	w.active(asset, w.bank, withCovenant("exclusive", "add_version"))
	v := w.version(asset, []string{"b"}, one, two)
	good := w.exchange
	w.exchange = w.exchange2
	moved := w.version(asset, []string{"b"}, one, two)
	w.exchange = good
	w.refuse(pledge.ConsentMissing, w.owner, pledge.AssetAddVersion, moved)
	w.do(w.owner, pledge.AssetAddVersion, v)
}

// TestFrozenIsNotSoldAsItsKin: a dataset that a court froze is not sold or
// licensed as a slightly different one.
func TestFrozenIsNotSoldAsItsKin(t *testing.T) {
	w := newWorld(t)
	frozen := w.notarize(w.owner, "a", file("a", "a", 50))
	w.do(w.court, pledge.OrderFreeze, freezeOf(frozen))
	like := w.notarize(w.owner, "b", file("a", "a", 50), file("b", "b", 1))
	w.refuse(pledge.Frozen, w.owner, pledge.AssetTransfer, pledge.TransferBody{AssetID: like, To: w.other.uscc, Agreement: doc("s")})
	w.refuse(pledge.Frozen, w.owner, pledge.AssetLicense, pledge.LicenseBody{AssetID: like, To: w.other.uscc, Scope: "s", From: "2026-12-01", Until: "2027-12-01", Agreement: doc("l")})
}

// TestBuyerGetsWhatItSigned: a buyer's signature does not survive what the
// owner does to the asset before its own.
func TestBuyerGetsWhatItSigned(t *testing.T) {
	one, two := file("a", "a", 50), file("b", "b", 60)
	license := pledge.LicenseBody{To: uscc(9), Scope: "s", Exclusive: true, From: "2026-12-01", Until: "2027-12-01", Agreement: doc("l")}
	for name, change := range map[string]func(*world, string){
		"hollowed": func(w *world, asset string) {
			v := w.version(asset, []string{"b"}, two)
			v.Removed = []pledge.Redaction{{File: one, Reason: "gone"}}
			w.do(w.owner, pledge.AssetAddVersion, v)
		},
		"licensed": func(w *world, asset string) {
			license.AssetID = asset
			w.do(w.owner, pledge.AssetLicense, license)
			w.do(w.bank2, pledge.AssetLicense, license)
		},
		"pledged": func(w *world, asset string) {
			sell := pledge.TransferBody{AssetID: asset, To: w.other.uscc, Agreement: doc("s")}
			b := w.agree(w.active(asset, w.bank, terms("exclusive")))
			b.Act, b.Digest = pledge.AssetTransfer, must(pledge.ActDigest(pledge.AssetTransfer, &sell))
			w.do(w.bank, pledge.PledgeConsent, b)
		},
	} {
		w := newWorld(t)
		asset := w.notarize(w.owner, "a", one)
		sell := pledge.TransferBody{AssetID: asset, To: w.other.uscc, Agreement: doc("s")}
		w.do(w.other, pledge.AssetTransfer, sell)
		change(w, asset)
		w.do(w.owner, pledge.AssetTransfer, sell)
		if a := w.asset(asset); a.Owner != w.owner.uscc {
			t.Errorf("%s: the buyer owns what it did not sign for", name)
		}
		w.do(w.other, pledge.AssetTransfer, sell)
	}
}

// TestCostsWithinTheMaximum: what a pledgee takes as costs counts towards what
// is secured (担保制度解释 art. 15).
func TestCostsWithinTheMaximum(t *testing.T) {
	w := newWorld(t)
	first, second := w.second()
	b := w.sold(first, second)
	b.Distribution[0].To = w.bank2.uscc
	w.refuse(pledge.SumMismatch, w.bank2, pledge.PledgeRealize, b)
	b.Distribution[2].Amount -= b.Distribution[0].Amount
	b.Distribution[3].Amount += b.Distribution[0].Amount
	b.Shortfall += b.Distribution[0].Amount
	w.do(w.bank2, pledge.PledgeRealize, b)
}

// TestNextOwnerIsNoWitness: whoever owns what is pledged is no independent
// party of it, and no custodian owns what it keeps for the pledgee.
func TestNextOwnerIsNoWitness(t *testing.T) {
	w := newWorld(t)
	w.grantRole(w.exchange, pledge.RoleEnterprise)
	w.grantRole(w.other, pledge.RoleExchange)
	asset := w.notarize(w.owner, "a")
	id := w.active(asset, w.bank, terms("exclusive"))
	w.refuse(pledge.WrongRole, w.owner, pledge.AssetTransfer, pledge.TransferBody{AssetID: asset, To: w.exchange.uscc, Agreement: doc("s")})
	sell := pledge.TransferBody{AssetID: asset, To: w.other.uscc, Agreement: doc("s")}
	b := w.agree(id)
	b.Act, b.Digest = pledge.AssetTransfer, must(pledge.ActDigest(pledge.AssetTransfer, &sell))
	w.do(w.bank, pledge.PledgeConsent, b)
	w.do(w.owner, pledge.AssetTransfer, sell)
	w.do(w.other, pledge.AssetTransfer, sell)
	w.refuse(pledge.WrongRole, w.other, pledge.CustodyAlert, pledge.AlertBody{PledgeID: id, Kind: "LTV_BREACH", Evidence: doc("e")})
}

// TestKindOfRightStaysAsFiled: which register counts depends on it (T6).
func TestKindOfRightStaysAsFiled(t *testing.T) {
	w := newWorld(t)
	id := w.active(w.notarize(w.owner, "a"), w.bank, terms("exclusive"))
	other := w.amendment(id, func(t *pledge.Terms) { t.LegalCharacterization = "IP_RIGHT_PLEDGE" })
	w.do(w.bank, pledge.PledgeAmend, other)
	w.do(w.bank, pledge.PledgePerfect, w.filing(id))
	w.refuse(pledge.AmendmentBarred, w.owner, pledge.PledgeAmend, other)
}

// TestObjectionHoldsKin: what cannot be pledged while it is contested cannot
// be pledged as a slightly different one.
func TestObjectionHoldsKin(t *testing.T) {
	w := newWorld(t)
	asset := w.notarize(w.owner, "a", file("a", "a", 50))
	w.do(w.other, pledge.ObjectionFile, pledge.ObjectBody{RecordID: asset, Ground: "OWNERSHIP", Evidence: doc("e")})
	like := w.notarize(w.owner, "b", file("a", "a", 50), file("b", "b", 1))
	w.refuse(pledge.ObjectionOpen, w.bank, pledge.PledgeRegister, w.registration(w.ready(like, w.bank, terms("exclusive"))))
}

// TestOwnersAreNoCourt: an owner that is a court elsewhere is none in its own
// dispute; what secures a debt does not give way to an agreement.
func TestOwnersAreNoCourt(t *testing.T) {
	w := newWorld(t)
	w.grantRole(w.other, pledge.RoleCourt)
	first := w.notarize(w.owner, "a", file("a", "a", 50))
	w.active(first, w.bank, terms("exclusive"))
	second := w.notarize(w.other, "b", file("a", "a", 50))
	give := pledge.ResolveBody{AssetID: first, Other: second, Resolution: "OTHER", Document: doc("d")}
	w.refuse(pledge.AlreadyPledged, w.other, pledge.AssetResolveDispute, give)
}

// TestClauseIsNoForfeiture: what was signed before default lets a pledgee sell,
// not keep (民法典 428).
func TestClauseIsNoForfeiture(t *testing.T) {
	w := newWorld(t)
	id := w.defaulted(w.notarize(w.owner, "a"), withCovenant("exclusive", "self_sale"))
	w.do(w.bank, pledge.PledgeEnforce, pledge.EnforceBody{PledgeID: id, Path: "SELF_SALE_CLAUSE", Title: doc("agreement")})
	for _, change := range []func(*pledge.RealizeBody){func(b *pledge.RealizeBody) { b.Method = "APPROPRIATION" }, func(b *pledge.RealizeBody) { b.BuyerType = "PLEDGEE" }} {
		b := w.sale(id, 900, 600, 300)
		change(&b)
		w.refuse(pledge.TitleMissing, w.bank, pledge.PledgeRealize, b)
	}
	w.do(w.bank, pledge.PledgeRealize, w.sale(id, 900, 600, 300))
}

// TestNothingIsAgreedOverTheOwner: who bought what is pledged has its say where
// the pledgor had one, or the former owner could still sell it (T7, T15).
func TestNothingIsAgreedOverTheOwner(t *testing.T) {
	w := newWorld(t)
	asset := w.notarize(w.owner, "a")
	id := w.active(asset, w.bank, terms("exclusive"))
	sell := pledge.TransferBody{AssetID: asset, To: w.other.uscc, Agreement: doc("s")}
	b := w.agree(id)
	b.Act, b.Digest = pledge.AssetTransfer, must(pledge.ActDigest(pledge.AssetTransfer, &sell))
	w.do(w.bank, pledge.PledgeConsent, b)
	w.do(w.owner, pledge.AssetTransfer, sell)
	w.do(w.other, pledge.AssetTransfer, sell)
	clause := w.amendment(id, func(t *pledge.Terms) { t.Covenants = []string{"self_sale"} })
	w.do(w.bank, pledge.PledgeAmend, clause)
	w.do(w.owner, pledge.PledgeAmend, clause)
	if got := w.pledge(id); len(got.Terms.Covenants) != 0 {
		t.Errorf("the former owner agreed to %v", got.Terms.Covenants)
	}
	w.do(w.bank, pledge.PledgeDefault, pledge.DefaultBody{PledgeID: id, Step: "notice", Reason: "NONPAYMENT", Notice: doc("notice")})
	w.days(11)
	w.do(w.bank, pledge.PledgeDefault, pledge.DefaultBody{PledgeID: id, Step: "declare"})
	sale := pledge.EnforceBody{PledgeID: id, Path: pledge.AgreedSale, Title: doc("sale")}
	w.do(w.bank, pledge.PledgeEnforce, sale)
	w.do(w.owner, pledge.PledgeEnforce, sale)
	if got := w.pledge(id); got.State != "DEFAULTED" {
		t.Errorf("the former owner made it %s", got.State)
	}
	w.do(w.other, pledge.PledgeEnforce, sale)
	if got := w.pledge(id); got.State != "ENFORCING" {
		t.Errorf("all three made it %s", got.State)
	}
}
