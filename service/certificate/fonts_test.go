package certificate

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"golang.org/x/image/font/gofont/goregular"

	"github.com/datapledge/datapledge/service"
)

// noFonts leaves only what a test brings. It keeps others from running beside.
func noFonts(t *testing.T) {
	t.Helper()
	text, mono := wellKnown, wellKnownMono
	wellKnown, wellKnownMono = nil, nil
	t.Cleanup(func() { wellKnown, wellKnownMono = text, mono })
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	t.Setenv("HOME", t.TempDir())
}

func withFonts(files ...string) func(*Options) { return func(o *Options) { o.FontFiles = files } }

// A printer without fonts is made, and tells what is missing until it is there.
func TestNoFont(t *testing.T) {
	text := wellKnown
	noFonts(t)
	p, err := New(Options{KeyDir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	err = p.Print(t.Context(), io.Discard, sample(service.CertificatePledge), "zh")
	var trouble *service.Trouble
	if !errors.As(err, &trouble) || !errors.Is(err, service.ErrUnavailable) || !strings.Contains(trouble.Remedy, "certificates.font_files") || p.Ready() == nil {
		t.Fatalf("got %v, want a trouble with the remedy", err)
	}
	wellKnown = text
	needsFont(t)
	printed(t, p, sample(service.CertificatePledge), "zh")
}

// A font without Chinese is not enough by itself, but is used ahead of others.
func TestConfiguredFontComesFirst(t *testing.T) {
	latin := saved(t, "go.ttf", goregular.TTF)
	if names, err := CheckFonts([]string{latin}); err == nil && names[0] != latin {
		t.Errorf("got %v, want %s first", names, latin)
	}
	noFonts(t)
	if _, err := CheckFonts([]string{latin}); err == nil || !strings.Contains(err.Error(), "U+4E2D") {
		t.Errorf("got %v, want that U+4E2D is missing", err)
	}
}

// What is no font, or one that cannot be embedded, is told and never a panic.
func TestFontsThatAreNone(t *testing.T) {
	cff := bytes.Clone(goregular.TTF)
	copy(cff, tagCFF)
	for want, content := range map[string][]byte{"CFF": cff, "too short": nil, "not a TrueType font": bytes.Repeat([]byte("font"), 99),
		"has no font 0": []byte(tagCollection + "\x00\x01\x00\x00\x00\x00\x00\x00")} {
		if _, err := loadFont(saved(t, "x.ttf", content), 0); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
	random := rand.New(rand.NewPCG(1, 2))
	for range 60 {
		damaged := bytes.Clone(goregular.TTF[:12+random.IntN(len(goregular.TTF)-12)])
		for range 20 {
			damaged[random.IntN(len(damaged))] = byte(random.IntN(256))
		}
		_, _ = loadFont(saved(t, "x.ttf", damaged), 0)
	}
}

// extra is a font that has one character, with the glyph of another font's
// character for it.
func extra(t testing.TB, r rune, as rune) string {
	t.Helper()
	f, err := parseFont("go", goregular.TTF)
	if err != nil {
		t.Fatal(err)
	}
	tables, err := directory(goregular.TTF, 0)
	if err != nil {
		t.Fatal(err)
	}
	var cmap []byte // OpenType spec, "cmap": an empty subtable of format 4, and one of format 12 with one group
	for _, v := range []uint16{0, 2, 3, 1, 0, 20, 3, 10, 0, 44, 4, 24, 0, 2, 2, 0, 0, 0xffff, 0, 0xffff, 1, 0, 12, 0} {
		cmap = binary.BigEndian.AppendUint16(cmap, v)
	}
	for _, v := range []uint32{28, 0, 1, uint32(r), uint32(r), uint32(f.glyph(as))} {
		cmap = binary.BigEndian.AppendUint32(cmap, v)
	}
	tables["cmap"] = cmap
	return saved(t, "extra.ttf", assemble(tables))
}

// A character beyond the first font comes from a further one, and one that no
// font has is named.
func TestRareCharacters(t *testing.T) {
	needsFont(t)
	needsTool(t, "poppler", "pdftotext")
	c := sample(service.CertificatePledge)
	c.Fields[2].Value = same("𠮷野数据（杭州）有限公司")
	p := newPrinter(t, nil)
	if _, err := chainOf(t, p).of('𠮷'); err != nil {
		err = p.Print(t.Context(), io.Discard, c, "zh")
		if err == nil || !strings.Contains(err.Error(), "U+20BB7") || !strings.Contains(err.Error(), "certificates.font_files") {
			t.Errorf("got %v, want the code point and the remedy", err)
		}
	}
	file := extra(t, '𠮷', 'A')
	all, _ := textOf(t, saved(t, "c.pdf", printed(t, newPrinter(t, withFonts(file)), c, "zh")))
	if !strings.Contains(all, "𠮷野数据（杭州）有限公司") {
		t.Error("the rare character is not on the page")
	}
}

// A font whose glyph for a character is empty does not have it.
func TestEmptyGlyph(t *testing.T) {
	for as, there := range map[rune]bool{'A': true, ' ': false} {
		f, err := loadFont(extra(t, '𠮷', as), 0)
		if err != nil || (f.glyph('𠮷') != 0) != there {
			t.Errorf("with the glyph of %q: got %v, %v, want there: %v", as, f.glyph('𠮷'), err, there)
		}
	}
}

// chainOf is what a printer prints with.
func chainOf(t testing.TB, p *Printer) *chain {
	t.Helper()
	c, err := p.fonts.get()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// Whatever character of Unicode a name has: it stands on the page, or printing
// fails and names it. None is lost and nothing panics.
func TestNoCharacterIsLost(t *testing.T) {
	needsFont(t)
	needsTool(t, "poppler", "pdftotext")
	p := newPrinter(t, nil)
	random := rand.New(rand.NewPCG(3, 4))
	c, want, refused := sample(service.CertificateNotarization), []string(nil), 0
	for r := range rune(0x2fa20) {
		if r > 0x250 && random.IntN(40) > 0 {
			continue
		}
		text := "起" + string(r) + "止"
		if _, err := chainOf(t, p).runs(visible(text), false); err != nil {
			if refused++; !strings.Contains(err.Error(), fmt.Sprintf("U+%04X", []rune(text)[1])) {
				t.Errorf("U+%04X: got %v, want it named", r, err)
			}
			continue
		}
		want = append(want, text)
		c.Fields = append(c.Fields, service.CertificateField{Label: same("x"), Value: same(text)})
	}
	all, _ := textOf(t, saved(t, "c.pdf", printed(t, p, c, "en")))
	for _, text := range want {
		if !strings.Contains(all, bare(visible(text))) {
			t.Errorf("%+q is not on the pages", text)
		}
	}
	if len(want) < 600 || refused == 0 {
		t.Errorf("%d printed, %d refused: that tests nothing", len(want), refused)
	}
}

// The words of scripts that need shaping are refused, not printed wrong.
func TestUnshapedScripts(t *testing.T) {
	needsFont(t)
	for _, name := range []string{"شركة", "ᠮᠣᠩᠭᠣᠯ", "བོད", "אבג"} {
		c := sample(service.CertificatePledge)
		c.Fields[2].Value = same(name)
		err := newPrinter(t, nil).Print(t.Context(), io.Discard, c, "zh")
		if err == nil || !strings.Contains(err.Error(), fmt.Sprintf("U+%04X", []rune(name)[0])) {
			t.Errorf("%s: got %v, want its first character named", name, err)
		}
	}
}

// Many at once print what one prints.
func TestPrintingAtOnce(t *testing.T) {
	needsFont(t)
	p := newPrinter(t, nil)
	want, err := newPrinter(t, nil).pages(t.Context(), sample(service.CertificatePledge), "zh", p.signer.signer)
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for range 6 {
		all.Go(func() {
			got, err := p.pages(t.Context(), sample(service.CertificatePledge), "zh", p.signer.signer)
			if err != nil || !bytes.Equal(got, want) {
				t.Errorf("printing at once gave other pages, %v", err)
			}
			if err := p.Print(t.Context(), io.Discard, sample(service.CertificateRelease), "en"); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
}

// A font is fetched by the package manager into the cache, and then found.
func TestFetchFont(t *testing.T) {
	needsFont(t)
	if _, err := exec.LookPath("sh"); err != nil {
		t.Skip("no shell")
	}
	names, err := CheckFonts(nil)
	if err != nil {
		t.Fatal(err)
	}
	bin := t.TempDir()
	program := func(name, text string) {
		if err := os.WriteFile(filepath.Join(bin, name), []byte("#!/bin/sh\nset -e\n"+text), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	program("apt-get", `[ "$1" = download ] && echo package > "$3_1_all.deb"`)
	program("dpkg-deb", `mkdir -p "$3/usr/share/fonts/truetype/wqy"; cp "`+names[0]+`" "$3/usr/share/fonts/truetype/wqy/wqy-microhei.ttc"`)
	t.Setenv("PATH", bin+string(os.PathListSeparator)+os.Getenv("PATH"))
	path := wellKnown
	noFonts(t)
	wellKnown = []string{path[0]}
	fetched, err := FetchFont(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	wellKnown = nil
	if names, err := CheckFonts(nil); err != nil || names[0] != fetched {
		t.Errorf("got %v, %v, want %s", names, err, fetched)
	}
	program("apt-get", "echo no network >&2; exit 100")
	var trouble *service.Trouble
	wellKnown = path
	if _, err := FetchFont(t.Context()); !errors.As(err, &trouble) || !strings.Contains(err.Error(), "no network") {
		t.Errorf("got %v, want what apt-get said, and the remedy", err)
	}
}
