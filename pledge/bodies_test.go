package pledge_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/datapledge/datapledge/pledge"
)

func contains(s, part string) bool { return strings.Contains(s, part) }

// wrongBodies are single changes to a good body, as text; each must be refused as
// malformed with a detail that names the member.
var wrongBodies = []struct {
	act      pledge.Act
	old, new string
	names    string
}{
	{pledge.PledgePropose, `"amount":100000000`, `"amount":-1`, "principal"},
	{pledge.PledgePropose, `"amount":100000000`, `"amount":0`, "principal"},
	{pledge.PledgePropose, `"amount":100000000`, `"amount":1.5`, "principal"},
	{pledge.PledgePropose, `"amount":100000000`, `"amount":1.0`, "principal"},
	{pledge.PledgePropose, `"amount":100000000`, `"amount":1e6`, "principal"},
	{pledge.PledgePropose, `"amount":100000000`, `"amount":"1"`, "principal"},
	{pledge.PledgePropose, `"amount":100000000`, `"amount":null`, "principal"},
	{pledge.PledgePropose, `"amount":100000000`, `"amount":9007199254740992`, "principal"},
	{pledge.PledgePropose, `"amount":100000000`, `"amount":99999999999999999999999999`, "principal"},
	{pledge.PledgePropose, `"amount":100000000`, `"amount":-0`, "principal"},
	{pledge.PledgePropose, `"amount":100000000`, `"amount":01`, "comma"},
	{pledge.PledgePropose, `"amount":120000000`, `"amount":0`, "secured_max"},
	{pledge.PledgePropose, `"amount":120000000,"currency":"CNY"`, `"amount":120000000,"currency":"USD"`, "secured_max"},
	{pledge.PledgePropose, `"CNY"`, `"cny"`, "currency"},
	{pledge.PledgePropose, `"CNY"`, `"CN¥"`, "currency"},
	{pledge.PledgeValue, `"CNY"`, `"CNZ"`, "currency"},
	{pledge.PledgeValue, `"CNY"`, `"DEM"`, "currency"},
	{pledge.PledgeValue, `"CNY"`, `"XAU"`, "currency"},
	{pledge.PledgeValue, `"CNY"`, `"Y E"`, "currency"},
	{pledge.PledgeValue, `"CNY"`, `""`, "currency"},
	{pledge.PledgePropose, `"matures":"2027-11-21"`, `"matures":"1969-12-31"`, "matures"},
	{pledge.PledgePropose, `"matures":"2027-11-21"`, `"matures":"0001-01-01T00:00:00Z"`, "matures"},
	{pledge.PledgeValue, `"base_date":"2026-11-01"`, `"base_date":"1969-12-31"`, "base_date"},
	{pledge.AssetRecordCertificate, `"issued":"2026-01-01"`, `"issued":"1969-12-31"`, "issued"},
	{pledge.AssetNotarize, `"name":"x"`, `"name":"x\u202ey"`, "name"},
	{pledge.AssetNotarize, `"name":"x"`, `"name":"x\u2029y"`, "name"},
	{pledge.PartyEnroll, `"name":"n"`, `"name":"n\u200b"`, "name"},
	{pledge.PledgePropose, `"matures":"2027-11-21"`, `"matures":"21.11.2027"`, "matures"},
	{pledge.PledgePropose, `"matures":"2027-11-21"`, `"matures":"2027-02-30"`, "matures"},
	{pledge.PledgePropose, `"matures":"2027-11-21"`, `"matures":"2028-05-22"`, "matures"},
	{pledge.PledgePropose, `"expires":"2028-05-21"`, `"expires":""`, "expires"},
	{pledge.PledgePropose, `"mode":"exclusive"`, `"mode":"shared"`, "mode"},
	{pledge.PledgePropose, `"PLEDGE"`, `"GIFT"`, "security_type"},
	{pledge.PledgePropose, `"DATA_ASSET_PLEDGE"`, `"data"`, "legal_characterization"},
	{pledge.PledgePropose, `"checks":[]`, `"checks":["custody"]`, "custody"},
	{pledge.PledgePropose, `"checks":[]`, `"checks":["scan","scan"]`, "scan"},
	{pledge.PledgePropose, `"checks":[]`, `"checks":null`, "checks"},
	{pledge.PledgePropose, `"commitment_letter":"sha256:`, `"commitment_letter":"md5:`, "commitment_letter"},
	{pledge.PledgePropose, `"agreement":"sha256:`, `"agreement":"SHA256:`, "agreement"},
	{pledge.PledgePropose, `"asset_id":"as_`, `"asset_id":"as_1`, "asset_id"},
	{pledge.PledgePropose, `"pledgee":"9`, `"pledgee":"8`, "pledgee"},
	{pledge.PledgeAccept, `"pl_`, `"pl_/`, "pledge_id"},
	{pledge.PledgeRegister, `"expected_seq":0`, `"expected_seq":-1`, "expected_seq"},
	{pledge.PledgeRegister, `"expected_seq":0`, `"expected_seq":0.5`, "expected_seq"},
	{pledge.PledgeReject, `"code":"not_owner"`, `"code":"because"`, "code"},
	{pledge.PledgeReject, `"reason":"`, `"reason":"\u0007`, "reason"},
	{pledge.PledgeAttest, `"number":"1"`, `"number":" "`, "number"},
	{pledge.PledgeAttest, `"certificate":"sha256:`, `"certificate":"`, "certificate"},
	{pledge.PledgeAttest, `"enforcement_consent":true`, `"enforcement_consent":"yes"`, "enforcement_consent"},
	{pledge.PledgeValue, `"amount":5`, `"amount":0`, "value"},
	{pledge.PledgeValue, `"base_date":"2026-11-01"`, `"base_date":"yesterday"`, "base_date"},
	{pledge.PledgeValue, `"method":"income"`, `"method":""`, "method"},
	{pledge.PledgeScan, `"result":"clean"`, `"result":"fine"`, "result"},
	{pledge.PledgeScan, `"result":"clean"`, `"result":"waived"`, "waived_by"},
	{pledge.PledgeScan, `"result":"clean"`, `"waived_by":"me","result":"clean"`, "waived_by"},
	{pledge.PledgeRelease, `"reason":"PAID"`, `"reason":"paid"`, "reason"},
	{pledge.PledgeRelease, `"reason":"PAID"`, `"reason":"DEMAND"`, "proof"},
	{pledge.PledgeRelease, `"reason":"PAID"`, `"reason":"PAID","proof":"x"`, "proof"},
	{pledge.PledgePerfect, `"step":"file"`, `"step":"perfect"`, "step"},
	{pledge.PledgePerfect, `"step":"file"`, `"step":"lapse"`, "lapse"},
	{pledge.PledgePerfect, `"step":"file",`, ``, "step"},
	{pledge.PledgePerfect, `"registry":"ZHONGDENG"`, `"registry":"zhongdeng"`, "registry"},
	{pledge.PledgePerfect, `"registry":"ZHONGDENG"`, `"registry":"OTHER"`, "registry_name"},
	{pledge.PledgePerfect, `"registry":"ZHONGDENG"`, `"registry":"CNIPA","registry_name":"x"`, "registry_name"},
	{pledge.PledgePerfect, `"registry":"ZHONGDENG"`, `"registry":"OTHER","registry_name":"a\u0000"`, "registry_name"},
	{pledge.PledgePerfect, `"number":"0`, `"number":"","debtor":"0`, "debtor"},
	{pledge.PledgePerfect, `"number":"02026112300001"`, `"number":" "`, "number"},
	{pledge.PledgePerfect, `"registered_at":"2026-11-20"`, `"registered_at":"2026-11-31"`, "registered_at"},
	{pledge.PledgePerfect, `"term_end":"2028-05-21"`, `"term_end":"2026-11-20"`, "term_end"},
	{pledge.PledgePerfect, `"term_end":"2028-05-21"`, `"term_end":"soon"`, "term_end"},
	{pledge.PledgePerfect, `"proof":"sha256:`, `"proof":"sm3:`, "proof"},
	{pledge.PledgePerfect, `"debtor_name":"n"`, `"debtor_name":""`, "debtor_name"},
	{pledge.PledgePerfect, `"pledge_id":"pl_`, `"pledge_id":"as_`, "pledge_id"},
	{pledge.CommandFence, `"cmd_`, `"cmd_A`, "command_id"},
	{pledge.CustodyReceiptAct, `"files":1`, `"files":0`, "files"},
	{pledge.CustodyReceiptAct, `"size":100`, `"size":-1`, "size"},
	{pledge.CustodyReceiptAct, `"manifest_root":"`, `"manifest_root":"A`, "manifest_root"},
	{pledge.CustodyReceiptAct, `"depth":"full"`, `"depth":"deep"`, "depth"},
	{pledge.CustodyReceiptAct, `"owner":"9`, `"owner":"8`, "owner"},
	{pledge.CustodyReceiptAct, `"fingerprint":"sha256:`, `"fingerprint":"sha256:0`, "fingerprint"},
	{pledge.AssetRecordCertificate, `"expires":"2029-01-01"`, `"expires":"2026-01-01"`, "expires"},
	{pledge.AssetRecordCertificate, `"registrar":"浙江"`, `"registrar":""`, "registrar"},
	{pledge.PartyEnroll, `"roles":["bank"]`, `"roles":["king"]`, "role"},
	{pledge.PartyEnroll, `"roles":["bank"]`, `"roles":["bank","bank"]`, "role"},
	{pledge.PartyEnroll, `"roles":["bank"]`, `"roles":[]`, "roles"},
	{pledge.PartyEnroll, `"name":"n"`, `"name":""`, "name"},
	{pledge.PartyEnroll, `"name":"n"`, `"name":"a\u0000b"`, "name"},
	{pledge.PartyEnroll, `"scope":"admin"`, `"scope":"root"`, "scope"},
	{pledge.PartyEnroll, `"keys":[{`, `"keys":[],"x":[{`, "x"},
	{pledge.PartyEnroll, `"recipient":"age1q"`, `"recipient":"AGE-SECRET-KEY-1QQQ"`, "recipient"},
	{pledge.PartyEnroll, `"kty":"OKP"`, `"d":"AAAA","kty":"OKP"`, "d"},
	{pledge.PartyAddKey, `"scope":"admin"`, `"scope":""`, "scope"},
	{pledge.PartyAddKey, `"crv":"Ed25519"`, `"crv":"X25519"`, "key"},
	{pledge.PartyRevokeKey, `"kid":"`, `"kid":"x`, "kid"},
	{pledge.AssetNotarize, `"path":"a"`, `"path":"../a"`, "path"},
	{pledge.AssetNotarize, `"size":100`, `"size":-100`, "size"},
	{pledge.AssetNotarize, `"size":100`, `"size":0`, "empty"},
	{pledge.AssetNotarize, `"name":"x"`, `"name":""`, "name"},
	{pledge.AssetNotarize, `"name":"x"`, `"name":"` + strings.Repeat("x", 201) + `"`, "name"},
	{pledge.AssetNotarize, `"source":"public"`, `"source":"stolen"`, "source"},
	{pledge.AssetNotarize, `"fingerprint":"sha256:`, `"fingerprint":"sha512:`, "fingerprint"},
	{pledge.AssetNotarize, `"source":`, `"sm3_fingerprint":"sm3:` + sha("x")[1:] + `","source":`, "sm3_fingerprint"},
	{pledge.CustodyReceiptAct, `"size":`, `"sm3_fingerprint":"` + doc("x") + `","size":`, "sm3_fingerprint"},
	{pledge.PledgeScan, `"result":"clean"`, `"result":"reviewed"`, "reviewed_by"},
	{pledge.PledgeScan, `"result":"clean"`, `"result":"reviewed","reviewed_by":"me"`, "reviewed_by"},
	{pledge.PledgeScan, `"result":"clean"`, `"result":"clean","reviewed_by":"` + aKey + `"`, "reviewed_by"},
	{pledge.PledgeScan, `"result":"clean"`, `"result":"waived","waived_by":"` + aKey + `","reviewed_by":"` + aKey + `"`, "reviewed_by"},
	{pledge.PledgeScan, `"result":"clean"`, `"result":"reviewed","waived_by":"` + aKey + `","reviewed_by":"` + aKey + `"`, "waived_by"},
	{pledge.PledgeScan, `"result":"clean"`, `"result":"clean","overlaps":[` + overlapsOf(65) + `]`, "64"},
	{pledge.PledgeScan, `"result":"clean"`, `"result":"clean","overlaps":[` + overlapsOf(1) + `,` + overlapsOf(1) + `]`, "twice"},
	{pledge.PledgeScan, `"result":"clean"`, `"result":"clean","overlaps":[{"asset_id":"pl_aaaaaaaaaaaaaaaaaaaaaaaaaa","share":1,"other_share":1}]`, "asset_id"},
	{pledge.PledgeScan, `"result":"clean"`, `"result":"clean","overlaps":[{"asset_id":"as_aaaaaaaaaaaaaaaaaaaaaaaaaa","share":10001,"other_share":1}]`, "share"},
	{pledge.PledgeScan, `"result":"clean"`, `"result":"clean","overlaps":[{"asset_id":"as_aaaaaaaaaaaaaaaaaaaaaaaaaa","share":1,"other_share":-1}]`, "share"},
	{pledge.PledgeScan, `"result":"clean"`, `"result":"clean","overlaps":[{"asset_id":"as_aaaaaaaaaaaaaaaaaaaaaaaaaa","share":0.5,"other_share":1}]`, "share"},
	{pledge.PledgeScan, `"result":"clean"`, `"result":"clean","overlaps":[{"asset_id":"as_aaaaaaaaaaaaaaaaaaaaaaaaaa","share":1,"of":4,"other_share":1}]`, "of"},
	{pledge.PledgeScan, `"result":"clean"`, `"result":"clean","overlaps":null`, "overlaps"},
	{pledge.CustodyReceiptAct, `"depth":"full"`, `"depth":"full","preflight":` + preflightWith(`"ruleset":"sha256:`, `"ruleset":"GB/T 35273 `), "ruleset"},
	{pledge.CustodyReceiptAct, `"depth":"full"`, `"depth":"full","preflight":` + preflightWith(`"ruleset":`, `"rules":`), "rules"},
	{pledge.CustodyReceiptAct, `"depth":"full"`, `"depth":"full","preflight":` + preflightWith(`"exclusion":"sha256:`, `"exclusion":"`), "exclusion"},
	{pledge.CustodyReceiptAct, `"depth":"full"`, `"depth":"full","preflight":` + preflightWith(`"exclusion":"sha256:`, `"consent":"sha1:","exclusion":"sha256:`), "consent"},
	{pledge.CustodyReceiptAct, `"depth":"full"`, `"depth":"full","preflight":` + preflightWith(`"quality":"sha256:`, `"quality":"sm3:`), "quality"},
	{pledge.CustodyReceiptAct, `"depth":"full"`, `"depth":"full","preflight":` + preflightWith(`"scores":{`, `"sketch":"x","scores":{`), "sketch"},
	{pledge.CustodyReceiptAct, `"depth":"full"`, `"depth":"full","preflight":` + preflightWith(`"scores":{`, `"scores":{"uniqueness":10001,`), "uniqueness"},
	{pledge.CustodyReceiptAct, `"depth":"full"`, `"depth":"full","preflight":` + preflightWith(`"scores":{`, `"scores":{"timeliness":-1,`), "timeliness"},
	{pledge.CustodyReceiptAct, `"depth":"full"`, `"depth":"full","preflight":` + preflightWith(`"scores":{`, `"scores":{"validity":1.0,`), "validity"},
	{pledge.CustodyReceiptAct, `"depth":"full"`, `"depth":"full","preflight":` + preflightWith(`"scores":{`, `"scores":null,"x":{`), "scores"},
	{pledge.CustodyReceiptAct, `"depth":"full"`, `"depth":"full","preflight":` + preflightWith(`"scores":{`, `"more":-1,"scores":{`), "more"},
	{pledge.CustodyReceiptAct, `"depth":"full"`, `"depth":"full","preflight":` + preflightWith(`"scores":{`, `"unread":-1,"scores":{`), "unread"},
	{pledge.CustodyReceiptAct, `"depth":"full"`, `"depth":"full","preflight":` + preflightWith(`"scores":{`, `"findings":["exclusion/cn.mobile"],"scores":{`), "findings"},
	{pledge.CustodyReceiptAct, `"depth":"full"`, `"depth":"full","preflight":` + preflightWith(`"scores":{`, `"findings":["exclusion/cn.mobile/0123456789a"],"scores":{`), "findings"},
	{pledge.CustodyReceiptAct, `"depth":"full"`, `"depth":"full","preflight":` + preflightWith(`"scores":{`, `"findings":["exclusion/cn.mobile/0123456789abc"],"scores":{`), "findings"},
	{pledge.CustodyReceiptAct, `"depth":"full"`, `"depth":"full","preflight":` + preflightWith(`"scores":{`, `"findings":["exclusion/cn.mobile/0123456789AB"],"scores":{`), "findings"},
	{pledge.CustodyReceiptAct, `"depth":"full"`, `"depth":"full","preflight":` + preflightWith(`"scores":{`, `"findings":["exclusion/cn.mobile/0123456789ab/"],"scores":{`), "findings"},
	{pledge.CustodyReceiptAct, `"depth":"full"`, `"depth":"full","preflight":` + preflightWith(`"scores":{`, `"findings":["exclusion/Mobile/0123456789ab"],"scores":{`), "findings"},
	{pledge.CustodyReceiptAct, `"depth":"full"`, `"depth":"full","preflight":` + preflightWith(`"scores":{`, `"findings":["exclusion//0123456789ab"],"scores":{`), "findings"},
	{pledge.CustodyReceiptAct, `"depth":"full"`, `"depth":"full","preflight":` + preflightWith(`"scores":{`, `"findings":["exclusion/手机/0123456789ab"],"scores":{`), "findings"},
	{pledge.CustodyReceiptAct, `"depth":"full"`, `"depth":"full","preflight":` + preflightWith(`"scores":{`, `"findings":["secrecy/x/0123456789ab"],"scores":{`), "findings"},
	{pledge.CustodyReceiptAct, `"depth":"full"`, `"depth":"full","preflight":` + preflightWith(`"scores":{`, `"findings":["/x/0123456789ab"],"scores":{`), "findings"},
	{pledge.CustodyReceiptAct, `"depth":"full"`, `"depth":"full","preflight":` + preflightWith(`"scores":{`, `"findings":[""],"scores":{`), "findings"},
	{pledge.CustodyReceiptAct, `"depth":"full"`, `"depth":"full","preflight":` + preflightWith(`"scores":{`, `"findings":["quality/x/0123456789ab","quality/x/0123456789ab"],"scores":{`), "sorted"},
	{pledge.CustodyReceiptAct, `"depth":"full"`, `"depth":"full","preflight":` + preflightWith(`"scores":{`, `"findings":["quality/x/0123456789ab","consent/x/0123456789ab"],"scores":{`), "sorted"},
	{pledge.CustodyReceiptAct, `"depth":"full"`, `"depth":"full","preflight":` + preflightWith(`"scores":{`, `"findings":["quality/`+strings.Repeat("x", 65)+`/0123456789ab"],"scores":{`), "findings"},
	{pledge.CustodyReceiptAct, `"depth":"full"`, `"depth":"full","preflight":` + preflightWith(`"scores":{`, `"findings":[`+findingsOf(65)+`],"scores":{`), "64"},
	{pledge.AssetNotarize, `"exclusion":{`, `"overrides":[{"finding":"x","reason":"r","capacity":"n","signed_by":"` + aKey + `"}],"exclusion":{`, "finding"},
	{pledge.AssetNotarize, `"exclusion":{`, `"overrides":[{"finding":"quality/x/0123456789ab","reason":" ","capacity":"n","signed_by":"` + aKey + `"}],"exclusion":{`, "reason"},
	{pledge.AssetNotarize, `"exclusion":{`, `"overrides":[{"finding":"quality/x/0123456789ab","reason":"` + strings.Repeat("r", 501) + `","capacity":"n","signed_by":"` + aKey + `"}],"exclusion":{`, "reason"},
	{pledge.AssetNotarize, `"exclusion":{`, `"overrides":[{"finding":"quality/x/0123456789ab","reason":"r\u202e","capacity":"n","signed_by":"` + aKey + `"}],"exclusion":{`, "reason"},
	{pledge.AssetNotarize, `"exclusion":{`, `"overrides":[{"finding":"quality/x/0123456789ab","reason":"r","capacity":"","signed_by":"` + aKey + `"}],"exclusion":{`, "capacity"},
	{pledge.AssetNotarize, `"exclusion":{`, `"overrides":[{"finding":"quality/x/0123456789ab","reason":"r","capacity":"` + strings.Repeat("n", 201) + `","signed_by":"` + aKey + `"}],"exclusion":{`, "capacity"},
	{pledge.AssetNotarize, `"exclusion":{`, `"overrides":[{"finding":"quality/x/0123456789ab","reason":"r","capacity":"n"}],"exclusion":{`, "signed_by"},
	{pledge.AssetNotarize, `"exclusion":{`, `"overrides":[{"finding":"quality/x/0123456789ab","reason":"r","capacity":"n","signed_by":"Zhang San"}],"exclusion":{`, "signed_by"},
	{pledge.AssetNotarize, `"exclusion":{`, `"overrides":[{"finding":"quality/x/0123456789ab","reason":"r","capacity":"n","signed_by":"` + aKey + `"},{"finding":"quality/x/0123456789ab","reason":"r","capacity":"n","signed_by":"` + aKey + `"}],"exclusion":{`, "twice"},
	{pledge.AssetNotarize, `"exclusion":{`, `"overrides":[` + overridesOf(65) + `],"exclusion":{`, "64"},
	{pledge.AssetNotarize, `"basis":`, `"report":"x","basis":`, "consent.report"},
	{pledge.AssetNotarize, `"completeness":9990`, `"completeness":10001`, "completeness"},
	{pledge.AssetNotarize, `"completeness":9990`, `"completeness":-1`, "completeness"},
	{pledge.AssetNotarize, `"completeness":9990`, `"completeness":99.9`, "completeness"},
	{pledge.AssetNotarize, `"documents":["sha256:`, `"documents":["`, "documents"},
	{pledge.AssetNotarize, `"signed_by":"AAAA`, `"signed_by":"Zhang San`, "signed_by"},
	{pledge.AssetNotarize, `"files":[{"path":"a"`, `"files":[{"path":"b"`, "fingerprint"},
	{pledge.AssetNotarize, `"files":[`, `"manifest_root":"` + sha("x") + `","files":[`, "manifest_root"},
	{pledge.AssetNotarize, `"update_period":"P1M"`, `"update_period":"\n"`, "update_period"},
}

