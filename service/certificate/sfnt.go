package certificate

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
)

// A font file is an sfnt (OpenType spec, "Font file"): a directory of tables,
// or a collection (TTC) of such directories over shared tables.
const (
	tagCollection = "ttcf"
	tagCFF        = "OTTO"
	tagApple      = "true"
	tagTrueType   = "\x00\x01\x00\x00"
)

// errOutlines refuses what cannot be embedded.
var errOutlines = errors.New("its outlines are CFF (PostScript); a font with TrueType outlines (glyf) is needed")

// keptTables are all that printing needs of a font. What is left out, such as
// layout tables, would only take memory.
var keptTables = []string{"OS/2", "cmap", "cvt ", "fpgm", "glyf", "head", "hhea", "hmtx", "loca", "maxp", "name", "post", "prep"}

var neededTables = []string{"OS/2", "cmap", "glyf", "head", "hhea", "hmtx", "loca", "maxp", "name", "post"}

// faces is how many fonts a file holds: one, or those of a collection.
func faces(file []byte) int {
	if len(file) < 12 || string(file[:4]) != tagCollection {
		return 1
	}
	return int(min(binary.BigEndian.Uint32(file[8:]), 64))
}

// face takes a font out of a file as a TrueType font of its own: a table
// directory, then the tables, each padded with zeros to four bytes.
func face(file []byte, n int) ([]byte, error) {
	at := uint64(0)
	if len(file) >= 12 && string(file[:4]) == tagCollection {
		if n >= faces(file) || len(file) < 12+4*(n+1) {
			return nil, fmt.Errorf("the collection has no font %d", n)
		}
		at = uint64(binary.BigEndian.Uint32(file[12+4*n:]))
	}
	tables, err := directory(file, at)
	if err != nil {
		return nil, err
	}
	return assemble(tables), nil
}

// directory reads the tables of the font whose directory begins at a byte.
func directory(file []byte, at uint64) (map[string][]byte, error) {
	if at+12 > uint64(len(file)) {
		return nil, errors.New("not a font: too short")
	}
	switch kind := string(file[at : at+4]); kind {
	case tagTrueType, tagApple:
	case tagCFF:
		return nil, errOutlines
	default:
		return nil, fmt.Errorf("not a TrueType font: it begins with %q", kind)
	}
	count := uint64(binary.BigEndian.Uint16(file[at+4:]))
	if at+12+16*count > uint64(len(file)) {
		return nil, errors.New("cut off in its table directory")
	}
	tables := map[string][]byte{}
	for i := range count {
		entry := file[at+12+16*i:]
		offset, length := uint64(binary.BigEndian.Uint32(entry[8:])), uint64(binary.BigEndian.Uint32(entry[12:]))
		if offset+length > uint64(len(file)) {
			return nil, fmt.Errorf("cut off in its table %q", entry[:4])
		}
		tables[string(entry[:4])] = file[offset : offset+length]
	}
	return tables, complete(tables)
}

func complete(tables map[string][]byte) error {
	if _, ok := tables["glyf"]; !ok {
		return errOutlines
	}
	for _, tag := range neededTables {
		if _, ok := tables[tag]; !ok {
			return fmt.Errorf("it lacks the table %q", tag)
		}
	}
	return nil
}

// assemble writes a font of the tables that are kept.
func assemble(tables map[string][]byte) []byte {
	tags := slices.DeleteFunc(slices.Clone(keptTables), func(tag string) bool { return tables[tag] == nil })
	out := append([]byte(tagTrueType), search(len(tags))...)
	at := 12 + 16*len(tags)
	for _, tag := range tags {
		out = append(out, tag...)
		out = binary.BigEndian.AppendUint32(out, checksum(tables[tag]))
		out = binary.BigEndian.AppendUint32(out, uint32(at))
		out = binary.BigEndian.AppendUint32(out, uint32(len(tables[tag])))
		at += padded(len(tables[tag]))
	}
	out = slices.Grow(out, at-len(out))
	for _, tag := range tags {
		out = append(out, tables[tag]...)
		out = append(out, make([]byte, padded(len(tables[tag]))-len(tables[tag]))...)
	}
	return out
}

// search are the number of tables and the three numbers that speed up a
// binary search for one.
func search(tables int) []byte {
	power, log := 1, 0
	for power*2 <= tables {
		power, log = power*2, log+1
	}
	var b []byte
	for _, v := range []int{tables, power * 16, log, (tables - power) * 16} {
		b = binary.BigEndian.AppendUint16(b, uint16(v))
	}
	return b
}

// checksum is the sum of a table's 32-bit words, the last filled with zeros.
func checksum(table []byte) (sum uint32) {
	for len(table) >= 4 {
		sum += binary.BigEndian.Uint32(table)
		table = table[4:]
	}
	var last [4]byte
	copy(last[:], table)
	return sum + binary.BigEndian.Uint32(last[:])
}

func padded(n int) int { return (n + 3) &^ 3 }
