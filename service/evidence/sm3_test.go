package evidence_test

import (
	"bytes"
	"context"
	"encoding/hex"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/emmansun/gmsm/sm3"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service/evidence"
)

const sm3File = "manifest/sm3.txt"

func sm3Hex(s string) string { sum := sm3.Sum([]byte(s)); return hex.EncodeToString(sum[:]) }

// sm3Text is the SM3 manifest of files whose contents are their names.
func sm3Text(names ...string) string {
	var b strings.Builder
	for _, n := range names {
		b.WriteString(sm3Hex(n) + "  " + n + ".csv\n")
	}
	return b.String()
}

// notarizeSM3 notarizes files with an SM3 manifest, whatever that says.
func (s *story) notarizeSM3(text string, names ...string) string {
	s.t.Helper()
	_, body := s.notarization(s.owner2, names...)
	body.SM3Fingerprint = "sm3:" + sm3Hex(text)
	r := s.receiptOf(&body)
	r.SM3Fingerprint = body.SM3Fingerprint
	body.CustodyReceipt = s.sign(s.exchange, pledge.CustodyReceiptAct, r)
	return s.commit(s.sign(s.owner2, pledge.AssetNotarize, body))
}

// writeSM3 writes a package from a vault that has this SM3 manifest.
func (s *story) writeSM3(text, id string) ([]byte, error) {
	s.t.Helper()
	from := s.source()
	from.SM3 = func(context.Context, string, string) (string, error) { return text, nil }
	var b bytes.Buffer
	err := evidence.Write(context.Background(), &b, from, id)
	return b.Bytes(), err
}

func (s *story) packageSM3(text, id string) []byte {
	s.t.Helper()
	data, err := s.writeSM3(text, id)
	if err != nil {
		s.t.Fatal(err)
	}
	return data
}

func TestSM3Package(t *testing.T) {
	s := newStory(t)
	text := sm3Text("p", "q")
	id := s.notarizeSM3(text, "p", "q")
	data := s.packageSM3(text, id)
	if got := string(unpack(t, data)[sm3File]); got != text {
		t.Errorf("got %q, want %q", got, text)
	}
	r := check(t, data, s.trust())
	if !r.OK() || r.Find(evidence.CheckSM3).Result != evidence.Pass {
		t.Errorf("got %+v", r.Find(evidence.CheckSM3))
	}
	if has := r.Parts[0].Has; has == nil || !strings.Contains(has.EN, "SM3") {
		t.Errorf("the list of parts says %+v", r.Parts[0])
	}
	if _, err := s.writeSM3(sm3Text("p", "other"), id); err == nil {
		t.Error("a package with another SM3 manifest was handed out")
	}
}

// A package may do without: of an asset that has none, and of a vault that lost it.
func TestSM3IsOptional(t *testing.T) {
	s := newStory(t)
	lost := s.notarizeSM3(sm3Text("p", "q"), "p", "q")
	for name, data := range map[string][]byte{"asset without": s.packageSM3(sm3Text("a", "b"), s.asset), "lost": s.packageSM3("", lost), "no vault": s.write(lost)} {
		r := check(t, data, s.trust())
		if !r.OK() || r.Find(evidence.CheckSM3).Result != evidence.NotPresent || unpack(t, data)[sm3File] != nil {
			t.Errorf("%s: got %+v", name, r.Find(evidence.CheckSM3))
		}
		if len(r.Parts) > 0 && r.Parts[0].Has != nil && strings.Contains(r.Parts[0].Has.EN, "SM3") {
			t.Errorf("%s: the list of parts says %+v", name, r.Parts[0].Has)
		}
	}
}

