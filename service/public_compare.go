package service

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/datapledge/datapledge/pledge"
)

// How content compares with a record.
const (
	SameDataset    = "dataset" // it is the whole dataset
	SameFile       = "file"    // it is one file of the dataset; the others were not looked at
	SameOnlyFile   = "only-file"
	SameVersion    = "version" // it is the whole dataset in a version that is not the newest
	SameNothing    = "differs"
	SameNotListed  = "not-listed" // the ledger has no list of the dataset's files to tell a single file by
	SameNoContents = "no-content" // the record is about no content
)

// PublicComparison says how a digest compares with the dataset that a record
// (an asset or a pledge) is about.
type PublicComparison struct {
	Same        string `json:"same"`
	AssetID     string `json:"asset_id,omitempty"`
	Fingerprint string `json:"fingerprint,omitempty"`
	Files       int    `json:"files,omitempty"`
	// Asset is how the notarization stands, when there is one.
	Asset *PublicMatch `json:"asset,omitempty"`
}

// Compare tells anybody whether content of this digest is what a record is about.
func (s *Service) Compare(ctx context.Context, c Caller, record, digest string) (PublicComparison, error) {
	if err := c.may(UsePublicVerify, "a public comparison"); err != nil {
		return PublicComparison{}, err
	}
	if err := checkDigest(digest); err != nil {
		return PublicComparison{}, err
	}
	from, err := s.public(ctx)
	if err != nil {
		return PublicComparison{}, err
	}
	var a *pledge.Asset
	_, err = snapshot(ctx, from, func(v *view) (err error) {
		a, err = v.about(record)
		return err
	})
	if err != nil || a == nil {
		return PublicComparison{Same: SameNoContents}, err
	}
	same, err := s.same(ctx, a, digest)
	m := matchOf(a, same == SameDataset || same == SameVersion, digest, s.now())
	return PublicComparison{same, a.ID, a.Fingerprint, a.Files, &m}, err
}

// about is the asset that a record is about; nil when it is about none.
func (v *view) about(record string) (*pledge.Asset, error) {
	if strings.HasPrefix(record, "pl_") {
		p, err := v.pledge(record)
		if err != nil || p == nil {
			return nil, err
		}
		record = p.AssetID
	}
	if !strings.HasPrefix(record, "as_") {
		return nil, nil
	}
	return v.asset(record)
}

func (s *Service) same(ctx context.Context, a *pledge.Asset, digest string) (string, error) {
	if a.Fingerprint == digest || a.SM3Fingerprint == digest {
		return SameDataset, nil
	}
	if version(a, digest) != nil {
		return SameVersion, nil
	}
	if isSM3(digest) {
		return sameSM3(a), nil
	}
	files, err := s.o.Index.Files(ctx, a.ID)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return "", fmt.Errorf("listing the files of %s: %w", a.ID, err)
	}
	switch {
	case slices.ContainsFunc(files, func(f pledge.File) bool { return f.SHA256 == hexOf(digest) }):
		return sameFile(a.Files), nil
	case len(files) == 0:
		return SameNotListed, nil
	}
	return SameNothing, nil
}

// sameFile is what to call a file that is one of so many.
func sameFile(files int) string {
	if files == 1 {
		return SameOnlyFile
	}
	return SameFile
}

// Same is how content compares with the notarization that it was found in.
func (m PublicMatch) Same() string {
	switch {
	case m.Whole && m.Version < m.Versions:
		return SameVersion
	case m.Whole:
		return SameDataset
	}
	return sameFile(m.Files)
}
