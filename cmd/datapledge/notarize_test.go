package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service/client"
	"github.com/datapledge/datapledge/storage"
)

// TestListable: a dataset of many long names must not be refused for a list
// that it may leave out, and a small one always lists.
func TestListable(t *testing.T) {
	files := func(n, name int) []pledge.File {
		list := make([]pledge.File, n)
		for i := range list {
			hex := fmt.Sprintf("%064d", i)
			list[i] = pledge.File{Path: strings.Repeat("x", name), Size: 1, SHA256: hex, Root: hex}
		}
		return list
	}
	for _, c := range []struct {
		n, name int
		want    bool
	}{{1, 10, true}, {500, 1000, true}, {501, 400, false}, {800, 20, true}, {1000, 45, false}, {1001, 5, false}} {
		if got := listable(files(c.n, c.name)); got != c.want {
			t.Errorf("%d files with names of %d bytes: got %v", c.n, c.name, got)
		}
	}
}

// TestAgreeOnSM3: an owner signs the SM3 that was computed here, and only what
// the custodian found too.
func TestAgreeOnSM3(t *testing.T) {
	path := filepath.Join(t.TempDir(), "abc")
	if err := os.WriteFile(path, []byte("abc"), 0o600); err != nil {
		t.Fatal(err)
	}
	m, err := storage.FingerprintFiles(t.Context(), []string{path}, nil, storage.SM3)
	if err != nil {
		t.Fatal(err)
	}
	for sm3, want := range map[string]string{m.SM3().Fingerprint(): "", "": "computed no SM3", "sm3:" + strings.Repeat("0", 64): "the custodian has sm3:0"} {
		sealed := client.Sealed{Fingerprint: m.Fingerprint(), Files: filesOf(m)}
		sealed.Receipt = pledge.ReceiptBody{Fingerprint: m.Fingerprint(), Owner: "x", SM3Fingerprint: sm3}
		err := agree(m, sealed, "x")
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %q", sm3, err, want)
		}
	}
}
