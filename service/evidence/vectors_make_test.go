package evidence_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"flag"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/cryptotest"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service/evidence"
)

var update = flag.Bool("update", false, "make testdata/vectors anew")

// vectorSeed makes the certificates of the synthetic channel repeat.
const vectorSeed = 20261122

// vector is one line of a file in testdata/vectors: README.md there.
type vector struct {
	Name   string            `json:"name"`
	Base   string            `json:"base"`
	Pieces []piece           `json:"pieces"`
	Trust  string            `json:"trust"`
	Edits  *[2]string        `json:"trust_edit,omitempty"`
	Data   map[string]string `json:"data,omitempty"`
	Stands bool              `json:"stands"`
	Fails  string            `json:"fails,omitempty"`
}

// maker collects vectors; it writes what the folder lacks.
type maker struct {
	t      *testing.T
	bases  map[string][]byte
	trusts map[string][]byte
	groups map[string][]vector
}

// TestMakeVectors makes every base and vector anew, from keys that are the
// SHA-256 of a name: nobody may believe them outside of these tests.
func TestMakeVectors(t *testing.T) {
	if !*update {
		t.Skip("run with -update")
	}
	m := &maker{t: t, bases: map[string][]byte{}, trusts: map[string][]byte{}, groups: map[string][]vector{}}
	m.trusts["solo"] = indented(t, newStory(t).trust())
	m.solo()
	m.sm3()
	m.searches()
	m.receipts()
	m.damage()
	m.channels()
	m.checkpoints()
	m.stamps()
	m.rotated()
	m.trust()
	m.save()
}

func indented(t *testing.T, v any) []byte {
	t.Helper()
	b, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return append(b, '\n')
}

// add takes a package into a group; want is a check that must find it, "" none.
func (m *maker) add(group, base, trust, name string, data []byte, want string) {
	m.t.Helper()
	m.take(group, vector{Name: name, Base: base, Trust: trust, Pieces: piecesOf(m.bases[base], data)}, want)
}

func (m *maker) take(group string, v vector, want string) {
	m.t.Helper()
	r := m.report(v)
	v.Stands, v.Fails = r.OK(), want
	if want == "" && !v.Stands || want != "" && r.Find(want).Result != evidence.Fail {
		m.t.Errorf("%s: want %q\n%s", v.Name, want, text(r))
	}
	m.groups[group] = append(m.groups[group], v)
}

func firstFailing(r evidence.Report) string {
	for _, c := range r.Checks {
		if c.Result == evidence.Fail {
			return c.Name
		}
	}
	return ""
}

func (m *maker) report(v vector) evidence.Report {
	m.t.Helper()
	trust, err := evidence.ParseTrust(believed(m.trusts[v.Trust], v.Edits))
	if err != nil {
		m.t.Fatalf("%s: %v", v.Name, err)
	}
	return reportOf(m.t, join(m.bases[v.Base], v.Pieces), trust, v.Data)
}

func (m *maker) save() {
	dir := filepath.Join("testdata", "vectors")
	m.keep(filepath.Join(dir, "base"), ".zip.gz", m.bases)
	m.keep(filepath.Join(dir, "trust"), ".json", m.trusts)
	groups := map[string][]byte{}
	for name, list := range m.groups {
		var b bytes.Buffer
		slices.SortFunc(list, func(a, b vector) int { return strings.Compare(a.Name, b.Name) })
		for _, v := range list {
			b.WriteString(canonicalLine(m.t, v))
		}
		groups[name] = b.Bytes()
	}
	m.keep(dir, ".jsonl", groups)
}

func canonicalLine(t *testing.T, v vector) string {
	t.Helper()
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func (m *maker) keep(dir, ext string, files map[string][]byte) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		m.t.Fatal(err)
	}
	for name, data := range files {
		if strings.HasSuffix(ext, ".gz") {
			data = compressed(m.t, data)
		}
		if err := os.WriteFile(filepath.Join(dir, name+ext), data, 0o644); err != nil {
			m.t.Fatal(err)
		}
	}
}

