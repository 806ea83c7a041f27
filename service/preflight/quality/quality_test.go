package quality

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/big"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/datapledge/datapledge/service/preflight/table"
)

const people = `id,born,joined,left,age,city,active
1,1985-03-01,2020-01-01,2020-12-31,35,杭州,true
2,1990-07-15,2021-05-01,2021-04-01,-1,杭州,false
2,1990-07-15,2021-05-01,2021-04-01,-1,杭州,false
3,2001-02-30,2022-01-01,,abc,宁波,maybe
4,NULL,2022-01-01,2023-01-01,40,宁波
`

func profiled(t *testing.T, text, expectations string) Result {
	t.Helper()
	tab := open(t, []byte(text))
	e := &Expectations{}
	if expectations != "" {
		var err error
		if e, err = ParseExpectations(strings.NewReader(expectations)); err != nil {
			t.Fatal(err)
		}
	}
	p, err := NewProfiler(tab.Columns, e.Tables["t"], e.AsOf)
	if err != nil {
		t.Fatal(err)
	}
	for {
		b, err := tab.Next(t.Context())
		if errors.Is(err, io.EOF) {
			return p.Result()
		}
		if err != nil {
			t.Fatal(err)
		}
		p.Add(b)
	}
}

func (m Measure) String() string {
	return fmt.Sprintf("%s %s %d: %d/%d %s", m.Dimension, m.Rule, m.Column, m.N, m.M, m.NA)
}

