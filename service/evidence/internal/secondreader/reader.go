// Package secondreader is a second checker of evidence packages, for tests
// only: written from ../../FORMAT.md, it shares no code with the checker. Where
// the two disagree, one of them, or the text, is wrong. It stops at the first
// check that fails. It is short rather than fast, and explains little.
//
// What it does not judge: files beside a package.
package secondreader

import (
	"crypto/x509"
	"errors"
	"fmt"
)

// Verdict says whether a package stands, else which check fails first, and why.
type Verdict struct {
	Stands bool
	Fails  string
	Why    error
}

type check struct {
	name string
	do   func(*reader) error
}

// The order is that of the tables in FORMAT.md.
var (
	first = []check{{"container", (*reader).container}, {"manifest-complete", (*reader).complete}, {"file-digests", (*reader).digests},
		{"manifest-signature", (*reader).signature}, {"channel", (*reader).channel}, {"trust-genesis", (*reader).genesis}}
	solo   = []check{{"operator-signature", (*reader).operator}, {"entry-inclusion", (*reader).inclusion}}
	fabric = []check{{"block-data", (*reader).blockData}, {"block-signatures", (*reader).blockSignatures}, {"entry-inclusion", (*reader).inclusion},
		{"transaction-signature", of(stageTransaction)}, {"endorsements", of(stageEndorsements)}, {"transaction-results", of(stageResults)},
		{"validation-flag", of(stageFlag)}, {"validity-attested", (*reader).attested}}
	commands = []check{{"order", (*reader).order}, {"command-id", (*reader).commandID}, {"command-signature", (*reader).commandSignature},
		{"key-enrolled-before-use", (*reader).enrolled}, {"key-not-revoked-before", (*reader).notRevoked}, {"parties-match", (*reader).parties},
		{"record-matches-history", (*reader).record}, {"custody-receipt-signature", (*reader).receiptSignature}, {"custody-receipt-matches", (*reader).receiptMatches},
		{"fingerprint-matches-manifest", (*reader).fingerprint}, {"sm3-matches-manifest", (*reader).sm3}, {"replay", (*reader).replay}, {"read-versions", (*reader).readVersions},
		{"time-stamps", (*reader).timeStamps},
		{"search-report", (*reader).searchReport}, {"search-answers", (*reader).searchAnswers}, {"parts-list", (*reader).partsList},
		{"imprint-receipts", (*reader).imprintReceipts}, {"imprint-channel", (*reader).imprintChannel}}
)

// reader is what is known of one package.
type reader struct {
	trust    object
	roots    []*x509.Certificate // of time-stamping authorities
	solo     bool
	data     []byte
	files    map[string][]byte
	manifest object
	proofs   []*proof // of commands, by place
	founding *proof
	chain    *chain // of a fabric ledger
	keys     []*key
	states   []written
}

// Read checks a package. The error is of the trust file.
func Read(data, trustFile []byte) (Verdict, error) {
	trust, roots, err := readTrust(trustFile)
	if err != nil {
		return Verdict{}, fmt.Errorf("trust file: %w", err)
	}
	r := &reader{trust: trust, roots: roots, solo: trust["ledger"] == "solo", data: data}
	kind := fabric
	if r.solo {
		kind = solo
	}
	for _, list := range [][]check{first, kind, commands} {
		for _, c := range list {
			if err := c.do(r); err != nil {
				return Verdict{Fails: c.name, Why: err}, nil
			}
		}
	}
	return Verdict{Stands: true}, nil
}

func must(ok bool, why string, about ...any) error {
	if ok {
		return nil
	}
	return fmt.Errorf(why, about...)
}

func readTrust(text []byte) (object, []*x509.Certificate, error) {
	v, err := parse(text)
	o, ok := v.(object)
	if err != nil || !ok || o["v"] != int64(1) {
		return nil, nil, errors.Join(err, errors.New("no trust file of version 1"))
	}
	roots, err := stampRoots(o)
	if err != nil {
		return nil, nil, err
	}
	delete(o, "timestamp_roots")
	imprint, has := o["imprint"].(object)
	delete(o, "imprint")
	if o["ledger"] == "solo" {
		err = o.only("v", "ledger", "channel", "genesis_hash", "operator")
	} else {
		err = o.only("v", "ledger", "channel", "genesis_hash", "chaincode", "endorsement_policy", "members", "consenters")
	}
	if has {
		o["imprint"] = imprint
	}
	return o, roots, err
}
