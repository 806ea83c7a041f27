package pledge_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/datapledge/datapledge/pledge"
)

var (
	aPledge    = "pl_" + strings.Repeat("a", 26)
	another    = "pl_" + strings.Repeat("b", 26)
	anAsset    = "as_" + strings.Repeat("a", 26)
	anotherOne = "as_" + strings.Repeat("b", 26)
)

// lifeBody is a body of the later life that has nothing wrong; nil for other acts.
func lifeBody(w *world, act pledge.Act) any {
	amended := terms("exclusive")
	amended.GraceDays, amended.Covenants = 30, []string{"self_sale"}
	one, two := file("a", "a", 100), file("b", "b", 50)
	n := w.dataset(w.owner, "x", one, two)
	return map[pledge.Act]any{
		pledge.PledgeAmend:       pledge.AmendBody{PledgeID: aPledge, Replaces: doc("x"), Terms: amended, TermsDigest: must(amended.Digest())},
		pledge.PledgeExtend:      pledge.ExtendBody{PledgeID: aPledge, TermsDigest: doc("x"), Expires: "2029-01-01", Matures: "2028-01-01", Agreement: doc("y")},
		pledge.PledgeAssign:      pledge.AssignBody{PledgeID: aPledge, TermsDigest: doc("x"), To: w.bank2.uscc, Agreement: doc("y"), Notice: doc("z")},
		pledge.PledgeSubordinate: pledge.SubordinateBody{PledgeID: aPledge, To: another, Agreement: doc("y")},
		pledge.PledgeDefault:     pledge.DefaultBody{PledgeID: aPledge, Step: "notice", Reason: "NONPAYMENT", Notice: doc("y")},
		pledge.PledgeCure:        pledge.CureBody{PledgeID: aPledge, Proof: doc("y")},
		pledge.PledgeEnforce:     pledge.EnforceBody{PledgeID: aPledge, Path: "LITIGATION", Title: doc("y"), Number: "(2026) 1"},
		pledge.PledgeRealize:     realization(w),
		pledge.PledgeLapse:       pledge.LapseBody{PledgeID: aPledge},
		pledge.CustodyRelease:    pledge.KeyReleaseBody{PledgeID: aPledge, To: w.bank.uscc, Recipient: "age1q", Envelope: doc("y")},
		pledge.CustodyAlert:      pledge.AlertBody{PledgeID: aPledge, Kind: "TAMPER", Evidence: doc("y"), Detail: "chunk 7"},
		pledge.ObjectionFile:     pledge.ObjectBody{RecordID: aPledge, Ground: "FORGERY", Evidence: doc("y"), Detail: "the seal"},
		pledge.ObjectionNotify:   pledge.NotifyBody{RecordID: anAsset, ObjectionID: obID("a"), Notice: doc("y")},
		pledge.ObjectionLodge:    pledge.LodgeBody{RecordID: aPledge, ObjectionID: obID("a"), Court: "法院", CaseNumber: "1", Proof: doc("y")},
		pledge.ObjectionDecide:   pledge.DecideBody{RecordID: aPledge, ObjectionID: obID("a"), Ruling: "UPHELD", Number: "1", Document: doc("y")},
		pledge.ObjectionExpire:   pledge.ExpireBody{RecordID: aPledge, ObjectionID: obID("a")},
		pledge.OrderFreeze: pledge.FreezeBody{RecordID: aPledge, Court: "法院", Registry: "r", FileNo: "1", OrderDate: "2026-11-01", Effect: "冻结", Until: "2027-11-01",
			Document: doc("y")},
		pledge.OrderUnfreeze:       pledge.UnfreezeBody{RecordID: aPledge, FileNo: "1", Document: doc("y")},
		pledge.OrderRevoke:         pledge.RevokeBody{RecordID: aPledge, Number: "1", Document: doc("y"), Reason: "forged"},
		pledge.RecordCorrect:       pledge.CorrectBody{RecordID: aPledge, Field: "valuation.method", From: "incom", To: "income", Reason: "slip"},
		pledge.AssetAttest:         pledge.AssetAttestBody{AssetID: anAsset, Number: "1", Certificate: doc("y")},
		pledge.AssetTransfer:       pledge.TransferBody{AssetID: anAsset, To: w.other.uscc, Agreement: doc("y"), Proceeds: "escrow"},
		pledge.AssetLicense:        pledge.LicenseBody{AssetID: anAsset, To: w.other.uscc, Scope: "risk", From: "2026-12-01", Until: "2027-12-01", Agreement: doc("y")},
		pledge.AssetWithdraw:       pledge.WithdrawBody{AssetID: anAsset, Reason: "sold"},
		pledge.AssetResolveDispute: pledge.ResolveBody{AssetID: anAsset, Other: anotherOne, Resolution: "BOTH", Document: doc("y")},
		pledge.AssetAddVersion: pledge.VersionBody{AssetID: anAsset, Base: doc("x"), Added: []string{"b"}, Removed: []pledge.Redaction{{File: file("c", "c", 5), Reason: "asked"}},
			Fingerprint: n.Fingerprint, Files: n.Files, Declaration: n.Declaration, CustodyReceipt: n.CustodyReceipt},
	}[act]
}

