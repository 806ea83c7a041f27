package table

import (
	"sync"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/transform"
)

// pairs holds the letter of every code of two bytes, 0 where there is none:
// most letters of a Chinese file, which would be slow one call at a time.
var pairs = sync.OnceValue(func() *[1 << 16]uint16 {
	table, d := new([1 << 16]uint16), simplifiedchinese.GB18030.NewDecoder()
	for lead := 0x81; lead <= 0xfe; lead++ {
		for trail := 0x40; trail <= 0xfe; trail++ {
			if r := decodeOne(d, []byte{byte(lead), byte(trail)}); r != utf8.RuneError {
				table[lead<<8|trail] = uint16(r)
			}
		}
	}
	return table
})

// decodeOne gives the one letter that code is, RuneError if it is none.
func decodeOne(d transform.Transformer, code []byte) rune {
	var dst [16]byte
	d.Reset()
	n, _, err := d.Transform(dst[:], code, true)
	r, size := utf8.DecodeRune(dst[:n])
	if err != nil || size != n || r > 0xffff && len(code) == 2 {
		return utf8.RuneError
	}
	return r
}

// decodeGB18030 gives a decoder that, unlike the library's, stops at a code
// that is no letter.
func decodeGB18030() decoder {
	table, d := pairs(), simplifiedchinese.GB18030.NewDecoder()
	return func(dst, src []byte) ([]byte, int, bool) {
		out, n := dst[:0], 0
		for n < len(src) {
			if b := src[n]; b < utf8.RuneSelf {
				out, n = append(out, b), n+1
				continue
			}
			size := codeSize(src[n:])
			if size == 0 {
				break
			}
			r, ok := letter(table, d, src[n:n+size])
			if !ok {
				return out, n, true
			}
			out, n = utf8.AppendRune(out, r), n+size
		}
		return out, n, false
	}
}

// codeSize is how many bytes the code at the front has: 0 if it is cut off.
func codeSize(src []byte) int {
	size := 2
	if len(src) > 1 && src[1] >= '0' && src[1] <= '9' {
		size = 4
	}
	if len(src) < size {
		return 0
	}
	return size
}

func letter(table *[1 << 16]uint16, d transform.Transformer, code []byte) (rune, bool) {
	if len(code) == 2 {
		r := rune(table[int(code[0])<<8|int(code[1])])
		return r, r != 0
	}
	r := decodeOne(d, code)
	return r, r != utf8.RuneError || string(code) == "\x84\x31\xa4\x37" // which is U+FFFD itself
}
