package sensitive

import "testing"

// Published examples: GB 11643-1999 annex A, GB 32100-2015, ISO 3779, ISO/IEC
// 7812, and what comes of them by one slip.
func TestNumbers(t *testing.T) {
	x := lex()
	tests := []struct {
		detector detector
		value    string
		want     outcome
	}{
		{identity, "11010519491231002X", hit},
		{identity, "11010519491231002x", hit},
		{identity, "440524188001010014", pool}, // of 1880
		{identity, "110105194912310021", near},
		{identity, "110105194913310028", pool},
		{identity, "110105194902290026", pool}, // 1949 is no leap year
		{identity, "99010519491231002X", pool},
		{identity, "1101051949123100", other},
		{identity, close11("11010519490431002"), pool}, // April has 30 days
		{identity, close11("11010519490430002"), hit},
		{residence, close11("91115619850312001"), hit},
		{residence, close11("81115619850312001"), pool},
		{residence, close11("90015619850312001"), pool},
		{uscc, "91350100M000100Y43", hit},
		{uscc, "91350100M000100Y44", near},
		{uscc, "91350100M000100Y4Z", other}, // widely copied; Z is not in the set
		{uscc, "91990100M000100Y43", pool},
		{uscc, "91350100M000100O43", other},
		{uscc, newSource(1).uscc("88"), pool}, // no such department
		{card, "6222021234567890129", near},
		{card, "4111111111111111", hit},
		{card, "4111111111111112", near},
		{card, "1111111111111111", pool},
		{card, "41111111111111111", pool}, // 17 digits are not Visa's
		{imei, "356938035643809", hit},
		{imei, "356938035643808", near},
		{imei, "123456789012345", pool},
		{vin, "1M8GDM9AXKP042788", hit},
		{vin, "1M8GDM9A1KP042788", near},
		{vin, "1M8GDM9AXKPO42788", pool},
		{vin, "11111111111111111", other},
		{mobile, "13800138000", hit},
		{mobile, "12800138000", near},
		{mobile, "1380013800", other},
	}
	for _, tt := range tests {
		if got := x.try(tt.detector, []byte(tt.value)); got != tt.want {
			t.Errorf("%d of %s: got %d, want %d", tt.detector, tt.value, got, tt.want)
		}
	}
}

func (x *lexicon) try(d detector, b []byte) outcome {
	switch d {
	case identity:
		if !identityForm(b) {
			return other
		}
		return x.identity(b)
	case residence:
		return x.residence(b)
	case uscc:
		return x.uscc(b)
	case card:
		return x.card(b)
	case imei:
		return x.imei(b)
	case vin:
		return vehicle(b)
	}
	return mobileForm(b)
}
