package service

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/datapledge/datapledge/pledge"
)

const (
	eventPage      = 200
	eventHeartbeat = 15 * time.Second
)

// Events calls fn for every committed command after the cursor that the
// caller may see, in ledger order. When follow is false it ends at the newest
// one; else it waits for more until ctx or the caller's token ends, and calls
// idle while there are none, so that a broken connection is noticed. A key
// that is revoked meanwhile gets no more events.
func (s *Service) Events(ctx context.Context, c Caller, after string, follow bool, fn func(Event) error, idle func() error) error {
	if err := c.may(UseEvents, "the stream of events"); err != nil {
		return err
	}
	for {
		// The head first: what commits meanwhile is listed, or waited for.
		head, err := s.o.Index.Head(ctx)
		if err != nil {
			return fmt.Errorf("reading the index: %w", err)
		}
		list, err := s.o.Index.Events(ctx, Page{Limit: eventPage, Cursor: after})
		if err != nil {
			return fmt.Errorf("reading events: %w", err)
		}
		if err := s.still(ctx, c); err != nil {
			if follow && errors.Is(err, pledge.Stale) {
				return nil // the caller resumes with a new token
			}
			return err
		}
		for _, e := range list {
			after = e.Cursor
			if !s.seesEvent(c, e) {
				continue
			}
			if err := fn(e); err != nil {
				return err
			}
		}
		if len(list) > 0 {
			continue
		}
		if !follow {
			return nil
		}
		if _, err := s.blockAfter(ctx, head, c.Expires, idle); err != nil {
			return err
		}
	}
}

// seesEvent holds an event to the same rules as the record that it changed.
// The parties of a custody receipt for a pledge are that pledge's.
func (s *Service) seesEvent(c Caller, e Event) bool {
	return c.Party != "" && e.By == c.Party || s.sees(c, e.RecordID, e.Record)
}

// sees says whether the caller may see a record, by its id and content.
func (s *Service) sees(c Caller, id string, record json.RawMessage) bool {
	switch {
	case strings.HasPrefix(id, "as_"):
		a, err := pledge.DecodeAsset(record)
		return err == nil && c.can(UseAssetRead, c.toAsset(a)...)
	case strings.HasPrefix(id, "pl_"):
		p, err := pledge.DecodePledge(record)
		return err == nil && c.can(UsePledgeRead, c.toPledge(p, "")...)
	case pledge.CheckUSCC(id) == nil:
		return c.can(UsePartyRead)
	}
	return false
}
