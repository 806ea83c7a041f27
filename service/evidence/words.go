package evidence

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

// actWords are the acts of signed commands.
var actWords = map[string]Words{
	"party.enroll": {"主体登记", "enrolled a party"}, "party.add_key": {"增加密钥", "added a key"}, "party.revoke_key": {"撤销密钥", "revoked a key"},
	"custody.receipt": {"托管核验回执", "custody check"}, "custody.alert": {"托管异常警报", "custody alert"},
	"asset.notarize": {"数据资产存证", "notarized the asset"}, "asset.record_certificate": {"登载权利证书", "recorded a certificate"},
	"asset.attest": {"资产公证", "attested the asset"}, "asset.add_version": {"新增版本", "added a version"}, "asset.transfer": {"资产转让", "transferred the asset"},
	"asset.withdraw": {"撤回资产", "withdrew the asset"}, "asset.resolve_dispute": {"解决权属争议", "resolved a dispute"},
	"pledge.propose": {"提出质押", "proposed the pledge"}, "pledge.withdraw": {"撤回质押", "withdrew the pledge"}, "pledge.accept": {"接受质押", "accepted the pledge"},
	"pledge.reject": {"驳回质押", "rejected the pledge"}, "pledge.attest": {"公证", "attested by a notary"}, "pledge.value": {"价值评估", "valued the asset"},
	"pledge.scan": {"重复登记查验", "scanned for duplicates"}, "pledge.consent": {"先顺位质权人同意", "senior pledgee consented"},
	"pledge.register": {"质押登记", "registered the pledge"}, "pledge.release": {"质押注销", "release of the pledge"}, "pledge.perfect": {"法定登记", "statutory registration"},
	"pledge.amend": {"变更质押", "amended the pledge"}, "pledge.extend": {"质押展期", "extended the pledge"}, "pledge.assign": {"转让债权", "assigned the claim"},
	"pledge.subordinate": {"让与顺位", "subordinated the pledge"}, "pledge.default": {"宣告违约", "declared default"}, "pledge.cure": {"违约补正", "cured the default"},
	"pledge.enforce": {"启动实现质权", "began enforcement"}, "pledge.realize": {"实现质权", "realized the pledge"}, "pledge.lapse": {"质押失效", "lapse of the pledge"},
	"objection.file": {"提出异议", "filed an objection"}, "objection.lodge": {"异议诉讼立案", "took an objection to court"}, "objection.decide": {"裁决异议", "decided an objection"},
	"order.freeze": {"冻结", "freeze order"}, "order.unfreeze": {"解除冻结", "lifted a freeze"}, "order.revoke": {"撤销令", "revocation order"},
	"record.correct": {"更正记录", "corrected a record"}, "command.fence": {"指令作废", "fenced a command"},
}
