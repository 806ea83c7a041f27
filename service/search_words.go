package service

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/datapledge/datapledge/pledge"
)

// maxPrintedNames is how many records that bear a name or number are named in words.
const maxPrintedNames = 20

// Words tell a search to people, line by line.
func (r Search) Words() []Text {
	lines := []Text{inBoth("查询 %s，截至区块 %d（%s）", "search %s at height %d (%s)", r.Number, r.AsOf.Height, LegalTime(r.AsOf.At))}
	lines = append(lines, r.Matching.words()...)
	for _, a := range r.Assets {
		lines = append(lines, a.words())
	}
	for _, l := range r.Liens {
		lines = append(lines, l.words(r.AsOf.At)...)
	}
	lines = append(lines, r.Content.words()...)
	switch {
	case len(r.Assets) == 0:
		lines = append(lines, Text{"本账本上没有与查询相符的数据资产", "nothing on the ledger matches"})
	case r.None:
		lines = append(lines, Text{"在此区块没有有效的质押", "no live pledge at this height"})
	}
	if !r.Complete {
		lines = append(lines, inBoth("查询不完整：可能还有其他质押；%s", "INCOMPLETE: there may be more; %s", r.Incomplete))
	}
	return lines
}

// words say what was compared, unless it was an identifier typed right.
func (m *Matching) words() []Text {
	switch {
	case m == nil || m.Match == MatchExact:
		return nil
	case m.Match != "":
		return []Text{inBoth("近似（SIMILAR）：所输入的是“%s”，按 %s 查询", `match:  SIMILAR, "%s" was typed, and compared as %s`, shown(m.Asked), m.ComparedAs)}
	case len(m.Found) == 0:
		return []Text{inBoth("没有记录载有“%s”（按 %s 比对）", `match:  no record bears "%s" (compared as %s)`, shown(m.Asked), shown(m.ComparedAs))}
	}
	lines := []Text{}
	for _, f := range m.Found[:min(len(m.Found), maxPrintedNames)] {
		lines = append(lines, joined(Text{"", ""}, []Text{{"比对：", "match:  "}, f.words(m.Asked)}))
	}
	if more := len(m.Found) - maxPrintedNames; more > 0 {
		lines = append(lines, inBoth("另有 %d 处", "and %d more", more))
	}
	return lines
}

// shown gives a text from elsewhere as it can be read and printed: what nobody
// sees, turns the writing, looks like another letter or has no place in print
// stands there by its number in Unicode.
func shown(text string) string {
	var b strings.Builder
	for _, r := range text {
		if printed(r) {
			b.WriteRune(r)
		} else {
			fmt.Fprintf(&b, "<U+%04X>", r)
		}
	}
	return b.String()
}

// printed are the letters of the fonts that certificates are printed in.
func printed(r rune) bool {
	switch {
	case looksLatin[r] != 0 && r != '〇' && r != '○':
		return false
	case r < 0x250: // Latin
		return unicode.IsPrint(r) && r != 0xad
	case r >= 0x3000 && r < 0x3100, r >= 0x4e00 && r < 0x9fa6, r >= 0xff00 && r < 0xff5f: // kana, Han, full width
		return unicode.IsPrint(r) || r == 0x3000
	}
	return strings.ContainsRune("—–‘’“”…·※№○●①②③④⑤⑥⑦⑧⑨⑩", r)
}

var matchWords = map[string]Text{
	MatchExact:   {"一致（EXACT）", "EXACT"},
	MatchSimilar: {"近似（SIMILAR）", "SIMILAR"},
}

// words say where a name or number stands, and the spelling if it is another.
func (f Matched) words(asked string) Text {
	parts := []Text{inBoth("%s，%s的%s", "%s, %[3]s of %[2]s", stateWord(matchWords, f.Match), f.RecordID, memberWord(f.Member))}
	if f.Text != asked {
		parts = append(parts, inBoth("其记载为“%s”，按 %s 比对", `spelled "%s" there, compared as %s`, shown(f.Text), shown(f.ComparedAs)))
	}
	if f.Former {
		parts = append(parts, Text{"系以前的记载", "as it was before"})
	}
	return joined(semicolon, parts)
}

// memberWord calls a member by what it holds, and by its own name where there
// is no word for that.
func memberWord(member string) Text {
	for _, m := range []struct {
		end  string
		word Text
	}{
		{"registration_certificate.number", Text{"登记证书编号", "the registration certificate's number"}},
		{"attestation.number", Text{"公证书编号", "the notarial certificate's number"}},
		{"attestations.number", Text{"公证书编号", "the notarial certificate's number"}},
		{"filing.number", Text{"所申报的法定登记编号", "the number of the statutory registration filed"}},
		{"verified.number", Text{"经核实的法定登记编号", "the number of the statutory registration verified"}},
		{"debtor_name", Text{"法定登记所载债务人名称", "the debtor's name in the statutory registration"}},
		{"file_no", Text{"文号", "the number of the court's file"}},
		{"case_number", Text{"案号", "the case number"}},
		{"certificate", Text{"本服务的证书编号", "the certificate number here"}},
		{"name", Text{"名称", "the name"}},
	} {
		if strings.HasSuffix(member, m.end) {
			return m.word
		}
	}
	return verbatim(member)
}

