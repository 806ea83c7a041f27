package certificate

import (
	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/service/preflight"
)

// What is printed around the figures of a preflight.
var (
	wordPreflight = service.Text{ZH: "数据规范预检报告", EN: "Preflight report"}
	wordResult    = service.Text{ZH: "结论", EN: "Result"}
	wordDataset   = service.Text{ZH: "数据指纹", EN: "Fingerprint"}
	wordExtent    = service.Text{ZH: "范围", EN: "Extent"}
	wordTool      = service.Text{ZH: "工具", EN: "Made by"}
	wordRuleset   = service.Text{ZH: "规则集摘要", EN: "Ruleset"}
	wordBasis     = service.Text{ZH: "依据：", EN: "basis: "}
	wordNotStated = service.Text{ZH: "未写明", EN: "not stated"}
	wordMust      = service.Text{ZH: "须整改：", EN: "to fix: "}
	wordLook      = service.Text{ZH: "待人工确认：", EN: "to look at: "}
	wordColon     = service.Text{ZH: "：", EN: ": "}
	wordNothing   = service.Text{ZH: "无", EN: "none"}
	wordReports   = service.Text{ZH: "三份报告的摘要（SHA-256）", EN: "Digests of the three reports (SHA-256)"}
	wordLimits    = service.Text{ZH: "本报告不证明", EN: "What this does not prove"}
	wordCut       = service.Text{ZH: "过长之处以“…”略去中间部分，全文见各报告。", EN: "Where a text is too long its middle is left out (…): the reports have all of it."}
)

var resultWord = map[string]service.Text{preflight.Pass: {ZH: "通过", EN: "PASS"}, preflight.Fail: {ZH: "不通过", EN: "FAIL"}}

var preflightLimits = []service.Text{
	{ZH: "不证明数据中没有个人信息或敏感数据：程序只按所列规则集查找，标为“待人工确认”和“内容未检查”的部分须由人判断。",
		EN: "That there are no personal or sensitive data: a program looks for what its rules describe. What is left to a person, and files that nobody looked inside, are not judged."},
	{ZH: "不证明所列同意或授权文件真实、有效或者足够：程序只看到文件的摘要、所述范围与期限。",
		EN: "That the documents are genuine, valid or sufficient: a program saw their digests, and the scope and term stated for them."},
	{ZH: "不证明数据内容真实：质量只按所给的期望衡量，NA 表示没有可衡量的依据，既不是零分也不是满分。",
		EN: "That the data are true: quality is measured against what was expected of it; NA is what nothing could be measured by, neither nought nor full marks."},
	{ZH: "本页不是证书，没有签名，也不在账本上。对同一数据用同一工具重新运行，所得报告逐字节相同，可与上列摘要核对。",
		EN: "This page is no certificate: it is not signed and stands on no ledger. The same tool makes the same reports of the same data, byte for byte: compare the digests above."},
}

// digests name the reports themselves, which this page only sums up.
func (s *sheet) digests() {
	s.section(wordReports.In(s.lang), "", black)
	for _, r := range []struct {
		name   string
		report any
	}{{"consent.json", s.p.Consent}, {"exclusion.json", s.p.Exclusion}, {"quality.json", s.p.Quality}} {
		digest, err := preflight.Digest(r.report)
		if err != nil && s.err == nil {
			s.err = err
		}
		s.paragraph([]mark{{indent, r.name, sheetSmall}}, digest, sheetCode, indent+76, right)
	}
}

func (s *sheet) limits() {
	s.section(wordLimits.In(s.lang), "", black)
	for _, text := range preflightLimits {
		s.paragraph([]mark{{indent, "–", sheetSmall}}, text.In(s.lang), sheetSmall, indent+12, right)
	}
	s.sentence(wordCut.In(s.lang), sheetSmall, indent, 1)
}
