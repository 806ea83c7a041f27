package main

import (
	"encoding/json"
	"errors"
	"os"
	"strconv"

	"github.com/datapledge/datapledge/pledge"
)

// paperVersion is the version of the files that carry an act between houses.
const paperVersion = 1

// paper is an act and its body before, or between, its signatures, as it
// travels in a file from one house to the next.
type paper struct {
	V      int             `json:"v"`
	Act    pledge.Act      `json:"act"`
	Digest string          `json:"digest"`
	Body   json.RawMessage `json:"body"`

	body any
}

func newPaper(act pledge.Act, body any) (paper, error) {
	raw, err := json.Marshal(body)
	if err != nil {
		return paper{}, err
	}
	digest, err := pledge.ActDigest(act, body)
	return paper{V: paperVersion, Act: act, Digest: digest, Body: raw, body: body}, err
}

func (p paper) text() string {
	text, _ := json.MarshalIndent(p, "", "  ") // it was marshalled before
	return string(text) + "\n"
}

// papers makes the body of each act that travels.
var papers = map[pledge.Act]func() any{
	pledge.PledgeAmend:         func() any { return new(pledge.AmendBody) },
	pledge.PledgeExtend:        func() any { return new(pledge.ExtendBody) },
	pledge.PledgeAssign:        func() any { return new(pledge.AssignBody) },
	pledge.PledgeSubordinate:   func() any { return new(pledge.SubordinateBody) },
	pledge.PledgeEnforce:       func() any { return new(pledge.EnforceBody) },
	pledge.PledgeRealize:       func() any { return new(pledge.RealizeBody) },
	pledge.ObjectionDecide:     func() any { return new(pledge.DecideBody) },
	pledge.OrderRevoke:         func() any { return new(pledge.RevokeBody) },
	pledge.AssetTransfer:       func() any { return new(pledge.TransferBody) },
	pledge.AssetLicense:        func() any { return new(pledge.LicenseBody) },
	pledge.AssetAddVersion:     func() any { return new(pledge.VersionBody) },
	pledge.AssetResolveDispute: func() any { return new(pledge.ResolveBody) },
}

// readPaper reads a file that another house made: what it says of its digest
// is compared with what the body has.
func readPaper(path string) (p paper, err error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return p, err
	}
	if err := pledge.StrictUnmarshal(data, &p); err != nil {
		return p, usagef("%s is no file of 'datapledge … -o FILE': %v", path, err)
	}
	make := papers[p.Act]
	if p.V != paperVersion || make == nil {
		return p, usagef("%s: version %d of the act %q is not known here", path, p.V, p.Act)
	}
	p.body = make()
	if err := pledge.StrictUnmarshal(p.Body, p.body); err != nil {
		return p, usagef("%s: %v", path, err)
	}
	digest, err := pledge.ActDigest(p.Act, p.body)
	if err == nil && digest != p.Digest {
		err = pledge.Errorf(pledge.TermsMismatch, "%s says that its digest is %s; the body has %s: it was changed", path, p.Digest, digest)
	}
	return p, err
}

// record is which record the paper is about.
func (p paper) record() string {
	var about struct {
		PledgeID string `json:"pledge_id"`
		AssetID  string `json:"asset_id"`
		RecordID string `json:"record_id"`
	}
	_ = json.Unmarshal(p.Body, &about) // it was read before
	return first(about.PledgeID, about.RecordID, about.AssetID)
}

func asRefusal(err error, to **pledge.Error) bool { return errors.As(err, to) }

func fmtInt(n int64) string { return strconv.FormatInt(n, 10) }