func realization(w *world) pledge.RealizeBody {
	b := w.sale(aPledge, 900, 500, 300)
	b.Distribution = append(b.Distribution, pledge.Share{Kind: "SENIOR", To: w.bank2.uscc, PledgeID: another, Amount: 100})
	return b
}

// shares prints a distribution.
func shares(list ...string) string { return `"distribution":[` + strings.Join(list, ",") + `]` }

const oneShare = `{"kind":"COSTS","to":"%s","amount":1}`

func init() {
	party := uscc(8)
	costs := fmt.Sprintf(oneShare, party)
	only := strings.NewReplacer("COSTS", "PLEDGEE").Replace(costs)
	swap := func(act pledge.Act, old, new, names string) {
		wrongBodies = append(wrongBodies, struct {
			act      pledge.Act
			old, new string
			names    string
		}{act, old, new, names})
	}
	for _, c := range [][4]string{
		{"pledge.propose", `"mode":"exclusive"`, `"mode":"exclusive","grace_days":-1`, "grace_days"},
		{"pledge.propose", `"mode":"exclusive"`, `"mode":"exclusive","grace_days":366`, "grace_days"},
		{"pledge.propose", `"mode":"exclusive"`, `"mode":"exclusive","covenants":["forfeit"]`, "covenant"},
		{"pledge.propose", `"mode":"exclusive"`, `"mode":"exclusive","covenants":["self_sale","self_sale"]`, "twice"},
		{"pledge.consent", `"pledge_id"`, `"act":"asset.transfer","pledge_id"`, "belong together"},
		{"pledge.consent", `"pledge_id"`, `"digest":"` + doc("y") + `","pledge_id"`, "belong together"},
		{"pledge.consent", `"pledge_id"`, `"act":"pledge.release","digest":"` + doc("y") + `","pledge_id"`, "act"},
		{"pledge.accept", `"pledge_id"`, `"act":"asset.transfer","digest":"` + doc("y") + `","pledge_id"`, "act"},
		{"pledge.amend", `"secured_max":{"amount":120000000`, `"secured_max":{"amount":120000001`, "terms_digest"},
		{"pledge.amend", `"mode":"exclusive"`, `"mode":"both"`, "mode"},
		{"pledge.amend", `"grace_days":30`, `"grace_days":3000`, "grace_days"},
		{"pledge.extend", `"expires":"2029-01-01"`, `"expires":"someday"`, "expires"},
		{"pledge.extend", `"matures":"2028-01-01"`, `"matures":"2028-13-01"`, "matures"},
		{"pledge.extend", `,"agreement":"` + doc("y") + `"`, ``, "agreement"},
		{"pledge.default", `"step":"notice"`, `"step":"now"`, "step"},
		{"pledge.default", `"step":"notice"`, `"step":"declare"`, "declare"},
		{"pledge.default", `"reason":"NONPAYMENT"`, `"reason":"DISLIKE"`, "reason"},
		{"pledge.enforce", `"path":"LITIGATION"`, `"path":"FORFEITURE"`, "path"}, // 民法典 428
		{"pledge.enforce", `"number":"(2026) 1"`, `"number":" "`, "number"},
		{"pledge.realize", `"method":"AUCTION"`, `"method":"FORFEITURE"`, "method"},
		{"pledge.realize", `"buyer_type":"ENTERPRISE"`, `"buyer_type":"FRIEND"`, "buyer_type"},
		{"pledge.realize", `"date":"`, `"date":"x`, "date"},
		{"pledge.realize", `"claim":500`, `"claim":-1`, "claim"},
		{"pledge.realize", `"shortfall":0`, `"shortfall":9007199254740992`, ""},
		{"pledge.realize", `"price":{"amount":900`, `"price":{"amount":0`, "price"},
		{"pledge.realize", `"kind":"SURPLUS"`, `"kind":"GIFT"`, "kind"},
		{"pledge.realize", `"amount":300`, `"amount":-300`, "amount"},
		{"pledge.realize", `"kind":"SURPLUS"`, `"kind":"PLEDGEE"`, "two shares"},
		{"pledge.realize", `"kind":"SURPLUS"`, `"kind":"SURPLUS","pledge_id":"` + another + `"`, "pledge_id"},
		{"pledge.realize", `,"pledge_id":"` + another + `"`, ``, "pledge_id"},
		{"pledge.realize", `"distribution":[`, shares() + `,"x":[`, ""},
		{"custody.release", `"recipient":"age1q"`, `"recipient":""`, "recipient"},
		{"custody.release", `"recipient":"age1q"`, `"recipient":"ssh-ed25519 AAAA"`, "recipient"},
		{"custody.alert", `"kind":"TAMPER"`, `"kind":"RUMOUR"`, "kind"},
		{"custody.alert", `"evidence":"` + doc("y") + `",`, ``, "evidence"},
		{"custody.alert", `"detail":"chunk 7"`, `"detail":"chunk\n7"`, "detail"},
		{"custody.alert", `"detail":"chunk 7"`, `"detail":"` + strings.Repeat("x", 2001) + `"`, "detail"},
		{"objection.file", `"ground":"FORGERY"`, `"ground":"ENVY"`, "ground"},
		{"objection.file", `"detail":"the seal"`, `"detail":"the\u202eseal"`, "detail"},
		{"objection.lodge", `"court":"法院"`, `"court":""`, "court"},
		{"objection.lodge", `"case_number":"1"`, `"case_number":" "`, "case_number"},
		{"objection.decide", `"ruling":"UPHELD"`, `"ruling":"OPEN"`, "ruling"},
		{"objection.decide", `"number":"1"`, `"number":""`, "number"},
		{"order.freeze", `"order_date":"2026-11-01"`, `"order_date":""`, "order_date"},
		{"order.freeze", `"until":"2027-11-01"`, `"until":"2026-11-01"`, "until"},
		{"order.freeze", `"until":"2027-11-01"`, `"until":"ever"`, "until"},
		{"order.freeze", `"file_no":"1"`, `"file_no":""`, "file_no"},
		{"order.freeze", `"court":"法院"`, `"court":""`, "court"},
		{"order.freeze", `"effect":"冻结"`, `"effect":""`, "effect"},
		{"order.freeze", `"registry":"r"`, `"registry":"` + strings.Repeat("r", 201) + `"`, "registry"},
		{"order.unfreeze", `"file_no":"1"`, `"file_no":""`, "file_no"},
		{"order.revoke", `"number":"1"`, `"number":""`, "number"},
		{"order.revoke", `"reason":"forged"`, `"reason":""`, "reason"},
		{"record.correct", `"to":"income"`, `"to":"incom"`, "same"},
		{"record.correct", `"to":"income"`, `"to":""`, "to"},
		{"record.correct", `"to":"income"`, `"to":"` + strings.Repeat("x", 201) + `"`, "to"},
		{"record.correct", `"field":"valuation.method"`, `"field":""`, "field"},
		{"record.correct", `"reason":"slip"`, `"reason":""`, "reason"},
		{"asset.attest", `"number":"1"`, `"number":""`, "number"},
		{"asset.transfer", `"proceeds":"escrow"`, `"proceeds":"\u0000"`, "proceeds"},
		{"asset.license", `"scope":"risk"`, `"scope":""`, "scope"},
		{"asset.license", `"until":"2027-12-01"`, `"until":"2026-12-01"`, "until"},
		{"asset.withdraw", `"reason":"sold"`, `"reason":"` + strings.Repeat("x", 2001) + `"`, "reason"},
		{"asset.resolve_dispute", `"resolution":"BOTH"`, `"resolution":"NEITHER"`, "resolution"},
		{"asset.add_version", `"added":["b"]`, `"added":["z"]`, "added"},
		{"asset.add_version", `"reason":"asked"`, `"reason":""`, "reason"},
		{"closing.execute", `"commands":[`, `"commands":["x",`, "commands"},
		{"closing.execute", `"commands":[`, `"commands":[` + strings.Repeat(`"x",`, 15), "16"},
		{"closing.execute", `"commands":[`, `"commands":[],"x":[`, ""},
	} {
		swap(pledge.Act(c[0]), c[1], c[2], c[3])
	}
	swap(pledge.PledgeRealize, `"distribution":[`, `"distribution":[`+strings.Repeat(costs+",", 62), "64")
	swap(pledge.PledgeRealize, `"kind":"SURPLUS"`, `"kind":"COSTS","amount":1,"to":"`+party+`"},`+only+`,{"kind":"SURPLUS"`, "two shares")
}

