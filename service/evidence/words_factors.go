package evidence

// Short titles of the laws.
const (
	lawLitigation = "在线诉讼规则"    // 人民法院在线诉讼规则 (法释〔2021〕12号)
	lawEvidence   = "民事证据规定"    // 最高人民法院关于民事诉讼证据的若干规定 (2019)
	lawSignature  = "电子签名法"     // 中华人民共和国电子签名法 (2019)
	lawInternet   = "互联网法院规定"   // 最高人民法院关于互联网法院审理案件若干问题的规定 (法释〔2018〕16号)
	lawSecurity   = "民法典担保制度解释" // 最高人民法院关于适用《中华人民共和国民法典》有关担保制度的解释 (法释〔2020〕28号)
)

// lawWords are the laws' titles.
var lawWords = map[string]Words{
	lawLitigation: {"人民法院在线诉讼规则", "Online Litigation Rules of the People's Courts"},
	lawEvidence:   {"最高人民法院关于民事诉讼证据的若干规定", "Supreme People's Court, Provisions on Evidence in Civil Procedure"},
	lawSignature:  {"电子签名法", "Electronic Signature Law"},
	lawInternet:   {"最高人民法院关于互联网法院审理案件若干问题的规定", "Supreme People's Court, Provisions on Cases in Internet Courts"},
	lawSecurity:   {"最高人民法院关于适用民法典有关担保制度的解释", "Supreme People's Court, Interpretation on Security under the Civil Code"},
}

// Checks that several factors rest on.
var (
	onChain    = []string{CheckGenesis, CheckInclusion, CheckOrder, CheckReplay}
	unchanged  = []string{CheckContainer, CheckComplete, CheckDigests, CheckHistory}
	signedBy   = []string{CheckCommand, CheckEnrolled, CheckNotRevoked}
	inCustody  = []string{CheckReceipt, CheckReceiptMatches, CheckFingerprint}
	catalogued = []string{CheckComplete, CheckDigests, CheckSignature}
)

