package sketch

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"math"
)

// upper keeps the half of a hash by which it is chosen and ordered.
const upper = uint64(math.MaxUint32) << 32

// seal replaces the lower half of each hash by an HMAC-SHA-256 of it. The
// limit is rounded down, and what is not below it any more is left out, so
// that a set holds all hashes below its limit.
func (s *Sketcher) seal(use string, set Set) Set {
	out := Set{Limit: set.Limit, All: set.All}
	if !set.All {
		out.Limit &= upper
	}
	m := hmac.New(sha256.New, s.mac)
	for _, h := range set.Hashes {
		if !set.All && h >= out.Limit {
			break
		}
		m.Reset()
		m.Write([]byte("datapledge sketch " + use + "\n"))
		m.Write(binary.BigEndian.AppendUint64(nil, h))
		out.Hashes = append(out.Hashes, h&upper|uint64(binary.BigEndian.Uint32(m.Sum(nil))))
	}
	return out.sort()
}

func hexText(b []byte) string { return hex.EncodeToString(b) }
