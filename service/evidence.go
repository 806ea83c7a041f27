package service

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/datapledge/datapledge/pledge"
)

// Evidence writes the evidence package 证据包 of an asset, a pledge, a party or,
// by its number, a search, for whoever may see the record.
func (s *Service) Evidence(ctx context.Context, c Caller, w io.Writer, id string) error {
	err := s.evidence(ctx, c, w, id)
	s.auditAct(ctx, "evidence", c, err, "record_id", id)
	return err
}

func (s *Service) evidence(ctx context.Context, c Caller, w io.Writer, id string) error {
	if err := s.mayProve(ctx, c, id); err != nil {
		return err
	}
	if s.o.Evidence == nil {
		return fmt.Errorf("writing evidence: %w", ErrUnavailable)
	}
	if s.o.Index.Regressed() != nil {
		return fmt.Errorf("writing evidence: %w", ErrRegressed)
	}
	// The package is read from the index: it must not miss the newest block.
	if _, err := s.settled(ctx); err != nil {
		return err
	}
	if err := s.o.Evidence.Write(ctx, w, id); err != nil {
		return fmt.Errorf("writing evidence of %s: %w", id, err)
	}
	return nil
}

func (s *Service) mayProve(ctx context.Context, c Caller, id string) error {
	switch {
	case strings.HasPrefix(id, "as_"):
		_, _, err := s.assetAt(ctx, c, UseAssetRead, id, "")
		return err
	case strings.HasPrefix(id, "pl_"):
		_, err := s.Pledge(ctx, c, id, "")
		return err
	case strings.HasPrefix(id, "S-"):
		return s.mayProveSearch(ctx, c, id)
	case pledge.CheckUSCC(id) == nil:
		_, err := s.Party(ctx, c, id)
		return err
	}
	return pledge.Errorf(pledge.NotFound, "no record %s", id)
}

// mayProveSearch: a number is passed on like the report itself, but the package
// shows the commands of the assets that it names.
func (s *Service) mayProveSearch(ctx context.Context, c Caller, number string) error {
	if err := c.may(UseSearch, "search "+number); err != nil {
		return err
	}
	r, err := s.StoredSearch(ctx, number)
	if err != nil {
		return err
	}
	for _, a := range r.Assets {
		if err := c.may(UseAssetRead, "the evidence of a search that names asset "+a.AssetID, c.to(map[Who]string{Owner: a.Owner})...); err != nil {
			return err
		}
	}
	return nil
}
