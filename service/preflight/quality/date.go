package quality

import "time"

// dateKind: 2006-01-02, 2006/01/02 or 2006.01.02, alone or with a time
// after a blank or a T.
func dateKind(cell []byte) Kind {
	if _, ok := date(cell); !ok {
		return Text
	}
	if len(cell) == 10 {
		return Date
	}
	if sep := cell[10]; (sep == ' ' || sep == 'T') && clock(cell[11:]) {
		return DateTime
	}
	return Text
}

// date is the day at the beginning of a cell: days since 1970-01-01.
func date(cell []byte) (int64, bool) {
	if len(cell) == 8 {
		return day(cell[:4], cell[4:6], cell[6:8])
	}
	if len(cell) < 10 || cell[4] != cell[7] || cell[4] != '-' && cell[4] != '/' && cell[4] != '.' {
		return 0, false
	}
	return day(cell[:4], cell[5:7], cell[8:10])
}

func day(year, month, of []byte) (int64, bool) {
	if !digits(year) || !digits(month) || !digits(of) {
		return 0, false
	}
	y, m, d := small(year), small(month), small(of)
	if m < 1 || m > 12 || d < 1 || d > 31 {
		return 0, false
	}
	t := time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC)
	if t.Day() != d { // the 31st of a short month
		return 0, false
	}
	return t.Unix() / 86400, true
}

func small(digits []byte) (n int) {
	for _, c := range digits {
		n = n*10 + int(c-'0')
	}
	return n
}

// clock tells whether s is 15:04[:05[.000]], alone or with a zone.
func clock(s []byte) bool {
	if len(s) < 5 || s[2] != ':' || !digits(s[:2]) || !digits(s[3:5]) || small(s[:2]) > 23 || small(s[3:5]) > 59 {
		return false
	}
	s = s[5:]
	if len(s) >= 3 && s[0] == ':' && digits(s[1:3]) && small(s[1:3]) <= 60 {
		s = s[3:]
		if len(s) > 1 && s[0] == '.' {
			n := 1
			for n < len(s) && s[n] >= '0' && s[n] <= '9' {
				n++
			}
			s = s[n:]
		}
	}
	return zone(s)
}

func zone(s []byte) bool {
	switch {
	case len(s) == 0 || len(s) == 1 && s[0] == 'Z':
		return true
	case len(s) == 6 && (s[0] == '+' || s[0] == '-'):
		return digits(s[1:3]) && s[3] == ':' && digits(s[4:])
	}
	return false
}
