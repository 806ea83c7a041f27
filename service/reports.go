package service

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/storage"
)

// AssetReport is a report of the preflight that an asset was notarized with:
// "consent", "exclusion" or "quality". It is the text whose SHA-256 the ledger
// has. It names columns: a bank reads it of what was offered to it in pledge.
func (s *Service) AssetReport(ctx context.Context, c Caller, assetID, report string) ([]byte, error) {
	text, err := s.assetReport(ctx, c, assetID, report)
	s.auditAct(ctx, "report.read", c, err, "asset_id", assetID, "report", report)
	return text, err
}

func (s *Service) assetReport(ctx context.Context, c Caller, assetID, report string) ([]byte, error) {
	a, _, err := s.assetAt(ctx, c, UseAssetRead, assetID, "")
	if err == nil {
		err = s.mayReadReport(ctx, c, a)
	}
	if err != nil {
		return nil, err
	}
	digest, err := digestOfReport(a, report)
	if err != nil {
		return nil, err
	}
	text, err := s.storedReport(ctx, digest)
	if errors.Is(err, storage.ErrNotExist) {
		return nil, pledge.Errorf(pledge.NotFound, "the %s report of %s, %s, is not in this custodian's vault", report, assetID, digest)
	}
	if err != nil {
		return nil, fmt.Errorf("reading the %s report of %s: %w", report, assetID, refused(err))
	}
	return text, nil
}

// storedReport reads what the vault keeps as a report, and believes its digest,
// not the store. ErrNotExist, ErrCorrupt.
func (s *Service) storedReport(ctx context.Context, digest string) ([]byte, error) {
	text, err := s.o.Vault.Document(ctx, FolderReports, hexOf(digest))
	if err != nil {
		return nil, err
	}
	if sum := sha256.Sum256(text); hex.EncodeToString(sum[:]) != hexOf(digest) {
		return nil, fmt.Errorf("%w: report %s is another than its digest names", storage.ErrCorrupt, digest)
	}
	return text, nil
}

func (s *Service) mayReadReport(ctx context.Context, c Caller, a pledge.Asset) error {
	who := c.toAsset(a)
	if c.may(UseReportRead, "", who...) == nil {
		return nil
	}
	head, err := s.settled(ctx)
	if err != nil {
		return err
	}
	pledges, err := s.o.Index.PledgesOf(ctx, []string{a.ID}, head.Height)
	if err != nil {
		return fmt.Errorf("listing the pledges on %s: %w", a.ID, err)
	}
	if slices.ContainsFunc(pledges, func(p pledge.Pledge) bool { return p.Pledgee == c.Party }) {
		who = append(who, Pledgee)
	}
	return c.may(UseReportRead, "a report on "+a.ID, who...)
}

func digestOfReport(a pledge.Asset, report string) (string, error) {
	if a.Preflight == nil {
		return "", pledge.Errorf(pledge.NotFound, "%s was notarized without a preflight by its custodian", a.ID)
	}
	digest, ok := map[string]string{"consent": a.Preflight.Consent, "exclusion": a.Preflight.Exclusion, "quality": a.Preflight.Quality}[report]
	switch {
	case !ok:
		return "", pledge.Errorf(pledge.NotFound, "no report %q: consent, exclusion or quality", report)
	case digest == "":
		return "", pledge.Errorf(pledge.NotFound, "the custodian of %s was given nothing to report on for %s", a.ID, report)
	}
	return digest, nil
}
