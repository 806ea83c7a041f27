package lifeline

import "maps"

// words are all that is said, by key. A test compares the formats of both
// languages, and looks for keys that are used and not here.
var words = gather(parties, timeline, nextSteps, headings, assetWords, fields, codes)

func gather(parts ...map[string]word) map[string]word {
	all := map[string]word{}
	for _, p := range parts {
		maps.Copy(all, p)
	}
	return all
}

var parties = map[string]word{
	"who":                 {"%s（%s）", "%s (%s)"},
	"party":               {"%s（%s）", "%s (%s)"},
	"and":                 {"与", " and "},
	"or":                  {"，或者 ", ", or "},
	"list":                {"；", "; "},
	"a":                   {"独立的%s", "an independent %s"},
	"part.pledgor":        {"出质人", "pledgor"},
	"part.pledgee":        {"质权人", "pledgee"},
	"part.former pledgee": {"原质权人", "former pledgee"},
	"part.owner":          {"资产所有人", "owner of the asset"},
	"role.enterprise":     {"企业", "enterprise"},
	"role.bank":           {"银行", "bank"},
	"role.notary":         {"公证处", "notary"},
	"role.exchange":       {"数据交易所", "exchange"},
	"role.ipcenter":       {"知识产权中心", "IP centre"},
	"role.court":          {"法院", "court"},
	"role.regulator":      {"监管机构", "regulator"},
	"role.unknown":        {"其他主体", "another party"},
	"seat.next pledgee":   {"新质权人", "the next pledgee"},
	"seat.all between":    {"顺位受影响的其他质权人", "every other pledgee whose rank it touches"},
	"seat.all who quarrel": {
		"异议人及被异议各方", "the objector and all against whom it is raised"},
	"seat.next":        {"受让人或被许可人", "the other side"},
	"seat.other owner": {"另一资产的所有人", "the owner of the other asset"},
	"seat.others":      {"其他各方", "the other sides"},
}

var headings = map[string]word{
	"section.life":         {"经过", "WHAT HAPPENED"},
	"section.next":         {"接下来", "WHAT COMES NEXT"},
	"by":                   {"%s，区块 %d", "by %s, in block %d"},
	"head.pledge":          {"质押", "pledge"},
	"head.state":           {"状态", "state"},
	"head.asset":           {"数据资产", "asset"},
	"head.pledgor":         {"出质人", "pledgor"},
	"head.pledgee":         {"质权人", "pledgee"},
	"head.terms":           {"条款", "terms"},
	"head.term":            {"期限", "term"},
	"head.digest":          {"条款摘要", "digest"},
	"head.value":           {"评估", "valued"},
	"head.rank":            {"顺位", "rank"},
	"head.perfection":      {"法定登记", "statutory 法定登记"},
	"head.ranks":           {"两种顺位", "both ranks"},
	"head.objection":       {"异议", "objection"},
	"head.asset objection": {"对资产的异议", "asset objection"},
	"head.disputed":        {"有争议", "DISPUTED"},
	"head.covers":          {"覆盖版本数", "versions covered"},
	"nothing waits":        {"没有待签署的事项", "nothing waits for a signature"},
	"waiting.signed":       {"  已签署", "  signed by"},
	"waiting.for":          {"  尚待", "  waits for"},
	"waiting.until":        {"  最迟", "  until"},
	"ranked":               {"第 %d 顺位，序号 %d", "%d, sequence %d"},
}
