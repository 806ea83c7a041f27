package evidence_test

import (
	"encoding/binary"
	"fmt"
	"sort"
	"strings"
	"testing"

	"github.com/datapledge/datapledge/service/evidence"
)

// region is a run of bytes of a package: what of which file it holds.
type region struct {
	start, end int
	part       string // content, local header, directory, end
	file       string
	before     string // the file of the region before, "(start)" when there is none
}

// sound is a package that stands, and where everything in it is.
type sound struct {
	name    string
	data    []byte
	trust   evidence.Trust
	regions []region
}

func newSound(t *testing.T, name string, data []byte, trust evidence.Trust) sound {
	t.Helper()
	if r := check(t, data, trust); !r.OK() {
		t.Fatalf("%s: %s", name, text(r))
	}
	p := sound{name: name, data: data, trust: trust}
	le := binary.LittleEndian
	for n := 0; n < len(data); n = p.regions[len(p.regions)-1].end {
		switch at := data[n:]; le.Uint32(at) {
		case 0x04034b50:
			body, size := 30+int(le.Uint16(at[26:])), int(le.Uint32(at[18:]))
			file := string(at[30:body])
			p.add("local header", file, body)
			p.add("content", file, size)
		case 0x02014b50:
			size := 46 + int(le.Uint16(at[28:]))
			p.add("directory", string(at[46:size]), size)
		default:
			p.add("end", "(end)", len(at))
		}
	}
	return p
}

func (p *sound) add(part, file string, size int) {
	r := region{part: part, file: file, before: "(start)"}
	if n := len(p.regions); n > 0 {
		r.start, r.before = p.regions[n-1].end, p.regions[n-1].file
	}
	if r.end = r.start + size; size > 0 {
		p.regions = append(p.regions, r)
	}
}

// at is the region of a byte.
func (p *sound) at(offset int) region {
	return p.regions[sort.Search(len(p.regions), func(i int) bool { return p.regions[i].end > offset })]
}

// located says whether a failure of the container names the damage: of a
// content its file and nothing else, of a header the file whose it is or, when
// the damage hides that name, the one before or the name as it reads now.
func (r region) located(f evidence.Finding, damaged []byte) bool {
	if f.Result != evidence.Fail || len(f.Failures) == 0 {
		return false
	}
	if r.part == "content" {
		return len(f.Failures) == 1 && f.Failures[0].File == r.file && f.Failures[0].Field == "crc"
	}
	last := f.Failures[len(f.Failures)-1]
	if last.File == r.file || last.File == r.before || r.part == "end" && last.Field == "end record" {
		return true
	}
	const name = 30 // where it stands in a local header
	if r.part != "local header" || r.start+name >= len(damaged) {
		return false
	}
	reads := string(damaged[r.start+name : min(r.end, len(damaged))])
	return last.File == reads || last.Field == "name" && (goesOn(last.File, fmt.Sprintf("%q", reads)) || strings.Contains(last.Detail, reads))
}

// goesOn says whether one of two quoted names goes on from the other: the
// length of the name may be what was damaged.
func goesOn(a, b string) bool {
	x, y := strings.TrimSuffix(a, `"`), strings.TrimSuffix(b, `"`)
	return strings.HasPrefix(x, y) || strings.HasPrefix(y, x)
}
