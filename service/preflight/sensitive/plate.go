package sensitive

import "bytes"

// plateForm recognizes a number plate of GA 36-2018 5.9: a province, a letter,
// five letters or digits without I and O (the last may say 警, 学, 挂, 港, 澳 …), or
// six for new energy vehicles, D or F first or last among five digits.
func (x *lexicon) plateForm(b []byte) outcome {
	if len(b) < 9 || len(b) > 14 || !x.head.has(hanzi(b, 0)) || !isUpper(b[3]) || b[3] == 'I' {
		return other
	}
	rest := b[4:]
	for _, sep := range plateSeps {
		rest = bytes.TrimPrefix(rest, sep)
	}
	if bytes.IndexByte(rest, '*') >= 0 && len(rest) <= 6 {
		return masked
	}
	if len(rest) == 7 && x.tail.has(hanzi(rest, 4)) {
		rest = rest[:4]
	} else if len(rest) != 5 && (len(rest) != 6 || !newEnergy(rest)) {
		return other
	}
	return serial(rest)
}

var plateSeps = [][]byte{[]byte("·"), []byte("•"), []byte(" "), []byte("-")}

func newEnergy(b []byte) bool {
	small := isUpper(b[0]) && b[0] <= 'K' && allDigits(b[2:])
	large := isUpper(b[5]) && b[5] <= 'K' && allDigits(b[:5])
	return small || large
}

// serial wants digits, and at most two letters or three with none of I and O.
func serial(b []byte) outcome {
	letters := 0
	for _, c := range b {
		switch {
		case isUpper(c) && c != 'I' && c != 'O':
			letters++
		case !isDigit(c):
			return other
		}
	}
	if letters > 3 {
		return other
	}
	return hit
}

var officerWord = []byte("字第")

// officerForm recognizes 军字第12345678号 and its like: one or two characters,
// 字第, four to eight letters or digits.
func officerForm(b []byte) bool {
	i := bytes.Index(b, officerWord)
	if i < 3 || hanzi(b, i-3) == 0 {
		return false
	}
	n, rest := 0, b[i+len(officerWord):]
	for n < len(rest) && (isDigit(rest[n]) || isAlpha(rest[n])) {
		n++
	}
	return n >= 4 && n <= 8 && i <= 9 && len(rest)-n <= 3
}
