package pledge

import (
	"fmt"
	"strings"
)

// Currencies whose major unit is not of a hundred minor ones (ISO 4217, list
// one). The rules count minor units; this is only for people to read.
const (
	undivided   = " BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF "
	thousandths = " BHD IQD JOD KWD LYD OMR TND "
)

// Text is the amount for people, in major units with thousands set apart:
// "CNY 1,200,000.00". Of what is no currency of the rules, such as an amount in
// a file that nobody has checked, it is in minor units, and says so.
func (a Amount) Text() string {
	if !isCurrency(a.Currency) {
		return fmt.Sprintf("%s %d (minor units)", a.Currency, a.Amount)
	}
	digits := minorDigits(a.Currency)
	sign, all := "", fmt.Sprintf("%0*d", digits+1, a.Amount)
	if a.Amount < 0 {
		sign, all = "-", fmt.Sprintf("%0*d", digits+1, -uint64(a.Amount))
	}
	whole, rest := all[:len(all)-digits], all[len(all)-digits:]
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if digits > 0 {
		whole += "." + rest
	}
	return a.Currency + " " + sign + whole
}

func minorDigits(currency string) int {
	switch {
	case strings.Contains(undivided, " "+currency+" "):
		return 0
	case strings.Contains(thousandths, " "+currency+" "):
		return 3
	}
	return 2
}
