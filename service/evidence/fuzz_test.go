package evidence_test

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"github.com/datapledge/datapledge/service/evidence"
)

// FuzzCheck: whatever the bytes, the checker answers, and only the package
// that was written stands.
func FuzzCheck(f *testing.F) {
	s := newStory(f)
	trust := s.trust()
	seeds := [][]byte{s.write(s.bank.party), s.write(s.owner.party), s.write(s.asset), s.write(s.pledge)}
	sound := map[string]bool{}
	for _, seed := range seeds {
		f.Add(seed)
		sound[string(seed)] = true
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := evidence.Check(context.Background(), bytes.NewReader(data), int64(len(data)), trust)
		if err != nil {
			t.Fatal(err)
		}
		if r.OK() != sound[string(data)] {
			t.Errorf("verdict %s", r.Verdict)
		}
		if text(r) == "" {
			t.Error("no text")
		}
	})
}

// FuzzInside changes one file and lists, signs and packs it as the maker of
// packages could: so the fuzzer reaches what lies behind the digests.
func FuzzInside(f *testing.F) {
	s := newStory(f)
	trust := s.trust()
	sound := unpack(f, s.write(s.pledge))
	n := 0
	for name, data := range sound {
		if name != "manifest.json" && name != "manifest.jws" {
			f.Add(name, data)
			n++
		}
	}
	if n < 20 {
		f.Fatalf("only %d seeds", n)
	}
	f.Fuzz(func(t *testing.T, name string, data []byte) {
		if name == "manifest.json" || name == "manifest.jws" || len(name) > 300 || strings.HasSuffix(name, "/") {
			t.Skip()
		}
		changed := contents{}
		for n, d := range sound {
			changed[n] = d
		}
		changed[name] = data
		r := check(t, changed.pack(t, s.exchange), trust)
		same := bytes.Equal(data, sound[name]) && sound[name] != nil
		if r.OK() && !same && name != "README.txt" {
			t.Errorf("%s was changed to %q and passed", name, data)
		}
	})
}
