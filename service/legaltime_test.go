package service

import "testing"

// A day is that of China: from 16:00 UTC of the day before to 16:00 UTC.
func TestDaysAreThoseOfChina(t *testing.T) {
	for date, want := range map[string][2]string{
		"2027-06-30": {"2027-06-29T16:00:00Z", "2027-06-30T16:00:00Z"},
		"2027-01-01": {"2026-12-31T16:00:00Z", "2027-01-01T16:00:00Z"},
		"2028-02-29": {"2028-02-28T16:00:00Z", "2028-02-29T16:00:00Z"},
		"1988-07-01": {"1988-06-30T16:00:00Z", "1988-07-01T16:00:00Z"}, // there was summer time in China then
	} {
		begins, err1 := DayBegins(date)
		ends, err2 := DayEnds(date)
		if begins != want[0] || ends != want[1] || err1 != nil || err2 != nil {
			t.Errorf("%s: got %s to %s, %v, %v, want %v", date, begins, ends, err1, err2, want)
		}
	}
	for _, wrong := range []string{"", "tomorrow", "2027-02-29", "2027-6-30", "2027-06-30T00:00:00Z"} {
		if got, err := DayEnds(wrong); err == nil {
			t.Errorf("%q: got %s, want that it is no date", wrong, got)
		}
	}
}

// What was given as a day is shown as that day, and as the end of it.
func TestLegalTime(t *testing.T) {
	begins, _ := DayBegins("2027-06-30")
	ends, _ := DayEnds("2027-06-30")
	for _, c := range []struct{ got, want Text }{
		{LegalTime(begins), Text{"2027-06-30 00:00:00 北京时间 (2027-06-29T16:00:00Z)", "2027-06-30 00:00:00 Beijing time (2027-06-29T16:00:00Z)"}},
		{LegalEnd(ends), Text{"2027-06-30 24:00:00 北京时间 (2027-06-30T16:00:00Z)", "2027-06-30 24:00:00 Beijing time (2027-06-30T16:00:00Z)"}},
		{LegalEnd("2027-03-01"), Text{"2027-03-01 08:00:00 北京时间 (2027-03-01)", "2027-03-01 08:00:00 Beijing time (2027-03-01)"}},
		{LegalEnd("2027-06-30T16:00:00.001Z"), Text{"2027-07-01 00:00:00 北京时间 (2027-06-30T16:00:00.001Z)", "2027-07-01 00:00:00 Beijing time (2027-06-30T16:00:00.001Z)"}},
		{LegalTime("2026-12-31T23:59:59.000Z"), Text{"2027-01-01 07:59:59 北京时间 (2026-12-31T23:59:59.000Z)", "2027-01-01 07:59:59 Beijing time (2026-12-31T23:59:59.000Z)"}},
		{LegalTime("soon"), Text{"soon", "soon"}},
		{LegalEnd(""), Text{}},
	} {
		if c.got != c.want {
			t.Errorf("got %+v, want %+v", c.got, c.want)
		}
	}
}
