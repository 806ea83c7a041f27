package quality

import "encoding/binary"

// dateKind: 2006-01-02, 2006/01/02 or 2006.01.02, alone or with a time
// after a blank or a T.
func dateKind(cell []byte) Kind {
	if !isDate(cell) {
		return Text
	}
	return afterDay(cell)
}

// afterDay looks at what comes after a day.
func afterDay(cell []byte) Kind {
	if len(cell) == 10 {
		return Date
	}
	if sep := cell[10]; (sep == ' ' || sep == 'T') && clock(cell[11:]) {
		return DateTime
	}
	return Text
}

func isDate(cell []byte) bool {
	_, ok := date(cell)
	return ok
}

// isoDay tells whether a cell begins with a day like 2006-01-02, by looking at
// eight bytes at once.
func isoDay(cell []byte) bool {
	if len(cell) < 10 {
		return false
	}
	const pattern, most = 0x2D30302D30303030, 0x7F76767F76767676 // 0000-00-; what makes a byte overflow that is too large
	w := binary.LittleEndian.Uint64(cell) ^ pattern
	tens, ones := cell[8]-'0', cell[9]-'0'
	if ((w+most)|w)&highs != 0 || tens > 9 || ones > 9 {
		return false
	}
	at := func(i int) int { return int(w >> (8 * i) & 15) }
	return isDay(at(0)*1000+at(1)*100+at(2)*10+at(3), at(5)*10+at(6), int(tens*10+ones))
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
	if !isDay(y, m, d) {
		return 0, false
	}
	return since1970(int64(y), int64(m), int64(d)), true
}

func isDay(y, m, d int) bool {
	leap := y%4 == 0 && (y%100 != 0 || y%400 == 0)
	return m >= 1 && m <= 12 && d >= 1 && d <= monthDays[m] && (m != 2 || d != 29 || leap)
}

var monthDays = [13]int{0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}

// since1970 counts days of the Gregorian calendar; a year begins in March, so
// that the day that only some have comes last.
func since1970(y, m, d int64) int64 {
	if m < 3 {
		y, m = y-1, m+12
	}
	leaps := (y+400)/4 - (y+400)/100 + (y+400)/400 // 400 years more, for none is below zero
	return y*365 + leaps - 97 + (153*m-457)/5 + d - 719469
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
