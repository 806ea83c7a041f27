package service_test

import (
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/datapledge/datapledge/service"
)

// spelledPairs are two spellings each, and whether they count as SIMILAR. No
// pair is EXACT: that is only what is the same letter for letter.
var spelledPairs = []struct {
	a, b    string
	similar bool
	why     string
}{
	{"杭州数据科技（浙江）有限公司", "杭州数据科技(浙江)有限公司", true, "full-width brackets"},
	{"杭州数据科技（浙江）有限公司", "杭州数据科技浙江有限公司", true, "no brackets"},
	{"杭州数据科技有限公司", " 杭州数据科技有限公司 ", true, "spaces around"},
	{"杭州数据科技有限公司", "杭州　数据科技　有限公司", true, "ideographic spaces"},
	{"杭州数据科技有限公司", "杭州\u00a0数据科技\u2009有限公司", true, "other spaces"},
	{"ABC数据公司", "ＡＢＣ数据公司", true, "full width"},
	{"ABC数据公司", "abc数据公司", true, "case"},
	{"ABC数据公司", "ａBｃ 数据公司", true, "width, case and a space at once"},
	{"A·B数据", "A・B数据", true, "middle dots"},
	{"A-B Data Co., Ltd.", "AB DATA CO LTD", true, "punctuation"},
	{"A–B", "A－B", true, "dashes"},
	{"（2026）浙杭证字第0001号", "(2026)浙杭证字第0001号", true, "a certificate number"},
	{"（２０２６）浙杭证字第０００１号", "(2026) 浙杭证字第 0001 号", true, "a number in full width"},
	{"浙数登2026-1", "浙数登２０２６－１", true, "a full-width dash"},
	{"二〇二六", "二○二六", true, "a circle for a zero"},
	{"二〇二六", "二0二六", true, "a digit for a zero"},
	{"①号", "1号", true, "an enclosed digit"},
	{"㈱データ", "(株)ﾃﾞｰﾀ", true, "half-width kana"},
	{"Straße", "STRASSE", true, "ß"},
	{"Société", "Socie\u0301te\u0301", true, "composed and not"},
	{"Société", "Societe", true, "no accents"},
	{"⼤数据", "大数据", true, "a radical for the character"},
	{"杭\u200b州", "杭州", true, "a zero-width space"},
	{"杭\u200d州", "杭州", true, "a zero-width joiner"},
	{"\u202e杭州\u202c", "杭州", true, "direction overrides"},
	{"\u200f杭州", "杭州", true, "a right-to-left mark"},
	{"\ufeff杭州", "杭州", true, "a byte order mark"},
	{"杭\u00ad州", "杭州", true, "a soft hyphen"},
	{"杭\u0300州", "杭州", true, "a combining mark"},
	{"葛\U000e0100飾", "葛飾", true, "a variation selector"},
	{"杭\u3164州", "杭州", true, "a Hangul filler"},
	{"杭\u2800州", "杭州", true, "a blank braille cell"},
	{"杭\U000e0041州", "杭州", true, "a tag character"},
	{"АВС", "ABC", true, "Cyrillic capitals"},
	{"рауроl", "paypol", true, "Cyrillic letters"},
	{"ΑΒΕ", "ABE", true, "Greek capitals"},
	{"Bıg", "big", true, "a dotless i"},
	{"İstanbul", "istanbul", true, "a dotted capital"},
	{"Ａ\u0301Ｂ", "ab", true, "a mark on a full-width letter"},
	{"ﬁnance", "finance", true, "a ligature"},

	{"杭州数据科技有限公司", "杭州数据科技有限责任公司", false, "another form of company"},
	{"杭州数据科技有限公司", "杭州数据科技", false, "a part of the name"},
	{"杭州数据科技有限公司", "杭州数据科技有限公司杭州分公司", false, "a branch"},
	{"第一银行", "第二银行", false, "another name"},
	{"数据科技有限公司", "數據科技有限公司", false, "traditional characters"},
	{"二〇二六", "2026", false, "numerals in words"},
	{"第1号", "第01号", false, "a leading zero"},
	{"第1号", "第l号", false, "a letter for a digit"},
	{"土地", "士地", false, "characters that look alike"},
	{"C++数据", "C数据", false, "symbols say something"},
	{"末来", "未来", false, "characters that look alike"},
	{"AB", "ABB", false, "one letter more"},
	{"\ue000公司", "\ue001公司", false, "letters of private use"},
}

func TestFoldedPairs(t *testing.T) {
	if len(spelledPairs) < 40 {
		t.Fatalf("only %d pairs", len(spelledPairs))
	}
	for _, tt := range spelledPairs {
		if tt.a == tt.b {
			t.Errorf("%s: %q is the same letter for letter", tt.why, tt.a)
		}
		if a, b := service.Folded(tt.a), service.Folded(tt.b); (a == b) != tt.similar || a == "" || b == "" {
			t.Errorf("%s: %+q is compared as %+q, %+q as %+q: similar %t, want %t", tt.why, tt.a, a, tt.b, b, a == b, tt.similar)
		}
	}
}

// What is folded stays so, whatever it is made of: what is told to be compared
// can be searched for again.
func TestFoldedOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.String().Draw(t, "text")
		once := service.Folded(text)
		if again := service.Folded(once); again != once || !utf8.ValidString(once) {
			t.Fatalf("%+q gives %+q, then %+q", text, once, again)
		}
	})
	for r := rune(0); r <= utf8.MaxRune; r++ {
		if once := service.Folded("a" + string(r)); service.Folded(once) != once {
			t.Errorf("%U gives %+q, then %+q", r, once, service.Folded(once))
		}
	}
}
