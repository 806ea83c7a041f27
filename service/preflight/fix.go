package preflight

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/service/preflight/sensitive"
	"github.com/datapledge/datapledge/service/preflight/table"
)

// Fix is one thing to do before the dataset may be notarized, or to look at.
type Fix struct {
	// ID names what must be fixed: principle/code/place, the same on every run.
	// Empty of what a person should only look at.
	ID        string       `json:"id,omitempty"`
	Principle string       `json:"principle"` // consent, exclusion, quality
	Must      bool         `json:"must"`      // false: a person should look
	Code      string       `json:"code"`
	Table     string       `json:"table,omitempty"`
	Column    int          `json:"column,omitempty"` // 1 is the first
	What      service.Text `json:"what"`

	place string // of what is in no table: a document, a dimension
}

func (p *Preflight) fixes() []Fix {
	var out []Fix
	out = append(out, p.Consent.fixes()...)
	for _, f := range p.Exclusion.Files {
		out = append(out, f.fixes()...)
	}
	out = p.listed(append(out, p.Quality.fixes()...))
	for i := range out {
		if out[i].Must {
			out[i].ID = out[i].id()
		}
	}
	return out
}

func fix(principle, code string, zh, en string) Fix {
	return Fix{Principle: principle, Must: true, Code: code, What: service.Text{ZH: zh, EN: en}}
}

func (r *ConsentReport) fixes() []Fix {
	var out []Fix
	if r.Basis == "" {
		out = append(out, fix("consent", "no-basis", "写明数据的使用依据(basis)", "say on what basis the data may be used (basis)"))
	}
	if len(r.Documents) == 0 {
		out = append(out, fix("consent", "no-document", "列出同意或授权文件:用 -consent 给出清单", "list the consent or authorization documents: give a list with -consent"))
	}
	for i, d := range r.Documents {
		if d.Problem != "" {
			x := documentFix(i+1, d)
			x.place = "document " + strconv.Itoa(i+1)
			out = append(out, x)
		}
	}
	if n := r.Files - r.Covered; n > 0 && len(r.Documents) > 0 {
		files := strings.Join(r.Uncovered, ", ")
		out = append(out, fix("consent", "uncovered", fmt.Sprintf("%d 个文件没有有效文件覆盖:%s", n, files),
			fmt.Sprintf("no document in force covers %d files: %s", n, files)))
	}
	return out
}

func documentFix(number int, d DocumentLine) Fix {
	switch d.Problem {
	case "missing":
		return fix("consent", "missing", fmt.Sprintf("第 %d 份文件不存在:补上文件", number), fmt.Sprintf("document %d is not there: put it beside the list", number))
	case "expired":
		return fix("consent", "expired", fmt.Sprintf("第 %d 份文件已于 %s 到期:续期", number, d.Expires), fmt.Sprintf("document %d ended on %s: renew it", number, d.Expires))
	}
	return fix("consent", "no-scope", fmt.Sprintf("第 %d 份文件没有写明使用范围(scope)", number), fmt.Sprintf("document %d does not say what may be done with the data (scope)", number))
}

func (f *ExclusionFile) fixes() []Fix {
	var out []Fix
	if !f.Examined {
		words := kindWords[f.Kind]
		x := fix("exclusion", "not-examined", words.ZH, words.EN)
		x.Must, x.Table = false, f.Path
		out = append(out, x)
	}
	if s := f.Stopped; s != nil {
		x := stopFix(s)
		x.Table = tableName(f.Path, s.Table)
		out = append(out, x)
	}
	if f.Formulas > 0 {
		x := fix("exclusion", "formulas", fmt.Sprintf("%d 个公式单元格:改为数值", f.Formulas), fmt.Sprintf("%d formula cells: replace them by their values", f.Formulas))
		x.Must, x.Table = false, f.Path
		out = append(out, x)
	}
	for _, t := range f.Tables {
		out = append(out, t.fixes(tableName(f.Path, t.Name))...)
	}
	return out
}

// stopWords say why a file could not be read to its end, and what to do.
var stopWords = map[string]service.Text{
	table.CellTooLarge:   {ZH: "单元格或行过大:拆分或删除", EN: "a cell or row is too large: divide or drop it"},
	table.TooManyColumns: {ZH: "列数过多:拆分表格", EN: "it has too many columns: divide the table"},
	table.BrokenEncoding: {ZH: "编码有误:请以 UTF-8 重新导出", EN: "bytes that are no text: export it again as UTF-8"},
	table.Truncated:      {ZH: "文件不完整:重新导出", EN: "it ends in the middle: export it again"},
	table.Bomb:           {ZH: "声称或解压出的内容远超文件本身:重新导出,勿留空列", EN: "it holds or claims far more than its size: export it again, without empty columns"},
	table.Malformed:      {ZH: "不符合其格式:重新导出", EN: "not what its format prescribes: export it again"},
	table.Unsupported:    {ZH: "含有不支持的内容:请另存为 CSV", EN: "something in it is not read here: save it as CSV"},
}

