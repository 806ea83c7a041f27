package service

import (
	"encoding/json"
	"regexp"
	"strings"

	"github.com/datapledge/datapledge/pledge"
)

// certified is what a certificate number stands for: a record, or for a search
// its own number.
type certified struct {
	kind   string
	number string // as it is printed
	record string
}

const maxNumber = 200

var (
	recordNumber = regexp.MustCompile(`^(AS|PL|N|P|R)([A-Z2-7]{26})$`)
	searchNumber = regexp.MustCompile(`^S([0-9]{8})([A-Z2-7]{16})$`)
)

// numbered says what a prefix, of a number or of a record id, means.
var numbered = map[string]struct{ kind, number, record string }{
	"N":  {CertificateNotarization, "N-", "as_"},
	"AS": {CertificateNotarization, "N-", "as_"},
	"P":  {CertificatePledge, "P-", "pl_"},
	"PL": {CertificatePledge, "P-", "pl_"},
	"R":  {CertificateRelease, "R-", "pl_"},
}

// parseNumber reads a number as people copy it from paper: in any case, with
// spaces, in full-width letters, with other dashes or without. Record ids do too.
func parseNumber(text string) (certified, error) {
	plain := plainNumber(text)
	if m := recordNumber.FindStringSubmatch(plain); m != nil {
		n := numbered[m[1]]
		return certified{n.kind, n.number + m[2], n.record + strings.ToLower(m[2])}, nil
	}
	if m := searchNumber.FindStringSubmatch(plain); m != nil {
		number := "S-" + m[1] + "-" + m[2]
		return certified{CertificateSearch, number, number}, nil
	}
	return certified{}, pledge.Errorf(pledge.Malformed, "a number is N-, P- or R- and 26 letters or digits, or S-, a date and 16 of them")
}

// plainNumber keeps the letters and digits, narrow and upper case. What is
// neither, nor a blank or a dash, stays: such a text is no number.
func plainNumber(text string) string {
	if len(text) > maxNumber {
		return ""
	}
	return strings.Map(func(r rune) rune {
		if r >= '！' && r <= '～' { // full-width forms of ASCII, U+FF01 to U+FF5E
			r -= '！' - '!'
		}
		switch {
		case r >= 'a' && r <= 'z':
			return r - 'a' + 'A'
		case strings.ContainsRune(" \t\r\n\u00a0\u3000-_‐‑‒–—―−﹣", r):
			return -1
		}
		return r
	}, text)
}

// notarizationNumber is the certificate number of an asset's notarization.
func notarizationNumber(asset string) string {
	return "N-" + strings.ToUpper(strings.TrimPrefix(asset, "as_"))
}

// pledgeNumber is the certificate number of a pledge's registration.
func pledgeNumber(id string) string {
	return "P-" + strings.ToUpper(strings.TrimPrefix(id, "pl_"))
}

// CertificateNumber is that of the newest certificate of a record, as it stands
// on the ledger; empty when it has none.
func CertificateNumber(id string, record json.RawMessage) string {
	if strings.HasPrefix(id, "as_") {
		return notarizationNumber(id)
	}
	p, err := pledge.DecodePledge(record)
	switch {
	case err != nil || p.Registered == nil:
		return ""
	case p.State == pledge.Released:
		return "R-" + strings.TrimPrefix(pledgeNumber(p.ID), "P-")
	}
	return pledgeNumber(p.ID)
}
