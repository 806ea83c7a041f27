package table

import (
	"bytes"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"
	"unicode/utf8"
)

// moment is what a number format makes of a number.
type moment int

const (
	notMoment moment = iota
	dateOnly
	timeOnly
	dateAndTime
)

// momentOf says it for the format of an id; those that files need not spell
// out are in ECMA-376 part 1, 18.8.30, and for Chinese besides.
func momentOf(id, code string) moment {
	if code != "" {
		return momentOfCode(code)
	}
	switch n, _ := strconv.Atoi(id); {
	case n >= 14 && n <= 17, n >= 27 && n <= 31, n == 36, n >= 50 && n <= 54, n == 57, n == 58:
		return dateOnly
	case n >= 18 && n <= 21, n >= 32 && n <= 35, n == 45, n == 47, n == 55, n == 56:
		return timeOnly
	case n == 22:
		return dateAndTime
	}
	return notMoment
}

func momentOfCode(code string) moment {
	code = strings.ToLower(bare(code))
	if strings.Contains(code, "general") {
		return notMoment
	}
	clock := strings.ContainsAny(code, "hs")
	day := strings.ContainsAny(code, "yd") || !clock && strings.Contains(code, "m")
	switch {
	case day && clock:
		return dateAndTime
	case day:
		return dateOnly
	case clock:
		return timeOnly
	}
	return notMoment
}

// bare is the first section of a format without literals and brackets.
func bare(code string) string {
	var out strings.Builder
	for i := 0; i < len(code) && code[i] != ';'; i++ {
		switch code[i] {
		case '\\', '_', '*':
			i++
		case '"', '[':
			end := map[byte]string{'"': `"`, '[': "]"}[code[i]]
			n := strings.Index(code[i+1:], end)
			if n < 0 {
				return out.String()
			}
			if code[i] == '[' && strings.Trim(code[i+1:i+1+n], "hmsHMS") == "" {
				out.WriteByte('s') // a time that counts on, such as [h]
			}
			i += n + 1
		default:
			out.WriteByte(code[i])
		}
	}
	return out.String()
}

// appendMoment appends a number of days as the moment that it is: days since
// the epoch, to the millisecond. Numbers that no calendar has stay numbers.
func appendMoment(dst []byte, days float64, m moment, epoch int) ([]byte, bool) {
	const last = 2958466 // 10000-01-01
	if days < 0 || days >= last || m == timeOnly && days >= 1 {
		return dst, false
	}
	begin := time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)
	if epoch == 1900 {
		begin = time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
		if days < 60 { // 1900 is a leap year there
			begin = begin.AddDate(0, 0, 1)
		}
	}
	whole := math.Floor(days)
	millis := time.Duration(math.Round((days-whole)*86400e3)) * time.Millisecond
	layout := map[moment]string{dateOnly: time.DateOnly, timeOnly: "15:04:05.999", dateAndTime: time.RFC3339Nano}[m]
	return begin.AddDate(0, 0, int(whole)).Add(millis).AppendFormat(dst, layout), true
}

// unescape puts in the letters that a text of a workbook has as _xHHHH_.
func unescape(text []byte) []byte {
	if !bytes.Contains(text, []byte("_x")) {
		return text
	}
	var out []byte
	var units []uint16
	for len(text) > 0 {
		if n, err := strconv.ParseUint(string(code(text)), 16, 16); err == nil {
			units, text = append(units, uint16(n)), text[7:]
			continue
		}
		out = flush(out, units)
		units = units[:0]
		out, text = append(out, text[0]), text[1:]
	}
	return flush(out, units)
}

func code(text []byte) []byte {
	if len(text) >= 7 && text[0] == '_' && text[1] == 'x' && text[6] == '_' {
		return text[2:6]
	}
	return nil
}

func flush(out []byte, units []uint16) []byte {
	for _, r := range utf16.Decode(units) {
		out = utf8.AppendRune(out, r)
	}
	return out
}
