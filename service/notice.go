package service

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/datapledge/datapledge/pledge"
)

// Notice 通知 tells a party of a committed act of somebody else that touches
// it. There is at most one of each act for each party: for the nearest reason.
type Notice struct {
	// ID is the command's: the same on every replica, and after each rebuild.
	ID string `json:"notice_id"`
	// Cursor resumes after it; the cursors of events are the same ones.
	Cursor   string          `json:"cursor"`
	To       string          `json:"to"` // USCC
	Position pledge.Position `json:"position"`
	Act      pledge.Act      `json:"act"`
	By       string          `json:"by"` // USCC
	RecordID string          `json:"record_id"`
	At       string          `json:"at"`
	// Reason is why it was told, and Subject the record by which it is touched:
	// RecordID, or one of the party's own.
	Reason  Reason `json:"reason"`
	Subject string `json:"subject"`
	Why     Text   `json:"why"`
	// Statement is where the verification statement is fetched.
	Statement string `json:"statement"`
}

// Told is a committed event with the notices that were made of it.
type Told struct {
	Cursor  string
	Height  uint64
	Notices []Notice
}

// noticesOf makes the notices of an event, in the order of its relations.
func (s *Service) noticesOf(ctx context.Context, e Event) ([]Notice, error) {
	list, err := s.touched(ctx, e)
	if err != nil {
		return nil, fmt.Errorf("finding whom %s touches: %w", e.CommandID, err)
	}
	notices := make([]Notice, len(list))
	for i, t := range list {
		notices[i] = Notice{ID: e.CommandID, Cursor: e.Cursor, To: t.party, Position: e.Position, Act: e.Act, By: e.By, RecordID: e.RecordID, At: e.At,
			Reason: t.reason, Subject: t.subject, Why: whyOf(t.reason, e.Act), Statement: "/v1/notices/" + e.CommandID + "/statement"}
	}
	return notices, nil
}

// Told lists the next events after a cursor with their notices, in ledger
// order, and waits until there is one. Of events in blocks up to since nobody
// is to be told: their notices are left out.
func (s *Service) Told(ctx context.Context, after string, since uint64) ([]Told, error) {
	for {
		list, head, err := s.eventsAfter(ctx, after)
		if err != nil {
			return nil, err
		}
		if len(list) > 0 {
			return s.tell(ctx, list, since)
		}
		if err := s.o.Index.WaitFor(ctx, head.Height+1); err != nil {
			return nil, fmt.Errorf("waiting for events: %w", err)
		}
	}
}

// eventsAfter reads the head first: what commits meanwhile is in the list, or
// beyond the head that is then waited for.
func (s *Service) eventsAfter(ctx context.Context, after string) ([]Event, Head, error) {
	if s.o.Index.Regressed() != nil {
		return nil, Head{}, ErrRegressed
	}
	head, err := s.o.Index.Head(ctx)
	if err != nil {
		return nil, head, fmt.Errorf("reading the index: %w", err)
	}
	list, err := s.o.Index.Events(ctx, Page{Limit: eventPage, Cursor: after})
	if err != nil {
		return nil, head, fmt.Errorf("reading events: %w", err)
	}
	return list, head, nil
}

func (s *Service) tell(ctx context.Context, list []Event, since uint64) (told []Told, err error) {
	for _, e := range list {
		t := Told{Cursor: e.Cursor, Height: e.Position.Block}
		if e.Position.Block > since {
			if t.Notices, err = s.noticesOf(ctx, e); err != nil {
				return nil, err
			}
		}
		told = append(told, t)
	}
	return told, nil
}

// Notices calls fn for every notice to the caller after the cursor, in ledger
// order. When follow is false it ends at the newest one; else it waits for
// more until ctx or the caller's token ends, and calls idle while there are
// none. A key that is revoked meanwhile gets no more.
func (s *Service) Notices(ctx context.Context, c Caller, after string, follow bool, fn func(Notice) error, idle func() error) error {
	if err := c.may(UseNotices, "the list of notices"); err != nil {
		return err
	}
	for {
		list, head, err := s.eventsAfter(ctx, after)
		if err != nil {
			return err
		}
		if err := s.still(ctx, c); err != nil {
			if follow && errors.Is(err, pledge.Stale) {
				return nil // the caller resumes with a new token
			}
			return err
		}
		for _, e := range list {
			after = e.Cursor
			if err := s.noticeTo(ctx, c.Party, e, fn); err != nil {
				return err
			}
		}
		if len(list) > 0 {
			continue
		}
		if !follow {
			return nil
		}
		if more, err := s.blockAfter(ctx, head, c.Expires, idle); err != nil || !more {
			return err
		}
	}
}

func (s *Service) noticeTo(ctx context.Context, party string, e Event, fn func(Notice) error) error {
	if e.By == party {
		return nil
	}
	list, err := s.noticesOf(ctx, e)
	if err != nil {
		return err
	}
	for _, n := range list {
		if n.To == party {
			return fn(n)
		}
	}
	return nil
}

// blockAfter waits until the index goes beyond head, or says that end came.
func (s *Service) blockAfter(ctx context.Context, head Head, end time.Time, idle func() error) (more bool, err error) {
	for {
		left := end.Sub(s.now())
		if left <= 0 {
			return false, nil
		}
		wait, cancel := context.WithTimeout(ctx, min(left, eventHeartbeat))
		err := s.o.Index.WaitFor(wait, head.Height+1)
		over := wait.Err() != nil
		cancel()
		switch {
		case err == nil:
			return true, nil
		case ctx.Err() != nil:
			return false, ctx.Err()
		case !over:
			return false, fmt.Errorf("waiting for notices: %w", err)
		}
		if err := idle(); err != nil {
			return false, err
		}
	}
}
