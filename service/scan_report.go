package service

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/storage"
)

// keepScan gives a report its digest. Only what an IP centre may sign for is
// kept: others look often.
func (s *Service) keepScan(ctx context.Context, c Caller, r ScanReport) (Scan, error) {
	text, err := pledge.CanonicalJSON(r)
	if err != nil {
		return Scan{}, fmt.Errorf("writing the scan of %s: %w", r.PledgeID, err)
	}
	sum := sha256.Sum256(text)
	name := hex.EncodeToString(sum[:])
	if slices.Contains(c.Roles, pledge.RoleIPCentre) {
		if _, err := s.o.Vault.Keep(ctx, FolderReports, name, text); err != nil {
			return Scan{}, fmt.Errorf("keeping the scan of %s: %w", r.PledgeID, refused(err))
		}
	}
	return Scan{"sha256:" + name, r}, nil
}

// StoredScan is a report as it was kept, by its digest.
func (s *Service) StoredScan(ctx context.Context, c Caller, pledgeID, report string) (Scan, error) {
	if err := checkDigest(report); err != nil {
		return Scan{}, err
	}
	if err := s.mayScan(ctx, c, pledgeID); err != nil {
		return Scan{}, err
	}
	text, err := s.storedReport(ctx, report)
	if errors.Is(err, storage.ErrNotExist) {
		return Scan{}, pledge.Errorf(pledge.NotFound, "no scan %s of %s is kept here", report, pledgeID)
	}
	if err != nil {
		return Scan{}, fmt.Errorf("reading scan %s: %w", report, refused(err))
	}
	return readScan(pledgeID, report, text)
}

func (s *Service) mayScan(ctx context.Context, c Caller, pledgeID string) error {
	var l look
	_, err := snapshot(ctx, s.o.Ledger, func(v *view) (err error) {
		l.pledge, err = v.pledge(pledgeID)
		return err
	})
	if err != nil {
		return err
	}
	return l.seenBy(c, pledgeID)
}

func readScan(pledgeID, report string, text []byte) (Scan, error) {
	r := Scan{Report: report}
	if err := json.Unmarshal(text, &r.Document); err != nil || r.Document.PledgeID != pledgeID {
		return Scan{}, pledge.Errorf(pledge.NotFound, "%s is no scan of %s", report, pledgeID)
	}
	return r, nil
}