func TestSM3Attacks(t *testing.T) {
	s := newStory(t)
	text := sm3Text("p", "q")
	good := unpack(t, s.packageSM3(text, s.notarizeSM3(text, "p", "q")))
	for name, change := range map[string]string{
		"a changed digit":   strings.Replace(text, sm3Hex("p"), sm3Hex("P"), 1),
		"a line less":       sm3Text("p"),
		"a line more":       text + sm3Text("r"),
		"another order":     sm3Text("q", "p"),
		"capitals":          strings.ToUpper(text),
		"nothing":           "",
		"no newline":        strings.TrimSuffix(text, "\n"),
		"another dataset's": sm3Text("a", "b"),
	} {
		good[sm3File] = []byte(change)
		s.failsSM3(name, good.pack(t, s.exchange))
	}
	for _, id := range []string{s.asset, s.owner.party} {
		f := unpack(t, s.write(id))
		f[sm3File] = []byte(text)
		s.failsSM3(id+" has none", f.pack(t, s.exchange))
	}
	f := unpack(t, s.write(s.asset))
	f[sm3File] = []byte(text)
	if got := check(t, f.pack(t, s.exchange), s.trust()).Find(evidence.CheckSM3).Failures[0]; got.Detail != "the asset has no SM3 fingerprint" {
		t.Errorf("got %+v", got)
	}
}

func (s *story) failsSM3(name string, data []byte) {
	s.t.Helper()
	r := check(s.t, data, s.trust())
	f := r.Find(evidence.CheckSM3)
	if r.OK() || f.Result != evidence.Fail || f.Failures[0].File != sm3File {
		s.t.Errorf("%s: got %+v", name, f)
	}
}

// Owner and custodian may sign the SM3 of a list that is not the dataset's.
func TestSM3OfOtherFiles(t *testing.T) {
	for name, text := range map[string]string{
		"another path": sm3Text("p", "r"), "a line less": sm3Text("p"), "a line more": sm3Text("p", "q", "r"), "another order": sm3Text("q", "p"),
		"a short digest": strings.Replace(sm3Text("p", "q"), sm3Hex("p"), "abc", 1), "capitals": strings.Replace(sm3Text("p", "q"), sm3Hex("p"), strings.ToUpper(sm3Hex("p")), 1),
		"no newline": strings.TrimSuffix(sm3Text("p", "q"), "\n"), "another space": strings.Replace(sm3Text("p", "q"), "  ", " *", 1),
	} {
		s := newStory(t)
		f := unpack(t, s.write(s.notarizeSM3(text, "p", "q")))
		f[sm3File] = []byte(text)
		s.failsSM3(name, f.pack(t, s.exchange))
	}
}

// An operator may record an SM3 that the custodian never signed.
func TestSM3OfNoReceipt(t *testing.T) {
	s := newStory(t)
	f := unpack(t, s.write(s.asset))
	r := check(t, s.renotarized(t, f, func(b *pledge.NotarizeBody) {
		b.SM3Fingerprint = "sm3:" + sm3Hex(sm3Text("p", "q"))
		s.receiptSaying(func(r *pledge.ReceiptBody) { r.SM3Fingerprint = "sm3:" + sm3Hex("x") })(b)
	}), s.trust())
	for _, failure := range r.Find(evidence.CheckReceiptMatches).Failures {
		if strings.HasSuffix(failure.Field, "sm3_fingerprint") {
			return
		}
	}
	t.Errorf("got %+v", r.Find(evidence.CheckReceiptMatches))
}

// Files are compared with both digests; a wrong SM3 of a file that owner and
// custodian signed is found only then.
func TestSM3OfTheData(t *testing.T) {
	for name, tt := range map[string]struct{ text, file string }{
		"both right": {sm3Text("p", "q"), ""},
		"SM3 wrong":  {strings.Replace(sm3Text("p", "q"), sm3Hex("q"), sm3Hex("Q"), 1), "q.csv"},
	} {
		s := newStory(t)
		report := check(t, s.packageSM3(tt.text, s.notarizeSM3(tt.text, "p", "q")), s.trust())
		dir := fstest.MapFS{"p.csv": {Data: []byte("p")}, "q.csv": {Data: []byte("q")}}
		r, err := evidence.CheckData(context.Background(), report, dir)
		if err != nil || r.OK() != (tt.file == "") {
			t.Fatalf("%s: got %v, %v", name, r.Find(evidence.CheckDataMatches), err)
		}
		if f := r.Find(evidence.CheckDataMatches); tt.file != "" && (f.Failures[0].File != tt.file || f.Failures[0].Field != "sm3") {
			t.Errorf("%s: got %+v", name, f)
		}
	}
}
