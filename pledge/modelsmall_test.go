package pledge_test

import (
	"testing"

	"github.com/datapledge/datapledge/pledge"
)

// smalls are the configurations: two assets, two banks, up to four pledges.
// reaches are acts that must take effect somewhere, and refusals that must come.
var smalls = []struct {
	name    string
	make    func(*testing.T) *small
	reaches []string
}{
	{"two exclusive pledges of kin", kinRace, []string{"pledge.register", "pledge.register already_pledged", "pledge.register sequence_changed", "pledge.register custody_missing",
		"pledge.register stale", "pledge.register fenced", "pledge.register again", "pledge.withdraw", "pledge.reject", "command.fence", "command.fence again"}},
	{"lost answers", lostAnswers, []string{"pledge.register fenced", "pledge.release", "command.fence again"}},
	{"ranks", ranking, []string{"pledge.subordinate", "pledge.assign", "pledge.amend", "pledge.register", "pledge.register consent_missing", "pledge.consent", "pledge.assign terms_mismatch"}},
	{"default and the ends", theEnds, []string{"pledge.default", "pledge.default not_due", "pledge.cure", "pledge.enforce", "pledge.realize", "pledge.realize wrong_state", "pledge.release",
		"pledge.lapse", "pledge.lapse not_due", "order.freeze", "order.unfreeze", "pledge.release frozen", "custody.release", "custody.release wrong_state"}},
	{"objections between", objecting, []string{"objection.file", "objection.notify", "objection.lodge", "objection.lodge expired", "objection.expire", "objection.decide",
		"pledge.amend objection_open", "pledge.extend", "pledge.amend amendment_barred", "pledge.extend objection_open", "order.revoke"}},
	{"a sale of what is pledged", selling, []string{"asset.transfer", "asset.transfer consent_missing", "asset.transfer wrong_role", "asset.license", "pledge.consent",
		"pledge.register not_owner", "asset.withdraw", "asset.withdraw already_pledged"}},
	{"a closing", closingRace, []string{"closing.execute", "closing.execute fenced", "closing.execute sequence_changed", "closing.execute revoked_key", "pledge.release closing_only", "party.revoke_key"}},
	{"versions and copies", versionRace, []string{"asset.add_version", "asset.add_version consent_missing", "asset.add_version inconsistent", "asset.notarize", "pledge.register disputed", "asset.resolve_dispute"}},
}

// offer signs all that takes a pledge to registration, with the sequences that
// its pledgee may have seen; it gives the pledge's id and the registrations.
func (m *small) offer(asset string, bank *actor, tm pledge.Terms, seqs ...int64) (string, []*pledge.Command) {
	m.t.Helper()
	p := m.may(m.owner, pledge.PledgePropose, pledge.ProposeBody{AssetID: asset, Pledgee: bank.uscc, Terms: tm})
	id := p.RecordID("pl_")
	m.may(bank, pledge.PledgeAccept, m.accepts(id, tm))
	m.may(m.exchange, pledge.CustodyReceiptAct, m.receipt(id, asset))
	return id, m.registers(id, bank, tm, 0, seqs...)
}

func (m *small) accepts(id string, tm pledge.Terms) pledge.AgreeBody {
	return pledge.AgreeBody{PledgeID: id, TermsDigest: digestOf(m.t, tm)}
}

func (m *small) registers(id string, bank *actor, tm pledge.Terms, tick int, seqs ...int64) (list []*pledge.Command) {
	for _, seq := range seqs {
		list = append(list, m.may(bank, pledge.PledgeRegister, pledge.RegisterBody{PledgeID: id, TermsDigest: digestOf(m.t, tm), ExpectedSeq: seq}, tick))
	}
	return list
}

// receipt is the custodian's word for a pledge that is only planned.
func (m *small) receipt(id, asset string) pledge.ReceiptBody {
	a := m.asset(asset)
	return pledge.ReceiptBody{Fingerprint: a.Fingerprint, Owner: a.Owner, Files: a.Files, Size: a.Size, ManifestRoot: a.ManifestRoot, PledgeID: id, Depth: "sample"}
}

// kin are two assets of the owner with half of their bytes in common.
func (m *small) kin() (one, two string) {
	a := file("a", "A", 100)
	return m.notarize(m.owner, "one", a, file("c", "C", 10)), m.notarize(m.owner, "two", a, file("b", "B", 100))
}

