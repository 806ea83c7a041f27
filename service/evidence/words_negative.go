package evidence

// negativeWords are the negative facts that a checker can find; {} is what it
// found there.
var negativeWords = map[string]Words{
	"asset-ended":         {"该数据资产已不再有效，状态为 {}。", "This data asset is no longer in force: its status is {}."},
	"disputed":            {"权属存在争议：与 {} 存证的内容相同或大部分相同，争议尚未解决。", "The ownership is disputed: {} notarized the same content, or most of it, and that is not resolved."},
	"kin":                 {"与 {} 的内容大部分相同，质押时视为同一资产。", "Most of the content is shared with {}: for pledges they count as one asset."},
	"overlaps":            {"与 {} 有部分相同的文件。", "Some files are shared with {}."},
	"encumbered":          {"该数据资产上有其他在册有效质押：{}。", "Pledges are in force on this asset: {}."},
	"frozen":              {"已被冻结，命令由 {} 签署。", "It is frozen, by order of {}."},
	"objection":           {"存在异议，状态为 {}。", "There is an objection: {}."},
	"certificate-expired": {"所登载的权利证书 {} 在本包制作时已届满。", "The recorded certificate {} had expired when this package was made."},
	"not-perfected": {"本记录所载法定登记状态为 {}：没有经核验的法定登记，不得据此认为质权已依法设立或可对抗第三人。",
		"The statutory registration recorded here is {}: without a verified one nobody may take the pledge for established by law, or for good against third parties."},
	"not-registered":      {"质押尚未登记生效，状态为 {}。", "The pledge is not registered: its state is {}."},
	"offer-expired":       {"质押要约在本包制作时已逾期，未登记（状态 {}）。", "The offer had expired when this package was made; it was never registered (state {})."},
	"pledge-ended":        {"质押已不再有效，状态为 {}。", "The pledge is no longer in force: its state is {}."},
	"in-default":          {"债务人已被宣告违约，质押状态为 {}。", "Default was declared: the state of the pledge is {}."},
	"term-over":           {"质押期限在本包制作时已届满，未见展期。", "The term of the pledge was over when this package was made, and no extension is recorded."},
	"release-demanded":    {"出质人 {} 已凭付款证明要求注销该质押。", "The pledgor {} demanded, with proof of payment, that the pledge be released."},
	"custody-alert":       {"托管核验报告过异常（{}）。", "A custody check raised an alarm ({})."},
	"custody-unchecked":   {"该质押没有托管核验记录。", "No custody check is recorded for the pledge."},
	"scan-waived":         {"重复登记查验有命中，由 {} 决定放行。", "The scan for duplicates had a hit, which {} waived."},
	"key-revoked":         {"该主体的密钥 {} 已被撤销；撤销之前的签名仍然有效。", "The key {} of this party was revoked; what it signed before stands."},
	"one-partys-word":     {"单机账本仅为一方之言：区块的次序与时间由其运营方单独决定。", "A solo ledger is one party's word: its operator alone decides the order of the blocks and their times."},
	"no-time-stamp":       {"载有所示指令的区块中，{} 没有可信时间戳（RFC 3161），其时间仅为账本自身的陈述。", "Of the blocks with these commands {} have no trusted time stamp (RFC 3161): there the time is only the ledger's own statement."},
	"no-imprint":          {"没有法院、监管或公证机构的印刻回执：包内没有账本以外机构收到这些记录的证明。", "There is no imprint receipt: nothing here shows that a court, a regulator or a notary received these records."},
	"time-stamp-unproven": {"包内有时间戳，但所信任的文件未列明任何时间戳机构，故未予核验，不得作为依据。", "There are time stamps in the package, but the trust file names no authority for them: they were not proven, and count for nothing."},
	"imprint-unproven":    {"包内有印刻材料，但未能核验，不得作为依据。", "There is imprint material in the package that could not be proven: it counts for nothing."},
	"search-incomplete":   {"该查询不完整：{}", "The search is incomplete: {}"},
	"search-outdated":     {"查询所至区块之后，所查资产上的质押又有变动：{}。", "After the block of the search the pledges on what it searched changed again: {}."},
}
