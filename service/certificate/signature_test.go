package certificate

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/asn1"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/digitorus/pkcs7"

	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/service/timestamp"
	"github.com/datapledge/datapledge/service/timestamp/local"
)

// cmsOf takes the signature out of a file.
func cmsOf(t testing.TB, pdf []byte) []byte {
	t.Helper()
	_, room := covered(t, pdf)
	der := make([]byte, hex.DecodedLen(len(room)))
	if _, err := hex.Decode(der, room); err != nil {
		t.Fatal(err)
	}
	var value asn1.RawValue
	if _, err := asn1.Unmarshal(der, &value); err != nil {
		t.Fatal(err)
	}
	return value.FullBytes
}

func valid(t testing.TB, pdf []byte) bool {
	t.Helper()
	said, _ := outputOf(t, "pdfsig", saved(t, "f.pdf", pdf))
	return strings.Contains(said, "Signature is Valid") && strings.Contains(said, "Total document signed") &&
		!strings.Contains(said, "Not total")
}

func TestSignatureIsOverTheWholeFile(t *testing.T) {
	needsFont(t)
	needsTool(t, "poppler", "pdfsig")
	p := newPrinter(t, nil)
	for _, kind := range kinds {
		for _, lang := range []string{"zh", "en"} {
			if !valid(t, printed(t, p, sample(kind), lang)) {
				t.Errorf("%s in %s: the signature is not valid", kind, lang)
			}
		}
	}
	said := must(t, "pdfsig", saved(t, "f.pdf", printed(t, p, long(), "zh")))
	for _, want := range []string{"Signature #1", "ETSI.CAdES.detached", "SHA-256", "Nov 22 2026 04:05:06", "Data Exchange 数据交易所 (self-issued)"} {
		if !strings.Contains(said, want) {
			t.Errorf("%q is not in %s", want, said)
		}
	}
	if strings.Contains(said, "Signature #2") {
		t.Error("there are two signatures")
	}
}

// A byte that is changed anywhere, or added at the end, breaks the signature.
func TestChangedFileIsNotValid(t *testing.T) {
	needsFont(t)
	needsTool(t, "poppler", "pdfsig")
	pdf := printed(t, newPrinter(t, nil), sample(service.CertificatePledge), "zh")
	from := bytes.Index(pdf, []byte("/Contents <"))
	value := from + len("/Contents <") + 2*bytes.Index(cmsOf(t, pdf), []byte{0x04, 0x20}) // the digest, in hex
	places := []int{9, len(pdf) - 5, value + 8, bytes.Index(pdf, []byte("/Type /Page\n")) + 7}
	for i := range 16 {
		places = append(places, 20+i*(from-40)/16)
	}
	for _, at := range places {
		changed := bytes.Clone(pdf)
		changed[at] ^= 1
		if valid(t, changed) {
			t.Errorf("valid with byte %d changed", at)
		}
	}
	if valid(t, append(bytes.Clone(pdf), "\n%more\n"...)) {
		t.Error("valid with something behind it")
	}
}

// openssl, which shares no code with us, takes the signature apart.
func TestSignatureWithOpenSSL(t *testing.T) {
	needsFont(t)
	needsTool(t, "openssl", "openssl")
	for name, change := range map[string]func(*Options){"self-issued": nil, "P-256": withOpenSSL(t, "ec", "ec_paramgen_curve:P-256"), "RSA": withOpenSSL(t, "rsa", "rsa_keygen_bits:2048")} {
		p := newPrinter(t, change)
		pdf := printed(t, p, sample(service.CertificateRelease), "en")
		who, err := p.signer.get(&p.o)
		if err != nil {
			t.Fatal(err)
		}
		root := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: who.chain[len(who.chain)-1].Raw})
		content, _ := covered(t, pdf)
		args := []string{"cms", "-verify", "-cades", "-binary", "-inform", "DER", "-in", saved(t, "cms", cmsOf(t, pdf)), "-CAfile", saved(t, "ca.pem", root),
			"-purpose", "any", "-attime", strconv.FormatInt(p.o.Now().Unix(), 10), "-out", filepath.Join(t.TempDir(), "out"), "-content"}
		if said, err := outputOf(t, "openssl", append(args, saved(t, "content", content))...); err != nil {
			t.Errorf("%s: %v: %s", name, err, said)
		}
		content[100] ^= 1
		if said, err := outputOf(t, "openssl", append(args, saved(t, "content", content))...); err == nil {
			t.Errorf("%s: openssl takes changed content: %s", name, said)
		}
	}
}