var aKey = strings.Repeat("A", 43)

// preflightWith is a good one with a change.
func preflightWith(old, new string) string {
	good := `{"ruleset":"` + doc("r") + `","exclusion":"` + doc("e") + `","quality":"` + doc("q") + `","scores":{"completeness":5}}`
	return strings.Replace(good, old, new, 1)
}

func times(n int, one func(i int) string) string {
	var all []string
	for i := range n {
		all = append(all, one(i))
	}
	return strings.Join(all, ",")
}

func findingsOf(n int) string {
	return times(n, func(i int) string { return fmt.Sprintf(`"quality/a_b-c.d/%012x"`, i) })
}

func overridesOf(n int) string {
	return times(n, func(i int) string {
		return fmt.Sprintf(`{"capacity":"n","finding":"quality/x/%012x","reason":"r","signed_by":"%s"}`, i, aKey)
	})
}

func overlapsOf(n int) string {
	return times(n, func(i int) string {
		return fmt.Sprintf(`{"asset_id":"as_%s%c%c","share":1,"other_share":10000}`, strings.Repeat("a", 24), 'a'+i/26, 'a'+i%26)
	})
}

// TestMostOfAll: what is one too many above is taken when it is one less.
func TestMostOfAll(t *testing.T) {
	for _, c := range []struct {
		act      pledge.Act
		old, new string
	}{
		{pledge.PledgeScan, `"result":"clean"`, `"result":"clean","overlaps":[` + overlapsOf(64) + `]`},
		{pledge.CustodyReceiptAct, `"depth":"full"`, `"depth":"full","preflight":` + preflightWith(`"scores":{`, `"more":9,"findings":[`+findingsOf(64)+`],"scores":{`)},
		{pledge.CustodyReceiptAct, `"depth":"full"`, `"depth":"full","preflight":` + preflightWith(`"scores":{`, `"findings":["quality/`+strings.Repeat("x", 64)+`/0123456789ab"],"scores":{`)},
		{pledge.AssetNotarize, `"exclusion":{`, `"overrides":[` + overridesOf(64) + `],"exclusion":{`},
	} {
		w := newWorld(t)
		body := strings.Replace(w.payload(w.owner, c.act, goodBody(w, c.act)), c.old, c.new, 1)
		if _, err := pledge.ParseCommand(w.owner.signRaw(w.owner.header(), body)); err != nil || !contains(body, c.new) {
			t.Errorf("%s: %v", c.act, err)
		}
	}
}

