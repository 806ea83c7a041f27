package service

import (
	"fmt"
	"strings"
	"testing"

	"github.com/datapledge/datapledge/pledge"
)

const kidOfOwner = "kHXL9rTXr2pxnmvXDsdcSxi7ckXC7U3ZUPpsJmfoEzk"

// examinedAsset is one whose custodian found things that a person answers for.
func examinedAsset() *pledge.Asset {
	_, a, _ := standing()
	digest := func(c string) string { return "sha256:" + strings.Repeat(c, 64) }
	score := 9875
	a.Custodian = "91330100MADEUP03X5"
	a.Preflight = &pledge.Examined{Ruleset: digest("a"), Consent: digest("b"), Exclusion: digest("c"), Quality: digest("d"),
		Findings: []string{"exclusion/email/0123456789ab", "exclusion/mobile-phone/0123456789ab"}}
	a.Declaration = pledge.Declaration{Consent: pledge.Consent{Basis: "a secret basis", Documents: []string{digest("1"), digest("2")}, Report: digest("b")},
		Exclusion: pledge.Exclusion{Report: digest("c"), Result: "fail", SignedBy: kidOfOwner},
		Quality:   pledge.Quality{Report: digest("d"), Scores: pledge.Scores{Completeness: &score}}}
	for _, f := range a.Preflight.Findings {
		a.Declaration.Overrides = append(a.Declaration.Overrides, pledge.Override{Finding: f, Reason: "公开的客服热线 a hotline", Capacity: "王五", SignedBy: kidOfOwner})
	}
	return a
}

func called(finding string) Text {
	_, code := findingParts(finding)
	return map[string]Text{"mobile-phone": {"移动电话号码", "mobile phone number"}, "email": {"电子邮箱地址", "e-mail address"}}[code]
}

// The principles say whose word they are.
func TestWhoseWordADeclarationIs(t *testing.T) {
	a := examinedAsset()
	d := declared(a, called)
	if !d.Examined || d.Ruleset != a.Preflight.Ruleset || len(d.Overrides) != 2 || d.Overrides[1].Called.EN != "mobile phone number" || d.Overrides[1].Principle != "exclusion" {
		t.Errorf("got %+v", d)
	}
	want := []Principle{{"consent", PrinciplePassed, 0, a.Preflight.Consent}, {"exclusion", PrincipleOverridden, 2, a.Preflight.Exclusion}, {"quality", PrinciplePassed, 0, a.Preflight.Quality}}
	if fmt.Sprint(d.Principles) != fmt.Sprint(want) {
		t.Errorf("got %+v, want %+v", d.Principles, want)
	}
	a.Declaration.Consent.Report = "" // nothing was given to report on
	if p := declared(a, nil).Principles; p[0].Result != PrincipleDeclared || p[1].Result != PrincipleOverridden {
		t.Errorf("without a consent report: got %+v", p)
	}
	a.Preflight.Findings = append(a.Preflight.Findings, "consent/no-basis/0123456789ab")
	if p := declared(a, nil).Principles; p[0].Result != PrincipleOverridden || p[0].Findings != 1 {
		t.Errorf("a finding without a report: got %+v", p)
	}
	if o := declared(a, nil).Overrides; o[1].Called != (Text{"mobile-phone", "mobile-phone"}) {
		t.Errorf("without names: got %+v", o)
	}
	a.Preflight, a.Declaration.Overrides = nil, nil
	d = declared(a, called)
	for _, p := range d.Principles {
		if p.Result != PrincipleDeclared {
			t.Errorf("nobody looked: got %+v", p)
		}
	}
	if d.Examined || d.Overrides == nil {
		t.Errorf("nobody looked: got %+v", d)
	}
}

// Every certificate of an asset and its pledges says, in its first line and in
// full, what was let through and on whose word.
func TestOverridesAreOnEveryCertificate(t *testing.T) {
	a := examinedAsset()
	for name, write := range map[string]func(*draft, *pledge.Pledge) error{
		"notarization": func(d *draft, _ *pledge.Pledge) error { d.notarization(a); return nil },
		"pledge":       func(d *draft, p *pledge.Pledge) error { return d.pledge(a, p) },
		"release":      func(d *draft, p *pledge.Pledge) error { p.State = pledge.Released; return d.release(a, p) },
	} {
		d, _, p := standing()
		d.findings = called
		if err := write(d, p); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(d.Status.EN, "OVERRIDDEN: findings of the preflight that a person answers for: 2") || !strings.Contains(d.Status.ZH, "2 项问题由签署人") {
			t.Errorf("%s: got %+v", name, d.Status)
		}
		got := value(d, "override_2")
		for _, want := range []string{"mobile phone number", "exclusion/mobile-phone/0123456789ab", "a hotline", "王五", kidOfOwner} {
			if !strings.Contains(got.EN, want) || want != "mobile phone number" && !strings.Contains(got.ZH, want) {
				t.Errorf("%s: %q is not in %+v", name, want, got)
			}
		}
		if !strings.Contains(got.ZH, "移动电话号码（敏感数据排除；") || len(d.Overrides) != 2 || !strings.Contains(fmt.Sprint(d.NotProved), "their signatory's word") {
			t.Errorf("%s: got %+v", name, got)
		}
	}
}

// The certificates name the reports of the three principles, and tell what the
// custodian saw from what the owner only says.
func TestThreePrinciplesOnACertificate(t *testing.T) {
	a := examinedAsset()
	d, _, p := standing()
	d.findings = called
	if err := d.pledge(a, p); err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string][]string{
		"declaration": {"came to the reports that are declared", a.Preflight.Ruleset}, "consent": {"nothing that has to be fixed", "documents: 2", a.Preflight.Consent},
		"exclusion": {"answers for each: 2", kidOfOwner, a.Preflight.Exclusion}, "quality": {"completeness 98.75 %", "timeliness NA", a.Preflight.Quality}} {
		for _, w := range want {
			if !strings.Contains(value(d, key).EN, w) {
				t.Errorf("%s: %q is not in %+v", key, w, value(d, key))
			}
		}
	}
	said := fmt.Sprint(d.Fields, d.Proves, d.NotProved)
	if strings.Contains(said, "secret basis") || strings.Contains(said, a.Declaration.Consent.Documents[0]) || !strings.Contains(said, "no personal or sensitive data") {
		t.Errorf("got %s", said)
	}
	a.Preflight, a.Declaration.Overrides = nil, nil
	d, _, _ = standing()
	d.notarization(a)
	said = fmt.Sprint(d.Status, d.Fields, d.Proves, d.NotProved)
	if strings.Count(said, "the owner's word only") != 4 || strings.Contains(said, "came to the reports") || strings.Contains(said, "OVERRIDDEN") {
		t.Errorf("nobody looked: got %s", said)
	}
}
