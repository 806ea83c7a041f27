package evidence

import (
	"fmt"
	"strings"

	"github.com/datapledge/datapledge/service/printable"
)

// record tells what the record says, in short.
func (p *printer) record() {
	if len(p.report.Record) > 0 {
		p.title(Words{"记录内容", "What the record says"})
	}
	for _, d := range p.report.Record {
		value := printable.Text(d.Value)
		if p.lang != LangEN {
			value = inChinese(value)
		}
		p.printf("  %s: %s\n", p.say(d.Label), value)
	}
}

func (p *printer) negatives() {
	if !p.report.OK() {
		return
	}
	p.title(Words{"不利或未经证明的事实", "What speaks against it, or is not proven"})
	for _, f := range p.report.Negative {
		about := ""
		if f.RecordID != "" {
			about = printable.Text(f.RecordID) + " "
		}
		if f.Since != "" {
			about += printable.Text(f.Since) + " "
		}
		p.printf("  ! %s[%s]\n", about, f.Code)
		p.lines(4, f.Words)
	}
	if len(p.report.Negative) == 0 {
		p.lines(2, Words{"无。", "Nothing."})
	}
}

func (p *printer) history() {
	if len(p.report.History) > 0 {
		p.title(Words{"账本次序中的签名指令", "Signed commands in ledger order"})
	}
	names := p.names()
	for _, l := range p.report.History {
		p.printf("  %s %s  %s (%s)  %s %s\n      %s\n", p.report.place(l.Block, l.Tx, l.Index), l.Time, p.say(actWords(printable.Text(l.Act))),
			printable.Text(l.Act), printable.Text(names[l.By]), printable.Text(l.By), l.CommandID)
	}
}

// names says who is behind a credit code, where the ledger says so.
func (p *printer) names() map[string]string {
	names := map[string]string{}
	for _, k := range p.report.Keys {
		names[k.Party] = k.Name
	}
	return names
}

// place is a command's place on the ledger: the block and where in it.
func (r Report) place(block, tx, index uint64) string {
	if !r.ofConsortium() {
		return fmt.Sprintf("%6d/%-3d", block, index)
	}
	return fmt.Sprintf("%6d/%-7s", block, fmt.Sprintf("%d/%d", tx, index))
}

// keys tells the life of every key of the parties in the package.
func (p *printer) keys() {
	if len(p.report.Keys) > 0 {
		p.title(Words{"各主体的密钥及其登记、撤销的位置（区块/次序）", "Keys of the parties: where (block/entry) they were enrolled and revoked"})
	}
	last := ""
	for _, k := range p.report.Keys {
		if k.Party != last {
			p.printf("  %s %s\n", printable.Text(k.Name), printable.Text(k.Party))
		}
		last = k.Party
		p.printf("      %s %s %s\n", k.KID, k.Alg, printable.Text(k.Scope))
		p.moment(Words{"登记于", "enrolled"}, k.Enrolled)
		if k.Revoked != nil {
			p.moment(Words{"撤销于", "REVOKED"}, *k.Revoked)
		}
	}
}

func (p *printer) moment(w Words, at Place) {
	p.printf("          %s %s %s\n", p.say(w), strings.TrimSpace(p.report.place(at.Block, at.Tx, at.Index)), at.Time)
}

// vouchers tells which institutions stand behind a consortium's package.
func (p *printer) vouchers() {
	if len(p.report.Institutions) > 0 {
		p.title(Words{"为此作证的机构", "Institutions that vouch for this"})
	}
	for _, i := range p.report.Institutions {
		did := Words{fmt.Sprintf("签名区块 %d，背书交易 %d，证明指令 %d", i.Blocks, i.Endorsements, i.Attestations),
			fmt.Sprintf("signed %d blocks, endorsed %d transactions, attested %d commands", i.Blocks, i.Endorsements, i.Attestations)}
		p.printf("  %-16s %s %s: %s\n", printable.Text(i.MSP), printable.Text(i.Party), printable.Text(i.Name), p.say(did))
	}
}

var stateWords = map[PartState]Words{Present: {"有", "PRESENT"}, Partial: {"部分", "PARTIAL"}, Missing: {"缺", "MISSING"}}

func (p *printer) parts() {
	if len(p.report.Parts) > 0 {
		p.title(Words{"证据的组成部分", "Parts of the evidence"})
	}
	for _, part := range p.report.Parts {
		p.printf("  %s %s: %s\n", part.Number, p.say(part.Title), p.say(stateWords[part.State]))
		if part.Has != nil {
			p.lines(6, part.Has.after("有：", "has: "))
		}
		if part.Lacks != nil {
			p.lines(6, part.Lacks.after("缺：", "lacks: "))
		}
	}
}

func (w Words) after(zh, en string) Words { return Words{zh + w.ZH, en + w.EN} }

var markWords = map[Mark]Words{MarkPass: {"通过", "PASS"}, MarkWeak: {"不足", "WEAK"}, MarkNone: {"缺", "MISSING"}}

// scorecard is told of a package that stands: of any other nothing follows.
func (p *printer) scorecard() {
	if !p.report.OK() {
		return
	}
	p.title(Words{"法定审查要素对照（通过：本包足以说明；不足：须另有证据；缺：本包不能说明）",
		"What the rules of evidence ask (PASS: shown here; WEAK: needs other proof, too; MISSING: not shown here)"})
	law := ""
	for _, s := range p.report.Scorecard {
		if s.Law != law {
			p.lines(2, lawWords[s.Law])
		}
		law = s.Law
		p.printf("    %-6s %s: %s\n", s.Article, p.say(markWords[s.Mark]), p.say(s.Factor))
		p.lines(11, s.Reason)
	}
}
