package pledge_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/datapledge/datapledge/pledge"
)

// seed adds the seeds and fails when there are none: a fuzz target with an
// empty corpus tests nothing and says ok.
func seed[T any](f *testing.F, seeds []T) {
	f.Helper()
	if len(seeds) < 4 {
		f.Fatalf("only %d seeds", len(seeds))
	}
	for _, s := range seeds {
		f.Add(s)
	}
}

// FuzzCommand: nothing panics; what is accepted has one spelling of each
// part, and reading it again gives the same.
func FuzzCommand(f *testing.F) {
	w := newWorld(f)
	var seeds []string
	for _, c := range wrongBodies {
		seeds = append(seeds, w.sign(w.owner, c.act, goodBody(w, c.act)))
	}
	for _, act := range pledge.Acts() {
		seeds = append(seeds, w.sign(w.owner, act, goodBody(w, act)))
	}
	head, payload := w.owner.header(), w.payload(w.owner, pledge.AssetNotarize, w.dataset(w.owner, "x", file("a", "a", 1)))
	for _, h := range hostiles {
		if h.want != pledge.TooLarge {
			seeds = append(seeds, h.jws(w, head, payload))
		}
	}
	seed(f, seeds)
	f.Fuzz(func(t *testing.T, s string) {
		c, err := pledge.ParseCommand(s)
		if err != nil {
			if c != nil {
				t.Error("a command and an error")
			}
			refusalOnly(t, err)
			return
		}
		if c.JWS != s || !strings.HasPrefix(c.ID, "cmd_") || c.At().IsZero() || c.Body() == nil {
			t.Errorf("%q: %+v", s, c)
		}
		again, err := pledge.ParseCommand(s)
		if err != nil || again.ID != c.ID {
			t.Errorf("%q: %v", s, err)
		}
		raw, err := pledge.CanonicalJSON(c.Body())
		if err != nil {
			t.Fatalf("%q: the body does not print: %v", s, err)
		}
		body, err := pledge.DecodeBody(c.Payload.Act, raw)
		if err != nil {
			t.Fatalf("%s does not read back: %v", raw, err)
		}
		if twice, _ := pledge.CanonicalJSON(body); !bytes.Equal(raw, twice) {
			t.Errorf("%s prints as %s", raw, twice)
		}
		if rs, err := pledge.Apply(newMemory(), w.tx(), []*pledge.Command{c}); err != nil || rs[0].Outcome.Code != pledge.UnknownParty {
			t.Errorf("on an empty ledger: %+v, %v", rs, err)
		}
		_ = c.Verify(w.owner.jwk())
	})
}

// FuzzApply signs whatever payload comes, so that the fuzzer reaches the rules.
func FuzzApply(f *testing.F) {
	w := newWorld(f)
	asset := w.notarize(w.owner, "a")
	id := w.ready(asset, w.bank, terms("exclusive"))
	var seeds []string
	for _, act := range pledge.Acts() {
		p := w.payload(w.bank, act, goodBody(w, act))
		p = strings.ReplaceAll(p, "pl_"+strings.Repeat("a", 26), id)
		p = strings.ReplaceAll(p, "as_"+strings.Repeat("a", 26), asset)
		seeds = append(seeds, strings.ReplaceAll(p, doc("x"), w.pledge(id).TermsDigest))
	}
	seed(f, seeds)
	f.Fuzz(func(t *testing.T, payload string) {
		for _, a := range []*actor{w.owner, w.bank, w.centre, w.exchange, w.notary} {
			p := strings.Replace(payload, w.bank.uscc, a.uscc, 1)
			c, err := pledge.ParseCommand(a.signRaw(a.header(), p))
			if err != nil {
				refusalOnly(t, err)
				continue
			}
			st := &layered{under: w.st.kv, over: map[string][]byte{}}
			rs, err := pledge.Apply(st, w.tx(), []*pledge.Command{c, c})
			if err != nil {
				t.Fatalf("fault: %v", err)
			}
			if rs[0].Outcome.Status == pledge.Refused && len(st.over) > 0 {
				t.Errorf("refused, and the state changed: %+v", rs[0])
			}
			if rs[0].Outcome.Status == pledge.Applied && !rs[1].Outcome.Duplicate {
				t.Errorf("%+v, then %+v", rs[0].Outcome, rs[1].Outcome)
			}
		}
	})
}

func refusalOnly(t *testing.T, err error) {
	t.Helper()
	var e *pledge.Error
	if !errors.As(err, &e) || e.Code == "" || e.Detail == "" || len(e.Detail) > 4000 {
		t.Errorf("not a refusal: %v", err)
	}
}

