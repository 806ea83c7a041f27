package main

import (
	"strings"
	"testing"
)

// A date is that day in China: it begins at 16:00 UTC of the day before, and
// what ends or is due on it lasts through it.
func TestDatesAreDaysInChina(t *testing.T) {
	for text, want := range map[string][2]string{
		"2027-06-30":                {"2027-06-29T16:00:00Z", "2027-06-30T16:00:00Z"},
		"2027-06-30T12:00:00+08:00": {"2027-06-30T04:00:00Z", "2027-06-30T04:00:00Z"},
		"2027-06-30T00:00:00Z":      {"2027-06-30T00:00:00Z", "2027-06-30T00:00:00Z"},
	} {
		from, err1 := begins("registered-at", text)
		to, err2 := ends("term-end", text)
		if from != want[0] || to != want[1] || err1 != nil || err2 != nil {
			t.Errorf("%s: got %s to %s, %v, %v, want %v", text, from, to, err1, err2, want)
		}
	}
	for _, text := range []string{"", "tomorrow", "2027-06-31", "2027-06-30 12:00", "30.6.2027"} {
		if got, err := ends("matures", text); err == nil || !strings.Contains(err.Error(), "-matures") {
			t.Errorf("%q: got %s, %v, want that the flag holds no date", text, got, err)
		}
	}
}
