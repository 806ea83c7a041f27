package sketches

import (
	"errors"
	"hash/crc32"
	"os"
	"testing"
)

// renumber makes a segment one of another format, good in itself.
func renumber(t testing.TB, path string, number uint64) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	end := len(data) - trailerSize
	pages := int(little.Uint32(data[end+24:]))
	little.PutUint64(data[end:], number)
	little.PutUint32(data[len(data)-8:], crc32.Checksum(data[pages*pageSize:len(data)-8], castagnoli))
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

func opens(t testing.TB, dir, path string) error {
	t.Helper()
	first, last, _ := parseName(path[len(dir)+1:])
	seg, err := openSegment(dir, first, last)
	if err == nil {
		err = seg.close()
	}
	return err
}

// TestSegmentsOfAnEarlierFormatAreMadeAgain: they hold other hashes, and are
// otherwise good.
func TestSegmentsOfAnEarlierFormatAreMadeAgain(t *testing.T) {
	r, query, last := filled(t, 40)
	dir := t.TempDir()
	ix := start(t, dir, r.ledger, r.vault)
	r.check(ix, query, last)
	ix.stop()
	for _, name := range names(t, dir, prefix) {
		renumber(t, name, magic)
		if err := opens(t, dir, name); err != nil {
			t.Fatal(err)
		}
		renumber(t, name, magic-1<<56)
		if err := opens(t, dir, name); !errors.Is(err, errDamaged) {
			t.Errorf("a segment of an earlier format: %v", err)
		}
	}
	ix = start(t, dir, r.ledger, r.vault)
	r.check(ix, query, last)
	ix.stop()
	list := names(t, dir, prefix)
	if len(list) == 0 {
		t.Error("no segment was made again")
	}
	for _, name := range list {
		if err := opens(t, dir, name); err != nil {
			t.Error(err)
		}
	}
}
