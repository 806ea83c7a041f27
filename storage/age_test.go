package storage_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/datapledge/datapledge/internal/needs"
	"github.com/datapledge/datapledge/storage"
	"github.com/datapledge/datapledge/storage/dir"
)

// kept is the folder of a bucket, in which each key is a file with @ behind its
// name, read as FORMAT.md says and with the stock age program.
type kept struct {
	t         *testing.T
	age, root string
}

func (k kept) file(key string) string { return filepath.Join(k.root, filepath.FromSlash(key)) + "@" }

// decrypt opens a file of the bucket with an identity, as text.
func (k kept) decrypt(identity, key string) []byte {
	k.t.Helper()
	file := filepath.Join(k.t.TempDir(), "identity")
	if err := os.WriteFile(file, []byte(identity), 0o600); err != nil {
		k.t.Fatal(err)
	}
	c := exec.CommandContext(k.t.Context(), k.age, "--decrypt", "--identity", file, k.file(key))
	var faults bytes.Buffer
	c.Stderr = &faults
	plain, err := c.Output()
	if err != nil {
		k.t.Fatalf("age of %s: %v: %s", key, err, &faults)
	}
	return plain
}

// only is the one key of the bucket that matches.
func (k kept) only(pattern string) string {
	k.t.Helper()
	found, err := filepath.Glob(k.file(pattern))
	if err != nil || len(found) != 1 {
		k.t.Fatalf("%s: got %v, %v", pattern, found, err)
	}
	key, err := filepath.Rel(k.root, found[0])
	if err != nil {
		k.t.Fatal(err)
	}
	return strings.TrimSuffix(filepath.ToSlash(key), "@")
}

// listed is what a descriptor says of a file.
type listed struct {
	Path, SHA256, Object, Tree string
}

func (k kept) open(name, identity string) (string, []listed) {
	k.t.Helper()
	sum := sha256.Sum256([]byte(name))
	own := string(k.decrypt(identity, k.only("sealed/*/key-"+hex.EncodeToString(sum[:16])+".age")))
	if !strings.HasPrefix(own, "AGE-SECRET-KEY-1") || !strings.HasSuffix(own, "\n") {
		k.t.Fatalf("the envelope of %s holds no identity", name)
	}
	var d struct{ Files []listed }
	if err := json.Unmarshal(k.decrypt(own, k.only("sealed/*/descriptor.age")), &d); err != nil {
		k.t.Fatal(err)
	}
	return own, d.Files
}

// What the vault stored opens for the owner and for the custodian without any
// code of ours, as FORMAT.md says.
func TestStockAgeOpens(t *testing.T) {
	stock, root := needs.Program(t, "age", "age"), t.TempDir()
	b, err := dir.Open(root, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	f := &fixture{t: t, custodian: identity(t, false), keys: identity(t, false)}
	f.Vault = vault(t, b, f.custodian, time.Now)
	files := map[string][]byte{"empty": {}, "数据/表 1.csv": content(part + 65_537)}
	id := f.begin()
	for path, plain := range files {
		f.write(id, path, plain)
	}
	f.seal(id)
	for name, secret := range map[string]storage.Secret{"owner": f.keys.Secret(), storage.CustodianName: f.custodian.Secret()} {
		k := kept{t, stock, filepath.Join(root, "objects")}
		own, list := k.open(name, secret.Reveal())
		if len(list) != len(files) {
			t.Errorf("%s: got %+v", name, list)
		}
		for _, l := range list {
			k.compare(own, l, files[l.Path])
		}
	}
}

func (k kept) compare(identity string, l listed, want []byte) {
	k.t.Helper()
	if got := k.decrypt(identity, l.Object); !bytes.Equal(got, want) || l.SHA256 != sum(want) {
		k.t.Errorf("%s: got %d bytes, want %d, or another SHA-256", l.Path, len(got), len(want))
	}
	if l.Tree == "" {
		return
	}
	leaf := sha256.Sum256(append([]byte{0}, want[:1<<20]...))
	if tree := k.decrypt(identity, l.Tree); !bytes.HasPrefix(tree, leaf[:]) {
		k.t.Errorf("%s: the tree does not begin with its first leaf", l.Path)
	}
}
