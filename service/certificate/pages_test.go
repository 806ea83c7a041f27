package certificate

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/datapledge/datapledge/service"
)

// textOf is the text of a file as poppler reads it, white space left out: all
// of it, and without what stands left of where values begin.
func textOf(t testing.TB, path string) (all, values string) {
	t.Helper()
	// The crop is in points: from left+labelW-3, between head and foot of a page.
	crop := []string{"-raw", "-r", "72", "-x", "171", "-y", "70", "-W", "400", "-H", "707"}
	return bare(must(t, "pdftotext", "-raw", path, "-")), bare(strings.ReplaceAll(must(t, "pdftotext", append(crop, path, "-")...), "\f", ""))
}

// Every text of the certificate can be read on the pages and copied from them.
func TestEveryWordIsOnThePages(t *testing.T) {
	needsFont(t)
	needsTool(t, "poppler", "pdftotext")
	p := newPrinter(t, nil)
	for _, kind := range kinds {
		for _, lang := range []string{"zh", "en"} {
			c := sample(kind)
			all, values := textOf(t, saved(t, "c.pdf", printed(t, p, c, lang)))
			for _, want := range wordsOf(c, lang) {
				if !strings.Contains(all, bare(want)) {
					t.Errorf("%s in %s: %q is not on the pages", kind, lang, want)
				}
			}
			for _, f := range c.Fields {
				if !strings.Contains(values, bare(f.Value.In(lang))) {
					t.Errorf("%s in %s: %q is not on the pages", kind, lang, f.Value.In(lang))
				}
			}
		}
	}
}

// wordsOf are the texts that stand in one piece.
func wordsOf(c service.Certificate, lang string) []string {
	words := []string{c.Title.ZH, c.Title.EN, c.Number, c.RecordID, c.Channel + " (" + c.Ledger + ")", c.AsOf.At, strconv.FormatUint(c.AsOf.Height, 10)}
	for _, list := range [][]service.Text{c.Proves, c.NotProved, c.Check} {
		for _, text := range list {
			words = append(words, text.In(lang))
		}
	}
	for _, f := range c.Fields {
		words = append(words, f.Label.In(lang))
	}
	for _, a := range c.Anchors {
		words = append(words, a.Act, actName(a.Act, lang), a.CommandID, a.By, strconv.FormatUint(a.Block, 10), a.BlockHash, a.BlockTime)
		if a.TimeStamp != nil {
			words = append(words, a.TimeStamp.Time)
		}
		for _, r := range a.Imprints {
			words = append(words, r.Time, r.Party)
		}
	}
	for _, m := range c.Members {
		words = append(words, m.Name+m.Party)
	}
	return words
}

// Without a public page there is no code that leads nowhere.
func TestNoPublicPage(t *testing.T) {
	needsFont(t)
	needsTool(t, "poppler", "pdftoppm")
	needsTool(t, "zbar", "zbarimg")
	c := sample(service.CertificatePledge)
	c.URL = ""
	path := saved(t, "c.pdf", printed(t, newPrinter(t, nil), c, "en"))
	if all, _ := textOf(t, path); strings.Contains(all, bare(wordScan.EN)) || strings.Contains(all, bare(wordPage.EN)) {
		t.Error("the page speaks of a public page that there is not")
	}
	png := filepath.Join(t.TempDir(), "page")
	must(t, "pdftoppm", "-r", "120", "-gray", "-f", "1", "-l", "1", "-singlefile", "-png", path, png)
	if said, err := outputOf(t, "zbarimg", "--raw", "-q", png+".png"); err == nil {
		t.Errorf("there is a code that says %q", said)
	}
}

