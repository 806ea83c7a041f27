package node_test

import (
	"bytes"
	"errors"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/datapledge/datapledge/service/node"
	"github.com/datapledge/datapledge/storage"
)

// A node starts without a font, certifies on pages and as JSON, and tells who
// asks for a PDF what is missing. What it made for signing it keeps to itself.
// A wrong certificate ends the start.
func TestNodeStartsWithoutAFont(t *testing.T) {
	c := node.Default()
	c.Data = filepath.Join(t.TempDir(), "data")
	c.Certificates.FontFiles = []string{filepath.Join(t.TempDir(), "none.ttf")}
	var logged bytes.Buffer
	n, err := node.Open(t.Context(), c, slog.New(slog.NewTextHandler(&logged, nil)))
	if err != nil {
		t.Fatal(err)
	}
	withoutPDF(t, n, searched(t, n, c))
	if err := n.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if text := logged.String(); !strings.Contains(text, "cannot be printed as PDF") || !strings.Contains(text, "certificates.font_files") {
		t.Errorf("logged %s, want what is missing and the remedy", text)
	}
	made, err := filepath.Glob(filepath.Join(c.Data, "keys", "certificate-*.pem"))
	if err != nil || len(made) != 2 {
		t.Fatalf("made %v, %v, want the self-issued certificate and its authority", made, err)
	}
	for _, path := range made {
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v, want mode 0600", path, info, err)
		}
	}
	c.Certificates.CertFile, c.Certificates.KeyFile = made[0], filepath.Join(c.Data, "genesis.json")
	if n, err := node.Open(t.Context(), c, nil); err == nil || !strings.Contains(err.Error(), "certificates.key_file") {
		t.Errorf("got %v, %v, want that the key is none", n, err)
	}
}

func withoutPDF(t *testing.T, n *node.Node, number string) {
	t.Helper()
	for _, path := range []string{"/v1/certificates/" + number, "/verify?number=" + number} {
		if w := answer(t, n, path); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), number) {
			t.Errorf("%s: got %d: %s", path, w.Code, w.Body)
		}
	}
	w := answer(t, n, "/v1/certificates/"+number+".pdf")
	if text := w.Body.String(); w.Code != http.StatusServiceUnavailable || !strings.Contains(text, "cannot be used; name TrueType fonts") || !strings.Contains(text, "certificates.font_files") {
		t.Errorf("got %d: %s, want what is missing and the remedy", w.Code, text)
	}
}

// The check of a config names the wrong file and the remedy, and makes nothing.
func TestCheckCertificates(t *testing.T) {
	dir := t.TempDir()
	wrong := filepath.Join(dir, "wrong.pem")
	if err := os.WriteFile(wrong, []byte("not a certificate, nor a font"), 0o600); err != nil {
		t.Fatal(err)
	}
	for want, files := range map[string]node.Certificates{
		"certificates.font_files": {FontFiles: []string{wrong}},
		"certificates.cert_file":  {CertFile: wrong, KeyFile: wrong},
		"no such file":            {FontFiles: []string{filepath.Join(dir, "none.ttf")}},
	} {
		c := node.Default()
		c.Data, c.Certificates = filepath.Join(dir, "data"), files
		found, err := c.CheckCertificates()
		var faults storage.FindingsError
		if !errors.As(err, &faults) || len(faults) != 1 || !strings.Contains(err.Error(), want) || len(found) != 2 {
			t.Errorf("got %v, %v, want one fault with %q", found, err, want)
		}
	}
	c := node.Default()
	c.Data = filepath.Join(dir, "data")
	if found, err := c.CheckCertificates(); err != nil || len(found) != 2 {
		t.Errorf("got %v, %v, want nothing wrong", found, err)
	}
	if _, err := os.Stat(c.Data); err == nil {
		t.Error("the check made the data folder")
	}
	c.Certificates, c.PublicURL = node.Certificates{CertFile: "x", FontFiles: []string{""}}, "https://host/?q"
	if err := c.Check(); err == nil || !strings.Contains(err.Error(), "go together") || !strings.Contains(err.Error(), "font_files[0]") || !strings.Contains(err.Error(), "public_url") {
		t.Errorf("got %v, want all faults", err)
	}
}
