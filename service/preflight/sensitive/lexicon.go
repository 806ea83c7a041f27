package sensitive

import (
	"strconv"
	"strings"
	"sync"
)

// tables are the lists of rules.json that detectors look things up in.
type tables struct {
	Provinces  []string    `json:"provinces"` // ranges of the first two digits, GB/T 2260
	Cards      []cardRange `json:"cards"`     // issuers' prefixes, ISO/IEC 7812
	IMEI       []string    `json:"imei"`      // reporting bodies, GSMA TS.06
	USCC       []string    `json:"uscc"`      // registering department and kind of organization
	AreaCodes  []string    `json:"area_codes"`
	PlateHeads string      `json:"plate_heads"`
	PlateTails string      `json:"plate_tails"`
	Surnames   string      `json:"surnames"`
	Compound   []string    `json:"compound"` // surnames of two characters
	Given      string      `json:"given"`    // characters frequent in given names
	Address    struct {
		Areas   []string `json:"areas"`
		Streets []string `json:"streets"`
		Numbers []string `json:"numbers"`
	} `json:"address"`
	Blank []string `json:"blank"` // words for "nothing there"
}

type cardRange struct {
	From   string `json:"from"`
	To     string `json:"to"`
	Digits string `json:"digits"`
}

// lexicon is the tables made ready for look-ups without allocation.
type lexicon struct {
	province [100]bool
	cards    [10000]uint8 // by prefix of four digits: bit n-16 for a length of n
	bodies   [100]bool
	kinds    [256 * 256]bool
	area     [1000]bool // by the first three digits
	head     hanziSet
	tail     hanziSet
	surname  hanziSet
	given    hanziSet
	part     [0x5200]addressPart // of the block from U+4E00
	compound map[[6]byte]bool
	blank    map[string]bool
	words    []vocabulary      // by rule
	ruleOf   [anyValue + 1]int // index of the rule that names a detector, -1 without
}

var lex = sync.OnceValue(func() *lexicon {
	d := loaded()
	x := &lexicon{compound: map[[6]byte]bool{}, blank: map[string]bool{}}
	x.numbersOf(&d.Tables)
	x.hanziOf(&d.Tables)
	for i := range x.ruleOf {
		x.ruleOf[i] = -1
	}
	for i, r := range d.Rules {
		x.ruleOf[detectors[r.Detector]] = i
		x.words = append(x.words, newVocabulary(&r))
	}
	return x
})

func (x *lexicon) numbersOf(t *tables) {
	for _, p := range t.Provinces {
		for i, to := span(p); i <= to; i++ {
			x.province[i] = true
		}
	}
	for _, p := range t.IMEI {
		x.bodies[number(p)] = true
	}
	for _, p := range t.USCC {
		x.kinds[int(p[0])<<8|int(p[1])] = true
	}
	for _, a := range t.AreaCodes {
		x.addArea(a)
	}
	for _, c := range t.Cards {
		x.addCard(c)
	}
}

// addArea takes a whole area code of three digits, or the first two of codes of four.
func (x *lexicon) addArea(a string) {
	if len(a) == 3 {
		x.area[number(a)] = true
		return
	}
	for i := range 10 {
		x.area[number(a)*10+i] = true
	}
}

func (x *lexicon) addCard(c cardRange) {
	shortest, longest := span(c.Digits)
	for p := number(c.From); p <= number(c.To); p++ {
		for n := shortest; n <= longest; n++ {
			x.cards[p] |= 1 << (n - 16)
		}
	}
}

func (x *lexicon) hanziOf(t *tables) {
	x.head.add(t.PlateHeads)
	x.tail.add(t.PlateTails)
	x.surname.add(t.Surnames)
	x.given.add(t.Given)
	x.addParts(t.Address.Areas, anArea)
	x.addParts(t.Address.Streets, aStreet)
	x.addParts(t.Address.Numbers, aNumber)
	x.addParts(strings.Split("一二三四五六七八九十", ""), aDigit)
	for _, s := range t.Compound {
		x.compound[[6]byte([]byte(s))] = true
	}
	for _, s := range t.Blank {
		x.blank[s] = true
	}
}

func (x *lexicon) addParts(words []string, p addressPart) {
	for _, w := range words {
		for _, r := range w {
			x.part[r-0x4E00] |= p
		}
	}
}

// span reads "16-19". The tables are part of the program; a wrong one fails
// the first test that loads them.
func span(s string) (from, to int) {
	a, b, _ := strings.Cut(s, "-")
	return number(a), number(b)
}

func number(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		panic("sensitive: internal error: rules.json: " + err.Error())
	}
	return n
}
