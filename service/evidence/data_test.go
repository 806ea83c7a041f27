package evidence_test

import (
	"context"
	"errors"
	"maps"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/datapledge/datapledge/service/evidence"
)

// dataset is a folder whose files have the digests of names.
func dataset(names ...string) fstest.MapFS {
	dir := fstest.MapFS{}
	for _, n := range names {
		dir[n+".csv"] = &fstest.MapFile{Data: []byte(n)}
	}
	return dir
}

func TestData(t *testing.T) {
	s := newStory(t)
	report := check(t, s.write(s.asset), s.trust())
	with := func(change func(fstest.MapFS)) fstest.MapFS {
		dir := dataset("a", "b")
		change(dir)
		return dir
	}
	for _, tt := range []struct {
		name string
		dir  fstest.MapFS
		want string // the file that is named, "" when all is well
	}{
		{"the files", dataset("a", "b"), ""},
		{"a changed file", with(func(d fstest.MapFS) { d["b.csv"] = &fstest.MapFile{Data: []byte("B")} }), "b.csv"},
		{"a missing file", dataset("b"), "a.csv"},
		{"another file beside them", dataset("a", "b", "c"), "c.csv"},
		{"a folder in place of a file", with(func(d fstest.MapFS) {
			delete(d, "a.csv")
			d["a.csv/x"] = &fstest.MapFile{}
		}), "a.csv"},
		{"nothing", fstest.MapFS{}, "a.csv"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r, err := evidence.CheckData(context.Background(), report, tt.dir)
			if err != nil {
				t.Fatal(err)
			}
			f := r.Find(evidence.CheckDataMatches)
			if r.OK() != (tt.want == "") || tt.want != "" && f.Failures[0].File != tt.want {
				t.Errorf("got %+v", f)
			}
			if report.Find(evidence.CheckDataMatches).Result != evidence.NotPresent {
				t.Error("the report before was changed")
			}
		})
	}
}

func TestDataOfAPackageThatHasNone(t *testing.T) {
	s := newStory(t)
	r, err := evidence.CheckData(context.Background(), check(t, s.write(s.owner.party), s.trust()), dataset("a"))
	if err != nil || r.OK() {
		t.Errorf("got %v, verdict %s", err, r.Verdict)
	}
}

func TestDataStopsWithContext(t *testing.T) {
	s := newStory(t)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := evidence.CheckData(ctx, check(t, s.write(s.asset), s.trust()), dataset("a", "b")); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestTrustFile(t *testing.T) {
	s := newStory(t)
	good := map[string]string{
		"v": "1", "ledger": `"solo"`, "channel": `"pledge"`, "genesis_hash": `"` + hash("x") + `"`, "operator": string(s.operator.jwk()),
	}
	print := func(m map[string]string) string {
		var b strings.Builder
		for name, value := range m {
			b.WriteString(`, "` + name + `": ` + value)
		}
		return "{" + strings.TrimPrefix(b.String(), ",") + "}\n"
	}
	trust, err := evidence.ParseTrust([]byte(print(good)))
	if err != nil || trust.Channel != "pledge" || trust.GenesisHash != hash("x") || string(trust.Operator) != good["operator"] {
		t.Fatalf("got %+v, %v", trust, err)
	}
	if _, err := evidence.ParseTrust([]byte(canonical(t, s.trust()))); err != nil {
		t.Errorf("the trust file of a ledger: %v", err)
	}
	curve, private := string(newCurveKey("x", "").jwk()), strings.Replace(good["operator"], "{", `{"d":"AAAA",`, 1)
	for name, change := range map[string][2]string{
		"version": {"v", "2"}, "another ledger": {"ledger", `"fabric"`}, "hash": {"genesis_hash", `"abc"`}, "upper case": {"genesis_hash", `"` + strings.ToUpper(hash("x")) + `"`},
		"unknown member": {"operators", "{}"}, "no key": {"operator", "{}"}, "curve key": {"operator", curve}, "private key": {"operator", private},
		"wrong kid": {"operator", strings.Replace(good["operator"], "{", `{"kid":"x",`, 1)}, "null": {"channel", "null"}, "float": {"v", "1.0"},
	} {
		bad := maps.Clone(good)
		bad[change[0]] = change[1]
		if got, err := evidence.ParseTrust([]byte(print(bad))); err == nil || got.Channel != "" {
			t.Errorf("%s: got %+v, %v", name, got, err)
		}
	}
	for name, text := range map[string]string{
		"twice": strings.Replace(print(good), "{", `{"v":1,`, 1), "trailing": print(good) + "{}", "empty": "", "list": "[]", "case": strings.Replace(print(good), "channel", "Channel", 1),
	} {
		if _, err := evidence.ParseTrust([]byte(text)); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

// A hostile package cannot steer the reader's terminal.
func TestReportIsPrintable(t *testing.T) {
	s := newStory(t)
	f := unpack(t, s.write(s.asset))
	f.edit(t, "manifest.json", func(m map[string]any) { m["channel"] = "\x1b[2Jpledge\u202e" })
	if got := text(check(t, f.pack(t, s.exchange), s.trust())); strings.ContainsAny(got, "\x1b\u202e") {
		t.Errorf("got %q", got)
	}
}
