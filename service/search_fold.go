package service

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// How what was searched for and what stands on the ledger are the same.
const (
	// MatchExact: letter for letter, with not one code point between them.
	MatchExact = "EXACT"
	// MatchSimilar: only after both were Folded.
	MatchSimilar = "SIMILAR"
)

// Folded is the form in which names and numbers are compared that people
// write in different ways. Two that are equal in it are SIMILAR, never more:
//
//   - compatibility forms are one: full and half width, ① and 1, ㈱ and (株)
//     (NFKD, then NFKC; Unicode UAX #15)
//   - case is dropped, and ß is ss
//   - marks above and below letters are dropped (é is e), with all that cannot
//     be seen: zero-width characters, direction marks, variation selectors
//   - spaces and punctuation of any script are dropped: （浙江） is 浙江
//   - Cyrillic and Greek letters that look like Latin ones are those, and 〇
//     and ○ are 0
//
// Words are not: 有限公司 is not 有限责任公司, and part of a name is not the name,
// because another legal person's liens would be told. Traditional and
// simplified characters stay apart, as do numerals in words.
func Folded(text string) string {
	if plain(text) {
		return text
	}
	text = strings.Map(visible, norm.NFKD.String(text))
	text = strings.ReplaceAll(strings.Map(lower, text), "ß", "ss")
	return norm.NFKC.String(strings.Map(latin, text))
}

// plain: lower-case ASCII letters and digits fold to themselves.
func plain(text string) bool {
	for i := range len(text) {
		if c := text[i]; (c < 'a' || c > 'z') && (c < '0' || c > '9') {
			return false
		}
	}
	return true
}

// visible drops what says nothing about which name it is.
func visible(r rune) rune {
	if unicode.In(r, unicode.Mn, unicode.Me, unicode.Cc, unicode.Cf, unicode.Z, unicode.P, unicode.Other_Default_Ignorable_Code_Point) || r == blankBraille {
		return -1
	}
	return r
}

// lower goes by way of the capital: ς and σ have one.
func lower(r rune) rune { return unicode.ToLower(unicode.ToUpper(r)) }

// blankBraille is a letter to Unicode, and empty to the eye.
const blankBraille = '\u2800'

// looksLatin pairs letters, in lower case, with the Latin ones that they or
// their capitals look like: a few of Unicode UTS #39, those that a name could
// be hidden behind.
var looksLatin = pairsOf("аaвbеeѕsіiјjкkмmнhоoрpсcтtуyхxԁdԛqԝwӏlһhүy" + "αaβbεeζzηhιiκkμmνnοoρpτtυyχxϲc" + "օoոnսuհhɑaɡgıi" + "〇0○0◯0")

func pairsOf(text string) map[rune]rune {
	list, pairs := []rune(text), map[rune]rune{}
	for i := 0; i < len(list); i += 2 {
		pairs[list[i]] = list[i+1]
	}
	return pairs
}

func latin(r rune) rune {
	if r < 0x80 {
		return r
	}
	if l, ok := looksLatin[r]; ok {
		return l
	}
	return r
}
