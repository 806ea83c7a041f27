package service

import (
	"fmt"
	"slices"
	"strings"

	"github.com/datapledge/datapledge/pledge"
)

// inBoth says the same in both languages, with the same arguments in the same
// order. Of an argument that is a Text, each has its own.
func inBoth(zh, en string, args ...any) Text {
	if len(args) == 0 {
		return Text{zh, en}
	}
	return Text{fmt.Sprintf(zh, in("zh", args)...), fmt.Sprintf(en, in("en", args)...)}
}

func in(lang string, args []any) []any {
	said := slices.Clone(args)
	for i, a := range args {
		if t, ok := a.(Text); ok {
			said[i] = t.In(lang)
		}
	}
	return said
}

// verbatim reads the same in both languages.
func verbatim(text string) Text { return Text{text, text} }

func joined(sep Text, parts []Text) Text {
	var zh, en []string
	for _, p := range parts {
		zh, en = append(zh, p.ZH), append(en, p.EN)
	}
	return Text{strings.Join(zh, sep.ZH), strings.Join(en, sep.EN)}
}

var semicolon = Text{"；", "; "}

// add puts a line on the certificate; an empty value is left out.
func (d *draft) add(key, zh, en string, value Text) {
	if value != (Text{}) {
		d.Fields = append(d.Fields, CertificateField{key, Text{zh, en}, value})
	}
}

func (d *draft) proves(zh, en string, args ...any) {
	d.Proves = append(d.Proves, inBoth(zh, en, args...))
}

func (d *draft) doesNot(zh, en string, args ...any) {
	d.NotProved = append(d.NotProved, inBoth(zh, en, args...))
}

func (d *draft) check(zh, en string, args ...any) {
	d.Check = append(d.Check, inBoth(zh, en, args...))
}

// passed says whether a date or time of the ledger is over.
func (d *draft) passed(at string) bool {
	t, err := recordedTime(at)
	return err == nil && !t.After(d.now)
}

// states of pledges in words. A certificate calls none of them more than
// registered: whether the security stands against others is for perfection.
var pledgeStates = map[string]Text{
	pledge.Proposed:  {"已提出，未登记", "proposed, not registered"},
	pledge.Pending:   {"待登记", "accepted, not registered"},
	pledge.Active:    {"本账本登记有效", "registered on this ledger, in force"},
	pledge.Defaulted: {"本账本登记有效；质权人已宣告违约", "registered on this ledger, in force; the pledgee has declared default"},
	pledge.Enforcing: {"本账本登记有效；正在实现", "registered on this ledger, in force; it is being enforced"},
	pledge.Withdrawn: {"已撤回", "withdrawn"},
	pledge.Rejected:  {"已驳回", "rejected"},
	pledge.Released:  {"已解除，不再有效", "released: no longer in force"},
	pledge.Realized:  {"已实现，不再有效", "realized: no longer in force"},
	pledge.Lapsed:    {"登记已失效，不再有效", "lapsed: no longer in force"},
	pledge.Revoked:   {"已撤销，不再有效", "revoked: no longer in force"},
}

var assetStates = map[string]Text{
	pledge.Notarized:      {"存证有效", "notarized, in force"},
	pledge.AssetWithdrawn: {"存证已撤回", "the notarization was withdrawn"},
	pledge.AssetRevoked:   {"存证已撤销", "the notarization was revoked"},
}

// stateWord never hides a state that it has no word for.
func stateWord(words map[string]Text, state string) Text {
	if t, ok := words[state]; ok {
		return t
	}
	return verbatim(state)
}

// objections in words: none of them is left unsaid.
func objection(state string) []Text {
	switch state {
	case "", "NONE":
		return nil
	}
	words := map[string]Text{"OPEN": {"有未决异议", "an objection is open"}, "IN_COURT": {"异议已诉至法院", "an objection is before a court"},
		"UPHELD": {"异议成立", "an objection was upheld"}, "DISMISSED": {"异议已驳回", "an objection was dismissed"}, "EXPIRED": {"异议因逾期终结", "an objection expired"}}
	return []Text{stateWord(words, state)}
}

// assetFlags are what speaks against an asset.
func (d *draft) assetFlags(a *pledge.Asset) (list []Text) {
	if a.Status != pledge.Notarized {
		list = append(list, stateWord(assetStates, a.Status))
	}
	if len(a.DisputedWith) > 0 {
		list = append(list, inBoth("有争议：他方也存证了相同或大部分相同的内容", "DISPUTED: others notarized the same content, or most of it"))
	}
	if f := pledge.Standing(a.Frozen, d.now); f != nil {
		list = append(list, inBoth("数据资产自 %s 起被冻结", "the asset is FROZEN since %s", LegalTime(f.At)))
	}
	return slices.Concat(list, objection(a.Objection), overridden(a), unread(a))
}