func (a SearchedAsset) words() Text {
	head := inBoth("数据资产：%s，权利人 %s，序号 %d", "asset:  %s of %s, sequence %d", a.AssetID, a.Owner, a.ExpectedSeq)
	return joined(Text{"，", ", "}, append([]Text{head}, a.against()...))
}

// against is what to know of an asset before relying on it.
func (a SearchedAsset) against() (list []Text) {
	if a.Match == MatchSimilar {
		list = append(list, matchWords[a.Match])
	}
	if a.Status != "" && a.Status != pledge.Notarized {
		list = append(list, stateWord(assetStates, a.Status))
	}
	if a.Disputed {
		list = append(list, Text{"有争议", "DISPUTED"})
	}
	if a.Frozen {
		list = append(list, Text{"已冻结", "FROZEN"})
	}
	return append(list, objection(a.Objection)...)
}

var viaWords = map[string]Text{
	ViaAsset: {"所查数据资产", ViaAsset}, ViaKin: {"过半内容相同", ViaKin}, ViaParty: {"所查主体", ViaParty}, ViaFingerprint: {"所查指纹", ViaFingerprint},
	ViaFile: {"共有文件", ViaFile}, ViaContent: {"内容比对", ViaContent}, ViaName: {"所查名称", ViaName}, ViaNumber: {"所查编号", ViaNumber},
}

// words tell the rank here and the statutory one side by side.
func (l Lien) words(at string) []Text {
	how := stateWord(viaWords, l.Via)
	if l.Match == MatchSimilar {
		how = joined(Text{"，", ", "}, []Text{how, matchWords[l.Match]})
	}
	return []Text{
		inBoth("质押：%s，数据资产 %s，质权人 %s；%s；最高 %s，期限至 %s（发现途径：%s）", "pledge: %s on %s to %s; %s; up to %s until %s (found by %s)",
			l.PledgeID, l.AssetID, l.Pledgee, stateWord(lienStates, l.State), l.SecuredMax.Text(), LegalEnd(l.Expires), how),
		joined(semicolon, append([]Text{inBoth("    本账本第 %d 顺位，序号 %d", "    rank %d here, sequence %d", l.Rank, l.Seq), statutory(l.Perfection, at)}, l.against()...)),
	}
}

// against is what stands against a pledge in force.
func (l Lien) against() (list []Text) {
	if l.Frozen {
		list = append(list, Text{"该质押已冻结", "the pledge is FROZEN"})
	}
	return append(list, objection(l.Objection)...)
}

// lienStates name the state itself, too: it is what systems know it by.
var lienStates = func() map[string]Text {
	words := map[string]Text{}
	for _, state := range []string{pledge.Active, pledge.Defaulted, pledge.Enforcing} {
		t := pledgeStates[state]
		words[state] = Text{state + " " + t.ZH, state + " (" + t.EN + ")"}
	}
	return words
}()

// statutory is the rank that the statutory registration gives, as far as it is
// verified and runs at a time.
func statutory(p pledge.Perfection, at string) Text {
	state := p.State
	if v := p.Verified; v != nil && !dateAfter(v.TermEnd, at) {
		state = unverified(state)
	}
	word := perfectionWord(state)
	f := p.Standing()
	if f == nil {
		return word
	}
	word = inBoth("%s（%s %s，期限至 %s）", "%s (%s %s, until %s)", word, registerName(f.Registration), shown(f.Number), LegalEnd(f.TermEnd))
	if state != pledge.PerfectionVerified || p.EffectiveRankTime == "" {
		return joined(Text{"，", ", "}, []Text{word, {"尚无法定顺位时间", "which gives no rank"}})
	}
	return joined(Text{"，", ", "}, []Text{word, inBoth("法定顺位时间 %s", "ranks there from %s", LegalTime(p.EffectiveRankTime))})
}

// unverified: a verified registration that is over has lapsed.
func unverified(state string) string {
	if state == pledge.PerfectionVerified {
		return pledge.PerfectionLapsed
	}
	return state
}

func registerName(r pledge.Registration) Text {
	if r.Registry == pledge.RegistryOther {
		return verbatim(shown(r.RegistryName))
	}
	return stateWord(registers, r.Registry)
}

// dateAfter compares a date or time of the ledger with a time.
func dateAfter(recorded, at string) bool {
	end, err1 := recordedTime(recorded)
	t, err2 := recordedTime(at)
	return err1 == nil && err2 == nil && end.After(t)
}

// words say what comparing content showed.
func (a *ContentAnswer) words() (lines []Text) {
	switch {
	case a == nil:
		return nil
	case !a.Compared:
		return []Text{inBoth("未比对内容：%s", "content was not compared: %s", why(a))}
	case len(a.Matches) == 0:
		lines = append(lines, Text{"没有内容相似的数据资产", "nothing registered is like the content"})
	}
	for _, m := range a.Matches {
		lines = append(lines, joined(Text{"", ""}, []Text{{"相似：", "alike:  "}, m.Words()}))
	}
	if !a.Complete && a.Why != nil {
		lines = append(lines, *a.Why)
	}
	return lines
}