func goodBody(w *world, act pledge.Act) any {
	pl := "pl_" + strings.Repeat("a", 26)
	switch act {
	case pledge.PledgePropose:
		return pledge.ProposeBody{AssetID: "as_" + strings.Repeat("a", 26), Pledgee: w.bank.uscc, Terms: terms("exclusive")}
	case pledge.PledgeAccept, pledge.PledgeConsent:
		return pledge.AgreeBody{PledgeID: pl, TermsDigest: doc("x")}
	case pledge.PledgeRegister:
		return pledge.RegisterBody{PledgeID: pl, TermsDigest: doc("x")}
	case pledge.PledgeReject, pledge.PledgeWithdraw:
		return pledge.EndBody{PledgeID: pl, Code: pledge.NotOwner, Reason: "the owner is another"}
	case pledge.PledgeAttest:
		return pledge.AttestBody{PledgeID: pl, Number: "1", Certificate: doc("c"), EnforcementConsent: true}
	case pledge.PledgeValue:
		return pledge.ValueBody{PledgeID: pl, Report: doc("r"), Method: "income", Value: pledge.Amount{Amount: 5, Currency: "CNY"}, BaseDate: "2026-11-01"}
	case pledge.PledgeScan:
		return pledge.ScanBody{PledgeID: pl, Result: "clean", Report: doc("r")}
	case pledge.PledgeRelease:
		return pledge.ReleaseBody{PledgeID: pl, Reason: "PAID"}
	case pledge.PledgePerfect:
		b := w.filing(pl)
		b.PledgeID = pl
		return b
	case pledge.CommandFence:
		return pledge.FenceBody{CommandID: "cmd_" + sha("x")}
	case pledge.CustodyReceiptAct:
		return pledge.ReceiptBody{Fingerprint: doc("x"), Owner: w.owner.uscc, Files: 1, Size: 100, ManifestRoot: sha("x"), Depth: "full"}
	case pledge.AssetRecordCertificate:
		return certificate("as_"+strings.Repeat("a", 26), "2029-01-01")
	case pledge.PartyEnroll:
		return pledge.EnrollBody{Party: w.bank.uscc, Name: "n", Roles: []pledge.Role{"bank"}, Keys: []pledge.KeyGrant{w.bank.grant()}, Recipient: "age1q"}
	case pledge.PartyAddKey:
		return pledge.AddKeyBody{Party: w.bank.uscc, Key: w.bank.grant()}
	case pledge.PartyRevokeKey:
		return pledge.RevokeKeyBody{Party: w.bank.uscc, KID: w.bank.kid()}
	}
	if b := lifeBody(w, act); b != nil {
		return b
	}
	if act == pledge.ClosingExecute {
		return w.closing(pledge.Step{Act: pledge.PledgeLapse, By: w.bank.uscc, Body: pledge.LapseBody{PledgeID: pl}},
			pledge.Step{Act: pledge.PledgeLapse, By: w.owner.uscc, Body: pledge.LapseBody{PledgeID: pl}})
	}
	return w.dataset(w.owner, "x", file("a", "a", 100))
}

