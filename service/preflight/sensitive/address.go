package sensitive

// addressPart is what a character may be in an address.
type addressPart uint8

const (
	anArea  addressPart = 1 << iota // 省, 市, 区 …
	aStreet                         // 路, 街, 村 …
	aNumber                         // 号, 室, 栋 …
	aDigit                          // 一, 二, 三 …
)

// addressForm looks for a detailed address: two or more words for areas and
// streets, and a number with 号, 室, 栋 and so on. An area without a number is a
// generalized address: near. A number after stars is of a street that they hide.
func (x *lexicon) addressForm(b []byte) outcome {
	places, areas, number, digit, hidden := 0, 0, false, false, false
	for i := 0; i < len(b); {
		r := hanzi(b, i)
		if r < 0x4E00 || r >= 0xA000 {
			hidden = hidden || b[i] == '*'
			digit = isDigit(b[i]) || digit && (b[i] == '-' || isAlpha(b[i]))
			i++
			continue
		}
		part := x.part[r-0x4E00]
		areas += int(part & anArea)
		places += int(part&anArea | part&aStreet>>1)
		hidden = hidden && (part&(anArea|aStreet) == 0 || b[i-1] == '*')
		number = number || digit && !hidden && part&aNumber != 0
		digit = part&aDigit != 0
		i += 3
	}
	switch {
	case number && places >= 2:
		return hit
	case areas >= 1:
		return near
	}
	return other
}

// numbered says whether a digit or letter is followed by 号, 室 and so on: most
// texts are no address by that.
func (x *lexicon) numbered(b []byte) bool {
	for i := 1; i+2 < len(b); i++ {
		if b[i] < 0xE4 || b[i-1] >= 0x80 {
			continue
		}
		if r := hanzi(b, i); r >= 0x4E00 && r < 0xA000 && x.part[r-0x4E00]&aNumber != 0 {
			return true
		}
	}
	return false
}
