package rest_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/service/preflight"
)

// phones is a table with telephone numbers, which must not be in it.
func phones(n int) string {
	var b strings.Builder
	b.WriteString("customer,secret_column,amount\n")
	for i := range n {
		fmt.Fprintf(&b, "c%d,138%08d,%d\n", i, 7919*i, i)
	}
	return b.String()
}

// overridden is a stack with an asset whose custodian found telephone numbers.
func overridden(t *testing.T) (s *stack, asset string) {
	t.Helper()
	s = newStack(t, func(c *setup) {
		c.service.Examiner, c.service.FindingName = &preflight.Examiner{}, preflight.FindingName
	})
	d := s.seal("enterprise", map[string]string{"customers.csv": phones(300)})
	var found preflight.Answer
	if err := json.Unmarshal(d.Preflight, &found); err != nil {
		t.Fatal(err)
	}
	body, kid := s.notarization("enterprise", "customers", d), s.keys["enterprise"].KID()
	documents := body.Declaration.Consent
	body.Declaration = found.Declaration
	body.Declaration.Consent, body.Declaration.Exclusion.SignedBy = documents, kid
	for _, f := range d.Receipt.Preflight.Findings {
		body.Declaration.Overrides = append(body.Declaration.Overrides, pledge.Override{Finding: f, Reason: "a test", Capacity: "data protection officer", SignedBy: kid})
	}
	return s, s.command("enterprise", pledge.AssetNotarize, body).RecordID
}

// A verification tells whose word the declaration is, and what was let through.
func TestVerificationTellsOverrides(t *testing.T) {
	s, asset := overridden(t)
	v := as_[service.Verification](s.post("/v1/verifications", "bank", service.VerifyRequest{AssetID: asset}))
	var signed service.Verification
	if err := json.Unmarshal(s.payload(v.Report), &signed); err != nil {
		t.Fatal(err)
	}
	for _, d := range []*service.Declared{v.Declaration, signed.Declaration} {
		if d == nil || !d.Examined || len(d.Overrides) != 1 || d.Overrides[0].Called.EN != "mobile phone number" || d.Overrides[0].Capacity != "data protection officer" || d.Overrides[0].SignedBy != s.keys["enterprise"].KID() {
			t.Fatalf("got %+v", d)
		}
		if p := d.Principles; p[0].Result != "declared" || p[1].Result != "overridden" || p[1].Findings != 1 || p[1].Report != d.Exclusion.Report || p[2].Result != "pass" {
			t.Errorf("got %+v", p)
		}
	}
	s = newStack(t)
	plain, _ := s.notarize("enterprise", "plain", map[string]string{"a.csv": "1\n"})
	v = as_[service.Verification](s.post("/v1/verifications", "bank", service.VerifyRequest{AssetID: plain}))
	if d := v.Declaration; d.Examined || len(d.Overrides) != 0 || d.Principles[1].Result != "declared" || d.Ruleset != "" {
		t.Errorf("nobody looked: got %+v", d)
	}
}

// What was let through is in every certificate that rests on it, and on the
// public page, by what it is and never where.
func TestPublicIsToldOfOverrides(t *testing.T) {
	s, asset := overridden(t)
	p := s.registered("enterprise", "bank", asset)
	search := as_[service.Search](s.post("/v1/searches", "bank", service.SearchRequest{AssetID: asset}))
	for number, key := range map[string]string{numberOf("N-", asset): "override_1", numberOf("P-", p.ID): "override_1", search.Number: "overridden_1"} {
		c := s.certificate(number)
		if v := value(c, key); !strings.Contains(v.EN, "mobile phone number") || !strings.Contains(v.ZH, "移动电话号码") {
			t.Errorf("%s: got %+v", number, v)
		}
		if key == "override_1" {
			says(t, c, "1 项问题由签署人说明并负责", "OVERRIDDEN: findings of the preflight that a person answers for: 1")
		}
		if (key == "override_1") != (len(c.Overrides) == 1) {
			t.Errorf("%s: got %+v", number, c.Overrides)
		}
	}
	s.command("bank", pledge.PledgeRelease, pledge.ReleaseBody{PledgeID: p.ID, Reason: pledge.Paid, Proof: digestOf("receipt")})
	if c := s.certificate(numberOf("R-", p.ID)); len(c.Overrides) != 1 || value(c, "override_1") == (service.Text{}) {
		t.Errorf("of the release: got %+v", c.Overrides)
	}
	for query, want := range map[string]string{"number=" + numberOf("N-", asset) + "&lang=en": "a test. Answered for as data protection officer, with key " + s.keys["enterprise"].KID(),
		"digest=" + digestOf(phones(300)) + "&lang=en": "findings of its preflight that a person answers for: 1"} {
		page := string(s.verified(query).body)
		if !strings.Contains(page, want) {
			t.Errorf("%s: %q is not on the page", query, want)
		}
		if strings.Contains(page, "secret_column") || strings.Contains(page, "13800000000") {
			t.Errorf("%s: the page tells where it is", query)
		}
	}
	if page := string(s.verified("digest=" + digestOf(phones(300)) + "&lang=zh").body); !strings.Contains(page, `class="warning"`) || !strings.Contains(page, "由签署人说明并负责，见存证证书") {
		t.Error("the warning is not on the page")
	}
}
