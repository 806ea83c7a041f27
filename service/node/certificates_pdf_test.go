package node_test

import (
	"bytes"
	"encoding/asn1"
	"encoding/hex"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/datapledge/datapledge/internal/needs"
	"github.com/datapledge/datapledge/service/certificate"
	"github.com/datapledge/datapledge/service/client"
	"github.com/datapledge/datapledge/service/node"
	"github.com/datapledge/datapledge/service/timestamp/local"
)

// searched has the bank search, and returns the number of the certificate.
func searched(t *testing.T, n *node.Node, c node.Config) string {
	t.Helper()
	server := httptest.NewServer(n.Handler())
	defer server.Close()
	key, err := client.Load(filepath.Join(c.Data, "keys", "bank.jwk"), nil)
	if err != nil {
		t.Fatal(err)
	}
	bank, err := client.Dial(server.URL, key, client.Options{})
	if err != nil {
		t.Fatal(err)
	}
	found, err := bank.Search(t.Context(), client.SearchQuery{Party: key.Party()})
	if err != nil {
		t.Fatal(err)
	}
	return found.Value.Number
}

func answer(t *testing.T, n *node.Node, path string) *httptest.ResponseRecorder {
	t.Helper()
	w := httptest.NewRecorder()
	n.Handler().ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil))
	return w
}

// pdf asks a node for a certificate, which must have a font.
func pdf(t *testing.T, n *node.Node, number, lang string) []byte {
	t.Helper()
	w := answer(t, n, "/v1/certificates/"+number+".pdf?lang="+lang)
	if w.Code != http.StatusOK || w.Header().Get("Content-Type") != "application/pdf" {
		t.Fatalf("got %d: %s", w.Code, w.Body)
	}
	return w.Body.Bytes()
}

func needsFont(t *testing.T) {
	t.Helper()
	if _, err := certificate.CheckFonts(nil); err != nil {
		needs.Missing(t, "font", err)
	}
}

// A node with a time-stamping authority prints files whose signature is
// stamped (PAdES B-T), as poppler and openssl find. An authority that was too
// slow once is asked again.
func TestPDFOfANodeIsStamped(t *testing.T) {
	needsFont(t)
	pdfsig, openssl := needs.Program(t, "poppler", "pdfsig"), needs.Program(t, "openssl", "openssl")
	authority, err := local.New(time.Now)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(authority)
	defer server.Close()
	c := config(t)
	roots := saved(t, "roots.pem", authority.RootPEM())
	c.TimeStamps = node.TimeStamps{URL: server.URL, RootsFile: roots, Every: node.Duration(100 * time.Millisecond)}
	n := open(t, c, io.Discard)
	defer closed(t, n)
	number := searched(t, n, c)
	var file, value, token []byte
	for end := time.Now().Add(5 * time.Minute); token == nil; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("no signature is stamped")
		}
		file = pdf(t, n, number, "zh")
		value, token = stampOf(t, file)
	}
	said, err := exec.CommandContext(t.Context(), pdfsig, saved(t, "c.pdf", file)).CombinedOutput()
	if err != nil || !strings.Contains(string(said), "Signature is Valid") || !strings.Contains(string(said), "Total document signed") {
		t.Errorf("%v: %s", err, said)
	}
	verify := func(value []byte) (string, error) {
		said, err := exec.CommandContext(t.Context(), openssl, "ts", "-verify", "-token_in", "-in", saved(t, "token", token), "-CAfile", roots, "-data", saved(t, "value", value)).CombinedOutput()
		return string(said), err
	}
	if said, err := verify(value); err != nil || !strings.Contains(said, "Verification: OK") {
		t.Errorf("%v: %s", err, said)
	}
	value[5] ^= 1
	if said, err := verify(value); err == nil {
		t.Errorf("openssl takes the token for another signature: %s", said)
	}
}

// signature is a SignedData with one signer (RFC 5652, 5.1 and 5.3), as far as
// its value and the attributes that nobody signed.
type signature struct {
	Type    asn1.ObjectIdentifier
	Content struct {
		Version                       int
		Digests, Encapsulated, Chains asn1.RawValue
		Signers                       []struct {
			Version                        int
			Who, Digest, Signed, Algorithm asn1.RawValue
			Value                          []byte
			Unsigned                       []attribute `asn1:"optional,set,tag:1"`
		} `asn1:"set"`
	} `asn1:"explicit,tag:0"`
}

type attribute struct {
	Type   asn1.ObjectIdentifier
	Values []asn1.RawValue `asn1:"set"`
}

// stampOf takes the signature's value and the token over it (RFC 3161,
// appendix A), nil when there is none, out of a file.
func stampOf(t *testing.T, pdf []byte) (value, token []byte) {
	t.Helper()
	_, room, found := bytes.Cut(pdf, []byte("/Contents <"))
	room, _, ends := bytes.Cut(room, []byte(">"))
	der := make([]byte, hex.DecodedLen(len(room)))
	if _, err := hex.Decode(der, room); err != nil || !found || !ends {
		t.Fatalf("there is no signature: %v", err)
	}
	var s signature
	if _, err := asn1.Unmarshal(der, &s); err != nil || len(s.Content.Signers) != 1 {
		t.Fatalf("got %+v, %v, want the signature of one", s, err)
	}
	for _, a := range s.Content.Signers[0].Unsigned {
		if a.Type.String() == "1.2.840.113549.1.9.16.2.14" && len(a.Values) == 1 {
			token = a.Values[0].FullBytes
		}
	}
	return s.Content.Signers[0].Value, token
}

// Without a public address nothing leads anywhere: no code is printed, and the
// page says how else to verify. With one the code says it.
func TestPDFWithoutAPublicAddress(t *testing.T) {
	needsFont(t)
	pdftotext, pdftoppm, zbarimg := needs.Program(t, "poppler", "pdftotext"), needs.Program(t, "poppler", "pdftoppm"), needs.Program(t, "zbar", "zbarimg")
	for _, address := range []string{"", "https://evidence.example"} {
		c := config(t)
		c.PublicURL = address
		n := open(t, c, io.Discard)
		number := searched(t, n, c)
		path := saved(t, "c.pdf", pdf(t, n, number, "en"))
		closed(t, n)
		text, err := exec.CommandContext(t.Context(), pdftotext, "-raw", path, "-").CombinedOutput()
		if said := strings.Join(strings.Fields(string(text)), " "); err != nil || strings.Contains(said, "no address of a public page: ask an institution that keeps the ledger for the number "+number) != (address == "") {
			t.Errorf("%q: %v: %s", address, err, said)
		}
		page := filepath.Join(t.TempDir(), "page")
		if said, err := exec.CommandContext(t.Context(), pdftoppm, "-r", "120", "-gray", "-f", "1", "-l", "1", "-singlefile", "-png", path, page).CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, said)
		}
		code, err := exec.CommandContext(t.Context(), zbarimg, "--raw", "-q", page+".png").Output()
		want := ""
		if address != "" {
			want = address + "/verify?number=" + number
		}
		if got := strings.TrimSpace(string(code)); got != want || (err == nil) != (want != "") {
			t.Errorf("%q: the code says %q, %v, want %q", address, got, err, want)
		}
	}
}

func saved(t *testing.T, name string, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
