package service

// Why content was not compared, or not with everything.
var (
	whyUnconfigured = Text{"本服务未配置内容比对", "this service compares no content"}
	whyParty        = Text{"按主体查询不比对内容，请按资产逐项查询", "a search for a party's assets compares no content: search asset by asset"}
	whySeveral      = Text{"所查名称或编号可对应多项数据资产，不逐一比对内容，请按所列资产逐项查询", "the name or number may stand for several assets, and their content is not compared: search for each asset listed"}
	whyNothing      = Text{"没有与所查编号相符的数据资产，无从比对", "no asset has this number, so there is nothing to compare"}
	whyNoSketch     = Text{"该内容没有比对摘要（未能读出表格，或封存时未作合规预检）", "there is no sketch of this content: no table could be read in it, or it was sealed without a preflight"}
	whyFile         = Text{"所查为数据集中的单个文件：内容仅按整个数据集比对，请按所列资产查询", "this is one file of a dataset, and content is compared of whole datasets: search for the assets that have it"}
	whyUnknown      = Text{"本账本上没有此内容，本服务亦未持有该内容，无从比对：可先上传并封存，再按该次上传查询", "nothing registered is this content, and the content itself is not here: upload and seal it, then search for the upload"}
	whySketchGone   = Text{"该内容的比对摘要不在托管方处", "the sketch of this content is not with the custodian"}
	whyUnavailable  = Text{"内容索引暂不可用，或者尚未跟上账本", "the index of content is not available, or does not show this block yet"}
	whyCut          = Text{"未全部列出：达到数量上限，或者部分数据资产的比对摘要不在本服务处", "not all of it is listed: a bound was hit, or the sketches of some assets are not here"}
)

const provesCompared = "Content was compared by sketches with every registered asset that has one: the shares are estimates, between the stated bounds in 997 of 1,000 cases; " +
	"assets without a sketch were compared by their files alone. " +
	"内容已按比对摘要与本账本上有摘要的全部数据资产比对：所示比例为估计值，千分之九百九十七的情形落在所示上下限之间；没有摘要的数据资产仅按文件比对。"

const provesUncompared = "The content itself was not compared: copies whose rows were sorted, re-encoded or edited are not found. " +
	"未比对内容本身：经重新排序、转换编码或修改的副本未能查出。"

// proven is the word for what comparing adds to a search, or does not.
func (a *ContentAnswer) proven() string {
	switch {
	case a == nil:
		return ""
	case a.Compared:
		return " " + provesCompared
	}
	return " " + provesUncompared
}
