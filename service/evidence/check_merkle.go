package evidence

import "crypto/sha256"

// leafHash and nodeHash are RFC 9162, section 2.1.1: the prefixes keep a leaf
// from being passed off as an inner node.
func leafHash(data []byte) [32]byte {
	return sha256.Sum256(append([]byte{0}, data...))
}

func nodeHash(left, right [32]byte) [32]byte {
	var b [65]byte
	b[0] = 1
	copy(b[1:], left[:])
	copy(b[33:], right[:])
	return sha256.Sum256(b[:])
}

// rootFromPath is RFC 9162, section 2.1.3.2: the root that leaf index of count
// leaves leads to, false when the path has the wrong length.
func rootFromPath(leaf [32]byte, index, count uint64, path [][32]byte) ([32]byte, bool) {
	if index >= count {
		return [32]byte{}, false
	}
	at, last, sum := index, count-1, leaf
	for _, p := range path {
		if last == 0 {
			return [32]byte{}, false
		}
		if at&1 == 1 || at == last {
			sum = nodeHash(p, sum)
			for at&1 == 0 && at != 0 {
				at, last = at>>1, last>>1
			}
		} else {
			sum = nodeHash(sum, p)
		}
		at, last = at>>1, last>>1
	}
	return sum, last == 0
}

// treeRoot is RFC 9162, section 2.1.1, built level by level: an odd node at
// the end of a level moves up as it is.
func treeRoot(level [][32]byte) [32]byte {
	if len(level) == 0 {
		return sha256.Sum256(nil)
	}
	level = append([][32]byte(nil), level...)
	for len(level) > 1 {
		n := 0
		for i := 0; i+1 < len(level); i += 2 {
			level[n] = nodeHash(level[i], level[i+1])
			n++
		}
		if len(level)%2 == 1 {
			level[n] = level[len(level)-1]
			n++
		}
		level = level[:n]
	}
	return level[0]
}
