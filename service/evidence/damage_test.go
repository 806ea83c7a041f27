package evidence_test

import (
	"encoding/binary"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/datapledge/datapledge/service/evidence"
)

// places says for each byte of a package which file it belongs to: its
// content, its local header or its entry in the directory; "(end)" after.
func places(t *testing.T, data []byte) []string {
	t.Helper()
	var out []string
	mark := func(n int, name string) {
		for range n {
			out = append(out, name)
		}
	}
	le := binary.LittleEndian
	for len(out) < len(data) {
		switch at := data[len(out):]; le.Uint32(at) {
		case 0x04034b50:
			n := int(le.Uint16(at[26:]))
			mark(30+n+int(le.Uint32(at[18:])), string(at[30:30+n]))
		case 0x02014b50:
			n := int(le.Uint16(at[28:]))
			mark(46+n, string(at[46:46+n]))
		default:
			mark(len(at), "(end)")
		}
	}
	return out
}

// stride is n, and 1 when everything is asked for: that takes minutes.
func stride(n int) int {
	if os.Getenv("DATAPLEDGE_TEST_EXHAUSTIVE") != "" {
		return 1
	}
	return n
}

// Every single changed bit fails, and the failure names the part: the file
// that holds it or, where the damage hides the file's name, the one before.
func TestEveryChangedBitFails(t *testing.T) {
	s := newStory(t)
	data, trust := s.write(s.owner.party), s.trust()
	where := places(t, data)
	var parts []string
	for bit := 0; bit < len(data)*8; bit += stride(997) {
		i := bit / 8
		damaged := slices.Clone(data)
		damaged[i] ^= 1 << (bit % 8)
		r := check(t, damaged, trust)
		if r.OK() {
			t.Fatalf("byte %d in %s: changed and passed", i, where[i])
		}
		if parts = neighbours(where, i); !names(r, parts) {
			t.Fatalf("byte %d in %s: the failure names another part:\n%s", i, where[i], text(r))
		}
	}
}

func neighbours(where []string, i int) []string {
	at := slices.Compact(slices.Clone(where[:i+1]))
	return append([]string{"(start)"}, at[max(0, len(at)-2):]...)
}

func names(r evidence.Report, parts []string) bool {
	for _, c := range r.Checks {
		for _, f := range c.Failures {
			if slices.ContainsFunc(parts, func(p string) bool { return strings.Contains(f.File+f.Detail, p) }) {
				return true
			}
		}
	}
	return slices.ContainsFunc(r.Checks[0].Failures, func(f evidence.Failure) bool { return f.Field == "name" })
}

func TestBitsOfALargerPackage(t *testing.T) {
	s := newStory(t)
	data, trust := s.write(s.pledge), s.trust()
	for i := 0; i < len(data)*8; i += stride(32003) {
		damaged := slices.Clone(data)
		damaged[i/8] ^= 1 << (i % 8)
		if r := check(t, damaged, trust); r.OK() {
			t.Fatalf("bit %d: changed and passed", i)
		}
	}
}

func TestEveryTruncationAndAdditionFails(t *testing.T) {
	s := newStory(t)
	data, trust := s.write(s.owner.party), s.trust()
	for n := 0; n < len(data); n += stride(3) {
		if r := check(t, data[:n], trust); r.Find(evidence.CheckContainer).Result != evidence.Fail || r.OK() {
			t.Fatalf("cut after %d of %d bytes: passed", n, len(data))
		}
	}
	for name, other := range map[string][]byte{
		"byte after": append(slices.Clone(data), 0), "byte before": append([]byte{0}, data...),
		"twice": append(slices.Clone(data), data...), "nothing": nil, "a zip of nothing": {'P', 'K', 5, 6, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0},
	} {
		if r := check(t, other, trust); r.OK() || r.Find(evidence.CheckContainer).Failed == 0 {
			t.Errorf("%s: passed", name)
		}
	}
}

// endless is a reader of zeros that counts what is asked of it.
type endless struct{ asked int }

func (e *endless) ReadAt(p []byte, off int64) (int, error) {
	e.asked += len(p)
	return len(p), nil
}

func TestHugePackageIsNotRead(t *testing.T) {
	s := newStory(t)
	e := &endless{}
	r, err := evidence.Check(t.Context(), e, 1<<40, s.trust())
	if err != nil || r.OK() || e.asked != 0 {
		t.Errorf("got %v, verdict %s, %d bytes read", err, r.Verdict, e.asked)
	}
}

// failing is a disk that fails.
type failing struct{}

func (failing) ReadAt([]byte, int64) (int, error) { return 0, errors.New("disk on fire") }

func TestFaultOfReadingIsAnError(t *testing.T) {
	s := newStory(t)
	if r, err := evidence.Check(t.Context(), failing{}, 100, s.trust()); err == nil || r.OK() {
		t.Error("no error")
	}
	if r, err := evidence.Check(t.Context(), failing{}, 100, evidence.Trust{}); err == nil || r.OK() {
		t.Error("an empty trust was taken")
	}
}