func compressed(t *testing.T, data []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := z.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// fresh gives each attack a story or channel of its own, with the same keys.
func (m *maker) fresh(name string, do func(t *testing.T)) {
	m.t.Run(name, func(t *testing.T) {
		cryptotest.SetGlobalRandom(t, vectorSeed)
		do(t)
	})
}

func (m *maker) base(name string, data []byte, trust string) {
	m.bases[name] = data
	m.add("stands", name, trust, "as its maker wrote it: "+name, data, "")
}

func (m *maker) solo() {
	s := newStory(m.t)
	m.base("solo-asset", s.write(s.asset), "solo")
	m.base("solo-pledge", s.write(s.pledge), "solo")
	m.base("solo-party", s.write(s.owner.party), "solo")
	for name, id := range map[string]string{"an asset of a P-256 key": s.kin} {
		m.add("stands", "solo-asset", "solo", name, s.write(id), "")
	}
	m.add("stands", "solo-pledge", "solo", "a pledge that was released", s.write(s.released), "")
	m.add("stands", "solo-party", "solo", "a party of block 0", s.write(s.bank.party), "")
	f := unpack(m.t, m.bases["solo-asset"])
	delete(f, "parts.json")
	m.add("stands", "solo-asset", "solo", "no list of parts", f.pack(m.t, s.exchange), "")
	for _, a := range slices.Concat(attacks, operatorAttacks) {
		m.fresh(a.name, func(t *testing.T) {
			s := newStory(t)
			m.add("solo", "solo-asset", "solo", a.name, a.make(t, s, unpack(t, s.write(s.asset))), a.check)
		})
	}
	m.moreOfSolo()
	m.data()
}

// moreOfSolo are second vectors of checks that one attack only makes fail.
func (m *maker) moreOfSolo() {
	s := newStory(m.t)
	s.forge(s.sign(s.owner, pledge.AssetRecordCertificate, map[string]any{}), nil)
	f := unpack(m.t, m.bases["solo-asset"])
	m.add("solo", "solo-asset", "solo", "another command by a revoked key", s.dishonest(m.t, f, len(s.blocks)-1).pack(m.t, s.exchange), evidence.CheckNotRevoked)
	f["parts.json"] = append(f["parts.json"], '\n')
	m.add("solo", "solo-asset", "solo", "a list of parts in another spelling", f.pack(m.t, s.exchange), evidence.CheckParts)
}

// data are vectors with the files themselves beside the package.
func (m *maker) data() {
	v := vector{Base: "solo-asset", Trust: "solo", Pieces: piecesOf(m.bases["solo-asset"], m.bases["solo-asset"])}
	for name, files := range map[string]map[string]string{"the files": {"a.csv": "a", "b.csv": "b"}} {
		v.Name, v.Data = name, files
		m.take("data", v, "")
	}
	for _, files := range []map[string]string{{"a.csv": "a", "b.csv": "B"}, {"a.csv": "a"}, {"a.csv": "a", "b.csv": "b", "c.csv": "c"}} {
		v.Name, v.Data = "other files: "+strings.Join(slices.Sorted(maps.Keys(files)), " ")+" "+files["b.csv"], files
		m.take("data", v, evidence.CheckDataMatches)
	}
}

func (m *maker) searches() {
	s := newStory(m.t)
	build := func(s *story, report map[string]any) []byte {
		data, err := s.writeSearch(searchJWS(m.t, s.exchange, report), true)
		if err != nil {
			m.t.Fatal(err)
		}
		return data
	}
	m.base("solo-search", build(s, s.searchOf(s.asset, s.kin)), "solo")
	for _, a := range searchAttacks {
		report := s.searchOf(s.asset, s.kin)
		a.change(s, report)
		m.add("search", "solo-search", "solo", a.name, build(s, report), a.check)
	}
	f := unpack(m.t, m.bases["solo-search"])
	f["record.json"] = bytes.Replace(f["record.json"], []byte(`"rank":1`), []byte(`"rank":2`), 1)
	m.add("search", "solo-search", "solo", "a record that is not the report", f.pack(m.t, s.exchange), evidence.CheckSearch)
	by, err := s.writeSearch(searchJWS(m.t, s.bank, s.searchOf(s.asset, s.kin)), true)
	if err == nil {
		m.add("search", "solo-search", "solo", "a report by a bank", by, evidence.CheckSearch)
	}
	s.commit(s.sign(s.bank, pledge.PledgeRelease, pledge.ReleaseBody{PledgeID: s.pledge, Reason: "PAID"}))
	m.add("stands", "solo-search", "solo", "a search that found nothing", build(s, s.searchOf(s.asset, s.kin)), "")
}

func (m *maker) sm3() {
	s := newStory(m.t)
	list := sm3Text("p", "q")
	m.base("solo-sm3", s.packageSM3(list, s.notarizeSM3(list, "p", "q")), "solo")
	for name, text := range map[string]string{"a changed digit": strings.Replace(list, sm3Hex("p"), sm3Hex("P"), 1), "a line less": sm3Text("p"),
		"another order": sm3Text("q", "p"), "no line end": strings.TrimSuffix(list, "\n")} {
		f := unpack(m.t, m.bases["solo-sm3"])
		f[sm3File] = []byte(text)
		m.add("solo", "solo-sm3", "solo", "SM3: "+name, f.pack(m.t, s.exchange), evidence.CheckSM3)
	}
}
