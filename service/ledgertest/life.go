package ledgertest

import (
	"slices"
	"time"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service/ledgertest/actors"
)

// A default needs days of grace, an extension a term that is nearly over, a
// lapse one that is: no ledger lets its clock be set, so of these the suite
// sees the refusals, and what is due when.

// inForce is an asset with a pledge in force.
type inForce struct {
	*stage
	data      actors.Dataset
	asset, id string
	terms     pledge.Terms
}

func (s *stage) inForce(terms pledge.Terms) *inForce {
	s.Helper()
	l := &inForce{stage: s, data: actors.NewDataset(s.name("life"), 2), terms: terms}
	l.asset = s.apply(s.Notarize(s.Enterprise, l.data))[0].RecordID
	l.id = l.ready(s.Bank)
	s.apply(s.Register(s.Bank, l.id, terms, 0))
	return l
}

// ready is a pledge that waits for its registration only.
func (l *inForce) ready(bank *actors.Actor) string {
	l.Helper()
	id := l.apply(l.Propose(l.Enterprise, l.asset, bank, l.terms))[0].RecordID
	l.apply(l.Accept(bank, id, l.terms), l.Attest(id), l.Value(id), l.CustodyCheck(l.Enterprise, l.data, id), l.Scan(id))
	return id
}

// sides has an act signed by each, and only the last signature changes anything.
func (l *inForce) sides(act pledge.Act, body any, changed func() bool, by ...*actors.Actor) {
	l.Helper()
	for i, a := range by {
		l.apply(l.Sign(a, act, body))
		if got := changed(); got != (i == len(by)-1) {
			l.Errorf("%s after %d of %d signatures: changed %t", act, i+1, len(by), got)
		}
	}
}

// changes: terms, pledgee, content and owner of what is pledged, each by all
// who must sign.
func changes(s *stage) {
	l := s.inForce(s.Terms())
	amend, next := l.Amendment(l.id, l.terms, func(t *pledge.Terms) { t.SecuredMax.Amount -= 100 })
	l.sides(pledge.PledgeAmend, amend, func() bool { return l.pledge(l.id).TermsDigest == amend.TermsDigest }, l.Bank, l.Enterprise)
	s.refuse(pledge.TermsMismatch, s.Sign(s.Bank, pledge.PledgeAmend, amend))
	l.terms = next
	l.extended()
	l.assigned()
	l.grown()
	l.transferred()
}

func (l *inForce) extended() {
	l.Helper()
	extend := pledge.ExtendBody{PledgeID: l.id, TermsDigest: l.pledge(l.id).TermsDigest, Expires: time.Now().AddDate(2, 0, 0).Format(time.DateOnly)}
	l.refuse(pledge.NotDue, l.Sign(l.Bank, pledge.PledgeExtend, extend))
	l.refuse(pledge.NotDue, l.Sign(l.Court, pledge.PledgeLapse, pledge.LapseBody{PledgeID: l.id}))
}

func (l *inForce) assigned() {
	l.Helper()
	b := pledge.AssignBody{PledgeID: l.id, TermsDigest: l.pledge(l.id).TermsDigest, To: l.Bank2.USCC, Agreement: actors.Digest("claim"), Notice: actors.Digest("notice")}
	l.sides(pledge.PledgeAssign, b, func() bool { return l.pledged().InForce[0].Pledgee == l.Bank2.USCC }, l.Bank2, l.Bank)
	l.refuse(pledge.WrongRole, l.Release(l.Bank, l.id, "PAID"))
}

func (l *inForce) pledged() pledge.Asset { return l.stage.asset(l.asset) }

func (l *inForce) grown() {
	l.Helper()
	next := actors.Dataset{Files: l.data.Files}.With(actors.NewDataset(l.name("more"), 1))
	b := l.AddedVersion(l.Enterprise, l.asset, l.data, next)
	l.refuse(pledge.ConsentMissing, l.Sign(l.Enterprise, pledge.AssetAddVersion, b))
	l.apply(l.ConsentTo(l.Bank2, l.id, l.terms, pledge.AssetAddVersion, &b), l.Sign(l.Enterprise, pledge.AssetAddVersion, b))
	a, p := l.pledged(), l.pledge(l.id)
	if a.Fingerprint != next.Fingerprint || len(a.Versions) != 2 || len(p.Increments) != 1 || p.Increments[0].Seq != a.Seq {
		l.Errorf("a version: %+v, %+v", a.Versions, p.Increments)
	}
	values, _ := l.get(pledge.KeyFile(l.data.Files[0].SHA256), pledge.KeyFile(next.Files[2].SHA256))
	if values[0] == nil || values[1] == nil {
		l.Error("the files of both versions lead to the asset")
	}
}

