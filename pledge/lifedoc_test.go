package pledge

import (
	"fmt"
	"slices"
	"strings"
)

// This file prints the life as a document. Names in Chinese are those of the
// law's table and of the certificates.

// told lists the events in the order of the law, with the act that means each,
// its Chinese name and what the effect does beside the state of the line.
var told = []struct {
	e       event
	act     Act
	chinese string
	more    string
}{
	{evPropose, PledgePropose, "提出质押（承诺书）", ""},
	{evWithdraw, PledgeWithdraw, "撤回", ""},
	{evAccept, PledgeAccept, "接受", ""},
	{evAttest, PledgeAttest, "公证", ""},
	{evValue, PledgeValue, "价值评估", ""},
	{evCustody, CustodyReceiptAct, "托管回执", ""},
	{evScan, PledgeScan, "重复与相似核查", ""},
	{evConsent, PledgeConsent, "在先质权人同意", ""},
	{evRegister, PledgeRegister, "质押登记", "takes the next sequence number of the asset as its rank"},
	{evReject, PledgeReject, "不予登记", ""},
	{evFile, PledgePerfect, "法定登记（申报）", "step file"},
	{evVerify, PledgePerfect, "法定登记（核实）", "step verify"},
	{evTermOver, PledgePerfect, "法定登记（届满）", "step lapse"},
	{evAmend, PledgeAmend, "变更登记", ""},
	{evExtend, PledgeExtend, "展期", ""},
	{evVersion, AssetAddVersion, "追加版本", "the version has a sequence number of its own"},
	{evAgree, PledgeConsent, "质权人同意（版本、转让、许可）", "with act and digest"},
	{evAssign, PledgeAssign, "债权转让", "the rank stays"},
	{evSubordinate, PledgeSubordinate, "顺位变更", "two places change, no sequence number"},
	{evTransfer, AssetTransfer, "转让", "liens stay"},
	{evLicense, AssetLicense, "许可", ""},
	{evObject, ObjectionFile, "提出异议", ""},
	{evNotify, ObjectionNotify, "通知对方", ""},
	{evLodge, ObjectionLodge, "起诉（立案）", ""},
	{evExpire, ObjectionExpire, "异议失效", ""},
	{evDecide, ObjectionDecide, "异议裁决", "UPHELD leads to REVOKED"},
	{evNotice, PledgeDefault, "违约通知", "step notice"},
	{evDefault, PledgeDefault, "宣布违约", "step declare"},
	{evCure, PledgeCure, "补救", ""},
	{evEnforce, PledgeEnforce, "实现质权", "the owner stays the owner (民法典 428)"},
	{evKey, CustodyRelease, "交付密钥", ""},
	{evRealize, PledgeRealize, "变现与分配", "the owner stays the owner (民法典 428)"},
	{evRelease, PledgeRelease, "注销", "reason PAID, WAIVED, REPLACED or OTHER"},
	{evDemand, PledgeRelease, "请求注销", "reason DEMAND"},
	{evForce, PledgeRelease, "强制注销", "reason FORCED"},
	{evLapse, PledgeLapse, "到期失效", ""},
	{evRevoke, OrderRevoke, "撤销", ""},
	{evFreeze, OrderFreeze, "冻结", ""},
	{evUnfreeze, OrderUnfreeze, "解除冻结", ""},
	{evAlert, CustodyAlert, "预警", ""},
	{evCorrect, RecordCorrect, "更正", ""},
	{evAssetAttest, AssetAttest, "资产公证", ""},
	{evAssetWithdraw, AssetWithdraw, "撤回存证", ""},
	{evResolve, AssetResolveDispute, "权属争议解决", "what gives way: WITHDRAWN where its owner signed, else REVOKED"},
}

var stateNames = [][2]string{{Proposed, "已提出"}, {Pending, "待登记"}, {Active, "有效"}, {Defaulted, "已违约"}, {Enforcing, "实现中"},
	{Withdrawn, "已撤回"}, {Rejected, "不予登记"}, {Released, "已注销"}, {Realized, "已变现"}, {Lapsed, "已失效"}, {Revoked, "已撤销"}, {Notarized, "已存证（资产）"}}

