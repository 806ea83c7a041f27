package pledge

import "strings"

// AssetVersion is the "v" of an asset with an SM3 fingerprint; one without
// keeps version 1 and its old spelling, so that what older rules wrote replays
// to the same bytes.
const AssetVersion = 2

// SM3Tag begins an SM3 fingerprint 国密指纹: the SM3 (GB/T 32905-2016) of the
// dataset's SM3 manifest, lines "<64 hex SM3>  <path>\n" in the order of the
// manifest. The rules compute no SM3. They hold the owner's to the custodian's,
// and find nothing by it: disputes and overlaps go by SHA-256 alone.
const SM3Tag = "sm3:"

// IsSM3Fingerprint says whether s is "sm3:" and 64 lowercase hex digits.
func IsSM3Fingerprint(s string) bool {
	digits, ok := strings.CutPrefix(s, SM3Tag)
	return ok && isHex64(digits)
}

// checkSM3 lets a body go without.
func checkSM3(s string) error {
	if s != "" && !IsSM3Fingerprint(s) {
		return Errorf(Malformed, "sm3_fingerprint must be sm3: and 64 lowercase hex digits")
	}
	return nil
}