// The members of a set are in the order of their bytes (X.690, 11.6): some
// readers sign what they encode anew.
func TestSignedAttributesAreInOrder(t *testing.T) {
	s, err := newSignature(newPrinter(t, nil).signer.signer, make([]byte, 32))
	if err != nil || len(s.attrs) != 3 || !slices.IsSortedFunc(s.attrs, bytes.Compare) {
		t.Errorf("got %x, %v, want three in order", s.attrs, err)
	}
}

// withOpenSSL has openssl make certificate and key.
func withOpenSSL(t testing.TB, algorithm, option string) func(*Options) {
	dir := t.TempDir()
	key, cert := filepath.Join(dir, "key.pem"), filepath.Join(dir, "cert.pem")
	must(t, "openssl", "req", "-x509", "-newkey", algorithm, "-pkeyopt", option, "-nodes", "-keyout", key, "-out", cert, "-days", "9000",
		"-subj", "/CN=Notary", "-addext", "keyUsage=digitalSignature,keyCertSign")
	return func(o *Options) {
		o.CertFile, o.KeyFile = cert, key
		o.Now = func() time.Time { return time.Now().Add(time.Hour) }
	}
}

// stampWith asks an authority over HTTP, as a node does.
func stampWith(t testing.TB, a *local.Authority) func(*Options) {
	t.Helper()
	server := httptest.NewServer(a)
	t.Cleanup(server.Close)
	client, err := timestamp.NewClient(server.URL, timestamp.Trust{Roots: []*x509.Certificate{a.Root()}}, nil, func() time.Time { return now })
	if err != nil {
		t.Fatal(err)
	}
	return func(o *Options) {
		o.Stamp = func(ctx context.Context, digest [32]byte) ([]byte, error) {
			token, err := client.Stamp(context.WithoutCancel(ctx), digest) // the machine may be busy with other tests
			return token.DER, err
		}
	}
}

// The token in the signature is over the signature's value, and openssl says so.
func TestTimeStampInTheSignature(t *testing.T) {
	needsFont(t)
	needsTool(t, "openssl", "openssl")
	needsTool(t, "poppler", "pdfsig")
	authority, err := local.New(func() time.Time { return now })
	if err != nil {
		t.Fatal(err)
	}
	pdf := printed(t, newPrinter(t, stampWith(t, authority)), sample(service.CertificatePledge), "zh")
	if !valid(t, pdf) {
		t.Error("the signature is not valid")
	}
	value, token := stampOf(t, pdf)
	if token == nil {
		t.Fatal("there is no time stamp")
	}
	args := []string{"ts", "-verify", "-token_in", "-in", saved(t, "token", token), "-CAfile", saved(t, "root.pem", authority.RootPEM()), "-attime", strconv.FormatInt(now.Unix(), 10), "-data"}
	if said, err := outputOf(t, "openssl", append(args, saved(t, "value", value))...); err != nil || !strings.Contains(said, "Verification: OK") {
		t.Errorf("%v: %s", err, said)
	}
	value[3] ^= 1
	if said, err := outputOf(t, "openssl", append(args, saved(t, "value", value))...); err == nil {
		t.Errorf("openssl takes the token for another signature: %s", said)
	}
}

// stampOf takes the signature's value and the token over it, nil when there is
// none, out of a file.
func stampOf(t testing.TB, pdf []byte) (value, token []byte) {
	t.Helper()
	p7, err := pkcs7.Parse(cmsOf(t, pdf))
	if err != nil || len(p7.Signers) != 1 {
		t.Fatalf("got %v, %v", p7, err)
	}
	for _, a := range p7.Signers[0].UnauthenticatedAttributes {
		if a.Type.Equal(oidTimeStampToken) {
			token = a.Value.Bytes
		}
	}
	return p7.Signers[0].EncryptedDigest, token
}

// Without a good time stamp the file is signed all the same and claims none.
func TestNoTimeStamp(t *testing.T) {
	needsFont(t)
	asked := 0
	for name, stamp := range map[string]func(context.Context, [32]byte) ([]byte, error){
		"away":  func(context.Context, [32]byte) ([]byte, error) { asked++; return nil, errors.New("away") },
		"late":  func(ctx context.Context, _ [32]byte) ([]byte, error) { <-ctx.Done(); return nil, ctx.Err() },
		"other": func(context.Context, [32]byte) ([]byte, error) { return []byte{0x30, 0}, nil },
		"large": func(_ context.Context, d [32]byte) ([]byte, error) { return append(make([]byte, 1<<20), d[:]...), nil },
	} {
		p := newPrinter(t, func(o *Options) { o.Stamp = stamp })
		pdf := printed(t, p, sample(service.CertificatePledge), "en")
		if _, token := stampOf(t, pdf); token != nil {
			t.Errorf("%s: there is a time stamp", name)
		}
		printed(t, p, sample(service.CertificateRelease), "en")
	}
	if asked != 1 {
		t.Errorf("an authority that is away was asked %d times at once", asked)
	}
}

