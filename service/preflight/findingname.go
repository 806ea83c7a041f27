package preflight

import (
	"strings"

	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/service/preflight/sensitive"
	"github.com/datapledge/datapledge/service/preflight/table"
)

// CodeMore is of the fix that says how many others are not listed.
const CodeMore = codeMore

// findingNames are those of the codes that are no rule for sensitive data.
var findingNames = map[string]service.Text{
	"no-basis":          {ZH: "未写明使用依据", EN: "no basis is stated"},
	"no-document":       {ZH: "没有同意或授权文件", EN: "no consent or authorization document"},
	"missing":           {ZH: "文件缺失", EN: "document missing"},
	"expired":           {ZH: "文件已到期", EN: "document expired"},
	"no-scope":          {ZH: "未写明使用范围", EN: "document without a scope"},
	"uncovered":         {ZH: "有数据文件未被覆盖", EN: "files that no document covers"},
	"not-examined":      {ZH: "内容未检查", EN: "nobody looked inside"},
	"formulas":          {ZH: "公式单元格", EN: "formula cells"},
	"heading":           {ZH: "首行含有数据", EN: "the heading holds data"},
	"k-anonymity":       {ZH: "准标识组合可识别个人", EN: "groups too small to hide a person"},
	codeMore:            {ZH: "未逐项列出的其他问题", EN: "further findings, not listed one by one"},
	"below-expectation": {ZH: "低于期望的质量", EN: "quality below what is expected"},

	table.CellTooLarge:   {ZH: "单元格过大，未读完", EN: "not read to its end: cell too large"},
	table.TooManyColumns: {ZH: "列数过多，未读完", EN: "not read to its end: too many columns"},
	table.BrokenEncoding: {ZH: "编码损坏，未读完", EN: "not read to its end: broken encoding"},
	table.Truncated:      {ZH: "文件不完整，未读完", EN: "not read to its end: cut off"},
	table.Bomb:           {ZH: "压缩比异常，未读完", EN: "not read to its end: it unpacks to too much"},
	table.Malformed:      {ZH: "格式错误，未读完", EN: "not read to its end: malformed"},
	table.Unsupported:    {ZH: "格式不支持，未读完", EN: "not read to its end: not supported"},
}

// PrincipleNames are those of the three principles, by what reports and
// findings call them.
var PrincipleNames = map[string]service.Text{
	"consent":   {ZH: "知情同意", EN: "informed consent"},
	"exclusion": {ZH: "敏感数据排除", EN: "exclusion of sensitive data"},
	"quality":   {ZH: "数据质量保证", EN: "data quality"},
}

// FindingName is what a finding is called, of its code ("mobile-phone") or of
// its whole id ("exclusion/mobile-phone/0123456789ab"). What this program does
// not know is called by its code.
func FindingName(finding string) service.Text {
	code := finding
	if parts := strings.Split(finding, "/"); len(parts) == 3 {
		code = parts[1]
	}
	if name, ok := findingNames[code]; ok {
		return name
	}
	for _, r := range sensitive.Rules() {
		if r.ID == code {
			return service.Text(r.Name)
		}
	}
	return service.Text{ZH: code, EN: code}
}

// DimensionName is what a dimension of quality is called in GB/T 36344-2018.
func (l DimensionLine) DimensionName() service.Text { return dimensionNames[l.Dimension] }