// LifeDocument is LIFE.md; the error names an event that it does not tell.
func LifeDocument() (string, error) {
	var b strings.Builder
	b.WriteString(lifeIntro)
	for _, s := range stateNames {
		fmt.Fprintf(&b, "| %s | %s | %s |\n", s[0], s[1], terminalOr(s[0]))
	}
	b.WriteString("\n```mermaid\nstateDiagram-v2\n" + diagram() + "```\n\n" + actsIntro)
	seen := map[event]bool{}
	for _, x := range told {
		seen[x.e] = true
		writeLine(&b, life[x.e], fmt.Sprintf("%s%s<br>%s", x.act, of(x.more), x.chinese), acts[x.act].roles)
	}
	for e := range life {
		if !seen[e] {
			return "", fmt.Errorf("%s is told nowhere", e)
		}
	}
	b.WriteString(guardsIntro)
	for _, g := range guardsInOrder() {
		fmt.Fprintf(&b, "| %s | %s | %s |\n", g.name, g.clause, spellCodes(g.codes))
	}
	for _, x := range told {
		if s := life[x.e].sides; s.of != nil {
			fmt.Fprintf(&b, "| to sign %s: %s | %s | %s |\n", x.act, s.words, life[x.e].law, spellCodes(append([]Code{WrongRole, Duplicate, Expired, TooLarge}, s.codes...)))
		}
	}
	return b.String(), nil
}

const lifeIntro = `# The life of a pledge

Made from the table in ` + "`life.go`" + ` by ` + "`go test ./pledge -run TestLifeDocument -update`" + `; a test compares. T and a number is a line of
the table of transitions in the law of a pledge; asset is its chapter on assets.

## States

| state | 状态 | |
|---|---|---|
`

const actsIntro = `## Acts

Somebody who has no say is refused with wrong_role (an asset's owner's acts: not_owner), whatever the state; then whoever comes in another
state than from, with wrong_state. Then the guards are asked from left to right, and the first that objects gives its code. Where several
sign, each signs the same act with an equal body; the first signatures wait in the record, for 30 days each, and the last one takes effect.
A signature stands as of its own command: revoking the key later does not take it back. (A command that waits outside of the ledger, for
a closing, has no place on it yet: it is refused once its key is revoked.) An asset goes from NOTARIZED to WITHDRAWN or REVOKED.

| | act | from | to | who signs | guards |
|---|---|---|---|---|---|
`

const guardsIntro = `
## Guards

| guard | clause | refuses with |
|---|---|---|
`

func of(more string) string {
	if more == "" {
		return ""
	}
	return " (" + more + ")"
}

func terminalOr(state string) string {
	if slices.Contains(open, state) {
		return ""
	}
	return "final"
}

func writeLine(b *strings.Builder, t transition, act string, roles []Role) {
	to := t.to
	if to == same {
		to = "same"
	}
	var guards []string
	for _, g := range t.guards {
		guards = append(guards, g.name)
	}
	fmt.Fprintf(b, "| %s | %s | %s | %s | %s | %s |\n", t.law, act, from(t.from), to, signers(t, roles), strings.Join(guards, "; "))
}

// from abbreviates the long lists.
func from(states []string) string {
	switch {
	case slices.Equal(states, anyState):
		return "any state"
	case slices.Equal(states, open):
		return "any that is not final"
	case slices.Equal(states, []string{none}):
		return "—"
	}
	return strings.Join(states, ", ")
}

// signers are words and, where the table of acts asks for one, the role.
func signers(t transition, roles []Role) string {
	if t.sides.of != nil {
		return t.sides.words
	}
	var names []string
	for _, r := range roles {
		names = append(names, string(r))
	}
	if len(roles) == len(allRoles) || strings.Contains(t.who.name, " or ") {
		return t.who.name
	}
	if t.who.name == neitherSide.name {
		return strings.Join(names, " or ") + ", independent of the sides"
	}
	return t.who.name
}

func diagram() string {
	var b strings.Builder
	for _, x := range told {
		t := life[x.e]
		if x.e == evRevoke || x.e == evAssetWithdraw || t.to == same {
			continue
		}
		for _, f := range t.from {
			if f == none {
				f = "[*]"
			}
			fmt.Fprintf(&b, "    %s --> %s: %s %s\n", f, t.to, t.law, x.chinese)
		}
	}
	for _, f := range live {
		fmt.Fprintf(&b, "    %s --> %s: %s %s, %s upheld\n", f, Revoked, life[evRevoke].law, "撤销", life[evDecide].law)
	}
	return b.String()
}

func spellCodes(codes []Code) string {
	var list []string
	for _, c := range codes {
		list = append(list, string(c))
	}
	return strings.Join(list, ", ")
}

// guardsInOrder are those who sign first, then as the lines name them.
func guardsInOrder() (list []guard) {
	add := func(g guard) {
		if g.holds != nil && !slices.ContainsFunc(list, func(o guard) bool { return o.name == g.name && o.clause == g.clause }) {
			list = append(list, g)
		}
	}
	for _, x := range told {
		add(life[x.e].who)
	}
	for _, x := range told {
		for _, g := range life[x.e].guards {
			add(g)
		}
	}
	return list
}
