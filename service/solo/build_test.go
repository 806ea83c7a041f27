package solo

import (
	"bytes"
	"strings"
	"testing"

	"github.com/datapledge/datapledge/pledge"
)

// TestPartsReadBack: whatever the sizes of entries, those that need escapes
// too, a part reads back as what was put, with values where the index says.
func TestPartsReadBack(t *testing.T) {
	for _, size := range []int{0, 1, 100, 16_000, 16_100, 16_150, 16_200, 16_300, 16_384, 40_000, 70_000} {
		for _, filler := range []string{"a", "\x01"} {
			b := newBuilder(3, nil)
			for range 5 {
				b.append(&entry{jws: strings.Repeat(filler, size), commandID: "c", writes: []written{{Write: pledge.Write{Key: "k", Value: []byte(`{"v":1}`)}}}})
			}
			p := &parsed{}
			p.Number = 3
			for i, from := range b.starts {
				to := append(b.starts[1:len(b.starts):len(b.starts)], len(b.buf))[i]
				if err := p.addPart(uint32(i+1), b.buf[from:to]); err != nil {
					t.Fatalf("size %d of %q: %v", size, filler, err)
				}
			}
			if len(p.entries) != 5 || merkleRoot(p.leaves) != merkleRoot(b.leaves) {
				t.Errorf("size %d of %q: %d entries read back", size, filler, len(p.entries))
			}
			for i, at := range b.places {
				at.check = [16]byte{}
				from := b.starts[at.part-1] + int(at.offset)
				if p.places[i][0] != at.location || !bytes.Equal(b.buf[from:from+int(at.size)], []byte(`{"v":1}`)) {
					t.Errorf("size %d of %q: value %d is not at its place", size, filler, i)
				}
			}
		}
	}
}
