package evidence

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

// WriteJSON prints the report as one JSON object.
func (r Report) WriteJSON(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(r)
}

// WriteText prints the report for people, in English and Chinese.
func (r Report) WriteText(w io.Writer) error {
	var b strings.Builder
	r.head(&b)
	for _, c := range r.Checks {
		c.write(&b, r.names())
	}
	if len(r.History) > 0 {
		b.WriteString("\nSigned commands in ledger order 账本次序中的签名指令:\n")
	}
	for _, l := range r.History {
		fmt.Fprintf(&b, "  %6d/%s %s  %-24s %s  %s\n", l.Block, r.within(l), l.Time, printable(l.Act), printable(l.By), l.CommandID)
	}
	r.vouchers(&b)
	b.WriteString("\n" + r.meaning())
	_, err := io.WriteString(w, b.String())
	return err
}

// within is a command's place in its block.
func (r Report) within(l Line) string {
	if !r.ofConsortium() {
		return fmt.Sprintf("%-3d", l.Index)
	}
	return fmt.Sprintf("%-7s", fmt.Sprintf("%d/%d", l.Tx, l.Index))
}

// vouchers tells which institutions stand behind a consortium's package.
func (r Report) vouchers(b *strings.Builder) {
	if len(r.Institutions) > 0 {
		b.WriteString("\nInstitutions that vouch for this 为此作证的机构:\n")
	}
	for _, i := range r.Institutions {
		fmt.Fprintf(b, "  %-16s %s %s: signed %d blocks 签名区块, endorsed %d transactions 背书交易, attested %d commands 证明指令\n",
			printable(i.MSP), printable(i.Party), printable(i.Name), i.Blocks, i.Endorsements, i.Attestations)
	}
}

func (r Report) head(b *strings.Builder) {
	verdict := "FAILED: do not rely on this package 未通过：不得作为依据"
	if r.OK() {
		verdict = "OK: every required check passed 通过：全部必要检查均通过"
	}
	fmt.Fprintf(b, "%s\n\nrecord 记录   %s (%s)\nledger 账本   %s, channel 通道 %s, as of block 截至区块 %d\nmade at 制作  %s\n\n",
		verdict, printable(r.RecordID), printable(r.RecordKind), printable(r.Ledger), printable(r.Channel), r.AsOf.Height, printable(r.MadeAt))
}

func (c Finding) write(b *strings.Builder, names []checkName) {
	word := map[Result]string{Pass: "pass", Fail: "FAIL", NotPresent: "none"}[c.Result]
	var en, zh string
	for _, n := range names {
		if n.name == c.Name {
			en, zh = n.en, n.zh
		}
	}
	fmt.Fprintf(b, "%s  %-28s %4d  %s\n%s%s\n", word, c.Name, c.Count, en, strings.Repeat(" ", 40), zh)
	for _, f := range c.Failures {
		fmt.Fprintf(b, "      %s %s: %s\n", printable(f.File), printable(f.Field), printable(f.Detail))
	}
	if more := c.Failed - len(c.Failures); more > 0 {
		fmt.Fprintf(b, "      … and %d more 另有 %d 处\n", more, more)
	}
}

// printable keeps a hostile package from steering the reader's terminal.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < 0x20 || r >= 0x7f && r < 0xa0 || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 {
			return '?'
		}
		return r
	}, s)
}

// meaning is told with every report: what a verdict says and what it does not.
func (r Report) meaning() string {
	if r.ofConsortium() {
		return meaningFabric
	}
	return meaningSolo
}

const meaningFabric = `What this says: the parties named above signed these commands; the institutions named above ordered, executed and hold them
in this order, unchanged since: no single one of them could have made this alone. What it does not say: that the content is
true, that the owner has title, that nothing was recorded later, or that a pledge was established by law: registration here
creates no statutory lien. Times are by the clock of the institution that sent the transaction, not trusted time stamps.
本结论说明：上述主体签署了这些指令，上述机构对其排序、执行并按此次序保存，此后未被改动，任何一家机构均不能单独伪造。本结论不说明：
内容真实、权属成立、此后别无记载，亦不说明质权已依法设立（在此登记不产生法定担保物权效力）。时间以提交交易的机构的时钟为准，
不是可信时间戳。
`

const meaningSolo = `What this says: the parties named above signed these commands, and the ledger of the trusted operator held them in this
order, unchanged since. What it does not say: that the content is true, that the owner has title, that nothing was recorded
later, or that a pledge was established by law: registration here creates no statutory lien. A solo ledger is one party's
word: its operator alone orders the blocks and could have kept a second version.
本结论说明：上述主体签署了这些指令，且所信任运营方的账本按此次序载有它们，此后未被改动。本结论不说明：内容真实、权属成立、
此后别无记载，亦不说明质权已依法设立（在此登记不产生法定担保物权效力）。单机账本仅为一方之言：区块次序由运营方单独决定，
其有可能另存一个版本。
`
