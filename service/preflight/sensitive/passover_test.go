package sensitive

import (
	"math/rand/v2"
	"reflect"
	"testing"

	"github.com/datapledge/datapledge/service/preflight/table"
)

// passedOver wants that a cell that is passed over is one that looking at
// would have found nothing in.
func passedOver(t testing.TB, s *Scanner, cell []byte) {
	class := table.Bytes(cell)
	if len(cell) == 0 || lengths[class]>>min(len(cell), longest)&1 != 0 {
		return
	}
	s.columns[0] = column{}
	s.cell(&s.columns[0], cell, class, 1)
	if !reflect.DeepEqual(s.columns[0], column{}) {
		t.Fatalf("%q is passed over and is %+v", cell, s.columns[0])
	}
}

// TestPassedOver cuts and mixes values of all rules.
func TestPassedOver(t *testing.T) {
	g, s := newSource(31), NewScanner([]string{"c"})
	dice := rand.New(rand.NewPCG(31, 32))
	makers := []func() string{g.identity, g.residence, g.card, g.vin, g.imei, g.mobile, g.fixed, g.email, g.name, g.address, g.plate,
		func() string { return g.uscc("91") }, func() string { return g.remark(g.mobile()) },
		func() string {
			return g.one("8.8.8.8 ::1 fe80::1:2 1.2.3.4:80 00:1B:44:11:3A:B7 39.9042,116.4074 E12345678 H0123456789 138****8000 *伟 １３８ -12.5 2024-01-02")
		}}
	joints := []string{"", "", " ", "-", ".", ",", ":", "/", "x", "张", "号", "+86", "(", "*"}
	for range 300_000 {
		a := []byte(makers[dice.IntN(len(makers))]())
		from := dice.IntN(len(a))
		if dice.IntN(2) == 0 {
			from = 0
		}
		cell := append([]byte(nil), a[from:from+dice.IntN(len(a)-from+1)]...)
		for range dice.IntN(3) {
			at := dice.IntN(len(cell) + 1)
			cell = append(cell[:at:at], append([]byte(joints[dice.IntN(len(joints))]), cell[at:]...)...)
		}
		if dice.IntN(4) == 0 {
			cell = append(cell, makers[dice.IntN(len(makers))]()...)
		}
		passedOver(t, s, cell)
		passedOver(t, s, a)
	}
}

func FuzzPassedOver(f *testing.F) {
	for _, seed := range []string{"+861380013", "1.2.3.4:80", "-1.5-0013", "86-138 0013", "京A12345", "::1", "１３８００", "1,2.5"} {
		f.Add([]byte(seed))
	}
	s := NewScanner([]string{"c"})
	f.Fuzz(func(t *testing.T, cell []byte) { passedOver(t, s, cell) })
}
