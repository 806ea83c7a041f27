package sensitive

import "bytes"

// address4 recognizes an IPv4 address. Private, loopback and reserved ones
// point to no subscriber and are only near, as are numbers of three or five
// parts: version numbers look like that.
func address4(b []byte) outcome {
	var parts [4]int
	n, digits := 0, 0
	for _, c := range b {
		switch {
		case c == '.' && digits > 0:
			n, digits = n+1, 0
		case isDigit(c) && digits < 3 && n < 4 && (digits == 0 || parts[n] > 0):
			parts[n] = parts[n]*10 + int(c-'0')
			digits++
		case isDigit(c) && n >= 4 && digits < 3:
			digits++
		default:
			return other
		}
	}
	switch {
	case digits == 0 || n < 2:
		return other
	case n != 3 || max(parts[0], parts[1], parts[2], parts[3]) > 255 || !public(parts):
		return near
	}
	return hit
}

// public leaves out what RFC 6890 reserves, and numbers that are small
// throughout, such as 4.2.1.0.
func public(p [4]int) bool {
	switch {
	case p[0] == 0 || p[0] == 10 || p[0] == 127 || p[0] >= 224:
		return false
	case p[0] == 192 && p[1] == 168, p[0] == 172 && p[1]&0xF0 == 16, p[0] == 169 && p[1] == 254, p[0] == 100 && p[1]&0xC0 == 64:
		return false
	}
	return max(p[0], p[1], p[2], p[3]) > 31
}

func isHex(c byte) bool { return isDigit(c) || (c|0x20)-'a' < 6 }

// address6 recognizes an IPv6 address (RFC 4291 2.2) without its IPv4 form.
func address6(b []byte) bool {
	groups, digits, gap := 0, 0, false
	for i, c := range b {
		switch {
		case isHex(c) && digits < 4:
			if digits == 0 {
				groups++
			}
			digits++
		case c == ':' && i > 0 && b[i-1] == ':':
			if gap {
				return false
			}
			gap = true
		case c == ':':
			digits = 0
		default:
			return false
		}
	}
	return groups == 8 && !gap || gap && groups >= 2 && groups < 8 && b[0] != ':'
}

// hardware recognizes a MAC address: six pairs with - or :, or three groups
// of four with dots. All-zero and broadcast ones are nobody's.
func hardware(b []byte) bool {
	step, sep := 3, byte(0)
	switch {
	case len(b) == 17:
		sep = b[2]
	case len(b) == 14:
		step, sep = 5, b[4]
	}
	if sep != ':' && sep != '-' && (sep != '.' || step != 5) {
		return false
	}
	same := true
	for i, c := range b {
		if i%step == step-1 && c != sep || i%step != step-1 && !isHex(c) {
			return false
		}
		same = same && (c == b[0] || c == sep)
	}
	return !same
}

// isDigest recognizes 32, 40 or 64 hexadecimal digits in one case, not all of
// them decimal.
func isDigest(b []byte) bool {
	if len(b) != 32 && len(b) != 40 && len(b) != 64 {
		return false
	}
	letters, digits, cases := 0, 0, byte(0)
	for _, c := range b {
		switch {
		case isDigit(c):
			digits++
		case isHex(c):
			letters++
			cases |= 1 << (c >> 5 & 1)
		default:
			return false
		}
	}
	return letters > 0 && digits > 0 && cases != 3
}

// networkOnly recognizes what is left of an IPv4 address when its end was
// taken away: 36.40.12, 36.40.12.0/24, 36.40.*.*.
func networkOnly(b []byte) bool {
	plain, prefix, cut := bytes.Cut(b, []byte("/"))
	stars := 0
	for i, c := range plain {
		switch {
		case c == '*':
			stars++
		case c != '.' && !isDigit(c), stars > 0 && c != '.', i == 0 && c == '.':
			return false
		}
	}
	dots := bytes.Count(plain, []byte("."))
	if cut {
		return dots == 3 && stars == 0 && len(prefix) > 0 && len(prefix) <= 2 && allDigits(prefix) && number(string(prefix)) <= 24
	}
	return stars > 0 && dots == 3 || stars == 0 && (dots == 1 || dots == 2) && plain[len(plain)-1] != '.'
}
