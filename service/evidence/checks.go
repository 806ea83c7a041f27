package evidence

// The names of the checks.
const (
	CheckContainer      = "container"
	CheckComplete       = "manifest-complete"
	CheckDigests        = "file-digests"
	CheckSignature      = "manifest-signature"
	CheckChannel        = "channel"
	CheckGenesis        = "trust-genesis"
	CheckOperator       = "operator-signature" // of a solo ledger only
	CheckInclusion      = "entry-inclusion"
	CheckOrder          = "order"
	CheckCommandID      = "command-id"
	CheckCommand        = "command-signature"
	CheckEnrolled       = "key-enrolled-before-use"
	CheckNotRevoked     = "key-not-revoked-before"
	CheckParties        = "parties-match"
	CheckHistory        = "record-matches-history"
	CheckReceipt        = "custody-receipt-signature"
	CheckReceiptMatches = "custody-receipt-matches"
	CheckFingerprint    = "fingerprint-matches-manifest"
	CheckSM3            = "sm3-matches-manifest"
	CheckReplay         = "replay"
	CheckSearch         = "search-report"
	CheckAnswers        = "search-answers"
	CheckParts          = "parts-list"
	CheckDataMatches    = "data-matches-manifest"
)

// The names of checks that there are for a consortium's ledger only.
const (
	CheckBlockData       = "block-data"
	CheckBlockSignatures = "block-signatures"
	CheckTransaction     = "transaction-signature"
	CheckEndorsements    = "endorsements"
	CheckFlag            = "validation-flag"
	CheckAttested        = "validity-attested"
	CheckResults         = "transaction-results"
	CheckVersions        = "read-versions"
)

// need says for which kinds of record a check must pass.
type need int

const (
	always need = iota
	forData
	forRecords // that the ledger holds, not a report about it
	forSearch
	forCommands // a member's package may have none: block 0 enrolled it
	whenAsked
)

type checkName struct {
	name   string
	need   need
	en, zh string
}

func (c checkName) required(r *Report) bool {
	switch c.need {
	case forData:
		return r.RecordKind == KindAsset || r.RecordKind == KindPledge
	case forRecords:
		return r.RecordKind != KindSearch
	case forSearch:
		return r.RecordKind == KindSearch
	case forCommands:
		return len(r.History) > 0
	}
	return c.need == always
}

// namesOf lists every check for a kind of ledger, in the order in which a
// report tells them.
func namesOf(ledger string) []checkName {
	if ledger != ledgerFabric {
		return soloNames
	}
	var list []checkName
	for _, n := range soloNames {
		switch n.name {
		case CheckGenesis:
			list = append(list, foundingName)
		case CheckOperator:
			list = append(list, blockNames...)
		case CheckInclusion:
			list = append(append(list, n), transactionNames...)
		case CheckReplay:
			list = append(list, n, versionsName)
		default:
			list = append(list, n)
		}
	}
	return list
}

// What is said otherwise, or only, of a consortium's ledger.
var (
	foundingName = checkName{CheckGenesis, always, "block 0 is the trusted one, and says who the members and consenters are", "创世区块即所信任的创世区块，联盟成员与排序节点由其确定"}
	versionsName = checkName{CheckVersions, always, "the endorsers read what the commands shown here wrote: none in between is left out", "背书节点所读版本即本包所示指令所写，其间无遗漏"}
	blockNames   = []checkName{
		{CheckBlockData, always, "each block holds what its header says", "每个区块的内容与区块头一致"},
		{CheckBlockSignatures, always, "a quorum of the members' consenters signed each block", "每个区块由法定多数成员的排序节点签名"},
	}
	transactionNames = []checkName{
		{CheckTransaction, always, "each transaction is whole, and signed by the member's client that sent it", "每笔交易完整，并由提交成员的客户端签名"},
		{CheckEndorsements, always, "as many members as agreed executed each transaction and signed its effects", "每笔交易由约定数量的成员执行并对结果签名背书"},
		{CheckResults, always, "each transaction wrote what its commands did, and nothing else", "每笔交易所写即其指令的结果，别无其他"},
		{CheckFlag, always, "the peer that gave the block marked each transaction valid (nobody signs this mark)", "提供区块的节点将每笔交易标记为有效（该标记无人签名）"},
		{CheckAttested, always, "members signed that each command took effect", "成员签名证明每条指令已生效"},
	}
)

