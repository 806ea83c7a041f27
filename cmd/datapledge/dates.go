package main

import (
	"time"

	"github.com/datapledge/datapledge/service"
)

// begins reads when something begins: RFC 3339, or a date, which means the
// first moment of that day in China.
func begins(flag, text string) (string, error) { return instant(flag, text, service.DayBegins) }

// ends reads when something is over or due: RFC 3339, or a date, which means
// that it lasts through that day in China.
func ends(flag, text string) (string, error) { return instant(flag, text, service.DayEnds) }

func instant(flag, text string, day func(date string) (string, error)) (string, error) {
	if at, err := day(text); err == nil {
		return at, nil
	}
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return "", usagef("-%s: %q is no date (2027-06-30) or time (2027-06-30T00:00:00+08:00)", flag, text)
	}
	return t.UTC().Format(time.RFC3339), nil
}

// at and until show times of the ledger as people in China read them.
func at(recorded string) string    { return service.LegalTime(recorded).EN }
func until(recorded string) string { return service.LegalEnd(recorded).EN }