func stopFix(s *Stop) Fix {
	words := stopWords[s.Code]
	return fix("exclusion", s.Code, fmt.Sprintf("文件在第 %d 行之后无法读取:%s", s.Row, words.ZH), fmt.Sprintf("cannot be read after row %d: %s", s.Row, words.EN))
}

func (t *ExclusionTable) fixes(name string) []Fix {
	var out []Fix
	if t.Heading != "" {
		x := fix("exclusion", "heading", "首行(列名)含有数据:补上列名,或对首行脱敏", "the first row, taken for the names of the columns, holds data: give the table a heading, or mask that row")
		x.Table = name
		out = append(out, x)
	}
	for i, c := range t.Columns {
		if c.Verdict == sensitive.Sensitive || c.Verdict == sensitive.Review {
			out = append(out, columnFix(name, t.number(i), c))
		}
	}
	if a := t.Anonymity; a != nil && a.Below > 0 {
		x := fix("exclusion", "k-anonymity", fmt.Sprintf("%d 行的准标识组合少于 %d 行共有(最小 %d):泛化或删除", a.Below, a.K, a.Smallest),
			fmt.Sprintf("%d rows share their quasi-identifiers with fewer than %d rows (smallest group: %d): generalize or drop", a.Below, a.K, a.Smallest))
		x.Table = name
		out = append(out, x)
	}
	return out
}

// number of a column among all of the table's, 1 for the first.
func (t *ExclusionTable) number(i int) int {
	if t.Numbers != nil {
		return t.Numbers[i]
	}
	return i + 1
}

func columnFix(name string, column int, c sensitive.ColumnResult) Fix {
	zh, en := ruleName(c.Because)
	count, rows := hits(c)
	x := fix("exclusion", c.Because,
		fmt.Sprintf("列 %s:%s,%d 个非空值中有 %d 个%s:脱敏(掩码、泛化)或删除该列", c.Column, zh, c.NonEmpty, count, rowList("(行 ", rows)),
		fmt.Sprintf("column %s: %s in %d of %d values%s: mask, generalize or drop the column", c.Column, en, count, c.NonEmpty, rowList(" (rows ", rows)))
	if c.Verdict == sensitive.Review {
		x.Must = false
		x.What.ZH = fmt.Sprintf("列 %s:可能有%s,%d 个非空值中有 %d 个%s:请人工确认", c.Column, zh, c.NonEmpty, count, rowList("(行 ", rows))
		x.What.EN = fmt.Sprintf("column %s: perhaps %s, in %d of %d values%s: have a person look", c.Column, en, count, c.NonEmpty, rowList(" (rows ", rows))
	}
	x.Table, x.Column = name, column
	return x
}

func hits(c sensitive.ColumnResult) (int64, []int64) {
	for _, h := range c.Hits {
		if h.Rule == c.Because {
			return h.Count, h.Rows
		}
	}
	return 0, nil
}

func rowList(open string, rows []int64) string {
	if len(rows) == 0 {
		return ""
	}
	var list []string
	for _, r := range rows {
		list = append(list, fmt.Sprint(r))
	}
	return open + strings.Join(list, ", ") + ")"
}

func ruleName(id string) (zh, en string) {
	if r, known := sensitive.RuleNamed(id); known {
		return r.Name.ZH, r.Name.EN
	}
	return id, id
}

func (r *QualityReport) fixes() []Fix {
	var out []Fix
	for _, l := range r.Dimensions {
		if !l.short() {
			continue
		}
		got := "NA"
		if l.Score != nil {
			got = percent(*l.Score)
		}
		name := dimensionNames[l.Dimension]
		x := fix("quality", "below-expectation", fmt.Sprintf("%s %s,低于期望的 %s", name.ZH, got, percent(l.AtLeast)),
			fmt.Sprintf("%s is %s, less than the %s that is expected", name.EN, got, percent(l.AtLeast)))
		x.place = string(l.Dimension)
		out = append(out, x)
	}
	return out
}

func percent(bp int) string { return fmt.Sprintf("%d.%02d %%", bp/100, bp%100) }
