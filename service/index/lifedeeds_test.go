package index_test

import (
	"fmt"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service/ledgertest/actors"
)

// deed is something that happens to one pledge, or to its asset, that is in
// one of the states; what the rules refuse does not happen.
type deed struct {
	act pledge.Act
	on  []string // states
	do  func(l *lives, p pledge.Pledge) bool
	// moves: who searched before must search again.
	moves bool
}

var (
	onActive  = []string{pledge.Active}
	onForce   = []string{pledge.Active, pledge.Defaulted, pledge.Enforcing}
	onDefault = []string{pledge.Defaulted}
)

// deeds are all that can befall a pledge in force.
var deeds = []deed{
	{pledge.PledgeAmend, onActive, amends, true},
	{pledge.PledgeExtend, onActive, extends, true},
	{pledge.PledgeAssign, onForce, assigns, true},
	{pledge.PledgeDefault, onActive, defaults, true},
	{pledge.PledgeCure, onDefault, func(l *lives, p pledge.Pledge) bool {
		return l.all(pledge.PledgeCure, pledge.CureBody{PledgeID: p.ID, Proof: actors.Digest("paid")}, p.Pledgee)
	}, true},
	{pledge.PledgeEnforce, onDefault, func(l *lives, p pledge.Pledge) bool {
		return l.all(pledge.PledgeEnforce, pledge.EnforceBody{PledgeID: p.ID, Path: pledge.SelfSaleClause, Title: p.Terms.Agreement}, p.Pledgee)
	}, true},
	{pledge.PledgeRealize, []string{pledge.Enforcing}, realizes, true},
	{pledge.PledgeRelease, onForce, func(l *lives, p pledge.Pledge) bool {
		return l.all(pledge.PledgeRelease, pledge.ReleaseBody{PledgeID: p.ID, Reason: pledge.Paid}, p.Pledgee)
	}, true},
	{pledge.PledgeLapse, onActive, func(l *lives, p pledge.Pledge) bool {
		l.days(40)
		return l.all(pledge.PledgeLapse, pledge.LapseBody{PledgeID: p.ID}, l.cast.Enterprise2.USCC)
	}, true},
	{pledge.OrderFreeze, onForce, freezes, true},
	{pledge.OrderUnfreeze, onForce, thaws, true},
	{pledge.OrderRevoke, onForce, func(l *lives, p pledge.Pledge) bool {
		return l.all(pledge.OrderRevoke, pledge.RevokeBody{RecordID: p.ID, Number: "(2026)浙0192行1号", Document: actors.Digest("order"), Reason: "forged"}, l.cast.Court.USCC)
	}, true},
	{pledge.ObjectionFile, onForce, func(l *lives, p pledge.Pledge) bool {
		return l.all(pledge.ObjectionFile, pledge.ObjectBody{RecordID: p.ID, Ground: "FORGERY", Evidence: actors.Digest("evidence")}, l.cast.Enterprise2.USCC)
	}, false},
	{pledge.ObjectionDecide, onForce, decides, true},
	{pledge.AssetTransfer, onForce, transfers, true},
	{pledge.AssetAddVersion, onForce, grows, true},
	{pledge.PledgePerfect, onForce, perfects, false},
	{pledge.RecordCorrect, onForce, corrects, false},
	{pledge.AssetRecordCertificate, onForce, func(l *lives, p pledge.Pledge) bool {
		return l.try(l.cast.Certificate(p.AssetID, "2029-01-01")).Status == pledge.Applied
	}, false},
	{pledge.AssetLicense, onForce, licenses, true},
}

func amends(l *lives, p pledge.Pledge) bool {
	b, _ := l.cast.Amendment(p.ID, p.Terms, func(t *pledge.Terms) { t.SecuredMax.Amount-- })
	return l.all(pledge.PledgeAmend, b, p.Pledgor, p.Pledgee)
}

func extends(l *lives, p pledge.Pledge) bool {
	return l.all(pledge.PledgeExtend, pledge.ExtendBody{PledgeID: p.ID, TermsDigest: p.TermsDigest, Expires: l.day(60)}, p.Pledgee)
}

func assigns(l *lives, p pledge.Pledge) bool {
	to := l.cast.Bank
	if p.Pledgee == to.USCC {
		to = l.cast.Bank2
	}
	return l.all(pledge.PledgeAssign, pledge.AssignBody{PledgeID: p.ID, TermsDigest: p.TermsDigest, To: to.USCC, Agreement: actors.Digest("assigned"), Notice: actors.Digest("notice")}, p.Pledgee, to.USCC)
}

func defaults(l *lives, p pledge.Pledge) bool {
	if !l.all(pledge.PledgeDefault, pledge.DefaultBody{PledgeID: p.ID, Step: pledge.StepNotice, Reason: "NONPAYMENT", Notice: actors.Digest("notice")}, p.Pledgee) {
		return false
	}
	l.days(11)
	return l.all(pledge.PledgeDefault, pledge.DefaultBody{PledgeID: p.ID, Step: pledge.StepDeclare}, p.Pledgee)
}

