package service

import (
	"fmt"
	"time"
)

// legalZone is the legal time of China, UTC+8 without summer time. It needs no
// table of zones, so it is the same on every machine.
var legalZone = time.FixedZone("UTC+8", 8*60*60)

// DayBegins is the first moment of a day (2027-06-30) in the legal time of
// China, as an RFC 3339 time in UTC, which is how the ledger takes times.
func DayBegins(date string) (string, error) { return ledgerTime(date, 0) }

// DayEnds is the moment at which a day is over: its last moment is 24:00
// (民法典 art. 203), which is when the next day begins.
func DayEnds(date string) (string, error) { return ledgerTime(date, 1) }

func ledgerTime(date string, days int) (string, error) {
	day, err := time.ParseInLocation(time.DateOnly, date, legalZone)
	if err != nil {
		return "", fmt.Errorf("%q is no date (2027-06-30)", date)
	}
	return day.AddDate(0, 0, days).UTC().Format(time.RFC3339), nil
}

// LegalTime shows a time of the ledger in the legal time of China, with the
// time as recorded behind it. What is neither a time nor a date stays as it is.
func LegalTime(recorded string) Text { return legalTime(recorded, false) }

// LegalEnd shows the end of a term: midnight as 24:00 of the day that it ends,
// as a term lasts through its last day.
func LegalEnd(recorded string) Text { return legalTime(recorded, true) }

func legalTime(recorded string, end bool) Text {
	t, err := recordedTime(recorded)
	if err != nil {
		return verbatim(recorded)
	}
	t = t.In(legalZone)
	shown := t.Format(time.DateTime)
	if end && t.Equal(t.Truncate(time.Second)) && t.Format(time.TimeOnly) == "00:00:00" {
		shown = t.AddDate(0, 0, -1).Format(time.DateOnly) + " 24:00:00"
	}
	return inBoth("%s 北京时间 (%s)", "%s Beijing time (%s)", shown, recorded)
}

// recordedTime reads what the ledger takes for a time: RFC 3339, or a date,
// which there means its first moment in UTC.
func recordedTime(recorded string) (time.Time, error) {
	t, err := time.Parse(time.RFC3339, recorded)
	if err != nil {
		t, err = time.Parse(time.DateOnly, recorded)
	}
	return t, err
}
