package pledge

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// Fingerprint 哈希指纹 is the SHA-256 of a dataset's manifest text. Values
// are comparable; the zero value is no fingerprint.
type Fingerprint struct {
	set bool
	sum [sha256.Size]byte
}

const sha256Tag = "sha256:"

// ParseFingerprint reads exactly what String writes: "sha256:" and 64
// lowercase hex digits. The tag keeps room for another algorithm, should a
// court have to look at this when SHA-256 no longer counts.
func ParseFingerprint(s string) (Fingerprint, error) {
	digits, ok := strings.CutPrefix(s, sha256Tag)
	if !ok || !isHex64(digits) {
		return Fingerprint{}, Errorf(Malformed, "%q is not a fingerprint: sha256: and 64 lowercase hex digits", clip(s))
	}
	f := Fingerprint{set: true}
	_, _ = hex.Decode(f.sum[:], []byte(digits)) // checked above
	return f, nil
}

// String is the canonical spelling; empty for the zero value.
func (f Fingerprint) String() string {
	if !f.set {
		return ""
	}
	return sha256Tag + f.Hex()
}

// Hex is the digest alone, as the keys of the ledger spell it.
func (f Fingerprint) Hex() string { return hex.EncodeToString(f.sum[:]) }

// IsZero says that this is no fingerprint.
func (f Fingerprint) IsZero() bool { return !f.set }

func isHex64(s string) bool {
	if len(s) != 2*sha256.Size {
		return false
	}
	for i := range len(s) {
		if c := s[i]; (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}

// isDigest accepts an algorithm-tagged digest of a document.
func isDigest(s string) bool {
	digits, ok := strings.CutPrefix(s, sha256Tag)
	return ok && isHex64(digits)
}

// tagged is the SHA-256 of b in the spelling of digests.
func tagged(b []byte) string {
	sum := sha256.Sum256(b)
	return sha256Tag + hex.EncodeToString(sum[:])
}
