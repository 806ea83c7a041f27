package pledge_test

import (
	"testing"

	"github.com/datapledge/datapledge/pledge"
)

// objecting: objections and orders between amendment, extension, default and
// release.
func objecting(t *testing.T) *small {
	m := newSmall(t, 0, 8*24, 31*24)
	one := m.notarize(m.owner, "one")
	tm := terms("exclusive")
	tm.Matures, tm.Expires = "2027-01-10", "2027-02-10"
	p := m.active(one, m.bank, tm)
	m.open()
	filed := m.may(m.other, pledge.ObjectionFile, pledge.ObjectBody{RecordID: p, Ground: "FORGERY", Evidence: doc("e")})
	id := filed.RecordID("ob_")
	m.may(m.other, pledge.ObjectionNotify, pledge.NotifyBody{RecordID: p, ObjectionID: id, Notice: doc("n")}, 0, 1)
	m.may(m.other, pledge.ObjectionLodge, pledge.LodgeBody{RecordID: p, ObjectionID: id, Court: "杭州互联网法院", CaseNumber: "1", Proof: doc("p")}, 1, 2)
	m.may(m.bank2, pledge.ObjectionExpire, pledge.ExpireBody{RecordID: p, ObjectionID: id}, 1, 2)
	for _, ruling := range []string{"UPHELD", "DISMISSED"} {
		m.may(m.court, pledge.ObjectionDecide, pledge.DecideBody{RecordID: p, ObjectionID: id, Ruling: ruling, Number: "1", Document: doc("d")}, 1)
	}
	less := m.amendment(p, func(t *pledge.Terms) { t.SecuredMax.Amount-- })
	m.may(m.bank, pledge.PledgeAmend, less)
	m.may(m.owner, pledge.PledgeAmend, less, 0, 1)
	more := m.amendment(p, func(t *pledge.Terms) { t.SecuredMax.Amount++ })
	m.may(m.bank, pledge.PledgeAmend, more)
	m.may(m.owner, pledge.PledgeAmend, more)
	longer := pledge.ExtendBody{PledgeID: p, TermsDigest: digestOf(t, tm), Expires: "2027-06-01", Matures: "2027-05-01", Agreement: doc("longer")}
	m.may(m.bank, pledge.PledgeExtend, longer)
	m.may(m.owner, pledge.PledgeExtend, longer, 0, 1)
	m.may(m.bank, pledge.PledgeDefault, pledge.DefaultBody{PledgeID: p, Step: "notice", Reason: "NONPAYMENT", Notice: doc("notice")})
	m.may(m.bank, pledge.PledgeDefault, pledge.DefaultBody{PledgeID: p, Step: "declare"}, 2)
	m.may(m.bank, pledge.PledgeRelease, pledge.ReleaseBody{PledgeID: p, Reason: "PAID"}, 1)
	void := pledge.RevokeBody{RecordID: p, Number: "2", Document: doc("void"), Reason: "forged"}
	m.may(m.centre, pledge.OrderRevoke, void, 1)
	m.may(m.notary, pledge.OrderRevoke, void, 1)
	return m
}

// selling: the owner sells, licenses and withdraws an asset whose kin is
// pledged, while another bank registers.
func selling(t *testing.T) *small {
	m := newSmall(t, 0, 23)
	one, two := m.kin()
	p := m.active(one, m.bank, terms("ranked"))
	m.open()
	q, _ := m.offer(two, m.bank2, terms("ranked"), 1, 2)
	m.may(m.bank, pledge.PledgeConsent, m.accepts(q, terms("ranked")))
	sale := pledge.TransferBody{AssetID: two, To: m.other.uscc, Agreement: doc("sale")}
	use := pledge.LicenseBody{AssetID: two, To: m.other.uscc, Scope: "training", From: "2026-12-01", Until: "2027-12-01", Agreement: doc("licence")}
	m.may(m.owner, pledge.AssetTransfer, sale)
	m.may(m.other, pledge.AssetTransfer, sale, 0, 1)
	m.may(m.owner, pledge.AssetLicense, use)
	m.may(m.other, pledge.AssetLicense, use, 1)
	for bank, id := range map[*actor]string{m.bank: p, m.bank2: q} {
		b := m.accepts(id, terms("ranked"))
		b.Act, b.Digest = pledge.AssetTransfer, must(pledge.ActDigest(pledge.AssetTransfer, &sale))
		m.may(bank, pledge.PledgeConsent, b)
		b.Act, b.Digest = pledge.AssetLicense, must(pledge.ActDigest(pledge.AssetLicense, &use))
		m.may(bank, pledge.PledgeConsent, b)
	}
	m.may(m.bank, pledge.PledgeRelease, pledge.ReleaseBody{PledgeID: p, Reason: "PAID"}, 1)
	m.may(m.owner, pledge.AssetWithdraw, pledge.WithdrawBody{AssetID: two}, 1)
	return m
}

