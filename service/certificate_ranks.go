package service

import (
	"fmt"
	"time"

	"github.com/datapledge/datapledge/pledge"
)

// bothRanks shows the rank here beside that of the statutory registration, and
// the days in which the pledge had none, so that others may come first.
func (d *draft) bothRanks(a *pledge.Asset, p *pledge.Pledge) {
	if n := rank(a, p.ID); n > 0 {
		d.add("rank", "本账本顺位", "Rank on this ledger", inBoth("第 %d 顺位", "%d", n))
		d.add("sequence", "本账本登记次序号", "Sequence number on this ledger", verbatim(fmt.Sprint(p.Seq)))
	}
	from, err := recordedTime(p.Registered.At)
	if err != nil || !inForce(p) {
		return
	}
	switch to, err := recordedTime(p.Perfection.EffectiveRankTime); d.perfection(p) {
	case pledge.PerfectionVerified:
		if err == nil {
			d.statutoryRank(p, days(from, to))
		}
	case pledge.PerfectionLapsed:
		d.add("statutory_rank", "法定顺位时间", "Statutory rank from", Text{"法定登记已失效，无法定顺位", "none: the statutory registration lapsed"})
		d.unprotected(Text{"法定登记失效之后没有经核实的法定登记，此后他人取得的权利可能优先", "since the statutory registration lapsed there is no verified one: rights that others get since may come first"})
	default:
		d.add("statutory_rank", "法定顺位时间", "Statutory rank from", Text{"没有经核实的法定登记，无法定顺位", "none: there is no verified statutory registration"})
		d.unprotected(inBoth("自 %s 起至今 %d 天（不足一天按一天计）没有经核实的法定登记，其间他人取得的权利可能优先",
			"since %s, %d days until now (begun days), no verified statutory registration: rights that others got in between may come first", LegalTime(p.Registered.At), days(from, d.now)))
	}
}

func (d *draft) statutoryRank(p *pledge.Pledge, gap int) {
	d.add("statutory_rank", "法定顺位时间", "Statutory rank from", LegalTime(p.Perfection.EffectiveRankTime))
	if gap > 0 {
		d.unprotected(inBoth("自本账本登记起 %d 天（不足一天按一天计），其间他人取得的权利可能优先",
			"for %d days after registration on this ledger (begun days): rights that others got in between may come first", gap))
	}
}

func (d *draft) unprotected(how Text) {
	d.add("unprotected", "未受法定登记保护", "Not protected by a statutory registration", how)
}

// days counts begun days from one time to another.
func days(from, to time.Time) int {
	const day = 24 * time.Hour
	return max(int((to.Sub(from)+day-1)/day), 0)
}