// A download is stamped once: handed out again it is the same file.
func TestSameFileAgain(t *testing.T) {
	needsFont(t)
	authority, err := local.New(func() time.Time { return now })
	if err != nil {
		t.Fatal(err)
	}
	p := newPrinter(t, stampWith(t, authority))
	c := sample(service.CertificatePledge)
	first := printed(t, p, c, "zh")
	c.Report, c.At = "another signature over the same", "2026-11-22T04:05:07Z"
	if !bytes.Equal(first, printed(t, p, c, "zh")) {
		t.Error("the same certificate printed again is another file")
	}
	c.Status.ZH += "。"
	if bytes.Equal(first, printed(t, p, c, "zh")) {
		t.Error("another certificate is the same file")
	}
}

// A file without a time stamp is handed out again while none may be asked for,
// and is printed anew, with one, as soon as there is one.
func TestSameFileUntilItIsStamped(t *testing.T) {
	needsFont(t)
	authority, err := local.New(func() time.Time { return now })
	if err != nil {
		t.Fatal(err)
	}
	later, away := now, true
	p := newPrinter(t, func(o *Options) {
		stampWith(t, authority)(o)
		ask := o.Stamp
		o.Now = func() time.Time { return later }
		o.Stamp = func(ctx context.Context, digest [32]byte) ([]byte, error) {
			if away {
				return nil, errors.New("away")
			}
			return ask(ctx, digest)
		}
	})
	c := sample(service.CertificatePledge)
	first := printed(t, p, c, "zh")
	if !bytes.Equal(first, printed(t, p, c, "zh")) {
		t.Error("while the authority is away the same certificate is printed again and again")
	}
	later, away = now.Add(stampRest), false
	if _, token := stampOf(t, printed(t, p, c, "zh")); token == nil {
		t.Error("the authority is back, and the file still goes out without its time stamp")
	}
}

func TestSignerFiles(t *testing.T) {
	dir := t.TempDir()
	made := newPrinter(t, func(o *Options) { o.KeyDir = dir })
	again := newPrinter(t, func(o *Options) { o.KeyDir = dir })
	later := newPrinter(t, func(o *Options) {
		o.KeyDir = dir
		o.Now = func() time.Time { return now.Add(signerLife) }
	})
	first, second, third := made.signer.signer, again.signer.signer, later.signer.signer
	if first.digest() != second.digest() {
		t.Error("a restart made another certificate")
	}
	if first.digest() == third.digest() || !first.chain[1].Equal(third.chain[1]) {
		t.Error("want a new certificate of the same authority when the old one ends")
	}
	for _, name := range []string{authorityFile, signerFile} {
		if info, err := os.Stat(filepath.Join(dir, name)); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v, want mode 0600", name, info, err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, signerFile), []byte("damaged"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := New(Options{KeyDir: dir}); err == nil || !strings.Contains(err.Error(), "move the file away") {
		t.Errorf("got %v, want the remedy", err)
	}
}

// What is configured wrong is told at the start; what has run out, when it
// would be used.
func TestConfiguredSigner(t *testing.T) {
	needsFont(t)
	needsTool(t, "openssl", "openssl")
	good, other := &Options{}, &Options{}
	withOpenSSL(t, "ec", "ec_paramgen_curve:P-256")(good)
	withOpenSSL(t, "ec", "ec_paramgen_curve:P-384")(other)
	for name, o := range map[string]Options{
		"of another key": {CertFile: good.CertFile, KeyFile: other.KeyFile}, "of another curve": {CertFile: other.CertFile, KeyFile: other.KeyFile},
		"no key": {CertFile: good.CertFile}, "swapped": {CertFile: good.KeyFile, KeyFile: good.CertFile},
	} {
		var trouble *service.Trouble
		if _, err := New(o); !errors.As(err, &trouble) || !strings.Contains(trouble.Remedy, "certificates.") {
			t.Errorf("%s: got %v, want a trouble with the remedy", name, err)
		}
	}
	good.Now = func() time.Time { return time.Now().AddDate(30, 0, 0) }
	p, err := New(*good)
	if err != nil {
		t.Fatal(err)
	}
	err = p.Print(t.Context(), &bytes.Buffer{}, sample(service.CertificatePledge), "zh")
	if !errors.Is(err, service.ErrUnavailable) || !strings.Contains(err.Error(), "ran out") {
		t.Errorf("got %v, want that the certificate ran out", err)
	}
}
