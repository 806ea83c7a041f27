package sensitive

func isDigit(c byte) bool { return c-'0' < 10 }
func isUpper(c byte) bool { return c-'A' < 26 }
func isAlpha(c byte) bool { return (c|0x20)-'a' < 26 }

func allDigits(b []byte) bool {
	for _, c := range b {
		if !isDigit(c) {
			return false
		}
	}
	return true
}

func two(b []byte) int { return int(b[0]-'0')*10 + int(b[1]-'0') }

// isDate says whether eight digits are a day from 1900 to 2039. There is no
// clock here: the result must be the same on every day.
func isDate(b []byte) bool {
	year, month, day := two(b)*100+two(b[2:]), two(b[4:]), two(b[6:])
	return year >= 1900 && year < 2040 && isDay(year, month, day)
}

var monthDays = [13]int{0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}

func isDay(year, month, day int) bool {
	if month < 1 || month > 12 || day < 1 || day > monthDays[month] {
		return false
	}
	leap := year%4 == 0 && (year%100 != 0 || year%400 == 0)
	return month != 2 || day < 29 || leap
}

// identityForm says whether b has 17 digits and a last digit or X.
func identityForm(b []byte) bool {
	return len(b) == 18 && (isDigit(b[17]) || b[17]|0x20 == 'x') && allDigits(b[:17])
}

var identityWeights = [17]int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2}

// identityCheck is ISO 7064 MOD 11-2 as GB 11643-1999 annex A has it.
func identityCheck(b []byte) bool {
	sum := 0
	for i, w := range identityWeights {
		sum += int(b[i]-'0') * w
	}
	want := "10X98765432"[sum%11]
	return b[17] == want || want == 'X' && b[17] == 'x'
}

// identity recognizes an 18-digit identity number: province, day of birth,
// check digit. It wants an identityForm.
func (x *lexicon) identity(b []byte) outcome { return x.graded(b, b[:2]) }

// residence recognizes a foreigner's permanent residence card: 9, province,
// country, day of birth, check digit as in an identity number; numbers like
// 810000… are those of residents from Hong Kong, and identity numbers.
func (x *lexicon) residence(b []byte) outcome {
	if b[0] != '9' {
		return pool
	}
	return x.graded(b, b[1:3])
}

func (x *lexicon) graded(b, province []byte) outcome {
	switch {
	case !x.province[two(province)] || !isDate(b[6:14]):
		return pool
	case !identityCheck(b):
		return near
	}
	return hit
}

// legacy recognizes the 15-digit number of before 1999, which has no check digit.
func (x *lexicon) legacy(b []byte) bool {
	return len(b) == 15 && allDigits(b) && x.province[two(b)] && isDay(1900+two(b[6:]), two(b[8:]), two(b[10:]))
}
