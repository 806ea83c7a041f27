package sensitive

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

// Every rule says by what right it is there, in both languages, and can be
// found by its content or its words.
func TestRulesAreWhole(t *testing.T) {
	alone := []string{"free-text", "digest", "uscc-sole-trader"}
	for _, r := range Rules() {
		if r.ID == "" || r.Version == "" || r.Name.ZH == "" || r.Name.EN == "" || r.Category == "" || len(r.Standard) == 0 {
			t.Errorf("%s is not whole: %+v", r.ID, r)
		}
		if !slices.Contains([]string{"personal", "sensitive", "business"}, r.Kind) {
			t.Errorf("%s: kind %s", r.ID, r.Kind)
		}
		if len(r.Headers) == 0 && !slices.Contains(alone, r.ID) {
			t.Errorf("%s has no words", r.ID)
		}
		if r.CheckDigit != (r.Chance.NearIn > 0 && r.Chance.PoolIn > 0) && !slices.Contains([]string{"passport", "hk-macau-permit", "exit-permit", "mobile-phone"}, r.ID) {
			t.Errorf("%s: check digit %v, chance %+v", r.ID, r.CheckDigit, r.Chance)
		}
		if r.Chance.NearIn*r.Chance.PoolIn >= 1<<23 {
			t.Errorf("%s: chance %+v would overflow", r.ID, r.Chance)
		}
		if r.Kind == "sensitive" && !slices.ContainsFunc(r.Standard, func(s string) bool { return strings.HasPrefix(s, "GB/T 45574-2025 6.") }) {
			t.Errorf("%s is sensitive by no clause of GB/T 45574", r.ID)
		}
	}
}

// The digest pins the rules; a change of them is a change of the version.
func TestDigest(t *testing.T) {
	const want = "sha256:373f5a67b4a9a61649b071e4661de06713781c43d179364bb58b41b116351eba"
	if Digest() != want {
		t.Errorf("got %s for version %s; raise the version with every change of the rules", Digest(), Version())
	}
}

func TestRulesAreStrict(t *testing.T) {
	var whole map[string]any
	if err := json.Unmarshal(rulesFile, &whole); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(rule map[string]any){
		"unknown detector": func(r map[string]any) { r["detector"] = "soothsayer" },
		"unknown member":   func(r map[string]any) { r["colour"] = "red" },
		"twice":            func(r map[string]any) { r["id"] = "passport" },
	} {
		var copied map[string]any
		_ = json.Unmarshal(rulesFile, &copied)
		change(copied["rules"].([]any)[0].(map[string]any))
		text, _ := json.Marshal(copied)
		if _, err := parseRules(text); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestHeaders(t *testing.T) {
	tests := []struct{ name, rules string }{
		{"身份证号", "identity-number identity-number-15"},
		{"客户_身份证号码", "identity-number identity-number-15"},
		{"sfzh", "identity-number identity-number-15"},
		{"CustomerIDCardNo", "identity-number identity-number-15"},
		{"IDCARD", "identity-number identity-number-15"},
		{"paid card", ""},
		{"手机号", "mobile-phone"},
		{"手机型号", ""},
		{"phone", "mobile-phone fixed-phone"},
		{"userPhone", "mobile-phone fixed-phone"},
		{"telescope", ""},
		{"Flight Date", ""},
		{"Airport Name", "person-name"},
		{"姓名", "person-name"},
		{"公司名称", ""},
		{"收货地址", "address"},
		{"IP地址", "ip-address"},
		{"email_address", "email"},
		{"lat", "latitude"},
		{"platform", ""},
		{"Speed IAS in knots", ""},
		{"", ""},
	}
	for _, tt := range tests {
		h, got := newHeading(tt.name), ""
		for i, r := range Rules() {
			if lex().words[i].naming(h) != unnamed {
				got += " " + r.ID
			}
		}
		if strings.TrimSpace(got) != tt.rules {
			t.Errorf("%s: got%s, want %s", tt.name, got, tt.rules)
		}
	}
}