// FuzzStrictJSON: what is accepted is JSON, and a reader that is not strict
// reads the same.
func FuzzStrictJSON(f *testing.F) {
	w := newWorld(f)
	seeds := []string{`{}`, `{"v":1}`, `null`, `{"a":[1,2,{"b":"\u00e9"}]}`, `{"a":1,"a":2}`, `"\ud83d\ude00"`, `[1e5,-0.5]`, `{"x":` + strings.Repeat("[", 40)}
	for _, c := range wrongBodies {
		seeds = append(seeds, w.payload(w.owner, c.act, goodBody(w, c.act)))
	}
	seed(f, seeds)
	f.Fuzz(func(t *testing.T, s string) {
		var raw json.RawMessage
		if err := pledge.StrictUnmarshal([]byte(s), &raw); err != nil {
			refusalOnly(t, err)
		} else if !json.Valid([]byte(s)) {
			t.Errorf("%q is not JSON", s)
		}
		var ours, theirs pledge.Payload
		if err := pledge.StrictUnmarshal([]byte(s), &ours); err != nil {
			refusalOnly(t, err)
			if ours.Act != "" || ours.Body != nil {
				t.Errorf("%q: refused, and not zero", s)
			}
			return
		}
		if err := json.Unmarshal([]byte(s), &theirs); err != nil || ours.By != theirs.By || ours.Nonce != theirs.Nonce || !bytes.Equal(bytes.TrimSpace(theirs.Body), ours.Body) {
			t.Errorf("%q: ours %+v, theirs %+v, %v", s, ours, theirs, err)
		}
	})
}

func FuzzFingerprint(f *testing.F) {
	seed(f, []string{doc("x"), "sha256:" + strings.Repeat("0", 64), strings.ToUpper(doc("x")), "sha512:x", "", "sha256:" + strings.Repeat("g", 64)})
	f.Fuzz(func(t *testing.T, s string) {
		fp, err := pledge.ParseFingerprint(s)
		if err != nil {
			refusalOnly(t, err)
			if !fp.IsZero() {
				t.Error("non-zero fingerprint with an error")
			}
			return
		}
		if fp.IsZero() || fp.String() != s || !strings.HasSuffix(s, fp.Hex()) {
			t.Errorf("%q prints as %q", s, fp)
		}
	})
}

func FuzzUSCC(f *testing.F) {
	seed(f, []string{uscc(1), "91350100M000100Y43", "91350100M000100Y44", "", "一二三四五六"})
	f.Fuzz(func(t *testing.T, s string) {
		err := pledge.CheckUSCC(s)
		if err != nil {
			refusalOnly(t, err)
			return
		}
		if len(s) != 18 || strings.ContainsAny(s, "IOSVZ\n ") || strings.ToUpper(s) != s {
			t.Errorf("%q passes", s)
		}
		// One character changed never passes.
		c := "0"
		if s[9:10] == c {
			c = "1"
		}
		if pledge.CheckUSCC(s[:9]+c+s[10:]) == nil {
			t.Errorf("%q passes with a slip", s)
		}
	})
}

// FuzzRecords: for each kind, what reads prints the same bytes.
func FuzzRecords(f *testing.F) {
	var seeds [][]byte
	names, err := filepath.Glob("testdata/golden/*.json")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range names {
		raw, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		seeds = append(seeds, raw)
	}
	seed(f, seeds)
	f.Fuzz(func(t *testing.T, raw []byte) {
		roundTrip(t, raw, pledge.DecodeParty)
		roundTrip(t, raw, pledge.DecodeAsset)
		roundTrip(t, raw, pledge.DecodePledge)
		roundTrip(t, raw, pledge.DecodeFingerprint)
		roundTrip(t, raw, pledge.DecodeFile)
		roundTrip(t, raw, pledge.DecodeCommand)
		roundTrip(t, raw, pledge.DecodeGenesis)
	})
}

func roundTrip[T any](t *testing.T, raw []byte, decode func([]byte) (T, error)) {
	t.Helper()
	v, err := decode(raw)
	if err != nil {
		refusalOnly(t, err)
		return
	}
	if again, err := pledge.CanonicalJSON(v); err != nil || !bytes.Equal(raw, again) {
		t.Errorf("%s\nprints as\n%s\n%v", raw, again, err)
	}
}

// FuzzManifestPath: an accepted path is one line of a manifest and stays
// inside the folder.
func FuzzManifestPath(f *testing.F) {
	seed(f, []string{"a", "a/b.csv", "../a", "/a", "a//b", `a\b`, "a\nb", "数据/一.csv", "a\xff", ".", "a/./b"})
	w := newWorld(f)
	f.Fuzz(func(t *testing.T, path string) {
		w := &world{t: t, now: w.now, owner: w.owner, exchange: w.exchange}
		b := w.dataset(w.owner, "x", pledge.File{Path: path, Size: 1, SHA256: sha("x"), Root: sha("r")})
		if _, err := pledge.ParseCommand(w.sign(w.owner, pledge.AssetNotarize, b)); err != nil {
			refusalOnly(t, err)
			return
		}
		// encoding/json replaces what is not UTF-8, then the digest cannot fit.
		if !filepath.IsLocal(path) || strings.Count(pledge.Manifest(b.Files), "\n") != 1 || filepath.ToSlash(filepath.Clean(path)) != path {
			t.Errorf("%q passes", path)
		}
	})
}
