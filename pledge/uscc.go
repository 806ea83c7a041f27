package pledge

import "strings"

// usccSet is the character set of GB 32100-2015: no I, O, S, V or Z.
const usccSet = "0123456789ABCDEFGHJKLMNPQRTUWXY"

// CheckUSCC refuses what is not a unified social credit code 统一社会信用代码
// (GB 32100-2015): 18 characters of which positions 3 to 8 are the digits of
// an administrative division, and the last is the check character, so that
// a slip of the pen never names another company.
func CheckUSCC(s string) error {
	if len(s) != 18 {
		return Errorf(Malformed, "%q is not a unified social credit code: it must have 18 characters", clip(s))
	}
	sum, weight := 0, 1
	for i := range 17 {
		n := strings.IndexByte(usccSet, s[i])
		if n < 0 || (i >= 2 && i < 8 && n > 9) {
			return Errorf(Malformed, "%q is not a unified social credit code: wrong character at position %d", s, i+1)
		}
		sum += n * weight
		weight = weight * 3 % 31
	}
	if want := usccSet[(31-sum%31)%31]; s[17] != want {
		return Errorf(Malformed, "%q is not a unified social credit code: wrong check character", s)
	}
	return nil
}
