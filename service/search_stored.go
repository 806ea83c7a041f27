package service

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/storage"
)

const searchFolder = "searches"

// keepSearch stores the signed report under its number. The number says what
// the search does: whatever was there already says the same.
func (s *Service) keepSearch(ctx context.Context, r Search) error {
	if _, err := s.o.Vault.Keep(ctx, searchFolder, strings.ToLower(r.Number), []byte(r.Report)); err != nil {
		return fmt.Errorf("keeping search %s: %w", r.Number, refused(err))
	}
	return nil
}

// StoredSearch finds a search by its number, as it was answered, with its
// signed Report. ErrNotFound when there is none. It is for the service's own
// use: whoever has the number may read it.
func (s *Service) StoredSearch(ctx context.Context, number string) (Search, error) {
	n, err := parseNumber(number)
	if err != nil || n.kind != CertificateSearch {
		return Search{}, fmt.Errorf("search %q: %w", number, ErrNotFound)
	}
	report, err := s.o.Vault.Document(ctx, searchFolder, strings.ToLower(n.number))
	if errors.Is(err, storage.ErrNotExist) {
		return Search{}, fmt.Errorf("search %s: %w", n.number, ErrNotFound)
	}
	if err != nil {
		return Search{}, fmt.Errorf("reading search %s: %w", n.number, refused(err))
	}
	return s.believed(ctx, n.number, string(report))
}

// believed reads a stored report whose signature is the custodian's: whoever
// can write into the bucket can put something else there.
func (s *Service) believed(ctx context.Context, number, report string) (Search, error) {
	var r Search
	h, payload, err := splitReport(report)
	if err == nil {
		err = json.Unmarshal(payload, &r)
	}
	if err != nil || h.Typ != ReportType || r.Number != number {
		return Search{}, fmt.Errorf("search %s: %w: what is stored is no report of it", number, storage.ErrCorrupt)
	}
	if err := s.ourReport(ctx, h.KID, report, r.At); err != nil {
		return Search{}, fmt.Errorf("search %s: %w", number, err)
	}
	r.Report = report
	return r, nil
}

func splitReport(report string) (h tokenHeader, payload []byte, err error) {
	parts := strings.Split(report, ".")
	if len(parts) != 3 {
		return h, nil, errors.New("not a compact JWS")
	}
	raw, err := base64.RawURLEncoding.Strict().DecodeString(parts[0])
	if err != nil {
		return h, nil, err
	}
	if err := json.Unmarshal(raw, &h); err != nil {
		return h, nil, err
	}
	payload, err = base64.RawURLEncoding.Strict().DecodeString(parts[1])
	return h, payload, err
}

// ourReport checks a signature against the custodian's keys on the ledger, as
// they were at a time.
func (s *Service) ourReport(ctx context.Context, kid, report, at string) error {
	var party *pledge.Party
	from, err := s.present(ctx)
	if err != nil {
		return err
	}
	if _, err = snapshot(ctx, from, func(v *view) (err error) {
		party, err = v.party(s.o.Custodian.Party())
		return err
	}); err != nil {
		return err
	}
	if party == nil || !signedThen(party.Keys, kid, report, at) {
		return fmt.Errorf("%w: the stored report does not bear the custodian's signature", storage.ErrCorrupt)
	}
	return nil
}

func signedThen(keys []pledge.PartyKey, kid, report, at string) bool {
	for _, k := range keys {
		if k.KID == kid && (k.Revoked == nil || before(at, k.Revoked.At)) && signedBy(report, k) {
			return true
		}
	}
	return false
}

// before says whether an RFC 3339 time comes before another; false of anything else.
func before(a, b string) bool {
	x, err1 := time.Parse(time.RFC3339, a)
	y, err2 := time.Parse(time.RFC3339, b)
	return err1 == nil && err2 == nil && x.Before(y)
}
