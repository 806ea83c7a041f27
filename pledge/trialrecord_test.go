package pledge_test

import (
	"maps"
	"time"

	"github.com/datapledge/datapledge/pledge"
)

// recordTrials are about a pledge or an asset, assetTrials about an asset.
var recordTrials = map[string]func(s *scene) (pledge.Act, any){
	"object": func(s *scene) (pledge.Act, any) {
		return pledge.ObjectionFile, &pledge.ObjectBody{RecordID: s.about(), Ground: "OTHER", Evidence: doc("e")}
	},
	"notify": func(s *scene) (pledge.Act, any) {
		return pledge.ObjectionNotify, &pledge.NotifyBody{RecordID: s.about(), ObjectionID: s.objectionID(), Notice: doc("n")}
	},
	"lodge": func(s *scene) (pledge.Act, any) {
		return pledge.ObjectionLodge, &pledge.LodgeBody{RecordID: s.about(), ObjectionID: s.objectionID(), Court: "法院", CaseNumber: "1", Proof: doc("p")}
	},
	"over": func(s *scene) (pledge.Act, any) {
		return pledge.ObjectionExpire, &pledge.ExpireBody{RecordID: s.about(), ObjectionID: s.objectionID()}
	},
	"uphold": rules("UPHELD"), "dismiss": rules("DISMISSED"),
	"revoke": func(s *scene) (pledge.Act, any) {
		return pledge.OrderRevoke, &pledge.RevokeBody{RecordID: s.about(), Number: "1", Document: doc("d"), Reason: "forged"}
	},
	"freeze": func(s *scene) (pledge.Act, any) {
		return pledge.OrderFreeze, &pledge.FreezeBody{RecordID: s.about(), Court: "法院", FileNo: "new", OrderDate: "2026-11-01", Effect: "冻结",
			Until: s.edge(time.Second, late, -time.Second).Format(time.RFC3339), Document: doc("d")}
	},
	"unfreeze": lifts, "unfreeze-regulator": lifts,
	"correct": func(s *scene) (pledge.Act, any) {
		if s.ofAsset {
			return pledge.RecordCorrect, &pledge.CorrectBody{RecordID: s.a.ID, Field: "name", From: s.a.Name, To: "b", Reason: "slip"}
		}
		return pledge.RecordCorrect, &pledge.CorrectBody{RecordID: s.p.ID, Field: "attestation.number", From: s.p.Attestation.Number, To: "9", Reason: "slip"}
	},
}

// objectionID is the one that the act is about.
func (s *scene) objectionID() string {
	if s.chosen != "" {
		return s.chosen
	}
	return obID("a")
}

func rules(ruling string) func(*scene) (pledge.Act, any) {
	return func(s *scene) (pledge.Act, any) {
		return pledge.ObjectionDecide, &pledge.DecideBody{RecordID: s.about(), ObjectionID: s.objectionID(), Ruling: ruling, Number: "1", Document: doc("d")}
	}
}

func lifts(s *scene) (pledge.Act, any) {
	return pledge.OrderUnfreeze, &pledge.UnfreezeBody{RecordID: s.about(), FileNo: "to lift", Document: doc("u")}
}

var assetTrials = map[string]func(s *scene) (pledge.Act, any){
	"propose": func(s *scene) (pledge.Act, any) {
		t := terms("ranked")
		t.Matures, t.Expires = s.edge(time.Second, late, -time.Second).Format(time.RFC3339), "2028-01-01"
		return pledge.PledgePropose, &pledge.ProposeBody{AssetID: s.a.ID, Pledgee: s.cast["pledgee"].uscc, Terms: t}
	},
	"add-version": (*scene).grows,
	"transfer": func(s *scene) (pledge.Act, any) {
		return pledge.AssetTransfer, &pledge.TransferBody{AssetID: s.a.ID, To: s.cast["buyer"].uscc, Agreement: doc("x")}
	},
	"license": func(s *scene) (pledge.Act, any) {
		return pledge.AssetLicense, &pledge.LicenseBody{AssetID: s.a.ID, To: s.cast["bank"].uscc, Scope: "risk", From: "2026-12-01", Until: "2027-12-01", Agreement: doc("x")}
	},
	"notarize": func(s *scene) (pledge.Act, any) {
		return pledge.AssetAttest, &pledge.AssetAttestBody{AssetID: s.a.ID, Number: "1", Certificate: doc("c")}
	},
	"certificate": func(s *scene) (pledge.Act, any) {
		b := certificate(s.a.ID, "2029-01-01")
		return pledge.AssetRecordCertificate, &b
	},
	"give-up": func(s *scene) (pledge.Act, any) { return pledge.AssetWithdraw, &pledge.WithdrawBody{AssetID: s.a.ID} },
	"keep":    resolves("ASSET"), "give-way": resolves("OTHER"), "both": resolves("BOTH"),
}

func resolves(how string) func(*scene) (pledge.Act, any) {
	return func(s *scene) (pledge.Act, any) {
		return pledge.AssetResolveDispute, &pledge.ResolveBody{AssetID: s.a.ID, Other: s.rival.ID, Resolution: how, Document: doc("d")}
	}
}

// grows adds a file to the one that the asset has. The custodian's receipt is
// a day old.
func (s *scene) grows() (pledge.Act, any) {
	s.ahead = s.edge(-dayLong, late, -time.Second).Sub(s.now)
	n := s.dataset(s.owner, "a", file("a.csv", "a", 1000), file("b.csv", "b", 60))
	s.ahead = 0
	return pledge.AssetAddVersion, &pledge.VersionBody{AssetID: s.a.ID, Base: s.a.Fingerprint, Added: []string{"b.csv"}, Fingerprint: n.Fingerprint, Files: n.Files,
		Declaration: n.Declaration, CustodyReceipt: n.CustodyReceipt}
}

func init() {
	maps.Copy(trials, recordTrials)
	maps.Copy(trials, assetTrials)
}