// soloNames lists every check of a solo ledger's package.
var soloNames = []checkName{
	{CheckContainer, always, "the file is one canonical package, no byte more or less", "文件是规范的证据包，不多一字节、不少一字节"},
	{CheckComplete, always, "the package holds exactly the files that its manifest lists", "包内文件与目录清单完全一致"},
	{CheckDigests, always, "each file has the listed size and SHA-256", "每个文件的大小与 SHA-256 与目录一致"},
	{CheckSignature, always, "the manifest is signed by a custodian of the ledger", "目录清单由账本上的托管方签名"},
	{CheckChannel, always, "everything belongs to the trusted ledger and channel", "全部内容属于所信任的账本与通道"},
	{CheckGenesis, always, "block 0 is the trusted one", "创世区块即所信任的创世区块"},
	{CheckOperator, always, "each block header is signed by the trusted operator", "每个区块头由所信任的运营方签名"},
	{CheckInclusion, always, "each command is an entry of its signed block", "每条指令确在其已签名的区块之中"},
	{CheckOrder, always, "blocks and commands stand in one unbroken order", "区块与指令的次序一致、无冲突"},
	{CheckCommandID, forCommands, "each command and record id follows from the signed bytes", "指令编号与记录编号由签名内容推得"},
	{CheckCommand, forCommands, "each command is signed by the party's key", "每条指令由当事主体的密钥签名"},
	{CheckEnrolled, forCommands, "each key was on the ledger before it signed", "密钥在使用之前已登记上链"},
	{CheckNotRevoked, forCommands, "no key signed after it was revoked", "密钥在使用之前未被撤销"},
	{CheckParties, always, "the parties are as the ledger last wrote them", "主体资料与账本最后一次记载一致"},
	{CheckHistory, forRecords, "the record is as the ledger last wrote it", "记录与账本最后一次记载一致"},
	{CheckReceipt, forData, "the custody receipt is signed by an exchange of the ledger", "托管回执由账本上的交易所签名"},
	{CheckReceiptMatches, forData, "the custody receipt is about this dataset and owner", "托管回执与该数据集及权利人一致"},
	{CheckFingerprint, forData, "the fingerprint is that of the manifest of files", "哈希指纹与数据清单一致"},
	{CheckSM3, whenAsked, "the SM3 manifest is of the same files, and its SM3 is the one that the owner signed", "国密 SM3 清单所列文件与数据清单相同，其 SM3 与权利人签名所载一致"},
	{CheckReplay, always, "the rules, run again over the signed commands, write the same", "以签名指令重放规则，结果与账本一致"},
	{CheckSearch, forSearch, "the search report is signed by an exchange of the ledger, with a key that it had then", "查询报告由账本上的交易所以当时有效的密钥签名"},
	{CheckAnswers, forSearch, "what the search told is what the ledger held: no pledge in force is left out", "查询所述与账本当时的记载一致，没有遗漏在册有效的质押"},
	{CheckParts, whenAsked, "the package's list of parts is what is really there", "包内的组成部分清单与实际一致"},
	{CheckTimeStamps, whenAsked, "trusted authorities stamped the blocks with the time at which they were there at the latest", "所信任的时间戳机构对区块加盖了时间戳，证明其最迟在该时刻已存在"},
	{CheckImprintReceipts, whenAsked, "courts, regulators or notaries of the ledger signed that they received the blocks", "账本上的法院、监管机构或公证机构已签收所涉区块"},
	{CheckImprintChannel, whenAsked, "a channel of other institutions holds the blocks under checkpoints", "由其他机构维护的印刻通道以检查点固定了区块"},
	{CheckDataMatches, whenAsked, "the given files are those of the manifest", "所提交的文件与数据清单一致"},
}
