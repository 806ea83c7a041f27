package evidence

import (
	"strings"

	"github.com/datapledge/datapledge/service/printable"
)

// imprinted tells which channel holds which blocks under a checkpoint.
func (p *printer) imprinted() {
	if len(p.report.Imprinted) == 0 {
		return
	}
	p.title(Words{"印刻通道：下列机构以检查点固定了区块", "Imprint channel: these institutions fixed the block by a checkpoint"})
	for _, h := range p.report.Imprinted {
		p.printf("  %6d  %s  %s (%d-%d)  %s\n", h.Block, h.Time, printable.Text(h.Channel), h.First, h.Last, printable.Text(strings.Join(h.Members, ", ")))
	}
}