func (l *inForce) transferred() {
	l.Helper()
	b := pledge.TransferBody{AssetID: l.asset, To: l.Enterprise2.USCC, Agreement: actors.Digest("sale")}
	l.refuse(pledge.ConsentMissing, l.Sign(l.Enterprise, pledge.AssetTransfer, b))
	l.apply(l.ConsentTo(l.Bank2, l.id, l.terms, pledge.AssetTransfer, &b))
	l.sides(pledge.AssetTransfer, b, func() bool { return l.pledged().Owner == l.Enterprise2.USCC }, l.Enterprise, l.Enterprise2)
	if a := l.pledged(); len(a.InForce) != 1 || l.pledge(l.id).Pledgor != l.Enterprise.USCC {
		l.Errorf("the pledge stays on what was transferred: %+v", a)
	}
}

// yields: two pledges change places, their numbers stay.
func yields(s *stage) {
	t := s.Terms()
	t.Mode = pledge.Ranked
	l := s.inForce(t)
	second := l.ready(s.Bank2)
	s.apply(s.Consent(s.Bank, second, t), s.Register(s.Bank2, second, t, l.pledged().Seq))
	seqs := []int64{l.pledge(l.id).Seq, l.pledge(second).Seq}
	b := pledge.SubordinateBody{PledgeID: l.id, To: second, Agreement: actors.Digest("rank")}
	l.sides(pledge.PledgeSubordinate, b, func() bool { return l.pledged().InForce[0].PledgeID == second }, l.Bank, l.Bank2)
	if got := []int64{l.pledge(l.id).Seq, l.pledge(second).Seq}; !slices.Equal(got, seqs) {
		s.Errorf("sequences %v, want %v", got, seqs)
	}
}

// defaults: nobody is in default before its grace is over, and what is not
// declared can be neither enforced nor realized.
func defaults(s *stage) {
	l := s.inForce(s.Terms())
	declare := pledge.DefaultBody{PledgeID: l.id, Step: pledge.StepDeclare}
	s.refuse(pledge.CheckMissing, s.Sign(s.Bank, pledge.PledgeDefault, declare))
	s.apply(s.Sign(s.Bank, pledge.PledgeDefault, pledge.DefaultBody{PledgeID: l.id, Step: pledge.StepNotice, Reason: "NONPAYMENT", Notice: actors.Digest("notice")}))
	s.refuse(pledge.NotDue, s.Sign(s.Bank, pledge.PledgeDefault, declare))
	n := l.pledge(l.id).DefaultNotice
	if ends, err := time.Parse(time.RFC3339Nano, n.GraceEnds); err != nil || ends.Before(time.Now().AddDate(0, 0, pledge.DefaultGrace-1)) {
		s.Errorf("grace until %s, %v", n.GraceEnds, err)
	}
	for act, body := range map[pledge.Act]any{
		pledge.PledgeCure:    pledge.CureBody{PledgeID: l.id, Proof: actors.Digest("paid")},
		pledge.PledgeEnforce: pledge.EnforceBody{PledgeID: l.id, Path: pledge.AgreedSale, Title: actors.Digest("title")},
		pledge.PledgeRealize: pledge.RealizeBody{PledgeID: l.id, Price: pledge.Amount{Amount: 1, Currency: "CNY"}, Date: "2026-01-01", Method: "SALE", BuyerType: "OTHER",
			Report: actors.Digest("sold"), Claim: 1, Distribution: []pledge.Share{{Kind: pledge.SharePledgee, To: s.Bank.USCC, Amount: 1}}},
	} {
		s.refuse(pledge.WrongState, s.Sign(s.Bank, act, body))
	}
}

