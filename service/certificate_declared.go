package service

import (
	"fmt"

	"github.com/datapledge/datapledge/pledge"
)

// declaration writes what was declared under the three principles, whose word
// that is, and who answers for what.
func (d *draft) declaration(a *pledge.Asset) {
	said := declared(a, d.findings)
	d.add("declaration", "数据规范声明", "Declaration on the data", d.whoseWord(a))
	for _, p := range said.Principles {
		d.add(p.Principle, principleNames[p.Principle].ZH, principleNames[p.Principle].EN, p.text(a))
	}
	d.overrides(a)
	if !said.Examined {
		return
	}
	d.proves("托管方 %s 对其收存的内容运行了预检，得到摘要如上的报告；持有同一数据的人可以重新运行，所得报告逐字节相同。",
		"That the custodian %s ran the preflight on what it holds and came to the reports with these digests; whoever has the same data can make them again, byte for byte.", d.party(a.Custodian))
	d.doesNot("不证明数据中没有个人信息或敏感数据：预检只按其规则集查找。", "That there are no personal or sensitive data: a preflight finds what its rules describe.")
}

// overrides are on every certificate of the asset and of its pledges: whoever
// relies on one must know what was let through, and on whose word.
func (d *draft) overrides(a *pledge.Asset) {
	d.Overrides = answered(a, d.findings)
	for i, o := range d.Overrides {
		d.add(fmt.Sprintf("override_%d", i+1), fmt.Sprintf("例外说明 %d", i+1), fmt.Sprintf("Override %d", i+1), o.text())
	}
	if len(d.Overrides) > 0 {
		d.doesNot("不证明例外说明所述的理由属实：那只是签署人的陈述。", "That the reasons given for overrides are right: they are their signatory's word.")
	}
}

func (d *draft) whoseWord(a *pledge.Asset) Text {
	if a.Preflight == nil {
		return Text{"仅为存证人的陈述：托管方没有检查数据内容", "the owner's word only: the custodian did not look into the data"}
	}
	return inBoth("托管方 %s 对其收存的内容运行了同一预检（规则集 %s），所得报告与声明相同",
		"the custodian %s ran the same preflight (ruleset %s) on what it holds, and came to the reports that are declared", d.party(a.Custodian), a.Preflight.Ruleset)
}

var principleNames = map[string]Text{"consent": {"知情同意", "Informed consent"}, "exclusion": {"敏感数据排除", "Exclusion of sensitive data"}, "quality": {"数据质量保证", "Data quality"}}

// text is a principle in one line.
func (p Principle) text(a *pledge.Asset) Text {
	parts := []Text{p.result()}
	switch p.Principle {
	case "consent":
		parts = append(parts, inBoth("同意或授权文件 %d 份", "consent or authorization documents: %d", len(a.Declaration.Consent.Documents)))
	case "exclusion":
		if kid := a.Declaration.Exclusion.SignedBy; kid != "" {
			parts = append(parts, inBoth("由密钥 %s 的持有人负责", "answered for with the key %s", kid))
		}
	default:
		parts = append(parts, scoresText(a.Declaration.Quality.Scores))
	}
	if p.Report != "" {
		parts = append(parts, inBoth("报告 %s", "report %s", p.Report))
	}
	return joined(semicolon, parts)
}

func (p Principle) result() Text {
	switch p.Result {
	case PrinciplePassed:
		return Text{"托管方检查通过", "the custodian found nothing that has to be fixed"}
	case PrincipleOverridden:
		return inBoth("托管方发现 %d 项问题，均由签署人说明并负责", "the custodian found things that have to be fixed, and a person answers for each: %d", p.Findings)
	}
	return Text{"仅为存证人的陈述", "the owner's word only"}
}

func scoresText(s pledge.Scores) Text {
	var parts []Text
	for _, m := range []struct {
		name  Text
		score *int
	}{{Text{"完整性", "completeness"}, s.Completeness}, {Text{"唯一性", "uniqueness"}, s.Uniqueness}, {Text{"规范性", "conformity"}, s.Validity},
		{Text{"一致性", "consistency"}, s.Consistency}, {Text{"时效性", "timeliness"}, s.Timeliness}} {
		score := "NA"
		if m.score != nil {
			score = fmt.Sprintf("%d.%02d %%", *m.score/100, *m.score%100)
		}
		parts = append(parts, inBoth("%s %s", "%s %s", m.name, score))
	}
	return joined(Text{"，", ", "}, parts)
}

// text is an override in one line: what was found, why it was let through, and
// who answers for it.
func (o Answered) text() Text {
	return inBoth("%s（%s；%s）。理由：%s。签署人（职务）：%s，密钥 %s", "%s (%s; %s). Reason: %s. Answered for as %s, with key %s",
		o.Called, stateWord(principleNames, o.Principle), o.Finding, o.Reason, o.Capacity, o.SignedBy)
}

// overridden is how the first line of a certificate says that there are some.
func overridden(a *pledge.Asset) []Text {
	if n := len(a.Declaration.Overrides); n > 0 {
		return []Text{inBoth("预检有 %d 项问题由签署人说明并负责", "OVERRIDDEN: findings of the preflight that a person answers for: %d", n)}
	}
	return nil
}

// unread is how the first line of a certificate says that a preflight without
// findings did not look everywhere: personal data in an archive pass it.
func unread(a *pledge.Asset) []Text {
	if a.Preflight == nil || a.Preflight.Unread == 0 {
		return nil
	}
	return []Text{inBoth("预检未检查 %d 个文件的内容（共 %d 个）：不是可读取的表格", "NOT LOOKED INTO by the preflight, being no tables that it reads: %d of %d files", a.Preflight.Unread, a.Files)}
}

// mostOverridden bounds the assets whose overrides a search's certificate names.
const mostOverridden = 20

// letPass says, for each asset that a search named, what a person answers for;
// its own certificate has the reasons. Declarations never change, so this is
// as it was when the search was answered.
func (v *view) letPass(assets []SearchedAsset, names func(string) Text) ([]Text, error) {
	list, more := []Text{}, 0
	for _, searched := range assets {
		a, err := v.asset(searched.AssetID)
		switch {
		case err != nil:
			return nil, err
		case a == nil || len(a.Declaration.Overrides) == 0:
		case len(list) == mostOverridden:
			more++
		default:
			list = append(list, letPassOne(a, names))
		}
	}
	if more > 0 {
		list = append(list, inBoth("另有 %d 项数据资产有例外说明，见其存证证书", "further assets with overrides: %d; see their certificates", more))
	}
	return list, nil
}

func letPassOne(a *pledge.Asset, names func(string) Text) Text {
	counts, order := map[Text]int{}, []Text{}
	for _, o := range answered(a, names) {
		if counts[o.Called]++; counts[o.Called] == 1 {
			order = append(order, o.Called)
		}
	}
	var parts []Text
	for _, called := range order {
		parts = append(parts, inBoth("%s %d 项", "%s: %d", called, counts[called]))
	}
	return inBoth("%s：%s；由签署人说明并负责，理由见该证书", "%s: %s; a person answers for them, and that certificate has the reasons",
		notarizationNumber(a.ID), joined(Text{"，", ", "}, parts))
}