// kinRace: three offers race for what counts as one asset, over the
// hours in which custody and commands grow stale.
func kinRace(t *testing.T) *small {
	m := newSmall(t, 0, 23, 25)
	one, two := m.kin()
	m.open()
	p, first := m.offer(one, m.bank, terms("exclusive"), 0, 1)
	q, second := m.offer(two, m.bank2, terms("exclusive"), 0, 2)
	m.fence(first[0])
	m.fence(second[0])
	m.fence(second[1])
	m.may(m.exchange, pledge.CustodyReceiptAct, m.receipt(p, one), 2)
	m.registers(p, m.bank, terms("exclusive"), 2, 0, 2)
	third, _ := m.offer(one, m.bank2, terms("ranked"), 0, 1)
	m.may(m.bank, pledge.PledgeConsent, m.accepts(third, terms("ranked")))
	m.may(m.bank, pledge.PledgeWithdraw, pledge.EndBody{PledgeID: p})
	m.may(m.centre, pledge.PledgeReject, pledge.EndBody{PledgeID: q, Code: pledge.AlreadyPledged})
	m.may(m.bank, pledge.PledgeRelease, pledge.ReleaseBody{PledgeID: p, Reason: "PAID"}, 1)
	m.may(m.bank2, pledge.PledgeRelease, pledge.ReleaseBody{PledgeID: q, Reason: "PAID"}, 1)
	return m
}

// lostAnswers: every answer may be lost, each sender sends again or fences.
func lostAnswers(t *testing.T) *small {
	m := newSmall(t, 0, 25)
	m.clients = true
	one, two := m.kin()
	m.open()
	tm := terms("exclusive")
	p, first := m.offer(one, m.bank, tm, 0)
	m.fence(first[0], 0, 1)
	m.fence(m.may(m.bank, pledge.PledgeRelease, pledge.ReleaseBody{PledgeID: p, Reason: "PAID"}), 0)
	offer := m.may(m.owner, pledge.PledgePropose, pledge.ProposeBody{AssetID: two, Pledgee: m.bank2.uscc, Terms: tm})
	m.fence(offer)
	m.may(m.bank2, pledge.PledgeAccept, m.accepts(offer.RecordID("pl_"), tm))
	return m
}

// ranking: two ranked pledges in force, a third on its way: their pledgees swap and
// assign, amend and release.
func ranking(t *testing.T) *small {
	m := newSmall(t, 0, 23, 25)
	one := m.notarize(m.owner, "one")
	p := m.active(one, m.bank, terms("ranked"))
	q := m.pending(one, m.bank2, terms("ranked"))
	m.do(m.bank, pledge.PledgeConsent, m.agree(q))
	m.do(m.exchange, pledge.CustodyReceiptAct, m.custody(q))
	m.do(m.bank2, pledge.PledgeRegister, m.registration(q))
	m.open()
	seq := m.asset(one).Seq
	_, third := m.offer(one, m.bank, terms("ranked"), seq, seq+1)
	m.may(m.bank2, pledge.PledgeConsent, m.accepts(third[0].Body().(*pledge.RegisterBody).PledgeID, terms("ranked")))
	for _, s := range []pledge.SubordinateBody{{PledgeID: p, To: q, Agreement: doc("swap")}, {PledgeID: q, To: p, Agreement: doc("back")}} {
		m.may(m.bank, pledge.PledgeSubordinate, s)
		m.may(m.bank2, pledge.PledgeSubordinate, s, 1)
	}
	less := m.amendment(p, func(t *pledge.Terms) { t.SecuredMax.Amount-- })
	alone := m.amendment(p, func(t *pledge.Terms) { t.Mode = "exclusive" })
	m.may(m.bank, pledge.PledgeAmend, less)
	m.may(m.owner, pledge.PledgeAmend, less)
	m.may(m.bank, pledge.PledgeAmend, alone)
	m.may(m.owner, pledge.PledgeAmend, alone)
	sold := pledge.AssignBody{PledgeID: p, TermsDigest: less.TermsDigest, To: m.bank2.uscc, Agreement: doc("assigned"), Notice: doc("told")}
	m.may(m.bank, pledge.PledgeAssign, sold)
	m.may(m.bank2, pledge.PledgeAssign, sold)
	m.may(m.bank2, pledge.PledgeRelease, pledge.ReleaseBody{PledgeID: q, Reason: "PAID"}, 1)
	return m
}