// closingRace: one bank's pledge gives way to another's in one act, against
// fences, revoked keys and registrations that change the sequence.
func closingRace(t *testing.T) *small {
	m := newSmall(t, 0, 30)
	m.keysChange = true
	one := m.notarize(m.owner, "one")
	old := m.active(one, m.bank, terms("exclusive"))
	m.open()
	next, late := m.offer(one, m.bank2, terms("exclusive"), 2, 1)
	reg := *late[0].Body().(*pledge.RegisterBody)
	m.registers(next, m.bank2, terms("exclusive"), 1, 2, 3)
	give := pledge.Step{Act: pledge.PledgeRelease, By: m.bank.uscc, Body: &pledge.ReleaseBody{PledgeID: old, Reason: "REPLACED"}}
	c := m.may(m.exchange, pledge.ClosingExecute, m.closing(give, pledge.Step{Act: pledge.PledgeRegister, By: m.bank2.uscc, Body: &reg}), 0, 1)
	for _, in := range c.Closing() {
		m.add(in, 0)
		m.fence(in, 1)
	}
	m.may(m.bank, pledge.PledgeRelease, pledge.ReleaseBody{PledgeID: old, Reason: "PAID"})
	m.may(m.exchange, pledge.CustodyReceiptAct, m.receipt(next, one), 1)
	m.may(m.owner, pledge.PledgeRelease, pledge.ReleaseBody{PledgeID: old, Reason: "DEMAND", Proof: doc("paid")})
	m.may(m.bank, pledge.PledgeDefault, pledge.DefaultBody{PledgeID: old, Step: "notice", Reason: "NONPAYMENT", Notice: doc("notice")})
	m.may(m.bank2, pledge.PledgeWithdraw, pledge.EndBody{PledgeID: next}, 0, 1)
	third, _ := m.offer(one, m.bank, terms("ranked"), 2)
	m.may(m.owner, pledge.PledgeWithdraw, pledge.EndBody{PledgeID: third}, 1)
	m.may(m.centre, pledge.PartyRevokeKey, pledge.RevokeKeyBody{Party: m.bank.uscc, KID: m.bank.kid()})
	m.may(m.court, pledge.OrderFreeze, pledge.FreezeBody{RecordID: one, Court: "杭州互联网法院", FileNo: "1", OrderDate: "2026-11-20", Effect: "查封", Document: doc("f")})
	m.may(m.court, pledge.OrderUnfreeze, pledge.UnfreezeBody{RecordID: one, FileNo: "1", Document: doc("u")})
	return m
}

// versionRace: a new version, a copy of it by somebody else, and a pledge.
func versionRace(t *testing.T) *small {
	m := newSmall(t, 0, 23)
	a, b := file("a", "a", 50), file("b", "b", 60)
	one := m.notarize(m.owner, "a", a)
	tm := terms("ranked")
	tm.Covenants = []string{"add_version"}
	p := m.active(one, m.bank, terms("ranked"))
	m.open()
	base := m.asset(one).Fingerprint
	n := m.dataset(m.owner, "a", a, b)
	v := pledge.VersionBody{AssetID: one, Base: base, Added: []string{"b"}, Fingerprint: n.Fingerprint, Files: n.Files, Declaration: n.Declaration, CustodyReceipt: n.CustodyReceipt}
	m.may(m.owner, pledge.AssetAddVersion, v, 0, 1)
	agreed := m.accepts(p, terms("ranked"))
	agreed.Act, agreed.Digest = pledge.AssetAddVersion, must(pledge.ActDigest(pledge.AssetAddVersion, &v))
	m.may(m.bank, pledge.PledgeConsent, agreed)
	q, _ := m.offer(one, m.bank2, tm, 1, 2)
	m.may(m.bank, pledge.PledgeConsent, m.accepts(q, tm))
	copied := m.may(m.other, pledge.AssetNotarize, m.dataset(m.other, "copy", b, file("c", "c", 10))).RecordID("as_")
	settled := pledge.ResolveBody{AssetID: one, Other: copied, Resolution: "ASSET", Document: doc("settled")}
	m.may(m.owner, pledge.AssetResolveDispute, settled)
	m.may(m.other, pledge.AssetResolveDispute, settled)
	both := settled
	both.Resolution = "BOTH"
	m.may(m.court, pledge.AssetResolveDispute, both)
	m.may(m.bank, pledge.PledgeRelease, pledge.ReleaseBody{PledgeID: p, Reason: "PAID"}, 1)
	return m
}
