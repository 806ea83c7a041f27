package client

import (
	"encoding/json"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
)

// Preflight is what the custodian found in what it sealed. The reports are the
// bytes that were digested; nil: nothing was given to report on consent.
type Preflight struct {
	Fingerprint string          `json:"fingerprint"`
	Result      string          `json:"result"` // pass or fail
	Consent     json.RawMessage `json:"consent,omitempty"`
	Exclusion   json.RawMessage `json:"exclusion"`
	Quality     json.RawMessage `json:"quality"`
	Fix         []Fix           `json:"fix"`
	// Declaration is for asset.notarize, but for who signs.
	Declaration pledge.Declaration `json:"declaration"`
}

// Fix is one thing to mend, or to look at.
type Fix struct {
	ID        string       `json:"id,omitempty"` // of a finding; empty: a person should look
	Principle string       `json:"principle"`    // consent, exclusion, quality
	Must      bool         `json:"must"`
	Code      string       `json:"code"`
	Table     string       `json:"table,omitempty"`
	Column    int          `json:"column,omitempty"` // 1 is the first
	What      service.Text `json:"what"`
}
