package network

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

func TestEveryRenderedYAMLParses(t *testing.T) {
	seen := 0
	for name, text := range rendered(t) {
		if !strings.HasSuffix(name, ".yaml") {
			continue
		}
		seen++
		var v map[string]any
		d := yaml.NewDecoder(bytes.NewReader(text))
		if err := d.Decode(&v); err != nil || len(v) == 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
	// three inputs, six peers, six profiles, four orderers
	if seen != 3+6+6+4 {
		t.Errorf("%d files", seen)
	}
}

// A folder may be called anything; a quote in it must not end a text.
func TestFoldersWithOddNames(t *testing.T) {
	dir := `/a "b": #c\ 数据`
	out, err := layout{standard(t), dir}.nodeFiles()
	if err != nil {
		t.Fatal(err)
	}
	var core struct {
		Peer struct{ FileSystemPath string }
	}
	if err := yaml.Unmarshal(bytes.ReplaceAll(out["nodes/peer.bank/core.yaml"], []byte("fileSystemPath"), []byte("filesystempath")), &core); err != nil {
		t.Fatal(err)
	}
	if want := dir + "/nodes/peer.bank/data"; core.Peer.FileSystemPath != want {
		t.Errorf("got %q, want %q", core.Peer.FileSystemPath, want)
	}
}

func TestNothingListensBeyondThisMachine(t *testing.T) {
	for name, text := range rendered(t) {
		if bytes.Contains(text, []byte("0.0.0.0")) {
			t.Errorf("%s listens everywhere", name)
		}
	}
}

func TestPackageIsTheSameEachTime(t *testing.T) {
	conn := connection{Address: "127.0.0.1:1", TLSRequired: true}
	first, err := pack("l", conn)
	if err != nil {
		t.Fatal(err)
	}
	const want = "l:def80d4e"
	if again, _ := pack("l", conn); again.ID != first.ID || !bytes.Equal(again.Data, first.Data) {
		t.Error("the same input gave another package")
	}
	if !strings.HasPrefix(first.ID, want) {
		t.Errorf("the id is %s now: a network that runs would not find its package again", first.ID)
	}
	conn.Address = "127.0.0.1:2"
	if other, _ := pack("l", conn); other.ID == first.ID {
		t.Error("another address gave the same package")
	}
}

func TestRenderWritesEverythingOnce(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "out")
	names, err := Render(standard(t), dir)
	if err != nil || len(names) < 30 {
		t.Fatalf("%v %v", names, err)
	}
	for _, name := range names {
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			t.Error(err)
		}
	}
	if _, err := Render(standard(t), dir); err == nil || !strings.Contains(err.Error(), "is not empty") {
		t.Errorf("got %v", err)
	}
}