// theEnds: an exclusive pledge in force may be cured, enforced, sold, released,
// forced or lapse, while a court freezes and unfreezes it.
func theEnds(t *testing.T) *small {
	m := newSmall(t, 0, 15*24, 600*24)
	one := m.notarize(m.owner, "one")
	tm := terms("exclusive", "attest")
	tm.GraceDays, tm.Covenants = 12, []string{"self_sale"}
	p := m.active(one, m.bank, tm)
	m.st.kv[pledge.KeyParty(m.bank.uscc)] = withRecipient(m)
	m.open()
	m.may(m.bank, pledge.PledgeDefault, pledge.DefaultBody{PledgeID: p, Step: "notice", Reason: "NONPAYMENT", Notice: doc("notice")})
	m.may(m.bank, pledge.PledgeDefault, pledge.DefaultBody{PledgeID: p, Step: "declare"}, 0, 1)
	m.may(m.bank, pledge.PledgeCure, pledge.CureBody{PledgeID: p, Proof: doc("paid")}, 1)
	sale := pledge.EnforceBody{PledgeID: p, Path: pledge.AgreedSale, Title: doc("sale")}
	m.may(m.bank, pledge.PledgeEnforce, sale, 1)
	m.may(m.owner, pledge.PledgeEnforce, sale, 1)
	deed := pledge.EnforceBody{PledgeID: p, Path: pledge.NotarialExecution, Title: doc("deed"), Number: "1"}
	m.may(m.bank, pledge.PledgeEnforce, deed, 1)
	m.may(m.notary, pledge.PledgeEnforce, deed, 1)
	m.may(m.exchange, pledge.CustodyRelease, pledge.KeyReleaseBody{PledgeID: p, To: m.bank.uscc, Recipient: "age1bank", Envelope: doc("envelope")}, 1)
	for _, sold := range []pledge.RealizeBody{m.sale(p, 900, 600, 300), m.sale(p, 900, 500, 400)} {
		sold.Claim = 600
		m.may(m.bank, pledge.PledgeRealize, sold, 1)
		m.may(m.exchange2, pledge.PledgeRealize, sold, 1)
	}
	m.may(m.bank, pledge.PledgeRelease, pledge.ReleaseBody{PledgeID: p, Reason: "PAID"}, 1)
	m.may(m.owner, pledge.PledgeRelease, pledge.ReleaseBody{PledgeID: p, Reason: "DEMAND", Proof: doc("paid")})
	m.may(m.notary, pledge.PledgeRelease, pledge.ReleaseBody{PledgeID: p, Reason: "FORCED"}, 0, 1)
	m.may(m.other, pledge.PledgeLapse, pledge.LapseBody{PledgeID: p}, 1, 2)
	m.may(m.court, pledge.OrderFreeze, pledge.FreezeBody{RecordID: p, Court: "杭州互联网法院", FileNo: "1", OrderDate: "2026-11-20", Effect: "查封", Document: doc("f"), Until: "2027-11-20"})
	m.may(m.court, pledge.OrderUnfreeze, pledge.UnfreezeBody{RecordID: p, FileNo: "1", Document: doc("u")}, 1)
	m.may(m.regulator, pledge.OrderFreeze, pledge.FreezeBody{RecordID: one, Court: "数据局", FileNo: "2", OrderDate: "2026-11-20", Effect: "冻结", Document: doc("f")}, 0, 1)
	m.may(m.court, pledge.OrderUnfreeze, pledge.UnfreezeBody{RecordID: one, FileNo: "2", Document: doc("u")}, 1)
	m.may(m.other, pledge.ObjectionFile, pledge.ObjectBody{RecordID: p, Ground: "AMOUNT", Evidence: doc("e")}, 1)
	m.may(m.exchange, pledge.CustodyAlert, pledge.AlertBody{PledgeID: p, Kind: "TAMPER", Evidence: doc("gone")})
	m.may(m.exchange, pledge.CustodyReceiptAct, m.receipt(p, one), 1)
	return m
}

func withRecipient(m *small) []byte {
	b := must(pledge.DecodeParty(m.st.kv[pledge.KeyParty(m.bank.uscc)]))
	b.Recipient = "age1bank"
	return must(pledge.CanonicalJSON(b))
}
