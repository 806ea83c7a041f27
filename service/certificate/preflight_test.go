package certificate

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/service/preflight"
	"github.com/datapledge/datapledge/service/preflight/sensitive"
	"github.com/datapledge/datapledge/storage"
)

// preflightOf runs a preflight on files.
func preflightOf(t testing.TB, files map[string]string) preflight.Preflight {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	r := preflight.NewReader(t.Context(), preflight.Options{})
	m, err := storage.Reading{Beside: r.Beside}.Folder(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	p, err := r.Report(m.Fingerprint())
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// dirty is a table with telephone numbers, and a file that is no table.
func dirty(t testing.TB) preflight.Preflight {
	var b strings.Builder
	b.WriteString("customer,phone,amount\n")
	for i := range 300 {
		fmt.Fprintf(&b, "c%d,138%08d,%d\n", i, 7919*i, i)
	}
	return preflightOf(t, map[string]string{"customers.csv": b.String(), "scan.bin": "\x00\x01\xff"})
}

// crowded is more of everything than any page holds.
func crowded(t testing.TB) preflight.Preflight {
	p := dirty(t)
	han, latin := strings.Repeat("客户主数据宽表，", 200), strings.Repeat("VeryLongColumnName_", 200)
	p.Consent.Basis = han + latin
	p.Fix = nil
	for i := range 5000 {
		f := preflight.Fix{Principle: []string{"exclusion", "quality"}[i%2], Must: i%3 > 0, Code: sensitive.Rules()[i%len(sensitive.Rules())].ID, Table: "t.csv"}
		f.What = service.Text{ZH: han + fmt.Sprintf("第%d列须脱敏", i), EN: latin + fmt.Sprintf(" column %d: mask it", i)}
		p.Fix = append(p.Fix, f)
	}
	p.Fix = append(p.Fix, preflight.Fix{Principle: "exclusion", Must: true, Code: preflight.CodeMore, What: same("more than are listed")})
	p.Exclusion.All.Findings, p.Exclusion.All.Looks = 70_000, 30_000
	for i := range p.Quality.Dimensions {
		score := 9999 - i
		p.Quality.Dimensions[i].Score, p.Quality.Dimensions[i].Measures, p.Quality.Dimensions[i].Of = &score, 1234567, 2345678
	}
	return p
}

func manyOverrides(n int, reason string) (list []pledge.Override) {
	for i := range n {
		list = append(list, pledge.Override{Finding: fmt.Sprintf("exclusion/mobile-phone/%012x", i), Reason: reason, Capacity: "王五", SignedBy: "kHXL9rTXr2pxnmvXDsdcSxi7ckXC7U3ZUPpsJmfoEzk"})
	}
	return list
}

// pageOf is the page, which must be one, in order.
func pageOf(t testing.TB, name string, p preflight.Preflight, lang string, overrides []pledge.Override) []byte {
	t.Helper()
	chain, err := installed()
	if err != nil {
		t.Fatal(err)
	}
	out, err := layOutPreflight(chain, p, lang, overrides)
	if err != nil {
		t.Fatal(err)
	}
	if info := must(t, "pdfinfo", saved(t, "p.pdf", out)); !strings.Contains(info, "Pages:           1\n") {
		t.Errorf("%s in %s: not one page: %s", name, lang, info)
	}
	for _, words := range boxesOf(t, out) {
		for i, a := range words {
			if a.XMin < left-1 || a.XMax > right+1 || a.YMin < 45 || a.YMax > paperH-40 || a.YMax > sheetEnd+3 && a.YMin < paperH-62 {
				t.Errorf("%s in %s: %+v is outside of the margins", name, lang, a)
			}
			for _, b := range words[:i] {
				if a.over(b) {
					t.Errorf("%s in %s: %+v lies over %+v", name, lang, a, b)
				}
			}
		}
	}
	return out
}

// Whatever was found, it is one page, and nothing on it lies over another.
func TestPreflightIsOnePage(t *testing.T) {
	needsFont(t)
	needsTool(t, "poppler", "pdfinfo")
	clean := dirty(t)
	clean.Fix, clean.Consent.Result, clean.Exclusion.Result, clean.Quality.Result = nil, "pass", "pass", "pass"
	cases := map[string]preflight.Preflight{"dirty": dirty(t), "clean": clean, "raw": preflightOf(t, map[string]string{"a.bin": "\x00\x01"}),
		"nothing": {}, "crowded": crowded(t)}
	for name, p := range cases {
		for _, lang := range []string{"zh", "en"} {
			pageOf(t, name, p, lang, nil)
			pageOf(t, name+" with an override", p, lang, manyOverrides(1, "公开的客服热线"))
			pageOf(t, name+" with many", p, lang, manyOverrides(64, strings.Repeat("公开的客服热线 a published hotline, ", 40)))
		}
	}
}

// What the page says: all figures, the digests, and what there is no room for.
func TestPreflightSaysWhatWasFound(t *testing.T) {
	needsFont(t)
	needsTool(t, "poppler", "pdftotext")
	p := dirty(t)
	exclusion, err := preflight.Digest(p.Exclusion)
	if err != nil {
		t.Fatal(err)
	}
	all := []string{p.Fingerprint, exclusion, p.Exclusion.Ruleset, preflight.Tool, "exclusion/mobile-phone/000000000000", "a hotline", "王五", "kHXL9rTXr2pxnmvXDsdcSxi7ckXC7U3ZUPpsJmfoEzk"}
	for lang, words := range map[string][]string{
		"zh": {"数据规范预检报告", "不通过：须整改3项", "文件2个，其中表格文件1个；300行，3列", "覆盖2个数据文件中的0个", "敏感1，", "移动电话号码1", "内容未检查1", "时效性NA（0/1项指标）", "须整改3项，待人工确认1项", "1,2,3,4,5", "不证明数据内容真实"},
		"en": {"Preflight report", "FAIL: things that have to be fixed: 3", "rows: 300; columns: 3", "data files: 2, covered: 0", "sensitive: 1,", "mobile phone number 1", "nobody looked inside 1", "timeliness NA (0 of 1 measures)", "To fix: 3. For a person to look at: 1.", "no certificate"},
	} {
		text, _ := textOf(t, saved(t, "p.pdf", pageOf(t, "dirty", p, lang, manyOverrides(1, "a hotline"))))
		for _, want := range append(words, all...) {
			if !strings.Contains(text, bare(want)) {
				t.Errorf("in %s %q is not on the page", lang, want)
			}
		}
		if strings.Contains(text, "13800") {
			t.Errorf("in %s a value of the data is on the page", lang)
		}
	}
}

// What there is no room for is counted, and it is said where it is.
func TestPreflightCountsTheRest(t *testing.T) {
	needsFont(t)
	needsTool(t, "poppler", "pdftotext")
	p := crowded(t)
	for lang, want := range map[string][]string{"zh": {"略去中间部分", "未逐项列出的"},
		"en": {"itsmiddleisleftout", "notlistedonebyone", "morekinds"}} {
		text, _ := textOf(t, saved(t, "p.pdf", pageOf(t, "crowded", p, lang, manyOverrides(64, "hotline"))))
		for _, w := range want {
			if !strings.Contains(text, w) {
				t.Errorf("in %s %q is not on the page", lang, w)
			}
		}
		count := func(must bool) (n int) {
			for _, f := range p.Fix {
				if f.Principle != "exclusion" && f.Must == must {
					n++
				}
			}
			return n
		}
		must, look := 70_000+count(true), 30_000+count(false)
		fixed := strings.Count(text, service.Text{ZH: "列须脱敏", EN: "maskit"}.In(lang))
		further := service.Text{ZH: fmt.Sprintf("另有%d项，见exclusion.json,quality.json", must+look-fixed), EN: fmt.Sprintf("and%dmore:seeexclusion.json,quality.json", must+look-fixed)}.In(lang)
		title := service.Text{ZH: fmt.Sprintf("须整改%d项，待人工确认%d项", must, look), EN: fmt.Sprintf("Tofix:%d.Forapersontolookat:%d.", must, look)}.In(lang)
		if fixed == 0 || !strings.Contains(text, further) || !strings.Contains(text, title) || strings.Contains(text, "morethanarelisted") {
			t.Errorf("in %s %d are shown, want %s and %s", lang, fixed, further, title)
		}
		shown := 0
		for strings.Contains(text, fmt.Sprintf("exclusion/mobile-phone/%012x", shown)) {
			shown++
		}
		rest := service.Text{ZH: fmt.Sprintf("另有%d项，见存证声明", 64-shown), EN: fmt.Sprintf("and%dmore:seethedeclaration", 64-shown)}.In(lang)
		if shown == 0 || !strings.Contains(text, rest) {
			t.Errorf("in %s %d of 64 overrides are shown, and %s further ones not counted", lang, shown, rest)
		}
	}
}

// The page depends on nothing but the preflight, and no character of it is lost.
func TestPreflightPageIsTheSame(t *testing.T) {
	needsFont(t)
	p := dirty(t)
	first, err := PreflightPage(p, "zh", nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	second, err := PreflightPage(dirty(t), "zh", nil, nil)
	if err != nil || !bytes.Equal(first, second) {
		t.Errorf("the same preflight gave another page, %v", err)
	}
	p.Fix[0].Table = "\U0010fffe\U000e0fff.csv"
	var trouble *service.Trouble
	if _, err := PreflightPage(p, "zh", nil, nil); !errors.As(err, &trouble) || !strings.Contains(err.Error(), "U+") {
		t.Errorf("got %v, want the character that no font has", err)
	}
	if _, err := PreflightPage(p, "fr", nil, nil); err == nil {
		t.Error("printed in a language that there is not")
	}
	if _, err := PreflightPage(p, "en", []string{filepath.Join(t.TempDir(), "none.ttf")}, nil); !errors.As(err, &trouble) {
		t.Errorf("got %v, want a trouble with the font", err)
	}
}
