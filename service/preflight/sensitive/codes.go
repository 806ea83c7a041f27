package sensitive

// usccValue gives a character's value in GB 32100-2015 (no I, O, S, V, Z), 255 without.
var usccValue = values("0123456789ABCDEFGHJKLMNPQRTUWXY")

// usccWeights are the powers of three modulo 31.
var usccWeights = [17]int{1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28}

func values(set string) (t [256]uint8) {
	for i := range t {
		t[i] = 255
	}
	for i := range len(set) {
		t[set[i]] = uint8(i)
	}
	return t
}

// uscc recognizes a unified social credit code: department and kind, province,
// characters, check character. The organization code inside has a check digit
// of its own (GB 11714), which codes of before 2015 need not keep: not used.
func (x *lexicon) uscc(b []byte) outcome {
	if len(b) != 18 || !allDigits(b[2:8]) {
		return other
	}
	sum := 0
	for i, w := range usccWeights {
		v := usccValue[b[i]]
		if v == 255 {
			return other
		}
		sum += int(v) * w
	}
	switch {
	case usccValue[b[17]] == 255:
		return other
	case !x.kinds[int(b[0])<<8|int(b[1])] || !x.province[two(b[2:])]:
		return pool
	case int(usccValue[b[17]]) != (31-sum%31)%31:
		return near
	}
	return hit
}

// soleTrader says whether a code is of the kind 92, individual businesses 个体工商户.
func soleTrader92(b []byte) bool { return b[0] == '9' && b[1] == '2' }

// vinValue is the transliteration of GB 16735-2019 annex A (ISO 3779), 255 for I, O, Q.
var vinValue = vinValues()

func vinValues() (t [256]uint8) {
	t = values("0123456789")
	for _, row := range []string{"ABCDEFGH", "JKLMN", "STUVWXYZ"} {
		first := 1
		if row[0] == 'S' {
			first = 2
		}
		for i := range len(row) {
			t[row[i]] = uint8(first + i)
		}
	}
	t['P'], t['R'] = 7, 9
	return t
}

var vinWeights = [17]int{8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2}

// vehicle recognizes a vehicle identification number by its check digit, at
// position 9; every other code of 17 letters and digits is its pool.
func vehicle(b []byte) outcome {
	if len(b) != 17 || allDigits(b) {
		return other
	}
	if !allDigits(b[13:]) {
		return pool
	}
	sum := 0
	for i, c := range b {
		v := vinValue[c]
		if v == 255 {
			return pool
		}
		sum += int(v) * vinWeights[i]
	}
	switch {
	case !isDigit(b[8]) && b[8] != 'X' || b[9] == 'U' || b[9] == 'Z' || b[9] == '0':
		return pool
	case "0123456789X"[sum%11] != b[8]:
		return near
	}
	return hit
}
