package service

import (
	"context"
	"io"
)

// Kinds of certificate.
const (
	CertificateNotarization = "notarization"
	CertificatePledge       = "pledge"
	CertificateRelease      = "release"
	CertificateSearch       = "search"
)

// Text is said in both languages.
type Text struct {
	ZH string `json:"zh"`
	EN string `json:"en"`
}

// In is the text in a language, "zh" or "en".
func (t Text) In(lang string) string {
	if lang == "zh" {
		return t.ZH
	}
	return t.EN
}

// CertificateField is a line of a certificate. Key is stable; a value that
// reads the same in both languages stands in both.
type CertificateField struct {
	Key   string `json:"key"`
	Label Text   `json:"label"`
	Value Text   `json:"value"`
}

// CertificateAnchor is a command that a certificate rests on: where it stands
// on the ledger, and what others say of its block.
type CertificateAnchor struct {
	CommandID string           `json:"command_id"`
	Act       string           `json:"act"`
	By        string           `json:"by"`
	Block     uint64           `json:"block"`
	BlockHash string           `json:"block_hash"`
	BlockTime string           `json:"block_time"`
	TimeStamp *TimeStamp       `json:"time_stamp,omitempty"`
	Imprints  []ImprintReceipt `json:"imprints,omitempty"`
}

// CertificateMember is an institution that keeps the ledger.
type CertificateMember struct {
	Party string `json:"party"`
	Name  string `json:"name"`
}

// Certificate 证书 is what the public is told under a number: what is recorded,
// what that proves and what not. Its statements follow the record's state at
// AsOf, which is the ledger's newest block and that block's time, or when a
// search was answered; terms that are over are over At, by the service's clock.
// Report is all the rest as JSON, signed by the service.
type Certificate struct {
	Number   string             `json:"number"`
	Kind     string             `json:"kind"`
	RecordID string             `json:"record_id"`
	Ledger   string             `json:"ledger"` // "solo" or "fabric"
	Channel  string             `json:"channel"`
	AsOf     SearchedAt         `json:"as_of"`
	At       string             `json:"at"` // when it was asked, RFC 3339
	Title    Text               `json:"title"`
	Status   Text               `json:"status"` // in one line, with its state
	Fields   []CertificateField `json:"fields"`
	// Overrides stand in Fields too: findings of the asset's preflight that a
	// person answers for.
	Overrides []Answered          `json:"overrides,omitempty"`
	Anchors   []CertificateAnchor `json:"anchors"`
	Members   []CertificateMember `json:"members"`
	Proves    []Text              `json:"proves"`
	NotProved []Text              `json:"not_proved"`
	Check     []Text              `json:"check"` // how to check without us
	URL       string              `json:"url"`   // the public page of this number
	Report    string              `json:"report,omitempty"`
}

// CertificatePrinter prints a certificate as PDF in a language, "zh" or "en".
// A character that it has no glyph for is an error, never a gap.
type CertificatePrinter interface {
	Print(ctx context.Context, w io.Writer, c Certificate, lang string) error
}