// disputes: an objection bars what it is to bar until it is decided, an order
// everything until it is lifted; what a court revokes stays revoked.
func disputes(s *stage) {
	l := s.inForce(s.Terms())
	amend, _ := l.Amendment(l.id, l.terms, func(t *pledge.Terms) { t.SecuredMax.Amount-- })
	s.apply(s.Sign(s.Enterprise2, pledge.ObjectionFile, pledge.ObjectBody{RecordID: l.id, Ground: "FORGERY", Evidence: actors.Digest("evidence")}))
	s.refuse(pledge.ObjectionOpen, s.Sign(s.Bank, pledge.PledgeAmend, amend))
	o := l.pledge(l.id).Objections[0]
	s.refuse(pledge.NotDue, s.Sign(s.Bank, pledge.ObjectionExpire, pledge.ExpireBody{RecordID: l.id, ObjectionID: o.ID}))
	s.apply(s.Sign(s.Enterprise2, pledge.ObjectionNotify, pledge.NotifyBody{RecordID: l.id, ObjectionID: o.ID, Notice: actors.Digest("told")}),
		s.Sign(s.Enterprise2, pledge.ObjectionLodge, pledge.LodgeBody{RecordID: l.id, ObjectionID: o.ID, Court: s.Court.Name, CaseNumber: "(2026)浙0192民初1号", Proof: actors.Digest("case")}),
		s.Sign(s.Court, pledge.ObjectionDecide, pledge.DecideBody{RecordID: l.id, ObjectionID: o.ID, Ruling: pledge.Dismissed, Number: "1", Document: actors.Digest("ruling")}))
	order := pledge.FreezeBody{RecordID: l.id, Court: s.Court.Name, FileNo: "(2026)浙0192财保1号", OrderDate: "2026-01-05", Effect: "冻结", Document: actors.Digest("order")}
	s.apply(s.Sign(s.Court, pledge.OrderFreeze, order))
	s.refuse(pledge.Frozen, s.Release(s.Bank, l.id, "PAID"))
	s.refuse(pledge.WrongRole, s.Sign(s.Regulator, pledge.OrderUnfreeze, pledge.UnfreezeBody{RecordID: l.id, FileNo: order.FileNo, Document: actors.Digest("lift")}))
	s.apply(s.Sign(s.Court, pledge.OrderUnfreeze, pledge.UnfreezeBody{RecordID: l.id, FileNo: order.FileNo, Document: actors.Digest("lift")}),
		s.Sign(s.Court, pledge.OrderRevoke, pledge.RevokeBody{RecordID: l.id, Number: "2", Document: actors.Digest("judgment"), Reason: "forged title"}))
	s.refuse(pledge.WrongState, s.Release(s.Bank, l.id, "PAID"))
	if p := l.pledge(l.id); p.State != pledge.Revoked || p.Objection != pledge.Dismissed || len(l.pledged().InForce) != 0 {
		s.Errorf("%+v", p)
	}
}

// closing: all of it takes effect in one place, or none of it at all.
func closing(s *stage) {
	l := s.inForce(s.Terms())
	next := l.ready(s.Bank2)
	parts := func(seq int64) []actors.Part {
		return []actors.Part{{By: s.Bank, Act: pledge.PledgeRelease, Body: &pledge.ReleaseBody{PledgeID: l.id, Reason: "REPLACED"}},
			{By: s.Bank2, Act: pledge.PledgeRegister, Body: &pledge.RegisterBody{PledgeID: next, TermsDigest: l.pledge(next).TermsDigest, ExpectedSeq: seq}}}
	}
	s.refuse(pledge.SequenceChanged, s.Closing(parts(99)...))
	if l.pledge(l.id).State != pledge.Active || l.pledge(next).State != pledge.Pending {
		s.Error("a refused closing left something")
	}
	commands := s.Parts(parts(l.pledged().Seq + 1)...)
	s.refuse(pledge.ClosingOnly, commands[0])
	jws := s.Sign(s.Exchange, pledge.ClosingExecute, pledge.ClosingBody{Commands: commands})
	o := s.apply(jws)[0]
	if l.pledge(l.id).State != pledge.Released || l.pledge(next).State != pledge.Active {
		s.Error("a closing did not take effect as a whole")
	}
	if again := s.submit(jws)[0]; !again.Duplicate {
		s.Errorf("once more: %+v", again)
	}
	for i, c := range commands {
		l.inner(o, i, c)
	}
	if _, err := s.ledger.Prove(s.ctx, *o.Position); err != nil {
		s.Errorf("proving: %v", err)
	}
}

// inner: each command of a closing left its outcome, and takes effect no more.
func (l *inForce) inner(o pledge.Outcome, i int, command string) {
	l.Helper()
	c, err := pledge.ParseCommand(command)
	if err != nil {
		l.Fatal(err)
	}
	values, _ := l.get(pledge.KeyCommand(c.Payload.By, c.ID))
	r, err := pledge.DecodeCommand(values[0])
	if err != nil || r.Status != pledge.Applied {
		l.Errorf("command %d of %s: %+v, %v", i, o.CommandID, r, err)
	}
}
