package pledge

import (
	"slices"
	"strings"
)

// maxFindingCode bounds the code within a finding in bytes.
const maxFindingCode = 64

// principles 三原则 are what a finding begins with.
var principles = []string{"consent", "exclusion", "quality"}

// check refuses what no custodian's preflight prints. None is fine.
func (e *Examined) check() error {
	if e == nil {
		return nil
	}
	if e.More < 0 {
		return Errorf(Malformed, "more counts findings and cannot be negative")
	}
	if e.Unread < 0 {
		return Errorf(Malformed, "unread counts files and cannot be negative")
	}
	return firstOf(digest("ruleset", e.Ruleset), optionalDigest("consent", e.Consent), digest("exclusion", e.Exclusion),
		digest("quality", e.Quality), e.Scores.check("scores"), optionalDigest("sketch", e.Sketch), checkFindings(e.Findings))
}

func checkFindings(list []string) error {
	if len(list) > MaxFindings {
		return Errorf(Malformed, "findings has %d; list %d and count the rest in more", len(list), MaxFindings)
	}
	for i, f := range list {
		if err := finding("findings", f); err != nil {
			return err
		}
		if i > 0 && f <= list[i-1] {
			return Errorf(Malformed, "findings must be sorted, each once; %s is out of place", f)
		}
	}
	return nil
}

// finding checks "exclusion/cn.mobile/0123456789ab": the principle, what was
// found, and 12 hex digits that stand for the place.
func finding(name, s string) error {
	principle, rest, _ := strings.Cut(s, "/")
	code, place, _ := strings.Cut(rest, "/")
	ok := slices.Contains(principles, principle) &&
		code != "" && len(code) <= maxFindingCode && !strings.ContainsFunc(code, notInCode) &&
		len(place) == 12 && !strings.ContainsFunc(place, notHex)
	if !ok {
		return Errorf(Malformed, "%s must be a principle (consent, exclusion, quality), a code of a-z, 0-9 and ._-, and 12 lowercase hex digits, with / between", name)
	}
	return nil
}

func notInCode(r rune) bool {
	return (r < 'a' || r > 'z') && (r < '0' || r > '9') && !strings.ContainsRune("._-", r)
}

func notHex(r rune) bool { return (r < '0' || r > '9') && (r < 'a' || r > 'f') }

func checkOverrides(list []Override) error {
	if len(list) > MaxFindings {
		return Errorf(Malformed, "overrides has %d; there are at most %d findings to answer for", len(list), MaxFindings)
	}
	seen := map[string]bool{}
	for _, o := range list {
		if err := o.check(); err != nil {
			return within("overrides", err)
		}
		if seen[o.Finding] {
			return Errorf(Malformed, "overrides answers for %s twice", o.Finding)
		}
		seen[o.Finding] = true
	}
	return nil
}

func (o Override) check() error {
	if !isKID(o.SignedBy) {
		return Errorf(Malformed, "signed_by must be the key id of the person who answers for the finding")
	}
	return firstOf(finding("finding", o.Finding), words("reason", o.Reason, maxReason), words("capacity", o.Capacity, maxName))
}
