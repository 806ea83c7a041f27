package evidence

import "github.com/datapledge/datapledge/service/acts"

// Words says one thing in Chinese and in English. Neither is ever empty.
type Words struct {
	ZH string `json:"zh"`
	EN string `json:"en"`
}

// Languages of a printed report. LangBoth prints each text in both.
const (
	LangBoth = ""
	LangZH   = "zh"
	LangEN   = "en"
)

// in is the text in a language; both stand beside each other, parted by sep.
func (w Words) in(lang, sep string) string {
	switch lang {
	case LangZH:
		return w.ZH
	case LangEN:
		return w.EN
	}
	return w.EN + sep + w.ZH
}

// wordsOf finds what a name of the format is called, or says the name itself.
func wordsOf(known map[string]Words, name string) Words {
	if w, ok := known[name]; ok {
		return w
	}
	return Words{name, name}
}

var kindWords = map[string]Words{
	KindAsset:  {"数据资产", "data asset"},
	KindPledge: {"质押", "pledge"},
	KindParty:  {"主体", "party"},
	KindSearch: {"质押查询", "search for pledges"},
}

var ledgerWords = map[string]Words{
	ledgerSolo:   {"单机账本", "solo ledger"},
	ledgerFabric: {"联盟链", "consortium ledger"},
}

// valueWords are the states that records hold.
var valueWords = map[string]string{
	"PROPOSED": "已提出", "PENDING": "待登记", "ACTIVE": "有效", "DEFAULTED": "违约", "ENFORCING": "实现中", "WITHDRAWN": "已撤回", "REJECTED": "已驳回",
	"RELEASED": "已注销", "REALIZED": "已实现", "LAPSED": "已失效", "REVOKED": "已撤销", "NONE": "无", "FILED": "已申报", "VERIFIED": "已核验",
	"OPEN": "未决", "IN_COURT": "已立案", "UPHELD": "成立", "NOTARIZED": "已存证",
}

// inChinese adds to a state what it is called.
func inChinese(value string) string {
	if zh := valueWords[value]; zh != "" {
		return value + "（" + zh + "）"
	}
	return value
}

// actWords are what an act of a signed command is called.
func actWords(act string) Words {
	zh, en := acts.Name(act)
	return Words{zh, en}
}
