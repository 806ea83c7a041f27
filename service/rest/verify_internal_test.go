package rest

import (
	"bytes"
	"strings"
	"testing"

	"github.com/datapledge/datapledge/service"
)

func both(text string) service.Text { return service.Text{ZH: text + " zh", EN: text + " en"} }

func sampleCertificate() *service.Certificate {
	return &service.Certificate{Number: "P-NUMBER", Kind: service.CertificatePledge, RecordID: "pl_record", Ledger: "fabric", Channel: "a-channel",
		AsOf: service.SearchedAt{Head: service.Head{Height: 77, Hash: "headhash"}, At: "2026-03-02T08:00:00Z"}, Title: both("title"),
		Status: both("perfection: none"), Fields: []service.CertificateField{{Key: "k", Label: both("label"), Value: both("<b>value</b>")}},
		Anchors: []service.CertificateAnchor{{CommandID: "cmd_x", Act: "pledge.register", By: "USCC", Block: 5, BlockHash: "blockhash", BlockTime: "2026-03-02T23:59:59Z",
			TimeStamp: &service.TimeStamp{Time: "2026-03-03T00:00:01Z", Authority: "an authority"},
			Imprints:  []service.ImprintReceipt{{Name: "a court", Time: "2026-03-03T00:00:02Z"}}}},
		Members: []service.CertificateMember{{Party: "PARTY", Name: "a member"}}, Proves: []service.Text{both("proved")},
		NotProved: []service.Text{both("not proved")}, Check: []service.Text{both("check it")}}
}

// All of a certificate is on the page, in the reader's language, and none of
// it is HTML.
func TestPublicPageShowsAllOfACertificate(t *testing.T) {
	files, err := newVerifyAssets(nil)
	if err != nil {
		t.Fatal(err)
	}
	templates, err := newVerify(files)
	if err != nil {
		t.Fatal(err)
	}
	for lang, other := range map[string]string{"zh": " en", "en": " zh"} {
		var b bytes.Buffer
		v := &verdict{Kind: verdictRecord, Certificate: sampleCertificate(), At: "2026-03-04T00:00:00Z"}
		if err := templates.in(lang).ExecuteTemplate(&b, "verdict", v); err != nil {
			t.Fatal(err)
		}
		page := b.String()
		for _, want := range []string{"P-NUMBER", "title", "perfection: none", "label", "&lt;b&gt;value&lt;/b&gt;", "cmd_x", "USCC", ">5<", "blockhash", "2026-03-03 07:59:59",
			"2026-03-03 08:00:01", "an authority", "2026-03-03 08:00:02", "a court", "a member", "PARTY", "proved " + lang, "not proved " + lang, "check it " + lang,
			"/v1/certificates/P-NUMBER", "pl_record", "a-channel", "77"} {
			if !strings.Contains(page, want) {
				t.Errorf("%s: the page does not say %s", lang, want)
			}
		}
		if strings.Contains(page, other+"<") || strings.Contains(page, "<b>value") {
			t.Errorf("%s: the page says %s", lang, page)
		}
	}
}

// Every kind of verdict has words in both languages, and says what it means.
func TestEveryVerdictHasWords(t *testing.T) {
	files, _ := newVerifyAssets(nil)
	templates, err := newVerify(files)
	if err != nil {
		t.Fatal(err)
	}
	kinds := []string{verdictMatch, verdictDiffers, verdictNone, verdictRecord, verdictMissing, verdictUnsure, verdictUnclear, verdictTrouble}
	said := map[string]bool{}
	for _, kind := range kinds {
		w := words[kind]
		if w.ZH == "" || w.EN == "" || w.sign == "" {
			t.Errorf("%s has no words", kind)
		}
		for _, lang := range []string{"zh", "en"} {
			var b bytes.Buffer
			if err := templates.in(lang).ExecuteTemplate(&b, "meaning", &verdict{Kind: kind, Same: service.SameFile}); err != nil {
				t.Fatal(err)
			}
			text := strings.TrimSpace(b.String())
			if text == "" || said[text] {
				t.Errorf("%s means %q in %s, as another does", kind, text, lang)
			}
			said[text] = true
		}
	}
	if len(words) != len(kinds) {
		t.Errorf("got words for %d verdicts, want %d", len(words), len(kinds))
	}
}

// What people type is read as what they mean, and no further.
func TestAskedDigests(t *testing.T) {
	hex := strings.Repeat("aB", 32)
	low := strings.ToLower(hex)
	for _, c := range []struct{ number, digest, wantNumber, wantDigest, algorithm string }{
		{hex, "", "", "sha256:" + low, "SHA-256"}, {" SHA256:" + hex, "", "", "sha256:" + low, "SHA-256"}, {"sm3:" + hex, "", "", "sm3:" + low, "SM3"},
		{"N-1", hex, "N-1", "sha256:" + low, "SHA-256"}, {"N-1", "md5:" + hex, "N-1", "md5:" + hex, "SHA-256"}, {hex + "0", "", hex + "0", "", "SHA-256"},
	} {
		number, digest := asked(c.number, c.digest)
		if number != c.wantNumber || digest != c.wantDigest || (verdict{Digest: digest}).Algorithm() != c.algorithm {
			t.Errorf("%q, %q: got %q, %q", c.number, c.digest, number, digest)
		}
	}
}
