package evidence

import "github.com/datapledge/datapledge/service/printable"

// timeStamps tells when an authority had seen which block.
func (p *printer) timeStamps() {
	if len(p.report.TimeStamps) == 0 {
		return
	}
	p.title(Words{"可信时间戳（RFC 3161）：区块最迟在该时刻已存在", "Trusted time stamps (RFC 3161): the block existed by then"})
	for _, s := range p.report.TimeStamps {
		p.printf("  %6d  %s  %s\n", s.Block, s.Time, printable.Text(s.Authority))
	}
}
