// Package preflight tells in one pass over a dataset whether it keeps the
// three principles of the data norm: informed consent 知情同意, sensitive-data
// exclusion 敏感数据排除, data quality 数据质量保证. Its reports are RFC 8785 JSON that
// is the same to the byte on every run and machine, and hold counts, columns
// and row numbers, never a value of the data.
//
// It runs on what strangers upload, so everything is bounded. Of one table the
// reports tell as many columns as 512 KiB of JSON hold, the gravest verdicts
// first; of a dataset as many files, by their paths, as 6 MiB hold; and 1,000
// things to fix, and to look at. The rest is counted in the exclusion report's
// "all", and what is not listed nobody can answer for. At most four tables are
// read at once, wide ones (from 2,048 columns) one at a time; a pass takes less
// than 128 MiB, besides the names of the files. Package table bounds what a
// file may make its reader do.
package preflight

import (
	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service/preflight/quality"
	"github.com/datapledge/datapledge/service/preflight/sensitive"
)

// Tool names what made a report. Its number changes whenever the same bytes
// could give another report.
const Tool = "datapledge preflight 2"

// Options of a pass. The zero value expects nothing and knows of no consent.
type Options struct {
	Expectations *quality.Expectations // nil: none
	Consent      *Consent              // nil: no documents
	SketchKey    *[32]byte             // of the channel; nil: no sketches
}

// The two ends of a principle.
const (
	Pass = "pass"
	Fail = "fail"
)

// Header is what every report begins with.
type Header struct {
	V           int    `json:"v"`
	Report      string `json:"report"` // consent, exclusion or quality
	Tool        string `json:"tool"`
	Ruleset     string `json:"ruleset"`     // digest of the rules for sensitive data
	Fingerprint string `json:"fingerprint"` // of the dataset that was read
	Seed        int    `json:"seed"`        // of the hashes that samples are drawn by
	Result      string `json:"result"`      // pass or fail
}

func (p *Preflight) header(report string, passed bool) Header {
	h := Header{V: 1, Report: report, Tool: Tool, Ruleset: sensitive.Digest(), Fingerprint: p.Fingerprint, Result: Fail}
	if passed {
		h.Result = Pass
	}
	return h
}

// Preflight is what a pass found.
type Preflight struct {
	Fingerprint string          `json:"fingerprint"`
	Consent     ConsentReport   `json:"consent"`
	Exclusion   ExclusionReport `json:"exclusion"`
	Quality     QualityReport   `json:"quality"`
	Fix         []Fix           `json:"fix"` // at most 1,000 to fix and as many to look at; the last says how many more there are

	unlisted int // things to fix beyond those
}

// Passed tells whether all three principles are kept, as far as a program can
// tell.
func (p Preflight) Passed() bool {
	return p.Consent.Result == Pass && p.Exclusion.Result == Pass && p.Quality.Result == Pass
}

// Declaration is what asset.notarize carries of this preflight. Who answers
// for the exclusion is not for a program to say.
func (p Preflight) Declaration() (pledge.Declaration, error) {
	var d pledge.Declaration
	var err error
	d.Consent = pledge.Consent{Basis: p.Consent.Basis}
	for _, doc := range p.Consent.Documents {
		if doc.Digest != "" {
			d.Consent.Documents = append(d.Consent.Documents, doc.Digest)
		}
	}
	if p.consented() {
		if d.Consent.Report, err = Digest(p.Consent); err != nil {
			return d, err
		}
	}
	d.Exclusion.Result = p.Exclusion.Result
	if d.Exclusion.Report, err = Digest(p.Exclusion); err != nil {
		return d, err
	}
	d.Quality.Scores = p.Quality.scores()
	d.Quality.Report, err = Digest(p.Quality)
	return d, err
}