func realizes(l *lives, p pledge.Pledge) bool {
	b := pledge.RealizeBody{PledgeID: p.ID, Price: pledge.Amount{Amount: 500, Currency: "CNY"}, Date: l.day(0), Method: "AUCTION", BuyerType: "ENTERPRISE",
		Report: actors.Digest("sold"), Claim: 600, Shortfall: 100, Distribution: []pledge.Share{{Kind: pledge.SharePledgee, To: p.Pledgee, Amount: 500}}}
	for _, f := range l.asset(p.AssetID).InForce {
		if f.PledgeID == p.ID {
			break
		}
		b.Distribution = append(b.Distribution, pledge.Share{Kind: pledge.ShareSenior, To: f.Pledgee, PledgeID: f.PledgeID})
	}
	return l.all(pledge.PledgeRealize, b, p.Pledgee, l.cast.Court.USCC)
}

// either is the pledge, or its asset.
func (l *lives) either(p pledge.Pledge) string { return []string{p.ID, p.AssetID}[l.rnd.IntN(2)] }

func freezes(l *lives, p pledge.Pledge) bool {
	b := pledge.FreezeBody{RecordID: l.either(p), Court: "杭州互联网法院", FileNo: fmt.Sprintf("(2026)浙0192执%d号", l.rnd.IntN(3)), OrderDate: l.day(-1), Effect: "查封", Document: actors.Digest("order")}
	if l.rnd.IntN(2) == 0 {
		b.Until = l.day(5)
	}
	return l.all(pledge.OrderFreeze, b, l.cast.Court.USCC)
}

func thaws(l *lives, p pledge.Pledge) bool {
	for record, orders := range map[string][]pledge.Order{p.ID: p.Frozen, p.AssetID: l.asset(p.AssetID).Frozen} {
		for _, o := range orders {
			return l.all(pledge.OrderUnfreeze, pledge.UnfreezeBody{RecordID: record, FileNo: o.FileNo, Document: actors.Digest("lifted")}, l.cast.Court.USCC)
		}
	}
	return false
}

func decides(l *lives, p pledge.Pledge) bool {
	if len(p.Objections) == 0 {
		return false
	}
	return l.all(pledge.ObjectionDecide, pledge.DecideBody{RecordID: p.ID, ObjectionID: p.Objections[0].ID, Ruling: []string{pledge.Upheld, pledge.Dismissed}[l.rnd.IntN(2)],
		Number: "(2026)浙0192民初1号", Document: actors.Digest("ruling")}, l.cast.Court.USCC)
}

// agreed has all pledgees of an asset consent to what its owner is about to sign.
func (l *lives) agreed(asset string, act pledge.Act, body any) {
	for _, f := range l.asset(asset).InForce {
		l.try(l.cast.ConsentTo(l.actor(f.Pledgee), f.PledgeID, l.pledge(f.PledgeID).Terms, act, body))
	}
}

func transfers(l *lives, p pledge.Pledge) bool {
	a, to := l.asset(p.AssetID), l.cast.Enterprise
	if a.Owner == to.USCC {
		to = l.cast.Enterprise2
	}
	b := pledge.TransferBody{AssetID: a.ID, To: to.USCC, Agreement: actors.Digest("sale")}
	l.agreed(a.ID, pledge.AssetTransfer, &b)
	return l.all(pledge.AssetTransfer, b, a.Owner, to.USCC)
}

func licenses(l *lives, p pledge.Pledge) bool {
	a := l.asset(p.AssetID)
	b := pledge.LicenseBody{AssetID: a.ID, To: l.cast.Bank2.USCC, Scope: "internal", From: l.day(0), Until: l.day(9), Agreement: actors.Digest("licence")}
	l.agreed(a.ID, pledge.AssetLicense, &b)
	return l.all(pledge.AssetLicense, b, a.Owner, b.To)
}

func grows(l *lives, p pledge.Pledge) bool {
	a := l.asset(p.AssetID)
	more := actors.NewDataset(commonFiles[l.rnd.IntN(len(commonFiles))], 1)
	more.Files[0].Path = fmt.Sprintf("version-%d.csv", len(a.Versions))
	next := l.datasets[a.ID].With(more)
	b := l.cast.AddedVersion(l.actor(a.Owner), a.ID, l.datasets[a.ID], next)
	l.agreed(a.ID, pledge.AssetAddVersion, &b)
	if !l.all(pledge.AssetAddVersion, b, a.Owner) {
		return false
	}
	l.datasets[a.ID] = next
	return true
}

// commonFiles are files that several assets hold.
var commonFiles = []string{"licence", "table", "codes"}

func perfects(l *lives, p pledge.Pledge) bool {
	r := l.cast.Registration(l.actor(p.Pledgor))
	filed := l.try(l.cast.Perfect(l.actor(p.Pledgee), p.ID, pledge.StepFile, r)).Status == pledge.Applied
	return filed && l.try(l.cast.Perfect(l.cast.Notary, p.ID, pledge.StepVerify, r)).Status == pledge.Applied
}

func corrects(l *lives, p pledge.Pledge) bool {
	a := l.asset(p.AssetID)
	return l.all(pledge.RecordCorrect, pledge.CorrectBody{RecordID: a.ID, Field: "name", From: a.Name, To: lifeNames[l.rnd.IntN(len(lifeNames))], Reason: "slip"}, l.cast.IPCentre.USCC)
}
