package service

import "fmt"

// maxPrintedMatches is how many assets of like content a certificate names.
const maxPrintedMatches = 20

// contentFields say what comparing the content itself showed.
func (d *draft) contentFields(r Search) {
	d.add("content", "内容比对", "Content compared", contentText(r.Content))
	if r.Content == nil || !r.Content.Compared {
		d.doesNot("不显示经重新排序、转换编码或者修改的副本上的质押：本次查询未比对内容本身。",
			"Pledges on copies whose rows were sorted, re-encoded or edited: the content itself was not compared.")
		return
	}
	d.proves("内容已按比对摘要与本账本上有摘要的数据资产比对；所示比例为相同行占比的估计值，千分之九百九十七的情形落在所示上下限之间。",
		"That the content was compared, by sketches, with the assets on this ledger that have one. The shares are estimates of the rows that are the same, between the stated bounds in 997 of 1,000 cases.")
	d.doesNot("不显示与没有比对摘要的数据资产在内容上的相似。", "That content is like an asset's that has no sketch.")
	told := r.Content.notable()
	for i, m := range told[:min(len(told), maxPrintedMatches)] {
		d.add(fmt.Sprintf("match_%d", i+1), fmt.Sprintf("相似资产 %d", i+1), fmt.Sprintf("Like asset %d", i+1), d.match(m))
	}
	if more := len(told) - maxPrintedMatches; more > 0 {
		d.add("match_more", "其余相似资产", "Further like assets", verbatim(fmt.Sprint(more)))
	}
}

// notable are the matches that nobody should pass over.
func (a *ContentAnswer) notable() []Match {
	var list []Match
	for _, m := range a.Matches {
		if m.alike() || m.columnsFound() {
			list = append(list, m)
		}
	}
	return list
}

func contentText(a *ContentAnswer) Text {
	switch {
	case a == nil:
		return Text{"未比对内容本身", "no, content was not compared"}
	case !a.Compared:
		return inBoth("未比对：%s", "no: %s", why(a))
	case !a.Complete:
		return inBoth("已比对，相似的数据资产至少 %d 项；%s", "yes, like assets: at least %d; %s", len(a.notable()), why(a))
	}
	return inBoth("已比对，相似的数据资产 %d 项", "yes, like assets: %d", len(a.notable()))
}

func why(a *ContentAnswer) Text {
	if a.Why == nil {
		return Text{"原因未载明", "it is not said why"}
	}
	return *a.Why
}

// match is an asset of like content: by its rows, or by its columns alone.
func (d *draft) match(m Match) Text {
	of := inBoth("%s（%s，有效质押 %d 项）", "%s (of %s, pledges in force: %d)", notarizationNumber(m.AssetID), d.party(m.Owner), len(m.Liens))
	if !m.alike() {
		return inBoth("%[3]s：所查内容 %[2]d 列中有 %[1]d 列的取值在其中再现，相同的行占 %[4]s", "%[3]s: %[1]d of %[2]d columns are found again in it, and %[4]s of the rows",
			m.Columns, m.OfColumns, of, m.Share.words())
	}
	return inBoth("%s：所查内容的 %s 在其中，其 %s 在所查内容中", "%s: %s of what was searched is in it, and %s of it is in what was searched", of, m.Share.words(), m.OtherShare.words())
}