// Each page has the number and its own, and the title.
func TestEveryPageIsNumbered(t *testing.T) {
	needsFont(t)
	needsTool(t, "poppler", "pdftotext")
	c := long()
	path := saved(t, "c.pdf", printed(t, newPrinter(t, nil), c, "zh"))
	pages := strings.Split(strings.TrimSuffix(must(t, "pdftotext", path, "-"), "\f"), "\f")
	if len(pages) < 3 {
		t.Fatalf("got %d pages, want several", len(pages))
	}
	for i, page := range pages {
		for _, want := range []string{c.Title.ZH, "编号" + c.Number, fmt.Sprintf("%d/%d", i+1, len(pages))} {
			if !strings.Contains(bare(page), want) {
				t.Errorf("%q is not on page %d: %s", want, i+1, page)
			}
		}
	}
}

// The code on the first page leads to the public page, both as printed small
// and when the address is long.
func TestCodeLeadsToThePublicPage(t *testing.T) {
	needsFont(t)
	needsTool(t, "poppler", "pdftoppm")
	needsTool(t, "zbar", "zbarimg")
	p := newPrinter(t, nil)
	for _, kind := range kinds {
		for _, lang := range []string{"zh", "en"} {
			c := sample(kind)
			c.URL = "https://evidence.example.org/verify?number=" + c.Number
			if kind == service.CertificateSearch {
				c.URL = "https://a-rather-long-name-of-a-host.district.city.province.example.org:8443/some/prefix" + "/verify?number=" + c.Number
			}
			png := filepath.Join(t.TempDir(), "page")
			must(t, "pdftoppm", "-r", "120", "-gray", "-f", "1", "-l", "1", "-singlefile", "-png", saved(t, "c.pdf", printed(t, p, c, lang)), png)
			if got := strings.TrimSpace(must(t, "zbarimg", "--raw", "-q", png+".png")); got != c.URL {
				t.Errorf("%s in %s: the code says %q, want %q", kind, lang, got, c.URL)
			}
		}
	}
}

// box is a word on a page, in points from the upper left.
type box struct {
	XMin float64 `xml:"xMin,attr"`
	YMin float64 `xml:"yMin,attr"`
	XMax float64 `xml:"xMax,attr"`
	YMax float64 `xml:"yMax,attr"`
	Text string  `xml:",chardata"`
}

func boxesOf(t testing.TB, pdf []byte) (pages [][]box) {
	t.Helper()
	out := filepath.Join(t.TempDir(), "boxes.html")
	must(t, "pdftotext", "-bbox", saved(t, "c.pdf", pdf), out)
	data, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Pages []struct {
			Words []box `xml:"word"`
		} `xml:"body>doc>page"`
	}
	d := xml.NewDecoder(bytes.NewReader(data))
	d.Strict, d.Entity = false, xml.HTMLEntity
	if err := d.Decode(&doc); err != nil {
		t.Fatal(err)
	}
	for _, p := range doc.Pages {
		pages = append(pages, p.Words)
	}
	return pages
}

// over tells whether words lie over each other by more than the room that
// fonts leave above and below.
func (b box) over(o box) bool {
	w, h := min(b.XMax, o.XMax)-max(b.XMin, o.XMin), min(b.YMax, o.YMax)-max(b.YMin, o.YMin)
	return w > 1 && h > 0.3*min(b.YMax-b.YMin, o.YMax-o.YMin)
}

// No word lies over another or outside of the margins, whatever is long.
func TestNothingOverlaps(t *testing.T) {
	needsFont(t)
	needsTool(t, "poppler", "pdftotext")
	p := newPrinter(t, nil)
	cases := map[string]service.Certificate{"long": long(), "empty": {}, "wordy": wordy(), "overridden": overridden()}
	for name, c := range cases {
		for _, lang := range []string{"zh", "en"} {
			for n, words := range boxesOf(t, printed(t, p, c, lang)) {
				for i, a := range words {
					if a.XMin < left-1 || a.XMax > right+1 || a.YMin < 45 || a.YMax > paperH-40 {
						t.Errorf("%s in %s, page %d: %+v is outside of the margins", name, lang, n+1, a)
					}
					for _, b := range words[:i] {
						if a.over(b) {
							t.Errorf("%s in %s, page %d: %+v lies over %+v", name, lang, n+1, a, b)
						}
					}
				}
			}
		}
	}
}