// factors is what the rules of evidence ask of such a package (see FORMAT.md,
// "The scorecard"): one place, in the order of the laws.
var factors = []factor{
	{lawLitigation, "16", Words{"区块链存储的电子数据经技术核验，上链后未经篡改", "data stored on a blockchain, technically verified, is unaltered since"},
		nil, onChain, []string{"03", "04"}, []factorLine{
			{ofLedger, MarkPass, Words{"多家成员机构排序、背书并证明其生效，重放结果一致；任何一家不能单独伪造。", "Several institutions ordered, endorsed and attested it, and replaying gives the same; none could forge it alone."}},
			{nil, MarkWeak, Words{"签名与区块一致、重放结果一致，但区块由一个运营方单独签名。", "Signatures, blocks and replay agree, but one operator alone signs the blocks."}}}},
	{lawLitigation, "17(1)", Words{"存证平台符合区块链存证服务的有关规定", "the platform complies with the rules for such services"},
		nil, nil, []string{"09"}, []factorLine{
			{nil, MarkNone, Words{"包内没有备案等资质证明：须由平台另行提供。", "No filing or licence is inside: the platform must produce them."}}}},
	{lawLitigation, "17(2)", Words{"当事人与存证平台无利害关系，未不当干预取证、存证过程", "the parties have no interest in the platform and did not interfere"},
		nil, nil, []string{"09"}, []factorLine{
			{ofLedger, MarkNone, Words{"利害关系不能由数据证明；包内只能看出哪些机构参与了排序与背书。", "Data cannot prove the absence of interests; the package only shows which institutions ordered and endorsed."}},
			{nil, MarkNone, Words{"利害关系不能由数据证明；单机账本由一个运营方控制。", "Data cannot prove the absence of interests; a solo ledger is in one operator's hands."}}}},
	{lawLitigation, "17(3)", Words{"平台信息系统的清洁性、安全性、可靠性、可用性符合标准", "the platform's systems meet the standards for cleanness, security, reliability, availability"},
		nil, nil, []string{"09"}, []factorLine{
			{nil, MarkNone, Words{"包内没有等级保护或测评证明：须由平台另行提供。", "No certificate of security level or assessment is inside: the platform must produce it."}}}},
	{lawLitigation, "17(4)", Words{"存证技术和过程符合系统环境、技术安全、加密方式、数据传输、信息验证的标准", "technique and process meet the standards for security, cryptography, transmission, verification"},
		nil, append(append([]string{}, onChain...), unchanged...), []string{"03", "04"}, []factorLine{
			{nil, MarkWeak, Words{"所用算法（SHA-256、Ed25519 或 ES256）与全部核验步骤公开并已通过，但包内没有符合国家或行业标准的测评证明。", "Algorithms (SHA-256, Ed25519 or ES256) and all steps are public and passed here, but no assessment against a national or industry standard is inside."}}}},
	{lawLitigation, "18", Words{"上链前数据的来源、生成机制、存储过程，公证、第三方见证、关联印证", "before the chain: source, generation, storage, notary, witnesses, corroboration"},
		ofData, inCustody, []string{"05", "06", "07", "11"}, []factorLine{
			{attested, MarkWeak, Words{"有权利人声明、托管方回执和公证指令，没有生成过程的记录；上链之前是否真实须另行举证。", "There are the owner's declaration, the custodian's receipt and a notary's attestation, but no record of how the data were made: what was before the chain needs other proof."}},
			{nil, MarkWeak, Words{"有权利人声明和托管方回执，没有公证，没有生成过程的记录；上链之前是否真实须另行举证。", "There are the owner's declaration and the custodian's receipt, no notary, and no record of how the data were made: what was before the chain needs other proof."}}}},

	{lawEvidence, "15", Words{"电子数据的原件，或视为原件的副本", "the original, or a copy that counts as one"},
		nil, unchanged, []string{"02", "03"}, []factorLine{
			{dataMatched, MarkPass, Words{"签名指令逐字节在内，所提交的数据与清单一致。", "The signed commands are inside byte for byte, and the data handed in match the manifest."}},
			{ofData, MarkWeak, Words{"签名指令逐字节在内；数据本身不在包内，须一并提交并核对。", "The signed commands are inside byte for byte; the data are not, and must be submitted and compared."}},
			{nil, MarkPass, Words{"签名的记录逐字节在内。", "The signed records are inside byte for byte."}}}},
	{lawEvidence, "19", Words{"证据材料分类编号，说明来源、证明对象和内容，签名盖章，注明日期", "evidence numbered, with source, object and content, signed and dated"},
		nil, catalogued, []string{"00", "01"}, []factorLine{
			{nil, MarkWeak, Words{"清单由托管方签名并注明制作时间；举证一方仍须自行签名盖章并提出副本。", "The custodian signed and dated the list; whoever submits it must still sign it and hand in copies."}}}},
	{lawEvidence, "93(1)", Words{"所依赖的计算机系统硬件、软件环境完整、可靠", "hardware and software that it depends on are complete and reliable"},
		nil, nil, []string{"09"}, []factorLine{
			{nil, MarkNone, Words{"包内没有系统环境的证明。", "Nothing inside shows the state of the systems."}}}},
	{lawEvidence, "93(2)", Words{"系统处于正常运行状态", "the systems were working normally"},
		nil, nil, []string{"09"}, []factorLine{
			{nil, MarkNone, Words{"包内没有运行监测记录。", "Nothing inside records how the systems ran."}}}},
	{lawEvidence, "93(3)", Words{"具备有效的防止出错的监测、核查手段", "effective means against errors"},
		nil, onChain, []string{"03", "12"}, []factorLine{
			{ofLedger, MarkWeak, Words{"各成员分别执行并比对每笔交易，规则可离线重放；平台的监测制度须另行说明。", "Members executed each transaction separately and compared, and anybody can replay the rules; how the platform is monitored must be shown otherwise."}},
			{nil, MarkWeak, Words{"规则可离线重放，结果一致；平台的监测制度须另行说明。", "Anybody can replay the rules, with the same result; how the platform is monitored must be shown otherwise."}}}},
	{lawEvidence, "93(4)", Words{"电子数据被完整地保存、传输、提取，方法可靠", "kept, transmitted and extracted completely and reliably"},
		nil, unchanged, []string{"00", "11"}, []factorLine{
			{dataMatched, MarkPass, Words{"数据与清单逐一相符，包内每个文件与签名清单一致。", "The data match the manifest one by one, and each file of the package its signed list."}},
			{ofData, MarkWeak, Words{"包内每个文件与签名清单一致；数据本身须提交后核对。", "Each file of the package matches its signed list; the data must be submitted to be compared."}},
			{nil, MarkPass, Words{"包内每个文件与签名清单一致，记录与链上一致。", "Each file matches the signed list, and the record the ledger."}}}},
	{lawEvidence, "93(5)", Words{"在正常的往来活动中形成和存储", "made and stored in the ordinary course of business"},
		nil, signedBy, []string{"03"}, []factorLine{
			{nil, MarkWeak, Words{"各方依次签署的指令显示办理过程；是否属于正常业务须结合案情认定。", "The commands that the parties signed in turn show the course of it; whether that is ordinary business depends on the case."}}}},
	{lawEvidence, "93(6)", Words{"保存、传输、提取的主体适当", "the right persons kept, transmitted and extracted it"},
		nil, []string{CheckSignature, CheckParties}, []string{"08", "11"}, []factorLine{
			{nil, MarkWeak, Words{"托管方以账本上登记的交易所密钥签名；其资质须另行证明。", "The custodian signed with a key enrolled for an exchange; that it is qualified needs other proof."}}}},
	{lawEvidence, "94", Words{"中立第三方平台提供或确认，或内容经公证机关公证", "given or confirmed by a neutral third party, or attested by a notary"},
		nil, []string{CheckSignature}, []string{"04", "07"}, []factorLine{
			{attested, MarkWeak, Words{"公证机构以其密钥签署了公证指令；公证书原件不在包内。", "A notary signed the attestation with its key; its certificate is not inside."}},
			{someImprint, MarkWeak, Words{"法院、监管或公证机构签收了记录的区块哈希，但没有对内容作公证。", "A court, regulator or notary signed for the blocks of the records, but no notary attested the content."}},
			{ofLedger, MarkWeak, Words{"联盟成员共同确认了记录；成员是否中立须另行认定，内容未经公证。", "The consortium's members confirmed the records; whether they are neutral must be found otherwise, and no notary attested the content."}},
			{nil, MarkNone, Words{"没有中立第三方确认，也没有公证。", "No neutral third party confirmed it, and no notary attested it."}}}},

	{lawSignature, "5", Words{"数据电文的原件形式：内容完整、未被更改，可随时调取", "a data message as original: complete, unchanged, available"},
		nil, append(append([]string{}, unchanged...), CheckCommand), []string{"03"}, []factorLine{
			{nil, MarkPass, Words{"指令逐字节在内，任何改动都会使当事人的签名失效。", "The commands are inside byte for byte: any change would break the parties' signatures."}}}},
	{lawSignature, "6", Words{"数据电文的保存：格式相同，可识别发件人、收件人及时间", "keeping of a data message: same format, sender, recipient and times can be told"},
		nil, append([]string{CheckCommandID}, signedBy...), []string{"03", "04"}, []factorLine{
			{bothBeside, MarkPass, Words{"以原格式保存，签署人由密钥识别，时间有可信时间戳与印刻机构的收悉时间。", "Kept in its own format; keys tell who signed; times rest on trusted time stamps and on the receipts of imprint institutions."}},
			{someStamps, MarkWeak, Words{"以原格式保存，签署人由密钥识别；时间戳只覆盖部分区块，或没有收悉时间。", "Kept in its own format; keys tell who signed; time stamps cover only some blocks, or nobody receipted them."}},
			{nil, MarkWeak, Words{"以原格式保存，签署人由密钥识别；时间仅为账本自身的陈述。", "Kept in its own format; keys tell who signed; the times are only the ledger's own statement."}}}},
	{lawSignature, "8(1)", Words{"生成、储存或者传递数据电文方法的可靠性", "reliability of how it was made, stored and transmitted"},
		nil, onChain, []string{"03", "05"}, []factorLine{
			{nil, MarkWeak, Words{"签名之后的储存与传递可由核验证明；签名之前的生成过程不能。", "Storage and transmission after signing are proven here; how it came about before is not."}}}},
	{lawSignature, "8(2)", Words{"保持内容完整性方法的可靠性", "reliability of how the content is kept intact"},
		nil, append(append([]string{}, unchanged...), onChain...), []string{"00", "03"}, []factorLine{
			{ofLedger, MarkPass, Words{"摘要、签名、多机构区块逐层核验通过。", "Digests, signatures and the blocks of several institutions all verified."}},
			{nil, MarkWeak, Words{"摘要与签名核验通过；次序与时间依赖单一运营方。", "Digests and signatures verified; order and times depend on one operator."}}}},
	{lawSignature, "8(3)", Words{"用以鉴别发件人方法的可靠性", "reliability of how the sender is identified"},
		nil, signedBy, []string{"08"}, []factorLine{
			{nil, MarkWeak, Words{"密钥由账本登记到主体，登记与撤销的位置均已核验；没有电子认证服务机构的证书。", "The ledger assigned each key to its party, and where it was enrolled and revoked was checked; there is no certificate of a licensed authority."}}}},
	{lawSignature, "13", Words{"可靠的电子签名：专有、专控、改动可被发现", "a reliable signature: the signer's own, under its sole control, changes are found"},
		nil, signedBy, []string{"08"}, []factorLine{
			{nil, MarkWeak, Words{"对签名与内容的改动可被发现（第三、四项）；私钥专有、专控（第一、二项）须由当事人另行证明。", "Changes to signature and content are found (numbers 3, 4); that the key was the signer's own and under its sole control (1, 2) needs other proof."}}}},

	{lawInternet, "11(1)", Words{"硬件、软件环境安全可靠", "hardware and software are safe and reliable"},
		nil, nil, []string{"09"}, []factorLine{
			{nil, MarkNone, Words{"包内没有系统环境的证明。", "Nothing inside shows the state of the systems."}}}},
	{lawInternet, "11(2)", Words{"生成主体和时间明确，内容清晰、客观、准确", "who made it and when is clear; the content is clear and accurate"},
		nil, signedBy, []string{"04", "08"}, []factorLine{
			{everyStamp, MarkPass, Words{"签署主体由登记的密钥确定，时间有可信时间戳。", "The enrolled keys say who signed, and trusted time stamps when, at the latest."}},
			{nil, MarkWeak, Words{"签署主体由登记的密钥确定；时间仅为账本自身的陈述。", "The enrolled keys say who signed; the times are only the ledger's own statement."}}}},
	{lawInternet, "11(3)", Words{"存储、保管介质明确，方式和手段妥当", "where and how it is kept is clear and proper"},
		ofData, inCustody, []string{"11"}, []factorLine{
			{nil, MarkWeak, Words{"托管方签名的回执说明数据在其处加密存放并相符；介质与手段须由托管方说明。", "The custodian's signed receipt says that the data are kept there, encrypted, and match; media and means are for the custodian to explain."}}}},
	{lawInternet, "11(4)", Words{"提取和固定的主体、工具、方式可靠，过程可以重现", "extraction by reliable persons and means, and reproducible"},
		nil, append(append([]string{}, catalogued...), CheckReplay), []string{"00", "12"}, []factorLine{
			{nil, MarkPass, Words{"制作方签名，格式公开，任何人可离线重现全部核验。", "The maker signed it, the format is public, and anybody can repeat every check offline."}}}},
	{lawInternet, "11(5)", Words{"内容没有增加、删除、修改及不完整", "nothing is added, deleted, changed or incomplete"},
		nil, append(append([]string{}, unchanged...), CheckOrder, CheckReplay), []string{"00", "03"}, []factorLine{
			{ofLedger, MarkPass, Words{"截至所示区块没有增删改：清单、次序、读取版本与重放均一致。", "Up to the stated block nothing was added, deleted or changed: list, order, read versions and replay agree."}},
			{nil, MarkWeak, Words{"截至所示区块没有增删改，但单一运营方可能另存一个版本。", "Up to the stated block nothing was added, deleted or changed, but one operator could keep a second version."}}}},
	{lawInternet, "11(6)", Words{"可以通过特定形式得到验证", "it can be verified"},
		nil, unchanged, []string{"12"}, []factorLine{
			{nil, MarkPass, Words{"一个文件、一个程序，无需网络即可验证。", "One file, one program, no network."}}}},
	{lawInternet, "11 ¶2", Words{"电子签名、可信时间戳、哈希值校验、区块链等防篡改技术手段", "electronic signature, trusted time stamp, hash, blockchain"},
		nil, append(append([]string{}, onChain...), signedBy...), []string{"03", "04"}, []factorLine{
			{everyStamp, MarkPass, Words{"四者俱备并核验通过。", "All four are there and verified."}},
			{nil, MarkWeak, Words{"电子签名、哈希值与链上记录核验通过；没有经核验的可信时间戳。", "Signature, hash and chain verified; no trusted time stamp could be proven."}}}},

	{lawSecurity, "55", Words{"监管人受债权人委托并实际履行监管职责", "custody for the creditor, and really performed"},
		aboutPledge, inCustody, []string{"11"}, []factorLine{
			{inCheckedCustody, MarkWeak, Words{"账本载有针对该质押的托管核验；委托关系与持续履行须由合同与记录证明。", "The ledger has a custody check for this pledge; the appointment, and that it goes on, are for contract and records to show."}},
			{nil, MarkNone, Words{"账本没有针对该质押的托管核验。", "The ledger has no custody check for this pledge."}}}},
	{lawSecurity, "63", Words{"在法定登记机构依法登记，担保具有物权效力", "registration at the statutory registry, without which there is no real right"},
		aboutPledge, []string{CheckHistory}, []string{"10"}, []factorLine{
			{perfected, MarkWeak, Words{"记录载有经公证机构或知识产权中心核验的法定登记；登记机构出具的证明须另行提交。", "The record names a statutory registration that a notary or the IP centre verified; the registry's own certificate must be submitted."}},
			{filed, MarkWeak, Words{"已申报法定登记，尚未核验。", "A statutory registration was filed and is not verified."}},
			{nil, MarkNone, Words{"没有有效的法定登记记录：在此登记不产生法定担保物权效力。", "No statutory registration in force is recorded: registration here creates no statutory lien."}}}},
}

func inCheckedCustody(f *facts) bool { return f.custody }
func perfected(f *facts) bool        { return f.perfection == "VERIFIED" }
func filed(f *facts) bool            { return f.perfection == "FILED" }
