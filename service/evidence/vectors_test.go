package evidence_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/datapledge/datapledge/service/evidence"
)

// published are the vectors of testdata/vectors, read as anybody could.
func published(t *testing.T) *maker {
	t.Helper()
	m := &maker{t: t, bases: map[string][]byte{}, trusts: map[string][]byte{}, groups: map[string][]vector{}}
	for _, name := range globbed(t, "base/*.zip.gz") {
		m.bases[strings.TrimSuffix(filepath.Base(name), ".zip.gz")] = expanded(t, contentOf(t, name))
	}
	for _, name := range globbed(t, "trust/*.json") {
		m.trusts[strings.TrimSuffix(filepath.Base(name), ".json")] = contentOf(t, name)
	}
	for _, name := range globbed(t, "*.jsonl") {
		m.groups[strings.TrimSuffix(filepath.Base(name), ".jsonl")] = linesOf(t, contentOf(t, name))
	}
	return m
}

func globbed(t *testing.T, pattern string) []string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join("testdata", "vectors", pattern))
	if err != nil || len(names) == 0 {
		t.Fatalf("%s: %v, %v", pattern, names, err)
	}
	return names
}

func contentOf(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func expanded(t *testing.T, data []byte) []byte {
	t.Helper()
	z, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	out, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func linesOf(t *testing.T, data []byte) []vector {
	t.Helper()
	var list []vector
	lines := bufio.NewScanner(bytes.NewReader(data))
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var v vector
		if err := json.Unmarshal(lines.Bytes(), &v); err != nil {
			t.Fatal(err)
		}
		list = append(list, v)
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return list
}

func reportOf(t *testing.T, data []byte, trust evidence.Trust, files map[string]string) evidence.Report {
	t.Helper()
	r := check(t, data, trust)
	if files == nil {
		return r
	}
	dir := fstest.MapFS{}
	for name, text := range files {
		dir[name] = &fstest.MapFile{Data: []byte(text)}
	}
	r, err := evidence.CheckData(context.Background(), r, dir)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// Every published vector has the verdict that is published with it, and the
// published check fails.
func TestVectors(t *testing.T) {
	m := published(t)
	for group, list := range m.groups {
		t.Run(group, func(t *testing.T) {
			for _, v := range list {
				if r := m.report(v); r.OK() != v.Stands || r.OK() != (v.Fails == "") || !r.OK() && r.Find(v.Fails).Result != evidence.Fail {
					t.Errorf("%s: got %v at %q, want %v at %q", v.Name, r.OK(), firstFailing(r), v.Stands, v.Fails)
				}
			}
		})
	}
}

// Each check is failed by two vectors at least, and there are sound ones.
func TestVectorsCoverEveryCheck(t *testing.T) {
	m := published(t)
	fails, all := map[string]int{}, 0
	for _, list := range m.groups {
		for _, v := range list {
			fails[v.Fails]++
			all++
		}
	}
	if all < 100 || fails[""] < 10 {
		t.Errorf("%d vectors, %d of them stand", all, fails[""])
	}
	for _, ledger := range []string{"solo", "fabric"} {
		for _, name := range evidence.CheckNames(ledger) {
			if fails[name] < 2 {
				t.Errorf("%s: %d vectors fail there", name, fails[name])
			}
		}
	}
}