// wordy has long texts everywhere, with and without places to break.
func wordy() service.Certificate {
	c := long()
	latin, han := strings.Repeat("Certificateofapledge", 8), strings.Repeat("数据资产质押登记证书，", 12)
	c.Title = service.Text{ZH: han, EN: latin}
	c.Status = service.Text{ZH: han + latin, EN: latin + " " + latin}
	c.URL = "https://evidence.example.org/" + latin
	c.Fields = append(c.Fields, service.CertificateField{Label: service.Text{ZH: han, EN: latin}, Value: same("x")}, service.CertificateField{Label: same("y"), Value: same(strings.Repeat(latin+han, 30))})
	c.Proves = append(c.Proves, same(latin+latin+han))
	c.Members = append(c.Members, service.CertificateMember{Party: latin, Name: han})
	c.Anchors[0].By, c.Anchors[0].Act = han+latin, latin+latin
	return c
}

// What would run off the first page is refused, not cut off.
func TestTooLongForTheFirstPage(t *testing.T) {
	needsFont(t)
	c := sample(service.CertificatePledge)
	c.Status = same(strings.Repeat("状态", 2000))
	if err := newPrinter(t, nil).Print(t.Context(), &bytes.Buffer{}, c, "zh"); err == nil {
		t.Error("a status that no page holds was printed")
	}
}

// The pages before signing depend on nothing but the certificate.
func TestSamePages(t *testing.T) {
	needsFont(t)
	p := newPrinter(t, nil)
	who := p.signer.signer
	other, err := New(p.o) // reads the fonts for itself
	if err != nil {
		t.Fatal(err)
	}
	for _, lang := range []string{"zh", "en"} {
		first, err := p.pages(t.Context(), long(), lang, who)
		if err != nil {
			t.Fatal(err)
		}
		second, err := other.pages(t.Context(), long(), lang, who)
		if err != nil || !bytes.Equal(first, second) {
			t.Errorf("in %s the same certificate gave other pages, %v", lang, err)
		}
	}
}

// overridden is a certificate with as many overrides as the rules allow, each
// as long as they allow.
func overridden() service.Certificate {
	c := sample(service.CertificateNotarization)
	c.Status = both("存证有效；预检有 64 项问题由签署人说明并负责", "notarized, in force; OVERRIDDEN: findings of the preflight that a person answers for: 64")
	for i := range 64 {
		reason := strings.Repeat("公开的客服热线，不是个人信息。", 11)[:450] + " hotline"
		c.Fields = append(c.Fields, service.CertificateField{Key: fmt.Sprintf("override_%d", i+1), Label: both("例外说明 %d", "Override %d", i+1),
			Value: both("移动电话号码（敏感数据排除；exclusion/mobile-phone/%012x）。理由：%s。签署人（职务）：数据合规负责人，密钥 kHXL9rTXr2pxnmvXDsdcSxi7ckXC7U3ZUPpsJmfoEzk",
				"mobile phone number (Exclusion of sensitive data; exclusion/mobile-phone/%012x). Reason: %s. Answered for as 数据合规负责人, with key kHXL9rTXr2pxnmvXDsdcSxi7ckXC7U3ZUPpsJmfoEzk", i, reason)})
	}
	return c
}

// All that a person answers for is printed, however much: it is what whoever
// relies on the certificate must read.
func TestAllOverridesArePrinted(t *testing.T) {
	needsFont(t)
	needsTool(t, "poppler", "pdftotext")
	for _, lang := range []string{"zh", "en"} {
		c := overridden()
		_, values := textOf(t, saved(t, "c.pdf", printed(t, newPrinter(t, nil), c, lang)))
		for _, f := range c.Fields {
			if !strings.Contains(values, bare(f.Value.In(lang))) {
				t.Errorf("in %s %q is not on the pages", lang, f.Value.In(lang))
			}
		}
	}
}