func expectMeasures(t *testing.T, r Result, want ...string) {
	t.Helper()
	var got []string
	for _, m := range r.Measures {
		got = append(got, strings.TrimSpace(m.String()))
	}
	if !slices.Equal(got, want) {
		t.Errorf("measured\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// TestWithoutExpectations: what nobody asked for is not applicable, never 0.
func TestWithoutExpectations(t *testing.T) {
	r := profiled(t, people, "")
	expectMeasures(t, r,
		"conformity row-has-all-columns 0: 4/5",
		"conformity value-has-type 0: 0/0 no-expectation",
		"completeness cell-is-filled 0: 32/35",
		"completeness row-has-required-values 0: 0/0 no-expectation",
		"accuracy row-occurs-once 0: 4/5",
		"accuracy key-occurs-once 0: 0/0 no-expectation",
		"accuracy value-occurs-once 0: 0/0 no-expectation",
		"accuracy value-in-range 0: 0/0 no-expectation",
		"consistency columns-in-order 0: 0/0 no-expectation",
		"timeliness row-is-current 0: 0/0 no-expectation")
	for _, m := range r.Measures {
		if _, ok := m.BP(); ok == (m.NA != "") {
			t.Errorf("%s: applicable %v", m, ok)
		}
	}
	if got := r.Columns[1]; got != (Shape{4, "date", 3}) {
		t.Errorf("column born: %+v", got)
	}
	if r.Anonymity != nil {
		t.Error("k-anonymity of nothing")
	}
}

func TestExpectations(t *testing.T) {
	r := profiled(t, people, `{"v":1,"as_of":"2022-01-31","tables":{"t":{
		"columns":{"born":{"type":"date","required":true,"min":"1980-01-01","max":"1990-07-15"},
			"id":{"type":"integer","unique":true,"min":"1","max":"3"},
			"city":{"values":["杭州"]},"active":{"type":"boolean","required":true}},
		"key":["id","joined"],"order":[["joined","left"]],"current":"joined","max_age_days":300,
		"quasi_identifiers":["city"],"k":3}}}`)
	expectMeasures(t, r,
		"conformity row-has-all-columns 0: 4/5",
		"conformity value-has-type 1: 5/5",
		"conformity value-has-type 2: 3/4",
		"conformity value-has-type 7: 3/4",
		"completeness cell-is-filled 0: 32/35",
		"completeness row-has-required-values 0: 4/5",
		"accuracy row-occurs-once 0: 4/5",
		"accuracy key-occurs-once 0: 4/5",
		"accuracy value-occurs-once 1: 4/5",
		"accuracy value-in-range 1: 4/5",
		"accuracy value-in-range 2: 3/4",
		"accuracy value-in-range 6: 3/5",
		"consistency columns-in-order 3: 2/4",
		"timeliness row-is-current 3: 4/5")
	want := Anonymity{Columns: []int{6}, K: 3, Smallest: 2, Groups: 2, Below: 2, Rows: 5}
	if r.Anonymity == nil || fmt.Sprint(*r.Anonymity) != fmt.Sprint(want) {
		t.Errorf("k-anonymity %+v, want %+v", r.Anonymity, want)
	}
}

// TestNoValueIsInAResult: whatever is in the data, a result holds counts.
func TestNoValueIsInAResult(t *testing.T) {
	r := profiled(t, "secret heading,b\nsecret value,3\nsecret value,4\n", "")
	text, err := json.Marshal(r)
	if err != nil || strings.Contains(string(text), "secret") {
		t.Errorf("%s, %v", text, err)
	}
}

func TestBadExpectations(t *testing.T) {
	for name, bad := range map[string]string{
		"version":         `{"v":2}`,
		"unknown member":  `{"v":1,"colums":{}}`,
		"more after it":   `{"v":1}{}`,
		"day":             `{"v":1,"as_of":"yesterday"}`,
		"nothing":         `{"v":1,"tables":{"t":null}}`,
		"age without day": `{"v":1,"tables":{"t":{"current":"a","max_age_days":3}}}`,
		"k alone":         `{"v":1,"tables":{"t":{"k":3}}}`,
		"type":            `{"v":1,"tables":{"t":{"columns":{"a":{"type":"colour"}}}}}`,
		"empty":           `{"v":1,"tables":{"t":{"columns":{"a":{"type":"empty"}}}}}`,
		"bounds":          `{"v":1,"tables":{"t":{"columns":{"a":{"min":"1","max":"2020-01-01"}}}}}`,
	} {
		if _, err := ParseExpectations(strings.NewReader(bad)); err == nil {
			t.Errorf("%s: was taken", name)
		}
	}
	e, err := ParseExpectations(strings.NewReader(`{"v":1,"tables":{"t":{"key":["nobody"]}}}`))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := NewProfiler([]string{"a"}, e.Tables["t"], ""); err == nil {
		t.Error("an expectation of a column that is not there was taken")
	}
}

// TestTallyThins: what is left is counted from the first on, and does not
// depend on the order.
func TestTallyThins(t *testing.T) {
	dice := rand.New(rand.NewPCG(3, 4))
	var all []uint64
	truth := map[uint64]uint32{}
	for range 400_000 {
		h := dice.Uint64()
		for range 1 + dice.IntN(3) {
			all = append(all, h)
			truth[h]++
		}
	}
	count := func() *tally {
		c := newTally()
		for some := range slices.Chunk(all, 1000) {
			c.addAll(some)
		}
		return c
	}
	first := count()
	dice.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	if second := count(); first.sums(2) != second.sums(2) || first.bits != second.bits || first.bits == 0 {
		t.Errorf("%+v (1 in 2^%d), in another order %+v (1 in 2^%d)", first.sums(2), first.bits, second.sums(2), second.bits)
	}
	for i, h := range first.keys {
		if h != 0 && truth[h] != first.again[i]+1 {
			t.Fatalf("a key that occurs %d times was counted %d times", truth[h], first.again[i]+1)
		}
	}
}

func TestDecimalsCompareLikeRationals(t *testing.T) {
	dice := rand.New(rand.NewPCG(5, 6))
	for range 20_000 {
		a, b := number(dice), number(dice)
		x, okX := parseDecimal([]byte(a))
		y, okY := parseDecimal([]byte(b))
		p, _ := new(big.Rat).SetString(a)
		q, _ := new(big.Rat).SetString(b)
		if !okX || !okY || x.compare(y) != p.Cmp(q) {
			t.Fatalf("%s and %s compare as %d", a, b, x.compare(y))
		}
	}
	for _, bad := range []string{"", "-", ".5", "5.", "1e3", "1,000", "٣", "--1"} {
		if _, ok := parseDecimal([]byte(bad)); ok {
			t.Errorf("%q is a number", bad)
		}
	}
}

func number(dice *rand.Rand) string {
	s := []string{"", "-", "+"}[dice.IntN(3)] + strings.Repeat("0", dice.IntN(3)) + fmt.Sprint(dice.IntN(30))
	if dice.IntN(2) == 0 {
		s += fmt.Sprintf(".%0*d", 1+dice.IntN(3), dice.IntN(10))
	}
	return s
}

func TestDatesAreDays(t *testing.T) {
	for d := time.Date(1899, 12, 1, 0, 0, 0, 0, time.UTC); d.Year() < 2101; d = d.AddDate(0, 0, 1) {
		got, ok := date([]byte(d.Format("2006-01-02")))
		if !ok || got != d.Unix()/86400 {
			t.Fatalf("%s is day %d, %v", d.Format("2006-01-02"), got, ok)
		}
	}
	for _, bad := range []string{"2001-02-30", "2001-13-01", "2001-00-10", "2001-1-1", "2001-01/01", "20010230", "0x01-01-01"} {
		if _, ok := date([]byte(bad)); ok {
			t.Errorf("%s is a day", bad)
		}
	}
}

func TestKinds(t *testing.T) {
	for text, want := range map[string]Kind{
		"": Empty, "   ": Empty, "12": Integer, "-12": Integer, "+3": Integer, "1.50": Decimal, "-0.5": Decimal, "1.": Text, "1.2.3": Text,
		"1-2": Text, "-": Text, "true": Boolean, "FALSE": Boolean, "truth": Text, "2020-01-31": Date, "2020/01/31": Date, "2020.01.31": Date, "20200131": Date,
		"20201331": Integer, "2020-02-31": Text, "2020-01-31 23:59": DateTime, "2020-01-31T23:59:59Z": DateTime, "2020-01-31T23:59:59.25+08:00": DateTime,
		"2020-01-31 25:00": Text, "2020-01-31x": Text, "杭州": Text, "A1": Text, "12:30": Text,
	} {
		if got := kindOf([]byte(text), table.Bytes([]byte(text))); got != want {
			t.Errorf("%q is %s, want %s", text, got, want)
		}
	}
}
