package service

import (
	"strings"
	"unicode/utf8"

	"github.com/datapledge/datapledge/pledge"
)

// maxAsked is the longest name or number that is searched for, in bytes.
const maxAsked = 1024

// Matching says what was asked for, letter for letter, and what it was
// compared as. Match is of identifiers: EXACT when typed as the ledger spells
// them. Of a name or a number, Found says where it stands and how it matched.
type Matching struct {
	Asked      string    `json:"asked"`
	ComparedAs string    `json:"compared_as"`
	Match      string    `json:"match,omitempty"`
	Found      []Matched `json:"found"`
}

// Matched is a record in which a name or number stands, in which member, and
// as it is spelled there. Former: it stood there before.
type Matched struct {
	RecordID   string `json:"record_id"`
	Member     string `json:"member"`
	Text       string `json:"text"`
	ComparedAs string `json:"compared_as"`
	Match      string `json:"match"`
	Former     bool   `json:"former,omitempty"`
}

// canonical gives the query with its identifier as the ledger spells it. One
// that is spelled right is EXACT; people also type it in full width, in another
// case, or with spaces and dashes in it, and that is SIMILAR.
func (q SearchRequest) canonical() (SearchRequest, *Matching, error) {
	var err error
	m := &Matching{Asked: q.AssetID + q.Party + q.Fingerprint + q.UploadID + q.Name + q.Number, Found: []Matched{}}
	switch {
	case q.AssetID != "":
		q.AssetID, err = canonicalAsset(q.AssetID)
	case q.Party != "":
		q.Party, err = canonicalParty(q.Party)
	case q.Fingerprint != "":
		q.Fingerprint, err = canonicalFingerprint(q.Fingerprint)
	case q.Name+q.Number != "":
		m.ComparedAs, err = foldedAsked(q.Name + q.Number)
		return q, m, err
	}
	if m.ComparedAs = q.AssetID + q.Party + q.Fingerprint + q.UploadID; err == nil {
		m.Match = spelledAs(m.Asked, m.ComparedAs)
	}
	return q, m, err
}

// spelledAs says how what was found matches what was asked for.
func spelledAs(asked, found string) string {
	if asked == found {
		return MatchExact
	}
	return MatchSimilar
}

// canonicalAsset reads an asset's id, or the number of its notarization. What
// is neither is looked for as it stands, and not found.
func canonicalAsset(text string) (string, error) {
	n, err := parseNumber(Folded(text))
	if err != nil || n.kind != CertificateNotarization {
		return text, nil
	}
	return n.record, nil
}

func canonicalParty(text string) (string, error) {
	if err := pledge.CheckUSCC(text); err != nil {
		folded := strings.ToUpper(Folded(text))
		if len(text) > maxAsked || pledge.CheckUSCC(folded) != nil {
			return "", err
		}
		return folded, nil
	}
	return text, nil
}

func canonicalFingerprint(text string) (string, error) {
	_, err := pledge.ParseFingerprint(text)
	if err == nil || len(text) > maxAsked {
		return text, err
	}
	folded := "sha256:" + strings.TrimPrefix(Folded(text), "sha256")
	if _, bad := pledge.ParseFingerprint(folded); bad != nil {
		return "", err
	}
	return folded, nil
}

func foldedAsked(text string) (string, error) {
	if !utf8.ValidString(text) {
		return "", pledge.Errorf(pledge.Malformed, "the name or number is not UTF-8 text")
	}
	if len(text) > maxAsked {
		return "", pledge.Errorf(pledge.TooLarge, "the name or number is longer than %d bytes", maxAsked)
	}
	folded := Folded(text)
	if folded == "" {
		return "", pledge.Errorf(pledge.Malformed, "the name or number has neither letters nor digits")
	}
	return folded, nil
}
