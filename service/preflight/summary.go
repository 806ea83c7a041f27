package preflight

import (
	"fmt"
	"io"

	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/service/preflight/quality"
	"github.com/datapledge/datapledge/service/printable"
)

var dimensionNames = map[quality.Dimension]service.Text{
	quality.Conformity: {ZH: "规范性", EN: "conformity"}, quality.Completeness: {ZH: "完整性", EN: "completeness"},
	quality.Accuracy: {ZH: "准确性", EN: "accuracy"}, quality.Consistency: {ZH: "一致性", EN: "consistency"},
	quality.Timeliness: {ZH: "时效性", EN: "timeliness"}, quality.Accessibility: {ZH: "可访问性", EN: "accessibility"},
}

var results = map[string]service.Text{Pass: {ZH: "通过", EN: "pass"}, Fail: {ZH: "不通过", EN: "FAIL"}}

// Summary prints what a person wants to know first, in "zh" or "en".
func (p *Preflight) Summary(w io.Writer, lang string) {
	say := func(zh, en string, args ...any) { fmt.Fprintf(w, service.Text{ZH: zh, EN: en}.In(lang)+"\n", args...) }
	all := p.Exclusion.All
	say("数据集   %s", "dataset    %s", p.Fingerprint)
	say("         文件 %d 个,其中表格文件 %d 个;%d 行,%d 列", "           files: %d, tables: %d, rows: %d, columns: %d", all.Files, all.Examined, all.Rows, all.Columns)
	say("知情同意 %s(%d 份文件,覆盖 %d/%d 个文件)", "consent    %s (documents: %d, files covered: %d of %d)", results[p.Consent.Result].In(lang), len(p.Consent.Documents), p.Consent.Covered, p.Consent.Files)
	say("敏感数据 %s", "exclusion  %s", results[p.Exclusion.Result].In(lang))
	say("数据质量 %s", "quality    %s", results[p.Quality.Result].In(lang))
	for _, l := range p.Quality.Dimensions {
		score := "NA"
		if l.Score != nil {
			score = percent(*l.Score)
		}
		say("         %s %s(%d/%d 项指标)", "           %-14s %9s  (%d of %d measures)", dimensionNames[l.Dimension].In(lang), score, l.Measures, l.Of)
	}
	p.list(w, lang, true, service.Text{ZH: "必须整改", EN: "to fix"})
	p.list(w, lang, false, service.Text{ZH: "请人工确认", EN: "to look at"})
}

// list prints the fixes of one kind, each with the id by which a person answers
// for it.
func (p *Preflight) list(w io.Writer, lang string, must bool, title service.Text) {
	n := 0
	for _, f := range p.Fix {
		if f.Must != must {
			continue
		}
		if n++; n == 1 {
			fmt.Fprintf(w, "\n%s\n", title.In(lang))
		}
		where := ""
		if f.Table != "" {
			where = f.Table + ": "
		}
		fmt.Fprintf(w, "  %d. %s\n", n, printable.Text(where+f.What.In(lang)))
		if f.ID != "" {
			fmt.Fprintf(w, "     %s\n", f.ID)
		}
	}
}