func TestWrongBodies(t *testing.T) {
	for _, c := range wrongBodies {
		w := newWorld(t)
		good := w.payload(w.owner, c.act, goodBody(w, c.act))
		if _, err := pledge.ParseCommand(w.owner.signRaw(w.owner.header(), good)); err != nil {
			t.Fatalf("%s: the good body is refused: %v", c.act, err)
		}
		bad := strings.Replace(good, c.old, c.new, 1)
		if bad == good {
			t.Errorf("%s: body has no %s", c.act, c.old)
		}
		_, err := pledge.ParseCommand(w.owner.signRaw(w.owner.header(), bad))
		if !errors.Is(err, pledge.Malformed) || !contains(err.Error(), c.names) {
			t.Errorf("%s with %.60s: %v, want malformed naming %s", c.act, c.new, err, c.names)
		}
	}
}

func TestPaths(t *testing.T) {
	for path, want := range map[string]bool{
		"a": true, "a/b.csv": true, "数据/一.csv": true, "a b": true, " a": true, "..a": true, "a..": true, ".hidden": true, "C:": true,
		"": false, "/a": false, "a/": false, "a//b": false, "./a": false, "a/.": false, "..": false, "a/../b": false, `a\b`: false,
		"a\nb": false, "a\x00b": false, "a\x7fb": false, "a\u0085b": false, "a\u2028b": false, strings.Repeat("a", 1025): false, "a\u202eb": false, "-": false,
	} {
		w := newWorld(t)
		_, err := pledge.ParseCommand(w.sign(w.owner, pledge.AssetNotarize, w.dataset(w.owner, "x", file(path, "a", 100))))
		if (err == nil) != want {
			t.Errorf("%q: %v", path, err)
		}
	}
}

