package service

import (
	"context"
	"errors"
	"fmt"

	"github.com/datapledge/datapledge/pledge"
)

// writeSearch writes the certificate 查询证书 of a search, as it was answered: all
// that it adds is read as of the block of the search, so that it never changes.
func (s *Service) writeSearch(ctx context.Context, d *draft) error {
	r, err := s.StoredSearch(ctx, d.Number)
	if errors.Is(err, ErrNotFound) {
		return pledge.Errorf(pledge.NotFound, "no certificate %s", d.Number)
	}
	if err != nil {
		return err
	}
	let := []Text{}
	if _, err := snapshot(ctx, newPast(s.o.Index, r.AsOf.Head), func(v *view) (err error) {
		if err = v.named(d.names, s.searchParties(r)...); err == nil {
			let, err = v.letPass(r.Assets, s.o.FindingName)
		}
		return err
	}); err != nil {
		return err
	}
	d.AsOf = r.AsOf
	d.Title = Text{"数据资产质押查询证书", "Certificate of a search for pledges of data assets"}
	d.Status = searchStatus(r)
	d.searchFields(r)
	d.matchingFields(r)
	d.assetFields(r.Assets)
	d.lienFields(r)
	d.contentFields(r)
	for i, text := range let {
		d.add(fmt.Sprintf("overridden_%d", i+1), fmt.Sprintf("例外说明 %d", i+1), fmt.Sprintf("Overrides %d", i+1), text)
	}
	d.proves("截至区块 %d（%s），本账本上就所查询对象、与之内容相同或大部分相同者、以及与之有共同文件者的有效质押登记如上所列。",
		"That, as of block %d (%s), these are the pledges registered and in force on this ledger on what was searched, on what shares at least half of its content, and on what shares files with it.",
		r.AsOf.Height, LegalTime(r.AsOf.At))
	d.doesNot("不显示从未在本账本登记的权利，亦不代替法定登记系统的查询。", "Interests that were never registered here; nor does it stand in for a search of the statutory registers.")
	d.doesNot("不显示该区块之后的变化。", "What changed after that block.")
	return nil
}

func (s *Service) searchParties(r Search) []string {
	list := []string{s.o.Custodian.Party()}
	if r.Query.Party != "" {
		list = append(list, r.Query.Party)
	}
	for _, l := range r.Liens {
		list = append(list, l.Pledgee, l.Pledgor)
	}
	for _, a := range r.Assets[:min(len(r.Assets), maxPrintedNames)] {
		list = append(list, a.Owner)
	}
	if r.Content != nil {
		for _, m := range r.Content.notable() {
			list = append(list, m.Owner)
		}
	}
	return list
}

// searchStatus says "none" only of a search that looked at everything.
func searchStatus(r Search) Text {
	at := inBoth("截至区块 %d", "as of block %d", r.AsOf.Height)
	found := inBoth("查得 %d 项有效质押登记", "pledges found registered and in force: %d", len(r.Liens))
	switch {
	case len(r.Assets) == 0:
		found = Text{"本账本上没有与查询相符的数据资产", "nothing on this ledger matches the search"}
	case r.None && r.Complete:
		found = Text{"没有有效的质押登记", "no pledge is registered and in force"}
	}
	parts := []Text{at, found}
	if !r.Complete {
		parts = append(parts, inBoth("查询不完整：%s", "INCOMPLETE: %s", r.Incomplete))
	}
	return joined(Text{"，", ", "}, parts)
}

func (d *draft) searchFields(r Search) {
	d.add("query", "查询对象", "Searched", d.queryText(r.Query))
	d.add("searched_at", "查询时间", "Searched at", LegalTime(r.At))
	d.add("height", "截至区块", "As of block", verbatim(fmt.Sprint(r.AsOf.Height)))
	d.add("block_hash", "区块哈希", "Block hash", verbatim(r.AsOf.Hash))
	d.add("assets", "查看的数据资产数", "Assets looked at", verbatim(fmt.Sprint(len(r.Assets))))
}

