package pledge

import (
	"strconv"
	"strings"
	"time"
)

// addPeriod adds an ISO 8601 duration of years, months, weeks and days, such
// as P1M, to a time; ok is false of anything else, and of nothing.
func addPeriod(t time.Time, period string) (due time.Time, ok bool) {
	rest, found := strings.CutPrefix(period, "P")
	if !found || rest == "" {
		return t, false
	}
	var n [4]int // years, months, weeks, days
	from := 0
	for rest != "" {
		i := strings.IndexFunc(rest, func(r rune) bool { return r < '0' || r > '9' })
		if i < 1 || i > 4 {
			return t, false
		}
		unit := strings.IndexByte("YMWD"[from:], rest[i])
		if unit < 0 {
			return t, false
		}
		from += unit
		n[from], _ = strconv.Atoi(rest[:i])
		from, rest = from+1, rest[i+1:]
	}
	due = t.AddDate(n[0], n[1], 7*n[2]+n[3])
	return due, due.After(t)
}
