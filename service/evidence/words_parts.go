package evidence

// Conditions on what a package holds.
func ofData(f *facts) bool      { return f.ofData() }
func ofLedger(f *facts) bool    { return f.consortium }
func sm3Too(f *facts) bool      { return f.sm3 }
func attested(f *facts) bool    { return f.attested }
func certified(f *facts) bool   { return f.certificate }
func aboutPledge(f *facts) bool { return f.kind == KindPledge }
func aboutSearch(f *facts) bool { return f.kind == KindSearch }
func dataMatched(f *facts) bool { return f.data == Pass }
func bothBeside(f *facts) bool  { return f.provenStamps() && f.proven == f.blocks && f.provenImprint() }
func everyStamp(f *facts) bool  { return f.provenStamps() && f.proven == f.blocks }
func someStamps(f *facts) bool  { return f.provenStamps() }
func someImprint(f *facts) bool { return f.provenImprint() }

// partRules is the list of parts of an evidence package for a Chinese court,
// 00 to 13, and when a package has them. The states are laid down in FORMAT.md.
var partRules = []partRule{
	{"00", Words{"目录清单及其签名", "signed list of files"}, []partLine{
		{sm3Too, Partial,
			Words{"逐一列明文件的路径、用途、大小、SHA-256 与 SM3，由托管方签名。", "Every file with path, role, size, SHA-256 and SM3, signed by the custodian."},
			Words{"没有公证机构对清单的签名：本系统不代公证机构签名。", "No signature of a notary over the list: this system does not sign for a notary."}},
		{nil, Partial,
			Words{"逐一列明文件的路径、用途、大小与 SHA-256，由托管方签名。", "Every file with path, role, size and SHA-256, signed by the custodian."},
			Words{"没有 SM3 摘要，没有公证机构对清单的签名。", "No SM3 digests, and no signature of a notary over the list."}}}},
	{"01", Words{"中文说明", "explanation for people"}, []partLine{
		{nil, Partial,
			Words{"README.txt：内容、证明事项、不证明事项与核验方法。", "README.txt: what is inside, what it proves and what not, how to check it."},
			Words{"没有盖章的纸质或 PDF 证据目录：由举证一方按法院要求另行制作。", "No stamped catalogue on paper or as PDF: whoever submits the evidence makes it as the court asks."}}}},
	{"02", Words{"原始数据", "original data"}, []partLine{
		{dataMatched, Partial,
			Words{"所提交的文件已逐一核对，与清单一致。", "The files handed in beside the package were compared one by one and match the manifest."},
			Words{"数据不在包内，须与本包一并提交。", "The data are not inside the package: they must be submitted with it."}},
		{ofData, Missing, Words{},
			Words{"数据本身不在包内：它加密托管于交易所，须由权利人或法院调取；取得后可用 -data 核对。",
				"The data are not inside: the exchange keeps them encrypted. The owner or a court can fetch them; -data then compares them with the manifest."}},
		{nil, Missing, Words{}, Words{"本包不涉及某一份数据。", "This package is not about one body of data."}}}},
	{"03", Words{"链上记录", "on-chain records"}, []partLine{
		{ofLedger, Partial,
			Words{"原始区块：交易、背书、成员证书、排序节点签名、通道配置。", "Whole blocks: transactions, endorsements, certificates of members, signatures of consenters, channel configuration."},
			Words{"没有链码定义的哈希：规则由核验程序重放，不以链码自述为据。", "Not the hash of the chaincode's definition: the checker replays the rules instead of believing it."}},
		{nil, Partial,
			Words{"签名指令及其在已签名区块中的证明。", "The signed commands, each with its proof in a signed block."},
			Words{"没有多家机构的背书：单机账本只有一个运营方。", "No endorsement by several institutions: a solo ledger has one operator."}}}},
	{"04", Words{"第三方证明（默克尔路径、时间戳、印刻）", "proofs by others (Merkle paths, time stamps, imprint)"}, []partLine{
		{bothBeside, Present,
			Words{"完整性证明，每个相关区块的可信时间戳，印刻机构的收悉证明。", "Proofs of inclusion, a trusted time stamp for every block with a command, and proof that an imprint institution received them."}, Words{}},
		{someStamps, Partial,
			Words{"完整性证明，部分或全部区块的可信时间戳。", "Proofs of inclusion, and trusted time stamps of some or all of the blocks."},
			Words{"并非每个区块都有时间戳，或者没有经核验的印刻回执（尚未送达、未启用，或信任文件未列明其机构）。", "Not every block has a time stamp, or no imprint receipt could be proven (not delivered yet, not in use, or nobody for it in the trust file)."}},
		{someImprint, Partial,
			Words{"完整性证明，印刻机构的收悉证明。", "Proofs of inclusion, and proof that an imprint institution received records."},
			Words{"没有经核验的可信时间戳（尚未取得、未启用，或信任文件未列明其机构）。", "No time stamp could be proven (not obtained yet, not in use, or nobody for it in the trust file)."}},
		{nil, Partial,
			Words{"完整性证明。", "Proofs of inclusion."},
			Words{"没有经核验的可信时间戳与印刻回执（尚未取得、未启用，或信任文件未列明其机构）。", "No time stamp and no imprint receipt could be proven (not obtained yet, not in use, or nobody for them in the trust file)."}}}},
	{"05", Words{"来源、生成与存储过程", "provenance"}, []partLine{
		{ofData, Partial,
			Words{"权利人签名的来源声明，托管方签名的存储回执。", "The owner's signed statement of the source, the custodian's signed receipt of storage."},
			Words{"没有生成工具与版本、设备与网络环境、操作录像：这些在上链之前产生，本系统未采集。",
				"No tool and version that made the data, no device and network, no recording: these lie before the chain, and this system did not capture them."}},
		{nil, Missing, Words{}, Words{"本包不涉及某一份数据。", "This package is not about one body of data."}}}},
	{"06", Words{"数据合规", "compliance"}, []partLine{
		{ofData, Partial,
			Words{"权利人签名的声明，载有知情同意文件、敏感数据排除报告、质量报告的摘要值。", "The owner's signed declaration with the digests of the consent documents, the exclusion report and the quality report."},
			Words{"文件与报告本身不在包内：链上只存摘要值，由权利人提交原件核对。", "The documents and reports are not inside: the ledger keeps only digests, and the owner can produce the originals."}},
		{nil, Missing, Words{}, Words{"本包不涉及某一份数据。", "This package is not about one body of data."}}}},
	{"07", Words{"公证材料", "notarial papers"}, []partLine{
		{attested, Partial,
			Words{"公证机构签名的公证指令，载有公证书编号与摘要值。", "The notary's signed attestation with number and digest of its certificate."},
			Words{"公证书本身与执行证书不在包内。", "The notarial certificate itself is not inside, nor is any certificate of enforcement."}},
		{nil, Missing, Words{}, Words{"账本上没有公证机构对本记录的公证。", "The ledger has no attestation of this record by a notary."}}}},
	{"08", Words{"主体身份", "identity"}, []partLine{
		{ofLedger, Partial,
			Words{"各主体的统一社会信用代码、名称、角色与密钥的登记、撤销记录，成员的证书。", "Each party's unified social credit code, name, roles, and when its keys were enrolled and revoked; certificates of the members."},
			Words{"没有法定代表人、代理人的身份与授权文件，没有电子认证机构的证书与吊销列表：本系统不持有。",
				"No papers of legal representatives or agents, no certificates of a licensed authority, no revocation lists: this system does not hold them."}},
		{nil, Partial,
			Words{"各主体的统一社会信用代码、名称、角色与密钥的登记、撤销记录。", "Each party's unified social credit code, name, roles, and when its keys were enrolled and revoked."},
			Words{"没有法定代表人、代理人的身份与授权文件，没有电子认证机构的证书：本系统不持有。",
				"No papers of legal representatives or agents, and no certificates of a licensed authority: this system does not hold them."}}}},
	{"09", Words{"存证平台", "the platform"}, []partLine{
		{ofLedger, Partial,
			Words{"各成员机构及其排序、背书的记录，证明账本并非由一家机构单独运营。", "Which institutions ordered and endorsed: none of them runs the ledger alone."},
			Words{"没有区块链信息服务备案号、等级保护证明、利害关系声明：平台未提供。", "No filing number of the blockchain service, no certificate of its security level, no statement of interests: the platform has not given them."}},
		{nil, Missing, Words{},
			Words{"没有区块链信息服务备案号、等级保护证明、利害关系声明：平台未提供。", "No filing number of the blockchain service, no certificate of its security level, no statement of interests: the platform has not given them."}}}},
	{"10", Words{"权利文件", "papers of the right"}, []partLine{
		{aboutPledge, Partial,
			Words{"双方签名的质押条款，质押承诺书与质押合同的摘要值，登记与法定登记状态。", "The terms that both sides signed, with the digests of commitment letter and agreement; the registration here and the state of the statutory one."},
			Words{"合同原件与法定登记机构出具的证明不在包内。", "The contracts themselves and the certificate of the statutory registry are not inside."}},
		{certified, Partial,
			Words{"所登载权利证书的编号、期限与摘要值。", "Number, term and digest of the recorded certificate of right."},
			Words{"证书原件不在包内。", "The certificate itself is not inside."}},
		{aboutSearch, Partial,
			Words{"所查资产上的在册有效质押。", "The pledges in force here on what was searched."},
			Words{"没有法定登记机构的查询证明。", "No search certificate of a statutory registry."}},
		{nil, Missing, Words{}, Words{"账本上没有登载权利证书。", "The ledger has no certificate of right recorded."}}}},
	{"11", Words{"托管记录", "custody"}, []partLine{
		{ofData, Partial,
			Words{"托管方签名的回执与核验记录。", "The custodian's signed receipt and checks."},
			Words{"没有逐次访问日志与密钥交付记录：不在链上。", "No log of each access and no records of key releases: they are not on the ledger."}},
		{nil, Missing, Words{}, Words{"本包不涉及某一份数据。", "This package is not about one body of data."}}}},
	{"12", Words{"核验方法", "means of verification"}, []partLine{
		{nil, Partial,
			Words{"README.txt 载有核验方法，FORMAT.md 公开全部格式。", "README.txt says how to check; the format is public in FORMAT.md."},
			Words{"核验程序与信任文件不在包内：二者必须另行取得，否则等于让证据证明自己。", "Program and trust file are not inside: they must come from elsewhere, or the evidence would vouch for itself."}}}},
	{"13", Words{"法定审查要素对照", "scorecard"}, []partLine{
		{nil, Present,
			Words{"由核验程序依其核验结果当场得出，不取自包内。", "Made by the checker from its own findings, and never taken from the package."}, Words{}}}},
}