// matchingFields say how what was asked for is spelled, and where it stands.
func (d *draft) matchingFields(r Search) {
	m := r.Matching
	if m == nil || m.Match == MatchExact {
		return
	}
	d.add("asked", "查询输入", "As it was typed", verbatim(shown(m.Asked)))
	d.add("compared_as", "按此比对", "Compared as", verbatim(shown(m.ComparedAs)))
	if m.Match != "" {
		d.add("match", "比对结果", "How it matched", stateWord(matchWords, m.Match))
	}
	for i, f := range m.Found[:min(len(m.Found), maxPrintedNames)] {
		d.add(fmt.Sprintf("found_%d", i+1), fmt.Sprintf("比对结果 %d", i+1), fmt.Sprintf("Match %d", i+1), f.words(m.Asked))
	}
	if more := len(m.Found) - maxPrintedNames; more > 0 {
		d.add("found_more", "其余比对结果", "Further matches", verbatim(fmt.Sprint(more)))
	}
	d.doesNot("“近似”仅指除全角半角、大小写、空格、标点等写法外相同，不表示为同一主体或同一编号；写法不同之外的差别（如简繁体、增减文字）不会查出。",
		"That what is SIMILAR is the same person or number: it is the same but for width, case, spaces, punctuation and the like. Names that differ in more, such as traditional characters or a word left out, are not found.")
}

// assetFields name what was looked at, with what stands against it and the
// sequence that a registration must state, so that nothing came in between.
func (d *draft) assetFields(assets []SearchedAsset) {
	for i, a := range assets[:min(len(assets), maxPrintedNames)] {
		head := inBoth("%s，权利人 %s，发现途径：%s，登记时须声明序号 %d", "%s, of %s, found by %s; a registration must state the sequence %d",
			notarizationNumber(a.AssetID), d.party(a.Owner), stateWord(viaWords, a.Via), a.ExpectedSeq)
		d.add(fmt.Sprintf("asset_%d", i+1), fmt.Sprintf("数据资产 %d", i+1), fmt.Sprintf("Asset %d", i+1), joined(semicolon, append([]Text{head}, a.against()...)))
	}
	if more := len(assets) - maxPrintedNames; more > 0 {
		d.add("asset_more", "其余数据资产", "Further assets", verbatim(fmt.Sprint(more)))
	}
}

func (d *draft) lienFields(r Search) {
	for i, l := range r.Liens {
		d.add(fmt.Sprintf("lien_%d", i+1), fmt.Sprintf("质押 %d", i+1), fmt.Sprintf("Pledge %d", i+1), d.lien(l, r))
	}
}

// lien tells the rank here and that of the statutory registration side by side.
func (d *draft) lien(l Lien, r Search) Text {
	head := inBoth("%s，质权人 %s，第 %d 顺位（序号 %d），最高 %s，期限至 %s", "%s, pledgee %s, rank %d (sequence %d), up to %s, until %s",
		pledgeNumber(l.PledgeID), d.party(l.Pledgee), l.Rank, l.Seq, l.SecuredMax.Text(), LegalEnd(l.Expires))
	parts := append([]Text{head, stateWord(pledgeStates, l.State), statutory(l.Perfection, r.AsOf.At)}, l.against()...)
	if l.Via == ViaContent {
		parts = append(parts, Text{"经内容比对发现", "found by its content"})
	}
	if l.Match == MatchSimilar {
		parts = append(parts, matchWords[l.Match])
	}
	parts = append(parts, inBoth("数据资产 %s", "on %s", notarizationNumber(l.AssetID)))
	return joined(semicolon, parts)
}

func (d *draft) queryText(q SearchRequest) Text {
	switch {
	case q.AssetID != "":
		return inBoth("数据资产 %s", "asset %s", notarizationNumber(q.AssetID))
	case q.Party != "":
		return inBoth("主体 %s 的全部数据资产", "all assets of %s", d.party(q.Party))
	case q.Fingerprint != "":
		return inBoth("内容 %s", "content %s", q.Fingerprint)
	case q.Name != "":
		return inBoth("名称 %s", "the name %s", shown(q.Name))
	case q.Number != "":
		return inBoth("编号 %s", "the number %s", shown(q.Number))
	}
	return Text{"一次上传的内容", "the content of an upload"}
}
