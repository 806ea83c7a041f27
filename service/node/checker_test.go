package node_test

import (
	"encoding/json"
	"io"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/datapledge/datapledge/service/evidence"
	"github.com/datapledge/datapledge/service/node"
)

func TestCheckerFolderMustBeWhole(t *testing.T) {
	c := config(t)
	c.Checker.Dir = t.TempDir()
	if err := os.WriteFile(filepath.Join(c.Checker.Dir, "datapledge-checker.wasm"), []byte("code"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := node.Open(t.Context(), c, nil); err == nil || !strings.Contains(err.Error(), "wasm_exec.js") || !strings.Contains(err.Error(), "scripts/install") {
		t.Errorf("got %v, want what is missing and who makes it", err)
	}
	if err := os.WriteFile(filepath.Join(c.Checker.Dir, "wasm_exec.js"), []byte("run"), 0o600); err != nil {
		t.Fatal(err)
	}
	n := open(t, c, io.Discard)
	defer closed(t, n)
	if page := ask(n, "/verify?lang=en"); !strings.Contains(page, `id="zip"`) {
		t.Error("the page does not offer the checker")
	}
}

// The trust file that the page offers is the one of this ledger.
func TestPublicTrustFile(t *testing.T) {
	n := open(t, config(t), io.Discard)
	defer closed(t, n)
	trust, err := evidence.ParseTrust([]byte(ask(n, "/verify/trust.json")))
	if err != nil {
		t.Fatal(err)
	}
	got, _ := json.Marshal(trust)
	if want, _ := json.Marshal(evidence.TrustOf(n.Ledger().Info())); string(got) != string(want) {
		t.Errorf("got %s, want %s", got, want)
	}
	if page := ask(n, "/verify?lang=en"); !strings.Contains(page, "no checker for browsers") {
		t.Error("the page does not say that there is no checker")
	}
}

func ask(n *node.Node, path string) string {
	w := httptest.NewRecorder()
	n.Handler().ServeHTTP(w, httptest.NewRequest("GET", path, nil))
	return w.Body.String()
}
