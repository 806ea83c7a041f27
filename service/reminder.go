package service

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/datapledge/datapledge/pledge"
)

// Reminder 提醒 tells a party that a term of its record ends soon, or is over. It
// follows from the records alone: nothing of it is stored, and it is the same on
// every replica and after each restart.
type Reminder struct {
	ID        string `json:"reminder_id"`
	To        string `json:"to"` // USCC
	Kind      string `json:"kind"`
	RecordID  string `json:"record_id"`
	AssetID   string `json:"asset_id"`
	Objection string `json:"objection_id,omitempty"`
	// Due is when the term ends, Since from when on this is told: Days before.
	Due   string `json:"due"`
	Since string `json:"since"`
	Days  int    `json:"days"`
	Why   Text   `json:"why"`

	since time.Time
}

// ActReminder stands in the place of an act where reminders are delivered
// together with notices.
const ActReminder pledge.Act = "reminder"

// remindDays says how many days before the end of a term its parties are told
// (LAW.md, parity 4). Working days span weekends: 5 of them 7 days, 10 of them 14.
func remindDays(kind string) []int {
	switch kind {
	case pledge.ClockExpiry, pledge.ClockCertificate, pledge.ClockTerm:
		return []int{180, 30, 7, 0}
	case pledge.ClockFiling:
		return []int{5, 0}
	case pledge.ClockRelease:
		return []int{12, 0}
	}
	return []int{7, 0}
}

// allDays are all that remindDays may say.
var allDays = []int{180, 30, 12, 7, 5, 0}

// mostDays is the longest before the end that anybody is told.
const mostDays = 180

func daysBefore(t time.Time, n int) time.Time { return t.AddDate(0, 0, -n) }

// reminder of a clock for a party, told days before its end.
func (c Clock) reminder(to string, days int) Reminder {
	since := daysBefore(c.At, days)
	r := Reminder{To: to, Kind: c.Kind, RecordID: c.RecordID, AssetID: c.AssetID, Objection: c.Objection,
		Due: c.At.Format(time.RFC3339), Since: since.Format(time.RFC3339), Days: days, since: since}
	sum := sha256.Sum256([]byte(strings.Join([]string{r.To, r.Kind, r.RecordID, r.Objection, r.Due, strconv.Itoa(days)}, "\n")))
	r.ID, r.Why = "rm_"+hex.EncodeToString(sum[:13]), r.words()
	return r
}

// standing is the reminder that a party has of a clock now, if any: the last
// one that was told.
func (c Clock) standing(to string, now time.Time) (Reminder, bool) {
	days := remindDays(c.Kind)
	for _, n := range slices.Backward(days) {
		if !daysBefore(c.At, n).After(now) {
			return c.reminder(to, n), true
		}
	}
	return Reminder{}, false
}

// Reminders lists what ends soon, or is over, of the caller's pledges and
// assets: by when it ends. A page may be short, and even empty, before the last.
func (s *Service) Reminders(ctx context.Context, c Caller, p Page) ([]Reminder, string, error) {
	if err := c.may(UseReminders, "the list of reminders"); err != nil {
		return nil, "", err
	}
	if _, err := s.settled(ctx); err != nil {
		return nil, "", err
	}
	now := s.now()
	clocks, next, err := s.o.Index.Clocks(ctx, ClockQuery{Party: c.Party, Until: now.AddDate(0, 0, mostDays), Page: p})
	if err != nil {
		return nil, "", fmt.Errorf("listing reminders: %w", err)
	}
	list := []Reminder{}
	for _, clock := range clocks {
		if r, ok := clock.standing(c.Party, now); ok {
			list = append(list, r)
		}
	}
	return list, next, nil
}

// Reminded lists the reminders of all parties that are told after one moment and
// up to another, in that order. Whoever hands them on keeps the moment up to
// which it asked; one that is asked for twice has the same id. While the index
// lags it refuses: what is left out now would not be asked for again.
func (s *Service) Reminded(ctx context.Context, after, until time.Time) ([]Reminder, error) {
	if s.o.Index.Regressed() != nil {
		return nil, ErrRegressed
	}
	if _, err := s.settled(ctx); err != nil {
		return nil, err
	}
	var list []Reminder
	for _, days := range allDays {
		q := ClockQuery{After: after.AddDate(0, 0, days), Until: until.AddDate(0, 0, days), Page: Page{Limit: maxLimit}}
		for {
			clocks, next, err := s.o.Index.Clocks(ctx, q)
			if err != nil {
				return nil, fmt.Errorf("listing reminders: %w", err)
			}
			for _, c := range clocks {
				list = append(list, c.toldBefore(days)...)
			}
			if q.Cursor = next; next == "" {
				break
			}
		}
	}
	slices.SortFunc(list, func(a, b Reminder) int { return cmp.Or(a.since.Compare(b.since), strings.Compare(a.ID, b.ID)) })
	return list, nil
}

// toldBefore are the reminders of a clock so many days before, for each side.
func (c Clock) toldBefore(days int) (list []Reminder) {
	if !slices.Contains(remindDays(c.Kind), days) {
		return nil
	}
	for _, to := range []string{c.Pledgor, c.Pledgee} {
		if to != "" {
			list = append(list, c.reminder(to, days))
		}
	}
	return list
}
