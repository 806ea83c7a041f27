package faultrun

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"os"
	"path/filepath"
	"testing"
)

// What a peer wrote lately stands in the log of its LevelDB, not compressed:
// blocks of 32 KiB with records of a masked CRC-32C over type and data, the
// length, both little endian, the type, and the data
// (github.com/google/leveldb, doc/log_format.md).
const (
	logBlock  = 32 << 10
	logHeader = 7
	crcMask   = 0xa282ead8
)

// editDatabase replaces the first old after key by new, of the same length, in
// the logs of a database that nobody has open, as somebody would who knows
// the format. It says how many places it changed.
func editDatabase(t testing.TB, dir, key, old, new string) (n int) {
	t.Helper()
	paths, _ := filepath.Glob(filepath.Join(dir, "*.log"))
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if m := editLog(text, key, old, new); m > 0 {
			n += m
			if err := os.WriteFile(path, text, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	return n
}

func editLog(text []byte, key, old, new string) (n int) {
	for start := 0; start < len(text); start += logBlock {
		block := text[start:min(start+logBlock, len(text))]
		for len(block) > logHeader {
			size := logHeader + int(binary.LittleEndian.Uint16(block[4:]))
			if size > len(block) {
				break
			}
			n += editRecord(block[:size], key, old, new)
			block = block[size:]
		}
	}
	return n
}

func editRecord(record []byte, key, old, new string) int {
	data := record[logHeader:]
	from := bytes.Index(data, []byte(key))
	if from < 0 {
		return 0
	}
	i := bytes.Index(data[from:], []byte(old))
	if i < 0 {
		return 0
	}
	copy(data[from+i:], new)
	sum := crc32.Checksum(record[6:], crc32.MakeTable(crc32.Castagnoli))
	binary.LittleEndian.PutUint32(record, (sum>>15|sum<<17)+crcMask)
	return 1
}
