package evidence

import "github.com/datapledge/datapledge/service/printable"

// received tells which institutions have had the records, and since when.
func (p *printer) received() {
	if len(p.report.Received) == 0 {
		return
	}
	p.title(Words{"印刻：下列机构已收到区块及其全部记录并签收", "Imprint: these institutions received the block with all of its records, and signed for it"})
	for _, r := range p.report.Received {
		p.printf("  %6d  %s  %s %s (%s)\n", r.Block, r.Time, printable.Text(r.Party), printable.Text(r.Name), printable.Text(r.Role))
	}
}
