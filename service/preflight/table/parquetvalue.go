package table

import (
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"
)

// meaning is what the values of a column stand for.
type meaning int

const (
	plainValue meaning = iota
	textValue
	jsonValue
	decimalValue
	dateValue
	timeValue
	timestampValue
	unsignedValue
	uuidValue
	halfValue
)

// mean takes the meaning from the logical type, or the older converted one
// (LogicalTypes.md); what it does not know, or does not fit the type, stays plain.
func (l *leaf) mean(e element) error {
	units := map[int64]int64{1: 1e6, 2: 1e3, 3: 1}
	l.scale = int(e.scale)
	switch id, c := e.logical.id, e.converted; {
	case id == 1 || id == 4 || id == 0 && (c == 0 || c == 4):
		l.meaning = textValue
	case id == 12 || id == 0 && c == 19:
		l.meaning = jsonValue
	case id == 5 || id == 0 && c == 5:
		l.meaning = decimalValue
		if id == 5 {
			l.scale = int(e.logical.scale)
		}
	case id == 6 || id == 0 && c == 6:
		l.meaning = dateValue
	case id == 7 || id == 0 && (c == 7 || c == 8):
		l.meaning, l.unit = timeValue, units[e.logical.unit+(c-6)*one(id == 0)]
	case id == 8 || id == 0 && (c == 9 || c == 10):
		l.meaning, l.unit = timestampValue, units[e.logical.unit+(c-8)*one(id == 0)]
	case id == 10 && e.logical.unsigned || id == 0 && c >= 11 && c <= 14:
		l.meaning = unsignedValue
	case id == 14:
		l.meaning = uuidValue
	case id == 15:
		l.meaning = halfValue
	}
	if l.meaning == decimalValue && (l.scale < 0 || l.scale > 1000) {
		return failure(Malformed, "a decimal without a sensible scale")
	}
	if !slices.Contains(fits[l.meaning], l.kind) || l.meaning == uuidValue && l.width != 16 || l.meaning == halfValue && l.width != 2 ||
		(l.meaning == timeValue || l.meaning == timestampValue) && l.unit == 0 {
		l.meaning = plainValue
	}
	return nil
}

func one(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// fits says which types may have a meaning.
var fits = map[meaning][]int64{
	plainValue: {boolean, int32Kind, int64Kind, int96Kind, floatKind, doubleKind, bytesKind, fixedKind},
	textValue:  {bytesKind, fixedKind}, jsonValue: {bytesKind, fixedKind},
	decimalValue: {int32Kind, int64Kind, bytesKind, fixedKind}, dateValue: {int32Kind},
	timeValue: {int32Kind, int64Kind}, timestampValue: {int64Kind},
	unsignedValue: {int32Kind, int64Kind}, uuidValue: {fixedKind}, halfValue: {fixedKind},
}

// integer is a value of four or eight bytes.
func integer(v []byte) int64 {
	if len(v) == 4 {
		return int64(int32(binary.LittleEndian.Uint32(v)))
	}
	return int64(binary.LittleEndian.Uint64(v))
}

// append appends a value as the text of a cell, and says Number if it is one.
func (l *leaf) append(dst, v []byte) ([]byte, Class, error) {
	switch l.meaning {
	case textValue:
		if !utf8.Valid(v) {
			return dst, 0, failure(BrokenEncoding, "a text that is not utf-8")
		}
		return append(dst, v...), 0, nil
	case jsonValue:
		return appendJSON(dst, v)
	case decimalValue:
		if len(v) > 128 {
			return dst, 0, failure(Unsupported, "a decimal of more than 128 bytes")
		}
		return l.appendDecimal(dst, v), Number, nil
	case dateValue:
		return time.Unix(integer(v)*86400, 0).UTC().AppendFormat(dst, time.DateOnly), 0, nil
	case timeValue:
		return time.Unix(0, integer(v)%(86400e9/l.unit)*l.unit).UTC().AppendFormat(dst, "15:04:05.999999999"), 0, nil
	case timestampValue:
		per := int64(1e9) / l.unit
		n := integer(v)
		return time.Unix(n/per, n%per*l.unit).UTC().AppendFormat(dst, time.RFC3339Nano), 0, nil
	case unsignedValue:
		if l.kind == int32Kind {
			return strconv.AppendUint(dst, uint64(uint32(integer(v))), 10), Number, nil
		}
		return strconv.AppendUint(dst, uint64(integer(v)), 10), Number, nil
	case uuidValue:
		h := hex.EncodeToString(v)
		return append(dst, h[:8]+"-"+h[8:12]+"-"+h[12:16]+"-"+h[16:20]+"-"+h[20:]...), 0, nil
	case halfValue:
		return appendFloat(dst, half(binary.LittleEndian.Uint16(v)), 64), Number, nil
	}
	return l.appendPlain(dst, v)
}

func (l *leaf) appendPlain(dst, v []byte) ([]byte, Class, error) {
	switch l.kind {
	case boolean:
		return strconv.AppendBool(dst, v[0] != 0), 0, nil
	case int32Kind, int64Kind:
		return strconv.AppendInt(dst, integer(v), 10), Number, nil
	case floatKind:
		return appendFloat(dst, float64(math.Float32frombits(binary.LittleEndian.Uint32(v))), 32), Number, nil
	case doubleKind:
		return appendFloat(dst, math.Float64frombits(binary.LittleEndian.Uint64(v)), 64), Number, nil
	case int96Kind: // nanoseconds of a Julian day
		days := int64(binary.LittleEndian.Uint32(v[8:])) - 2440588
		at := time.Unix(days*86400, 0).Add(time.Duration(binary.LittleEndian.Uint64(v)))
		return at.UTC().AppendFormat(dst, time.RFC3339Nano), 0, nil
	}
	if utf8.Valid(v) {
		return append(dst, v...), 0, nil
	}
	return hex.AppendEncode(dst, v), 0, nil
}

// appendJSON appends a JSON document as the cell that JSON lines would give.
func appendJSON(dst, v []byte) ([]byte, Class, error) {
	if !utf8.Valid(v) {
		return dst, 0, failure(BrokenEncoding, "a JSON document that is not utf-8")
	}
	if n, err := new(braces).scan(v); err != nil || !json.Valid(v) || n == 0 {
		return append(dst, v...), 0, nil
	}
	out, class, err := appendCell(dst, space(v))
	return out, class & Number, err
}