type spoilt struct{ old, new, name string }

// TestSpoiledMembers: no act takes a digest, an id or a party that is none.
func TestSpoiledMembers(t *testing.T) {
	w := newWorld(t)
	tried := 0
	for _, act := range pledge.Acts() {
		body := lifeBody(w, act)
		good := w.payload(w.owner, act, goodBody(w, act))
		for _, m := range spoiled(body) {
			bad := strings.Replace(good, m.old, m.new, 1)
			_, err := pledge.ParseCommand(w.owner.signRaw(w.owner.header(), bad))
			if bad == good || !errors.Is(err, pledge.Malformed) || !contains(err.Error(), m.name) {
				t.Errorf("%s with %s: %v, want malformed naming %s", act, m.new, err, m.name)
			}
			tried++
		}
	}
	if tried < 60 {
		t.Errorf("only %d members", tried)
	}
}

// spoiled takes each value that must be a digest, an id or a party, and makes
// it something else.
func spoiled(body any) (list []spoilt) {
	raw := string(must(pledge.CanonicalJSON(body)))
	if body == nil || strings.Contains(raw, `"files"`) {
		return nil
	}
	for _, part := range strings.Split(strings.NewReplacer("[", ",", "{", ",").Replace(raw), ",") {
		name, value, ok := strings.Cut(strings.Trim(part, "{}[]"), ":")
		value, name = strings.Trim(value, `"`), strings.Trim(name, `"`)
		kinds := []string{"sha256:", "pl_", "as_", "ob_", "91330108"}
		if ok && slices.ContainsFunc(kinds, func(k string) bool { return strings.HasPrefix(value, k) }) && !strings.Contains(raw, `"terms":`) {
			list = append(list, spoilt{`"` + name + `":"` + value[:len(value)-1], `"` + name + `":"x` + value[:len(value)-1], name})
		}
	}
	return list
}
