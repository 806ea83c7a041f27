package browser_test

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/datapledge/datapledge/service/evidence"
)

// check has the page check a package. An empty trust is the server's own.
func (b *tab) check(s *server, lang string, pack, trust []byte) {
	b.t.Helper()
	dir := b.t.TempDir()
	file, believed := filepath.Join(dir, "evidence.zip"), filepath.Join(dir, "trust.json")
	for path, data := range map[string][]byte{file: pack, believed: trust} {
		if err := os.WriteFile(path, data, 0o600); err != nil {
			b.t.Fatal(err)
		}
	}
	b.fresh(s, "lang="+lang)
	b.do(chromedp.SetUploadFiles("#zip", []string{file}, chromedp.ByQuery))
	if len(trust) == 0 {
		b.do(chromedp.Click("#own-trust", chromedp.ByQuery))
	} else {
		b.do(chromedp.SetUploadFiles("#trust", []string{believed}, chromedp.ByQuery))
	}
	b.do(chromedp.WaitEnabled("#check", chromedp.ByQuery), chromedp.Click("#check", chromedp.ByQuery))
}

func TestPackageIsCheckedHere(t *testing.T) {
	s := serve(t, true)
	b := open(t, s)
	trust := must(evidence.ParseTrust(s.trust))(t)
	broken := spoil(t, s.evidence)
	for _, c := range []struct {
		name, lang, word string
		pack, trust      []byte
	}{
		{"good-zh", "zh", "✓ 通过", s.evidence, s.trust},
		{"good-en-own-trust", "en", "✓ Passed", s.evidence, nil},
		{"broken-zh", "zh", "✗ 未通过", broken, s.trust},
		{"broken-en", "en", "✗ Failed", broken, s.trust},
		{"no-zip-en", "en", "✗ Failed", []byte("no zip"), s.trust},
	} {
		want := must(evidence.Check(t.Context(), bytes.NewReader(c.pack), int64(len(c.pack)), trust))(t)
		b.check(s, c.lang, c.pack, c.trust)
		if got := b.text("#report .word"); got != c.word {
			t.Errorf("%s: got %q, want %q", c.name, got, c.word)
		}
		b.compare(c.name, c.lang, want)
		b.shot("package-" + c.name)
	}
	b.quiet(s)
}

// compare holds the shown report against the one that is made here.
func (b *tab) compare(name, lang string, want evidence.Report) {
	b.t.Helper()
	var text string
	b.eval(`document.querySelector("#report details pre").textContent`, &text)
	var wanted strings.Builder
	if err := want.WriteTextIn(&wanted, lang); err != nil {
		b.t.Fatal(err)
	}
	if text != wanted.String() {
		b.t.Errorf("%s: the page says\n%s\nwant\n%s", name, text, wanted.String())
	}
	shown := b.text("#report")
	for _, c := range want.Checks {
		for _, f := range c.Failures {
			if !strings.Contains(shown, f.File) {
				b.t.Errorf("%s: the page does not name %s", name, f.File)
			}
		}
	}
}

// spoil changes one letter of the record in a package, and packs it again as
// packages are packed, so that only what is in it is wrong.
func spoil(t *testing.T, pack []byte) []byte {
	t.Helper()
	r := must(zip.NewReader(bytes.NewReader(pack), int64(len(pack))))(t)
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, f := range r.File {
		var data bytes.Buffer
		must(data.ReadFrom(must(f.Open())(t)))(t)
		text := data.Bytes()
		if f.Name == "record.json" {
			text = bytes.Replace(text, []byte(`"NOTARIZED"`), []byte(`"NOTARIZES"`), 1)
		}
		size := uint64(len(text))
		head := zip.FileHeader{Name: f.Name, Method: zip.Store, CRC32: crc32.ChecksumIEEE(text), CompressedSize64: size, UncompressedSize64: size,
			ModifiedDate: f.ModifiedDate, ReaderVersion: f.ReaderVersion, CreatorVersion: f.CreatorVersion, ExternalAttrs: f.ExternalAttrs}
		to := must(w.CreateRaw(&head))(t)
		must(to.Write(text))(t)
	}
	if err := w.Close(); err != nil || bytes.Equal(out.Bytes(), pack) {
		t.Fatal("nothing was spoiled", err)
	}
	return out.Bytes()
}

// A package of a real consortium, kept for good, stands in the browser too,
// whatever ledger this server has.
func TestPackageOfAConsortiumIsCheckedHere(t *testing.T) {
	s := serve(t, true)
	b := open(t, s)
	z := must(gzip.NewReader(must(os.Open("../../evidence/testdata/consortium-asset.zip.gz"))(t)))(t)
	pack := must(io.ReadAll(z))(t)
	text := must(os.ReadFile("../../evidence/testdata/consortium-trust.json"))(t)
	want := must(evidence.Check(t.Context(), bytes.NewReader(pack), int64(len(pack)), must(evidence.ParseTrust(text))(t)))(t)
	b.check(s, "zh", pack, text)
	if got := b.text("#report .word"); got != "✓ 通过" || !want.OK() {
		t.Errorf("got %q, want that it stands", got)
	}
	b.compare("consortium", "zh", want)
	if got := b.text("#report"); len(want.Institutions) == 0 || !strings.Contains(got, want.Institutions[0].Party) {
		t.Errorf("got %q, want who vouches for it", got)
	}
	b.shot("package-consortium-zh")
	b.narrow()
	b.shot("phone-package-consortium-zh")
	b.do(b.size(1200, 900))
	b.check(s, "zh", s.evidence, text)
	if got := b.text("#report .word"); got != "✗ 未通过" {
		t.Errorf("a package of another ledger: got %q", got)
	}
	b.quiet(s)
}

// narrow holds the page against the width of a phone, with the full report open.
func (b *tab) narrow() {
	b.t.Helper()
	var width int
	b.do(b.size(390, 844), chromedp.Click("#report summary", chromedp.ByQuery), chromedp.WaitVisible("#report pre", chromedp.ByQuery))
	b.eval("document.documentElement.scrollWidth", &width)
	if width != 390 {
		b.t.Errorf("the report is %d wide, want 390", width)
	}
}

// A trust file that is none is told as what it is.
func TestTrustFileThatIsNone(t *testing.T) {
	s := serve(t, true)
	b := open(t, s)
	b.check(s, "en", s.evidence, []byte(`{"v":1}`))
	if got := b.text("#trouble"); !strings.Contains(got, "reading the trust file") {
		t.Errorf("got %q", got)
	}
	b.quiet(s)
}

func TestPageWithoutCheckerSaysSo(t *testing.T) {
	s := serve(t, false)
	b := open(t, s, chromedp.Navigate(s.url+"/verify?lang=zh"))
	if got := b.text("main"); !strings.Contains(got, "没有安装浏览器内的检查程序") || !strings.Contains(got, "datapledge evidence check") {
		t.Errorf("got %q", got)
	}
	b.shot("no-checker-zh")
	b.quiet(s)
}
