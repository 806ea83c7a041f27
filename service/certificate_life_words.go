package service

import "github.com/datapledge/datapledge/pledge"

// What the ledger keeps as codes of the later life, in words.
var (
	characterizations = map[string]Text{"DATA_ASSET_PLEDGE": {"数据资产质押", "pledge of a data asset"}, "IP_RIGHT_PLEDGE": {"知识产权质押", "pledge of an intellectual property right"},
		"RECEIVABLE_OF_DATA": {"数据收益应收账款质押", "pledge of receivables from data"}, "OTHER_ATYPICAL": {"其他非典型担保", "other atypical security"}}

	securities = map[string]Text{"PLEDGE": {"质押", "pledge"}, "MORTGAGE": {"抵押", "mortgage"}}

	grounds = map[string]Text{"OWNERSHIP": {"权属争议", "ownership"}, "FORGERY": {"伪造", "forgery"}, "DUPLICATE": {"重复登记", "duplicate registration"},
		"CONSENT": {"未经同意或者授权", "lack of consent"}, "AMOUNT": {"债权数额不实", "a wrong amount"}, "RELEASE": {"应当解除而未解除", "a release that is due"}, "OTHER": {"其他", "other"}}

	buyers = map[string]Text{"ENTERPRISE": {"企业", "enterprise"}, "BANK": {"银行", "bank"}, "EXCHANGE": {"数据交易所", "data exchange"},
		"PUBLIC_BODY": {"公共机构", "public body"}, "PLEDGEE": {"质权人自己", "the pledgee itself"}, "OTHER": {"其他", "other"}}

	correctedFields = map[string]Text{"name": {"数据资产名称", "name of the asset"}, "scenario": {"应用场景", "scenario of use"},
		"registration_certificate.registrar": {"登记证书的登记机构", "registrar of the registration certificate"},
		"registration_certificate.number":    {"登记证书编号", "number of the registration certificate"},
		"attestation.number":                 {"公证书编号", "number of the notarial certificate"}, "valuation.method": {"评估方法", "method of valuation"}}

	resolutions = map[string]Text{pledge.ResolveFirst: {"本存证保留，对方存证失去效力", "this notarization stays, the other gives way"},
		pledge.ResolveSecond: {"对方存证保留，本存证失去效力", "the other notarization stays, this one gives way"}, pledge.ResolveBoth: {"两项存证均保留", "both notarizations stay"}}
)

// plainDay is a day that somebody states: no clock of the ledger runs by it.
func plainDay(stated string) Text {
	if _, err := DayBegins(stated); err == nil {
		return verbatim(stated)
	}
	return LegalTime(stated)
}
