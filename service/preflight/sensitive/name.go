package sensitive

import "bytes"

// nameForm recognizes a Chinese name of two to four characters: a surname and
// then characters that given names are made of, and the masked forms 张*, 张**,
// 张某, 张某某, *伟. Names of places and colours have surnames' characters too,
// therefore a given name needs a frequent character, all of one or two.
func (x *lexicon) nameForm(b []byte) outcome {
	first := hanzi(b, 0)
	switch {
	case len(b) < 4 || len(b) > 12:
		return other
	case b[0] == '*':
		return maskedEnd(b)
	case first == 0:
		return other
	case mayVeil[b[3]] && x.veiled(b[3:]) || titled(b):
		return masked
	case len(b) > 6 && x.compound[[6]byte(b)]:
		return x.givenForm(b[6:])
	case len(b)%3 != 0 || len(b) > 9 || !x.surname.has(first):
		return other
	}
	return x.givenForm(b[3:])
}

func (x *lexicon) givenForm(given []byte) outcome {
	if mayVeil[given[0]] && x.veiled(given) {
		return masked
	}
	for i := 0; i < len(given); i += 3 {
		if !x.given.has(hanzi(given, i)) {
			return other
		}
	}
	return hit
}

var titles = [][]byte{[]byte("先生"), []byte("女士"), []byte("小姐"), []byte("同学"), []byte("老师")}

// endsTitle marks the last bytes of the titles.
var endsTitle = func() (t [256]bool) {
	for _, title := range titles {
		t[title[len(title)-1]] = true
	}
	return t
}()

// titled says whether a title stands for the given name: 张先生.
func titled(b []byte) bool {
	if len(b) < 9 || !endsTitle[b[len(b)-1]] {
		return false
	}
	for _, t := range titles {
		if bytes.HasSuffix(b, t) {
			return true
		}
	}
	return false
}

func allHanzi(b []byte) bool {
	for i := 0; i < len(b); i += 3 {
		if hanzi(b, i) == 0 {
			return false
		}
	}
	return true
}

// veiled recognizes what masks a given name: stars (also fullwidth), 某, ○.
func (x *lexicon) veiled(b []byte) bool {
	if len(b) == 0 {
		return false
	}
	seen := false
	for len(b) > 0 {
		n := veil(b)
		if n == 0 {
			// 张*伟, the last character left
			return seen && len(b) == 3 && hanzi(b, 0) != 0
		}
		seen, b = true, b[n:]
	}
	return true
}

var veils = [][]byte{[]byte("*"), []byte("＊"), []byte("某"), []byte("○"), []byte("〇"), []byte("×")}

// mayVeil marks the first bytes of the veils.
var mayVeil = func() (t [256]bool) {
	for _, v := range veils {
		t[v[0]] = true
	}
	return t
}()

func veil(b []byte) int {
	for _, v := range veils {
		if bytes.HasPrefix(b, v) {
			return len(v)
		}
	}
	return 0
}

func maskedEnd(b []byte) outcome {
	stars := 0
	for stars < len(b) && b[stars] == '*' {
		stars++
	}
	if rest := len(b) - stars; stars <= 3 && (rest == 3 || rest == 6) && hanzi(b, stars) != 0 {
		return masked
	}
	return other
}
