package pledge_test

import (
	"math"
	"testing"

	"github.com/datapledge/datapledge/pledge"
)

func TestAmountText(t *testing.T) {
	for want, a := range map[string]pledge.Amount{
		"CNY 0.05":                       {Amount: 5, Currency: "CNY"},
		"CNY 1,234,567.80":               {Amount: 123456780, Currency: "CNY"},
		"USD 999.00":                     {Amount: 99900, Currency: "USD"},
		"JPY 5":                          {Amount: 5, Currency: "JPY"},
		"JPY 1,000":                      {Amount: 1000, Currency: "JPY"},
		"JPY 100,000,000":                {Amount: 100000000, Currency: "JPY"},
		"XOF 12":                         {Amount: 12, Currency: "XOF"},
		"KWD 0.001":                      {Amount: 1, Currency: "KWD"},
		"KWD 1,234.567":                  {Amount: 1234567, Currency: "KWD"},
		"CNY 0.00":                       {Currency: "CNY"},
		"CNY -0.05":                      {Amount: -5, Currency: "CNY"},
		"JPY -1,000":                     {Amount: -1000, Currency: "JPY"},
		"QQQ 5 (minor units)":            {Amount: 5, Currency: "QQQ"},
		" 5 (minor units)":               {Amount: 5},
		"KWD -9,223,372,036,854,775.808": {Amount: math.MinInt64, Currency: "KWD"},
	} {
		if got := a.Text(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

// Each currency that is not of hundredths is one of the rules; of ISO 4217's
// list one, these 23 are.
func TestCurrenciesThatAreNotOfHundredths(t *testing.T) {
	found := map[string]int{}
	for _, c := range every("ABCDEFGHIJKLMNOPQRSTUVWXYZ") {
		found[pledge.Amount{Amount: 1, Currency: c}.Text()[len(c):]]++
	}
	delete(found, " 1 (minor units)")
	if len(found) != 3 || found[" 1"] != 16 || found[" 0.001"] != 7 || found[" 0.01"] < 100 {
		t.Errorf("got %v", found)
	}
}

// every lists all the words of three letters.
func every(letters string) (words []string) {
	for _, a := range letters {
		for _, b := range letters {
			for _, c := range letters {
				words = append(words, string([]rune{a, b, c}))
			}
		}
	}
	return words
}