func TestFileLists(t *testing.T) {
	big := func(n int64, s string) pledge.File { return file(s, s, n) }
	for name, c := range map[string]struct {
		files []pledge.File
		want  string
	}{
		"sorted by bytes":        {[]pledge.File{big(1, "B"), big(2, "a")}, ""},
		"not sorted":             {[]pledge.File{big(1, "b"), big(2, "a")}, "sort"},
		"twice":                  {[]pledge.File{big(1, "a"), big(1, "a")}, "sort"},
		"sum too big":            {[]pledge.File{big(1<<53-1, "a"), big(1, "b")}, "add up"},
		"sum just fits":          {[]pledge.File{big(1<<53-2, "a"), big(1, "b")}, ""},
		"one digest, two sizes":  {[]pledge.File{file("a", "x", 1), file("b", "x", 2)}, "two sizes"},
		"one digest, two copies": {[]pledge.File{file("a", "x", 1), file("b", "x", 1)}, ""},
		"no files":               {nil, "empty"},
		"digest in capitals":     {[]pledge.File{{Path: "a", Size: 1, SHA256: strings.ToUpper(sha("x")), Root: sha("r")}}, "sha256"},
		"no root":                {[]pledge.File{{Path: "a", Size: 1, SHA256: sha("x")}}, "root"},
		"empty with a digest":    {[]pledge.File{{Path: "a", Size: 0, SHA256: sha("x"), Root: sha("r")}}, "empty"},
	} {
		w := newWorld(t)
		b := w.dataset(w.owner, "x", file("a", "a", 1))
		b.Files, b.Fingerprint = c.files, doc(pledge.Manifest(c.files))
		_, err := pledge.ParseCommand(w.sign(w.owner, pledge.AssetNotarize, b))
		if (err == nil) != (c.want == "") || err != nil && !(errors.Is(err, pledge.Malformed) && contains(err.Error(), c.want)) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestManifestIsSHA256SUM is the format by example.
func TestManifestIsSHA256SUM(t *testing.T) {
	got := pledge.Manifest([]pledge.File{file("a b", "x", 1), file("c", "y", 1)})
	if want := sha("x") + "  a b\n" + sha("y") + "  c\n"; got != want {
		t.Errorf("got %q", got)
	}
}

func TestStrictUnmarshal(t *testing.T) {
	type inner struct {
		N int `json:"n"`
	}
	type sample struct {
		A string           `json:"a"`
		B *inner           `json:"b"`
		C []inner          `json:"c"`
		D map[string]inner `json:"d"`
		E any              `json:"e"`
		F float64          `json:"f"`
		G uint16           `json:"g"`
		H json.RawMessage  `json:"h"`
	}
	for s, want := range map[string]bool{
		`{}`: true, ` { "a" : "x" , "b" : { "n" : 1 } } `: true, `{"b":null}`: true, `{"c":[{"n":1},{}]}`: true,
		`{"d":{"x":{"n":1}},"e":[1,2.5e3,{"a":null,"b":true}],"f":1.5,"g":65535,"h":{"a":[false]}}`: true,
		`{"a":"\u00e9\ud83d\ude00\n\/"}`: true,
		``:                               false, `{`: false, `null`: false, `[]`: false, `{}x`: false, `{} {}`: false, `{,}`: false, `{"a":"x",}`: false, `{"a" "x"}`: false,
		`{"A":"x"}`: false, `{"a":"x","a":"x"}`: false, `{"\u0061":"x","a":"x"}`: false, `{"d":{"x":{},"x":{}}}`: false, `{"e":{"x":1,"x":2}}`: false,
		`{"h":{"x":1,"\u0078":2}}`: false, `{"d":{"x":{"N":1}}}`: false, `{"a":'x'}`: false, `{"a":"` + "\t" + `"}`: false, `{"a":"\x"}`: false, `{"a":"\u12"}`: false,
		`{"a":"\ud800"}`: false, `{"a":"\udc00\ud800"}`: false, "{\"a\":\"\xff\"}": false, `{"b":{"n":1.0}}`: false, `{"b":{"n":+1}}`: false, `{"b":{"n":9007199254740992}}`: false,
		`{"g":65536}`: false, `{"g":-1}`: false, `{"c":null}`: false, `{"c":[1]}`: false, `{"c":[{}{}]}`: false, `{"c":[,]}`: false, `{"e":tru}`: false, `{"e":01}`: false, `{"e":1.}`: false,
		`{"a":1}`: false, `{"a":nul}`: false, `{"f":"x"}`: false, "\ufeff{}": false,
		`{"e":` + strings.Repeat("[", 31) + strings.Repeat("]", 31) + `}`: true,
		`{"e":` + strings.Repeat("[", 32) + strings.Repeat("]", 32) + `}`: false,
	} {
		var v sample
		err := pledge.StrictUnmarshal([]byte(s), &v)
		if (err == nil) != want || err != nil && !errors.Is(err, pledge.Malformed) {
			t.Errorf("%s: %v", s, err)
		}
		if want && !json.Valid([]byte(s)) {
			t.Errorf("%s is not JSON at all", s)
		}
	}
	if pledge.StrictUnmarshal([]byte(`{}`), sample{}) == nil || pledge.StrictUnmarshal([]byte(`{}`), nil) == nil {
		t.Error("decoded into nothing")
	}
}

// TestManyNamesAreNotSlow: finding a repeated name stays fast in an object of
// many, and finds the last one.
func TestManyNamesAreNotSlow(t *testing.T) {
	var b strings.Builder
	b.WriteString(`{`)
	for i := range 20000 {
		b.WriteString(`"` + sha(string(rune(i)))[:9] + `":0,`)
	}
	var v map[string]any
	var raw json.RawMessage
	for tail, want := range map[string]bool{`"x":0}`: true, `"x":0,"x":0}`: false} {
		if err := pledge.StrictUnmarshal([]byte(b.String()+tail), &v); (err == nil) != want {
			t.Errorf("map: %v", err)
		}
		if err := pledge.StrictUnmarshal([]byte(b.String()+tail), &raw); (err == nil) != want {
			t.Errorf("raw: %v", err)
		}
	}
}
