package pledge_test

import (
	"time"

	"github.com/datapledge/datapledge/pledge"
)

// trials make the command of an act, perfect but for signer, state and what
// is the case besides.
var trials = map[string]func(s *scene) (pledge.Act, any){
	"withdraw": func(s *scene) (pledge.Act, any) { return pledge.PledgeWithdraw, &pledge.EndBody{PledgeID: s.p.ID} },
	"accept":   func(s *scene) (pledge.Act, any) { return pledge.PledgeAccept, s.agreed() },
	"consent":  func(s *scene) (pledge.Act, any) { return pledge.PledgeConsent, s.agreed() },
	"attest": func(s *scene) (pledge.Act, any) {
		return pledge.PledgeAttest, &pledge.AttestBody{PledgeID: s.p.ID, Number: "2", Certificate: doc("c")}
	},
	"value": func(s *scene) (pledge.Act, any) {
		b := s.valuation(s.p.ID)
		b.BaseDate = s.edge(-90*dayLong, late, -time.Second).Format(time.RFC3339)
		if s.clock == early {
			b.BaseDate = s.at(5*60 + 1)
		}
		return pledge.PledgeValue, &b
	},
	"custody": func(s *scene) (pledge.Act, any) {
		return pledge.CustodyReceiptAct, &pledge.ReceiptBody{Fingerprint: s.a.Fingerprint, Owner: s.a.Owner, Files: s.a.Files, Size: s.a.Size,
			ManifestRoot: s.a.ManifestRoot, PledgeID: s.p.ID, Depth: "sample"}
	},
	"scan": func(s *scene) (pledge.Act, any) {
		return pledge.PledgeScan, &pledge.ScanBody{PledgeID: s.p.ID, Result: "clean", Report: doc("r")}
	},
	"register": func(s *scene) (pledge.Act, any) {
		return pledge.PledgeRegister, &pledge.RegisterBody{PledgeID: s.p.ID, TermsDigest: s.p.TermsDigest, ExpectedSeq: s.a.Seq}
	},
	"reject": func(s *scene) (pledge.Act, any) {
		return pledge.PledgeReject, &pledge.EndBody{PledgeID: s.p.ID, Code: pledge.NotOwner}
	},
	"file":   (*scene).files,
	"verify": (*scene).verifies,
	"term-over": func(s *scene) (pledge.Act, any) {
		return pledge.PledgePerfect, &pledge.PerfectBody{PledgeID: s.p.ID, Step: "lapse"}
	},
	"release": func(s *scene) (pledge.Act, any) {
		return pledge.PledgeRelease, &pledge.ReleaseBody{PledgeID: s.p.ID, Reason: "WAIVED"}
	},
	"demand": func(s *scene) (pledge.Act, any) {
		return pledge.PledgeRelease, &pledge.ReleaseBody{PledgeID: s.p.ID, Reason: "DEMAND", Proof: doc("paid")}
	},
	"force": func(s *scene) (pledge.Act, any) {
		return pledge.PledgeRelease, &pledge.ReleaseBody{PledgeID: s.p.ID, Reason: "FORCED"}
	},

	"amend": func(s *scene) (pledge.Act, any) {
		t := s.p.Terms
		t.SecuredMax.Amount--
		return pledge.PledgeAmend, &pledge.AmendBody{PledgeID: s.p.ID, Replaces: s.p.TermsDigest, Terms: t, TermsDigest: must(t.Digest())}
	},
	"extend": func(s *scene) (pledge.Act, any) {
		return pledge.PledgeExtend, &pledge.ExtendBody{PledgeID: s.p.ID, TermsDigest: s.p.TermsDigest, Expires: "2029-01-01"}
	},
	"extend-debt": func(s *scene) (pledge.Act, any) {
		return pledge.PledgeExtend, &pledge.ExtendBody{PledgeID: s.p.ID, TermsDigest: s.p.TermsDigest, Expires: "2029-01-01", Matures: "2028-01-01", Agreement: doc("x")}
	},
	"consent-transfer": func(s *scene) (pledge.Act, any) {
		b := s.agreed()
		b.Act, b.Digest = pledge.AssetTransfer, doc("the act")
		return pledge.PledgeConsent, b
	},
	"assign": func(s *scene) (pledge.Act, any) {
		return pledge.PledgeAssign, &pledge.AssignBody{PledgeID: s.p.ID, TermsDigest: s.p.TermsDigest, To: s.cast["next"].uscc, Agreement: doc("x"), Notice: doc("n")}
	},
	"subordinate": func(s *scene) (pledge.Act, any) {
		return pledge.PledgeSubordinate, &pledge.SubordinateBody{PledgeID: s.p.ID, To: s.junior.PledgeID, Agreement: doc("x")}
	},
	"notice": func(s *scene) (pledge.Act, any) {
		return pledge.PledgeDefault, &pledge.DefaultBody{PledgeID: s.p.ID, Step: "notice", Reason: "NONPAYMENT", Notice: doc("n")}
	},
	"declare": func(s *scene) (pledge.Act, any) {
		return pledge.PledgeDefault, &pledge.DefaultBody{PledgeID: s.p.ID, Step: "declare"}
	},
	"cure": func(s *scene) (pledge.Act, any) {
		return pledge.PledgeCure, &pledge.CureBody{PledgeID: s.p.ID, Proof: doc("paid")}
	},

	"sale-agreed": title("AGREED_SALE"), "sale-clause": title("SELF_SALE_CLAUSE"), "execution": title("NOTARIAL_EXEC"),
	"procedure": title("SPECIAL_PROCEDURE"), "litigation": title("LITIGATION"), "management": title("COMPULSORY_MANAGEMENT"),

	"key": func(s *scene) (pledge.Act, any) {
		return pledge.CustodyRelease, &pledge.KeyReleaseBody{PledgeID: s.p.ID, To: s.cast["pledgee"].uscc, Recipient: "age1pledgee", Envelope: doc("e")}
	},
	"realize": (*scene).sells,
	"lapse":   func(s *scene) (pledge.Act, any) { return pledge.PledgeLapse, &pledge.LapseBody{PledgeID: s.p.ID} },

	"alert-tamper": alerts("TAMPER"), "alert-value": alerts("LTV_BREACH"), "alert-missed": alerts("MISSED_CHECK"), "alert-overdue": alerts("OVERDUE_UPDATE"),
}

