package pledge

import "time"

// stampForm is how the ledger writes transaction times: fixed width, so that
// text order is time order.
const stampForm = "2006-01-02T15:04:05.000Z"

// parseTime reads an RFC 3339 time in UTC ("Z"), with up to nine digits of
// fraction and no other liberty. Nothing here happened before 1970: a year
// such as 0001 is an unset field that somebody printed.
func parseTime(s string) (time.Time, bool) {
	const form = "dddd-dd-ddTdd:dd:dd"
	if len(s) < len(form)+1 || s[len(s)-1] != 'Z' || !shaped(s[:len(form)], form) {
		return time.Time{}, false
	}
	if frac := s[len(form) : len(s)-1]; frac != "" && !shaped(frac, ".ddddddddd"[:min(len(frac), 10)]) || frac == "." {
		return time.Time{}, false
	}
	t, err := time.Parse(time.RFC3339Nano, s)
	return t.UTC(), err == nil && t.Year() >= 1970
}

// parseDay also takes a date, which means its first moment in UTC.
func parseDay(s string) (time.Time, bool) {
	if !shaped(s, "dddd-dd-dd") {
		return parseTime(s)
	}
	t, err := time.Parse(time.DateOnly, s)
	return t, err == nil && t.Year() >= 1970
}

// shaped compares s with a form in which d stands for any digit.
func shaped(s, form string) bool {
	if len(s) != len(form) {
		return false
	}
	for i := range len(s) {
		switch {
		case form[i] == 'd':
			if s[i] < '0' || s[i] > '9' {
				return false
			}
		case s[i] != form[i]:
			return false
		}
	}
	return true
}

// stamped reads back what the rules wrote with stampForm.
func stamped(s string) time.Time {
	t, _ := time.Parse(stampForm, s)
	return t
}

// chinaTime has had no summer time since 1991, and tables of zones differ
// between machines: a fixed offset gives every ledger member the same day.
var chinaTime = time.FixedZone("UTC+8", 8*60*60)

// addWorkingDays moves t forward by n days that are not Saturday or Sunday in
// China. Public holidays are announced year by year and are not counted out:
// the rules would differ between members that know them and those that do not.
func addWorkingDays(t time.Time, n int) time.Time {
	t = t.In(chinaTime)
	for n > 0 {
		t = t.AddDate(0, 0, 1)
		if d := t.Weekday(); d != time.Saturday && d != time.Sunday {
			n--
		}
	}
	return t.UTC()
}
