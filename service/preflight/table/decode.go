package table

import (
	"encoding/binary"
	"unicode/utf16"
	"unicode/utf8"
)

func decodeASCII(_, src []byte) ([]byte, int, bool) { return src, len(src), false }

func isASCII(b []byte) bool {
	for ; len(b) >= 8; b = b[8:] {
		if binary.LittleEndian.Uint64(b)&0x8080808080808080 != 0 {
			return false
		}
	}
	for _, c := range b {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// halfLetter is how many bytes at the end of b begin a letter that b cuts off.
func halfLetter(b []byte) int {
	for n := 1; n <= min(utf8.UTFMax-1, len(b)); n++ {
		tail := b[len(b)-n:]
		if utf8.RuneStart(tail[0]) {
			if utf8.FullRune(tail) {
				return 0
			}
			return n
		}
	}
	return 0
}

// decodeUTF8 checks and copies nothing.
func decodeUTF8(_, src []byte) ([]byte, int, bool) {
	whole := src[:len(src)-halfLetter(src)]
	if utf8.Valid(whole) {
		return whole, len(whole), false
	}
	n := 0
	for {
		r, size := utf8.DecodeRune(whole[n:])
		if r == utf8.RuneError && size <= 1 {
			return whole[:n], n, true
		}
		n += size
	}
}

// decodeUTF16 decodes pairs of bytes; low is which of the two is the low one's
// place: 0 in little endian, 1 in big endian.
func decodeUTF16(low int) decoder {
	return func(dst, src []byte) ([]byte, int, bool) {
		out, n := dst[:0], 0
		for n+2 <= len(src) {
			r, size := rune(src[n+low])|rune(src[n+1-low])<<8, 2
			if utf16.IsSurrogate(r) {
				if n+4 > len(src) {
					break
				}
				r, size = utf16.DecodeRune(r, rune(src[n+2+low])|rune(src[n+3-low])<<8), 4
				if r == utf8.RuneError {
					return out, n, true
				}
			}
			out, n = utf8.AppendRune(out, r), n+size
		}
		return out, n, false
	}
}
