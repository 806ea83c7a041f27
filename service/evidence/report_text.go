package evidence

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/datapledge/datapledge/service/printable"
)

// WriteJSON prints the report as one JSON object.
func (r Report) WriteJSON(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(r)
}

// WriteText prints the report for people, in English and Chinese.
func (r Report) WriteText(w io.Writer) error { return r.WriteTextIn(w, LangBoth) }

// WriteTextIn prints the report in a language, or in both.
func (r Report) WriteTextIn(w io.Writer, lang string) error {
	p := &printer{lang: lang, report: r}
	p.head()
	p.record()
	p.negatives()
	p.checks()
	p.history()
	p.timeStamps()
	p.received()
	p.imprinted()
	p.keys()
	p.vouchers()
	p.parts()
	p.scorecard()
	p.b.WriteString("\n" + r.meaning().in(lang, ""))
	_, err := io.WriteString(w, p.b.String())
	return err
}

// printer lays out a report in one language or two.
type printer struct {
	b      strings.Builder
	lang   string
	report Report
}

// say is a short text: both languages beside each other.
func (p *printer) say(w Words) string { return w.in(p.lang, " ") }

// lines writes a sentence, each language on a line of its own, by n spaces in.
func (p *printer) lines(n int, w Words) {
	indent := strings.Repeat(" ", n)
	p.b.WriteString(indent + w.in(p.lang, "\n"+indent) + "\n")
}

func (p *printer) title(w Words) { p.b.WriteString("\n" + p.say(w) + "\n") }

func (p *printer) printf(format string, args ...any) { fmt.Fprintf(&p.b, format, args...) }

func (p *printer) head() {
	r := p.report
	verdict := Words{"未通过：不得作为依据", "FAILED: do not rely on this package"}
	if r.OK() {
		verdict = Words{"通过：全部必要检查均通过", "OK: every required check passed"}
	}
	p.printf("%s\n\n", p.say(verdict))
	p.printf("%s: %s %s\n", p.say(Words{"记录", "record"}), p.say(wordsOf(kindWords, r.RecordKind)), printable.Text(r.RecordID))
	p.printf("%s: %s, %s %s\n", p.say(Words{"账本", "ledger"}), p.say(wordsOf(ledgerWords, r.Ledger)), p.say(Words{"通道", "channel"}), printable.Text(r.Channel))
	p.printf("%s: %d\n", p.say(Words{"截至区块", "as of block"}), r.AsOf.Height)
	p.printf("%s: %s\n", p.say(Words{"制作时间（制作方陈述）", "made at (as its maker says)"}), printable.Text(r.MadeAt))
	p.lines(0, Words{"所有时间均为协调世界时（UTC），北京时间为其加 8 小时。", "All times are UTC; Beijing is 8 hours ahead."})
}

var resultWords = map[Result]Words{Pass: {"通过", "pass"}, Fail: {"不通过", "FAIL"}, NotPresent: {"无此项", "none"}}

func (p *printer) checks() {
	p.title(Words{"核验项", "Checks"})
	for _, c := range p.report.Checks {
		var what Words
		arises := true
		for _, n := range p.report.names() {
			if n.name == c.Name {
				what, arises = Words{n.zh, n.en}, n.need != forSearch || n.required(&p.report)
			}
		}
		if !arises {
			continue // what is no search has none
		}
		p.printf("  %s  %s (%d)\n", p.say(resultWords[c.Result]), c.Name, c.Count)
		p.lines(8, what)
		if c.Note != nil {
			p.lines(8, *c.Note)
		}
		p.failures(c)
	}
}

func (p *printer) failures(c Finding) {
	for _, f := range c.Failures {
		p.printf("      > %s %s: %s\n", printable.Text(f.File), printable.Text(f.Field), printable.Text(f.Detail))
	}
	if more := c.Failed - len(c.Failures); more > 0 {
		p.printf("      … %s\n", p.say(Words{fmt.Sprintf("另有 %d 处", more), fmt.Sprintf("and %d more", more)}))
	}
}

// meaning is told with every report: what a verdict says and what it does not.
func (r Report) meaning() Words {
	if r.ofConsortium() {
		return meaningFabric
	}
	return meaningSolo
}

var meaningFabric = Words{`本结论说明：上述主体签署了这些指令，上述机构对其排序、执行并按此次序保存，此后未被改动，任何一家机构均不能单独伪造。本结论不说明：
内容真实、权属成立、此后别无记载，亦不说明质权已依法设立（在此登记不产生法定担保物权效力）。时间以提交交易的机构的时钟为准，
除有经核验的时间戳外，不是可信时间戳。
`, `What this says: the parties named above signed these commands; the institutions named above ordered, executed and hold them
in this order, unchanged since: no single one of them could have made this alone. What it does not say: that the content is
true, that the owner has title, that nothing was recorded later, or that a pledge was established by law: registration here
creates no statutory lien. Times are by the clock of the institution that sent the transaction and, but for proven time stamps,
not trusted ones.
`}

var meaningSolo = Words{`本结论说明：上述主体签署了这些指令，且所信任运营方的账本按此次序载有它们，此后未被改动。本结论不说明：内容真实、权属成立、
此后别无记载，亦不说明质权已依法设立（在此登记不产生法定担保物权效力）。单机账本仅为一方之言：区块次序由运营方单独决定，
其有可能另存一个版本。
`, `What this says: the parties named above signed these commands, and the ledger of the trusted operator held them in this
order, unchanged since. What it does not say: that the content is true, that the owner has title, that nothing was recorded
later, or that a pledge was established by law: registration here creates no statutory lien. A solo ledger is one party's
word: its operator alone orders the blocks and could have kept a second version.
`}
