package sensitive

// hanziSet is a set of characters of the block U+4E00 to U+9FFF.
type hanziSet [0x5200 / 64]uint64

func (h *hanziSet) add(text string) {
	for _, r := range text {
		i := r - 0x4E00
		h[i/64] |= 1 << (i % 64)
	}
}

func (h *hanziSet) has(r rune) bool {
	i := uint32(r - 0x4E00)
	return i < 0x5200 && h[i/64]&(1<<(i%64)) != 0
}

// hanzi decodes the character at b[i:], three bytes of UTF-8; 0 when it is
// none of the block.
func hanzi(b []byte, i int) rune {
	if i+3 > len(b) || b[i] < 0xE4 || b[i] > 0xE9 || b[i+1]&0xC0 != 0x80 || b[i+2]&0xC0 != 0x80 {
		return 0
	}
	r := rune(b[i]&15)<<12 | rune(b[i+1]&63)<<6 | rune(b[i+2]&63)
	if r < 0x4E00 {
		return 0
	}
	return r
}
