package service

import (
	"context"
	"fmt"
	"strings"

	"github.com/datapledge/datapledge/pledge"
)

// An SM3 fingerprint 国密指纹 is no key of the ledger: the index finds it, once
// it shows the ledger's head. SM3 of single files is not on the ledger.

func isSM3(digest string) bool { return strings.HasPrefix(digest, pledge.SM3Tag) }

// checkDigest accepts what content can be looked up by.
func checkDigest(digest string) error {
	if pledge.IsSM3Fingerprint(digest) {
		return nil
	}
	_, err := pledge.ParseFingerprint(digest)
	return err
}

// bySM3 lists the assets with this SM3 fingerprint, in ledger order.
func (s *Service) bySM3(ctx context.Context, digest string) ([]string, error) {
	head, err := s.settled(ctx)
	if err != nil {
		return nil, err
	}
	ids, err := s.o.Index.AssetsBySM3(ctx, digest, head.Height)
	if err != nil {
		return nil, fmt.Errorf("looking up %s: %w", digest, err)
	}
	return ids, nil
}

// held is who has notarized some content, as a dataset or as a file of one.
type held func(v *view) (whole []string, file *pledge.FileRecord, err error)

// held says how a view answers for a digest of either kind.
func (s *Service) held(ctx context.Context, digest string) (held, error) {
	if !isSM3(digest) {
		return func(v *view) ([]string, *pledge.FileRecord, error) { return v.held(hexOf(digest)) }, nil
	}
	ids, err := s.bySM3(ctx, digest)
	return func(*view) ([]string, *pledge.FileRecord, error) { return ids, nil, nil }, err
}

func (v *view) held(hex string) ([]string, *pledge.FileRecord, error) {
	whole, err := v.fingerprint(hex)
	if err != nil {
		return nil, nil, err
	}
	r, err := v.file(hex)
	return whole, r, err
}

// sameSM3 is how content with another SM3 fingerprint than the asset's
// compares: unknown where the asset has none.
func sameSM3(a *pledge.Asset) string {
	if a.SM3Fingerprint == "" {
		return SameNotListed
	}
	return SameNothing
}
