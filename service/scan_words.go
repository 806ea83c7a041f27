package service

import (
	"fmt"
	"slices"

	"github.com/datapledge/datapledge/pledge"
)

// counts: what the pledgor owns and nobody has a pledge on is no obstacle.
func (l look) counts(m Match) bool { return m.Owner != l.asset.Owner || len(m.Liens) > 0 }

// foremost are the matches that pledge.scan must state, as many as it may: those
// that count first, or copies of one's own would hide what is pledged.
func (l look) foremost() []Match {
	list := slices.DeleteFunc(slices.Clone(l.matches), func(m Match) bool { return !m.alike() })
	slices.SortStableFunc(list, func(a, b Match) int {
		switch first, second := l.counts(a), l.counts(b); {
		case first && !second:
			return -1
		case second && !first:
			return 1
		}
		return b.larger() - a.larger()
	})
	return list[:min(len(list), pledge.MaxContentOverlaps)]
}

// stated is what pledge.scan names.
func stated(list []Match) []pledge.ContentOverlap {
	out := []pledge.ContentOverlap{}
	for _, m := range list {
		out = append(out, pledge.ContentOverlap{AssetID: m.AssetID, Share: m.Share.BP, OtherShare: m.OtherShare.BP})
	}
	return out
}

// required is the least result that is taken: as the rules judge pledge.scan,
// and of what they cannot see, by a person. That is what was not compared, and
// a table whose columns are found again but whose rows are not: one more column,
// of noise, makes every row another.
func (l look) required() (result string, why Text) {
	result, why = pledge.ScanClean, inBoth("未发现与其他主体的或者已被质押的数据资产相同或相似", "nothing like it is another's, or pledged")
	switch {
	case l.likes.why != nil:
		why = inBoth("未比对内容：%s", "content was not compared: %s", *l.likes.why)
	case !l.likes.complete:
		result, why = l.unseen(), whyCut
	}
	worst := 0
	for _, m := range l.matches {
		if !l.counts(m) || m.larger() < worst {
			continue
		}
		need := l.weightOf(m)
		if m.alike() && m.larger() > worst {
			worst, why = m.larger(), m.Words()
		} else if worst == 0 && pledge.ScanWeight(result) < pledge.ScanWeight(need) {
			why = m.Words()
		}
		if pledge.ScanWeight(result) < pledge.ScanWeight(need) {
			result = need
		}
	}
	return result, why
}

// weightOf is what a match that counts asks for.
func (l look) weightOf(m Match) string {
	switch {
	case m.larger() > pledge.WaiveShare:
		return pledge.ScanWaived
	case m.alike() || m.columnsFound():
		return pledge.ScanReviewed
	}
	return pledge.ScanClean
}

// unseen is what a list that is not whole asks for. What a bound cut off a long
// list is as alike as its end, at most: behind many whole copies of one's own
// may be another that is pledged.
func (l look) unseen() string {
	long := len(l.likes.list) >= pledge.MaxContentOverlaps
	if long && !slices.ContainsFunc(l.likes.list, func(m Similar) bool { return m.larger() <= pledge.WaiveShare }) {
		return pledge.ScanWaived
	}
	return pledge.ScanReviewed
}

// Words say how much one has of the other, and whose the other is.
func (m Match) Words() Text {
	if !m.alike() && m.columnsFound() {
		return m.columnWords()
	}
	return inBoth("%s（权利人 %s，有效质押 %d 项）：被查内容的 %s 在其中，其 %s 在被查内容中",
		"%s (of %s, pledges in force: %d): %s of what was looked for is in it, and %s of it is in what was looked for",
		m.AssetID, m.Owner, len(m.Liens), m.Share.words(), m.OtherShare.words())
}

// columnWords are of a table that was joined, or lost columns: its rows differ.
func (m Match) columnWords() Text {
	return inBoth("%[3]s（权利人 %[4]s，有效质押 %[5]d 项）：被查内容 %[2]d 列中有 %[1]d 列的取值在其中再现，相同的行占 %[6]s；请人工查看",
		"%[3]s (of %[4]s, pledges in force: %[5]d): %[1]d of %[2]d columns are found again in it, and %[6]s of the rows: have a look",
		m.Columns, m.OfColumns, m.AssetID, m.Owner, len(m.Liens), m.Share.words())
}

func (s Share) words() Text {
	if s.Of == 0 {
		return Text{"比例不明", "an unknown share"}
	}
	if s.counted() {
		return verbatim(percent(s.BP) + " %")
	}
	return verbatim(fmt.Sprintf("%s %% (%s–%s %%)", percent(s.BP), percent(s.Low), percent(s.High)))
}

func percent(bp int) string { return fmt.Sprintf("%d.%02d", bp/100, bp%100) }
