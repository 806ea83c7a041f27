// Package acts says what the acts of commands are called. It imports nothing:
// the checker in a browser needs these names too.
package acts

// Name is what an act is called in Chinese and in English. All acts that the
// rules know have a name, and so have those that a package of evidence may hold
// besides. Any other is said as it is.
func Name(act string) (zh, en string) {
	if n, ok := names[act]; ok {
		return n[0], n[1]
	}
	return act, act
}

var names = map[string][2]string{
	"party.enroll":     {"主体登记", "Enrolment of a party"},
	"party.add_key":    {"增加密钥", "Addition of a key"},
	"party.revoke_key": {"撤销密钥", "Revocation of a key"},

	"custody.receipt": {"数据托管回执", "Custody receipt"},
	"custody.alert":   {"托管异常警报", "Custody alert"},
	"custody.release": {"交付密钥", "Release of the key to the pledgee"},

	"asset.notarize":           {"数据资产存证", "Notarization of the data asset"},
	"asset.record_certificate": {"登记证书备案", "Registration certificate recorded"},
	"asset.attest":             {"资产公证", "Attestation of the asset"},
	"asset.add_version":        {"新增版本", "Addition of a version"},
	"asset.transfer":           {"资产转让", "Transfer of the asset"},
	"asset.license":            {"许可使用", "Licence to use the asset"},
	"asset.withdraw":           {"撤回资产", "Withdrawal of the asset"},
	"asset.resolve_dispute":    {"解决权属争议", "Resolution of a dispute"},

	"pledge.propose":     {"提出质押", "Proposal of the pledge by the pledgor"},
	"pledge.withdraw":    {"撤回质押", "Withdrawal of the pledge"},
	"pledge.accept":      {"接受质押", "Acceptance by the pledgee"},
	"pledge.reject":      {"驳回质押", "Rejection of the pledge"},
	"pledge.attest":      {"质押公证", "Attestation of the pledge by a notary"},
	"pledge.value":       {"质押评估", "Valuation for the pledge"},
	"pledge.scan":        {"重复内容检查", "Search for duplicate or overlapping content"},
	"pledge.consent":     {"在先质权人同意", "Consent of a senior pledgee"},
	"pledge.register":    {"质押登记", "Registration of the pledge on the ledger"},
	"pledge.release":     {"质押解除", "Release of the pledge"},
	"pledge.perfect":     {"法定登记备案", "Statutory registration recorded"},
	"pledge.amend":       {"变更质押", "Amendment of the pledge"},
	"pledge.extend":      {"质押展期", "Extension of the pledge"},
	"pledge.assign":      {"转让债权", "Assignment of the claim"},
	"pledge.subordinate": {"让与顺位", "Subordination of the pledge"},
	"pledge.default":     {"宣告违约", "Declaration of default"},
	"pledge.cure":        {"违约补正", "Cure of the default"},
	"pledge.enforce":     {"启动实现质权", "Beginning of enforcement"},
	"pledge.realize":     {"实现质权", "Realization of the pledge"},
	"pledge.lapse":       {"质押失效", "Lapse of the pledge"},

	"objection.file":   {"提出异议", "Filing of an objection"},
	"objection.notify": {"通知异议", "Notice of an objection"},
	"objection.expire": {"异议逾期", "Expiry of an objection"},
	"objection.lodge":  {"异议诉讼立案", "Objection taken to court"},
	"objection.decide": {"裁决异议", "Decision on an objection"},
	"order.freeze":     {"冻结", "Freeze order"},
	"order.unfreeze":   {"解除冻结", "Lifting of a freeze"},
	"order.revoke":     {"撤销令", "Revocation order"},
	"record.correct":   {"更正记录", "Correction of a record"},
	"closing.execute":  {"联合办理", "Closing of several acts at once"},
	"command.fence":    {"指令作废", "Fencing of a command"},
}