func (s *scene) agreed() *pledge.AgreeBody {
	return &pledge.AgreeBody{PledgeID: s.p.ID, TermsDigest: s.p.TermsDigest}
}

func title(path string) func(*scene) (pledge.Act, any) {
	return func(s *scene) (pledge.Act, any) {
		return pledge.PledgeEnforce, &pledge.EnforceBody{PledgeID: s.p.ID, Path: path, Title: s.p.Terms.Agreement, Number: "(2026) 执 1"}
	}
}

func alerts(kind string) func(*scene) (pledge.Act, any) {
	return func(s *scene) (pledge.Act, any) {
		return pledge.CustodyAlert, &pledge.AlertBody{PledgeID: s.p.ID, Kind: kind, Evidence: doc("e")}
	}
}

func (s *scene) files() (pledge.Act, any) {
	b := s.filing(s.p.ID)
	switch s.clock {
	case early:
		b.RegisteredAt = s.at(5*60 + 1)
	case late:
		b.TermEnd = s.at(0)
	}
	return pledge.PledgePerfect, &b
}

func (s *scene) verifies() (pledge.Act, any) {
	b := s.filing(s.p.ID)
	if f := s.p.Perfection.Filing; f != nil {
		b.Registration = f.Registration
	}
	b.Step = "verify"
	return pledge.PledgePerfect, &b
}

func (s *scene) sells() (pledge.Act, any) {
	b := s.sale(s.p.ID, 900, 600, 300)
	b.Date = s.edge(5*time.Minute, early, time.Second).Format(time.RFC3339)
	b.Distribution[1].To = s.a.Owner
	b.Distribution = append(b.Distribution, pledge.Share{Kind: "SENIOR", To: s.senior.Pledgee, PledgeID: s.senior.PledgeID})
	return pledge.PledgeRealize, &b
}
