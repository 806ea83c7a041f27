package secondreader

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// container makes the zip again, of the names and contents it finds, and wants
// the same bytes.
func (r *reader) container() error {
	limit := 64 << 20
	if !r.solo {
		limit = 256 << 20
	}
	if len(r.data) > limit {
		return errors.New("too large")
	}
	names, err := r.unzip()
	if err != nil {
		return err
	}
	if !slices.IsSorted(names) || len(slices.Compact(slices.Clone(names))) != len(names) || len(names) > 20000 {
		return errors.New("names out of order")
	}
	for _, n := range names {
		if roleOf(n) == "" {
			return fmt.Errorf("a file that has no place: %q", n)
		}
	}
	return must(bytes.Equal(r.zip(names), r.data), "not every byte is as laid down")
}

func (r *reader) unzip() (names []string, err error) {
	r.files = map[string][]byte{}
	for at := 0; ; {
		b := r.data[at:]
		if len(b) < 30 || !bytes.HasPrefix(b, []byte("PK\x03\x04")) {
			return names, nil
		}
		size, n := int(binary.LittleEndian.Uint32(b[18:])), int(binary.LittleEndian.Uint16(b[26:]))
		if len(b)-30-n < size || size < 0 {
			return nil, errors.New("cut off")
		}
		name := string(b[30 : 30+n])
		names, r.files[name] = append(names, name), b[30+n:30+n+size]
		at += 30 + n + size
	}
}

func (r *reader) zip(names []string) []byte {
	var local, central []byte
	le := binary.LittleEndian
	for _, name := range names {
		data := r.files[name]
		common := []byte{20, 0, 0, 0, 0, 0, 0, 0, 0x21, 0}
		common = le.AppendUint32(common, crc32.ChecksumIEEE(data))
		common = le.AppendUint32(le.AppendUint32(common, uint32(len(data))), uint32(len(data)))
		common = append(le.AppendUint16(common, uint16(len(name))), 0, 0)
		central = append(append(central, "PK\x01\x02\x14\x03"...), common...)
		central = append(central, 0, 0, 0, 0, 0, 0)
		central = le.AppendUint32(le.AppendUint32(central, 0x81A40000), uint32(len(local)))
		central = append(central, name...)
		local = append(append(append(append(local, "PK\x03\x04"...), common...), name...), data...)
	}
	end := append([]byte("PK\x05\x06"), 0, 0, 0, 0)
	end = le.AppendUint16(le.AppendUint16(end, uint16(len(names))), uint16(len(names)))
	end = le.AppendUint32(le.AppendUint32(end, uint32(len(central))), uint32(len(local)))
	return slices.Concat(local, central, append(end, 0, 0))
}

var roles = []struct{ name, role string }{
	{`manifest\.json`, "list"}, {`manifest\.jws`, "list"}, {`README\.txt`, "readme"}, {`record\.json`, "record"}, {`parts\.json`, "parts"},
	{`search/report\.jws`, "search-report"}, {`asset\.json`, "asset"}, {`onchain/genesis\.json`, "genesis"},
	{`onchain/commands/cmd_[0-9a-f]{64}\.json`, "command"}, {`parties/[0-9A-Za-z]+\.json`, "party"}, {`custody/receipt\.jws`, "custody-receipt"},
	{`manifest/[0-9a-f]{64}\.txt`, "manifest"}, {`manifest/sm3\.txt`, "sm3-manifest"}, {`onchain/blocks/[0-9]{20}\.block`, "block"}, {`manifest/files\.json`, "files"},
	{`imprint/receipts/[0-9a-f]{64}\.jws`, "imprint-receipt"}, {`imprint/checkpoints/[0-9]{20}\.json`, "imprint-checkpoint"},
	{`imprint/blocks/[0-9]{20}\.block`, "imprint-block"}, {`timestamps/[0-9]{20}\.json`, "time-stamp"},
}

// patterns are those of the roles, made once: making one takes longer than all
// that is done with it.
var patterns = sync.OnceValue(func() (all []*regexp.Regexp) {
	for _, r := range roles {
		all = append(all, regexp.MustCompile(`^(`+r.name+`)$`))
	}
	return all
})

func roleOf(name string) string {
	for i, p := range patterns() {
		if p.MatchString(name) {
			return roles[i].role
		}
	}
	return ""
}

// named are the package's files of a role, in order.
func (r *reader) named(role string) []string {
	var out []string
	for name := range r.files {
		if roleOf(name) == role {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}

func inside(name string) string {
	return strings.SplitN(name[strings.LastIndexByte(name, '/')+1:], ".", 2)[0]
}
