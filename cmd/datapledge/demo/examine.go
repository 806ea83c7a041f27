package demo

import (
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/datapledge/datapledge/cmd/datapledge/owner"
	"github.com/datapledge/datapledge/service/preflight"
	"github.com/datapledge/datapledge/service/preflight/sensitive"
)

// examine lays the shipped files out and looks at them as any owner does,
// before anybody else sees them.
func (s *story) examine(ctx context.Context) (string, error) {
	err := s.unpack()
	if err != nil {
		return "", err
	}
	if s.found, err = s.preflight(ctx); err != nil {
		return "", err
	}
	p := s.found.Preflight
	if !p.Passed() {
		return "", fmt.Errorf("the dataset does not keep the three principles: %+v", p.Fix)
	}
	if err := s.report(p); err != nil {
		return "", err
	}
	s.manifest, s.result.Fingerprint = s.found.Manifest, s.found.Manifest.Fingerprint()
	s.lines = []string{consentLine(p.Consent), exclusionLine(p.Exclusion), qualityLine(p.Quality)}
	s.declaration, err = s.found.Declare(s.company.Key().KID(), nil)
	return "all three pass", err
}

// preflight reads the dataset with what the company states about it.
func (s *story) preflight(ctx context.Context) (owner.Found, error) {
	o, err := s.stated("expect.json")
	if err != nil {
		return owner.Found{}, err
	}
	return owner.Reading{Preflight: o}.Folder(ctx, s.dataset)
}

// stated is what goes to the custodian as well: the consent, and what is
// expected of the data, if anything.
func (s *story) stated(expect string) (o preflight.Options, err error) {
	var expected []byte
	o.Consent, err = preflight.LoadConsent(s.path("documents", "consent.json"))
	if err == nil && expect != "" {
		expected, err = os.ReadFile(s.path("documents", expect))
	}
	if err == nil {
		s.given, err = preflight.GivenOf(o.Consent, expected)
	}
	if err != nil {
		return o, err
	}
	return preflight.ParseGiven(s.given)
}

// report keeps the reports that the declaration names.
func (s *story) report(p preflight.Preflight) error {
	if err := os.MkdirAll(s.path("reports"), 0o755); err != nil {
		return err
	}
	for name, report := range map[string]any{"consent.json": p.Consent, "exclusion.json": p.Exclusion, "quality.json": p.Quality} {
		text, err := preflight.Canonical(report)
		if err != nil {
			return err
		}
		if err := os.WriteFile(s.path("reports", name), text, 0o644); err != nil {
			return err
		}
	}
	return nil
}

func consentLine(r preflight.ConsentReport) string {
	return fmt.Sprintf("consent 知情同意: %s; %d documents cover %d of %d files", r.Result, len(r.Documents), r.Covered, r.Files)
}

func exclusionLine(r preflight.ExclusionReport) string {
	rows, columns, clean := int64(0), 0, 0
	for _, f := range r.Files {
		for _, t := range f.Tables {
			rows, columns = rows+t.Rows, columns+len(t.Columns)
			for _, c := range t.Columns {
				if c.Verdict == sensitive.Clean {
					clean++
				}
			}
		}
	}
	return fmt.Sprintf("sensitive data 敏感数据排除: %s; %d rows looked at by %d rules, nothing found in %d of %d columns",
		r.Result, rows, len(sensitive.Rules()), clean, columns)
}

func qualityLine(r preflight.QualityReport) string {
	var scores []string
	for _, d := range r.Dimensions {
		score := "not measured"
		if d.Score != nil {
			score = percent(*d.Score)
		}
		scores = append(scores, string(d.Dimension)+" "+score)
	}
	return fmt.Sprintf("quality 数据质量 (GB/T 36344): %s; %s", r.Result, strings.Join(scores, ", "))
}

func percent(basisPoints int) string {
	return fmt.Sprintf("%d.%02d %%", basisPoints/100, basisPoints%100)
}
