package sensitive

import (
	"bytes"

	"github.com/datapledge/datapledge/service/preflight/table"
)

// widePiece is how much of a text is made narrow at once, and wideOverlap how
// much of it is read again, so that no number is cut in two.
const (
	widePiece   = 4096
	wideOverlap = 256
)

// widened reads text in which digits may be written fullwidth, １３８: U+FF10 on.
func (s *Scanner) widened(b []byte, class table.Class) {
	if !hasWide(b) {
		if class&(table.Digit|table.At|table.Star) != 0 {
			s.running(b, class)
		}
		return
	}
	if s.wide == nil {
		s.wide = make([]byte, 0, widePiece)
	}
	for {
		piece := b[:min(len(b), widePiece)]
		s.wide = narrow(s.wide[:0], piece)
		s.running(s.wide, class|table.Digit)
		if len(piece) == len(b) {
			return
		}
		b = b[widePiece-wideOverlap:]
	}
}

func hasWide(b []byte) bool {
	for i := 0; i+2 < len(b); i++ {
		n := bytes.IndexByte(b[i:], 0xEF)
		if n < 0 {
			return false
		}
		if i += n; i+2 < len(b) && b[i+1] == 0xBC && b[i+2] >= 0x90 && b[i+2] <= 0x99 {
			return true
		}
	}
	return false
}

func narrow(dst, b []byte) []byte {
	for i := 0; i < len(b); i++ {
		if b[i] == 0xEF && i+2 < len(b) && b[i+1] == 0xBC && b[i+2] >= 0x90 && b[i+2] <= 0x99 {
			dst = append(dst, b[i+2]-0x90+'0')
			i += 2
			continue
		}
		dst = append(dst, b[i])
	}
	return dst
}
