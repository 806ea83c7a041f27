package preflight

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service/preflight/sensitive"
)

// id hashes the place: a ledger that carries the name of a finding tells no
// names of tables.
func (f *Fix) id() string {
	where := f.Table
	if f.place != "" {
		where = f.place
	}
	sum := sha256.Sum256([]byte(where + "\n" + strconv.Itoa(f.Column)))
	return f.Principle + "/" + f.Code + "/" + hex.EncodeToString(sum[:6])
}

// consented: the owner gave a list of documents, which always has a day.
func (p *Preflight) consented() bool { return p.Consent.AsOf != "" }

// Examined is what a custody receipt says of this preflight. Where the owner
// gave no documents, nothing is said of consent. The sketch is not of a report.
func (p *Preflight) Examined() (pledge.Examined, error) {
	e := pledge.Examined{Ruleset: sensitive.Digest(), Scores: p.Quality.scores(), Unread: p.Exclusion.All.Files - p.Exclusion.All.Examined}
	var err error
	if p.consented() {
		if e.Consent, err = Digest(p.Consent); err != nil {
			return e, err
		}
	}
	if e.Exclusion, err = Digest(p.Exclusion); err != nil {
		return e, err
	}
	e.Findings = p.findings()
	if n := len(e.Findings) - pledge.MaxFindings; n > 0 {
		e.Findings, e.More = e.Findings[:pledge.MaxFindings], n
	}
	e.More += p.unlisted
	e.Quality, err = Digest(p.Quality)
	return e, err
}

// asked are the fixes of what the owner gave something to look at.
func (p *Preflight) asked() []Fix {
	return slices.DeleteFunc(append([]Fix{}, p.Fix...), func(f Fix) bool { return f.Principle == "consent" && !p.consented() })
}

// result of what the owner gave something to look at.
func (p *Preflight) result() string {
	if p.Exclusion.Result == Pass && p.Quality.Result == Pass && (p.Consent.Result == Pass || !p.consented()) {
		return Pass
	}
	return Fail
}

func (p *Preflight) findings() []string {
	var ids []string
	for _, f := range p.asked() {
		if f.Must && f.Code != codeMore {
			ids = append(ids, f.ID)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}
