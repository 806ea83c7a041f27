package certificate

import (
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"
)

// Whatever the text and the width: the lines together are the text, and none
// is wider than there is room unless it is a single character.
func TestWrapLosesNothing(t *testing.T) {
	needsFont(t)
	c, err := installed()
	if err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(5, 6))
	alphabet := []rune("数据资产质押登记证书中国，。、；：？！（）《》“”…—　 \n  abcdefgXYZ0123456789-_/.,:;()%")
	for range 2000 {
		text := make([]rune, random.IntN(120))
		for i := range text {
			text[i] = alphabet[random.IntN(len(alphabet))]
		}
		s, width := style{size: 6 + float64(random.IntN(20)), mono: random.IntN(2) == 0}, float64(5+random.IntN(400))
		lines, err := c.wrap(string(text), s, width)
		if err != nil || strings.Join(lines, "") != string(text) {
			t.Fatalf("%q at %v: got %q, %v", string(text), width, lines, err)
		}
		for _, line := range lines {
			shown := strings.TrimRight(line, " \n")
			if w, err := c.measure(shown, s); err != nil || w > width && utf8.RuneCountInString(shown) > 1 {
				t.Fatalf("%q is %v wide, %v, with room for %v", line, w, err, width)
			}
		}
	}
}

// Lines break as Chinese is set (GB/T 15834-2011), and within no word.
func TestWhereLinesBreak(t *testing.T) {
	needsFont(t)
	c, err := installed()
	if err != nil {
		t.Fatal(err)
	}
	text := "质权自办理出质登记时设立（《民法典》第四百四十四条），registered with the competent authority。"
	for width := 60.0; width < 300; width += 7 {
		lines, err := c.wrap(text, style{size: 10}, width)
		if err != nil {
			t.Fatal(err)
		}
		for i, line := range lines {
			first, _ := utf8.DecodeRuneInString(line)
			last, _ := utf8.DecodeLastRuneInString(line)
			if i > 0 && strings.ContainsRune(notFirst, first) || i < len(lines)-1 && strings.ContainsRune(notLast, last) {
				t.Errorf("at %v: line %q", width, line)
			}
			if i > 0 && lower(first) && lower(last4(lines[i-1])) {
				t.Errorf("at %v: a word is broken between %q and %q", width, lines[i-1], line)
			}
		}
	}
}

func lower(r rune) bool { return r >= 'a' && r <= 'z' }

func last4(s string) rune {
	r, _ := utf8.DecodeLastRuneInString(s)
	return r
}

// What has no shape of its own is shown by its number.
func TestVisible(t *testing.T) {
	for text, want := range map[string]string{"a\u202eb": "a[U+202E]b", "a\u200bb": "a[U+200B]b", "a\x00b": "a[U+0000]b", "a\u00a0b": "a b", "甲　乙\n丙": "甲　乙\n丙"} {
		if got := visible(text); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
