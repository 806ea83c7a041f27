package service

import (
	"strings"

	"github.com/datapledge/datapledge/pledge"
)

var reasons = map[string]Text{pledge.Paid: {"债务已清偿", "the debt was paid"}, pledge.Waived: {"质权人放弃", "the pledgee waived it"},
	pledge.Replaced: {"以其他担保替换", "replaced by other security"}, pledge.OtherReason: {"其他", "other"},
	pledge.Forced: {"质权人逾期不答复，经公证机构或者知识产权中心解除", "released through a notary or the IP centre, the pledgee being silent"}}

// ended says on the certificate of a registration how the pledge came to its
// end, or that somebody asks for its release.
func (d *draft) ended(p *pledge.Pledge) {
	if q := p.ReleaseDemand; q != nil {
		d.add("release_demand", "解除请求", "Release demanded", inBoth("%s 由 %s 提出，事由：%s", "%s by %s, reason: %s", LegalTime(q.At), d.party(q.By), stateWord(reasons, q.Reason)))
	}
	if p.Ended == nil || inForce(p) {
		return
	}
	d.add("ended", "终止", "Ended", inBoth("%s 由 %s 记载", "%s, recorded by %s", LegalTime(p.Ended.At), d.party(p.Ended.By)))
	d.whyEnded(p)
	d.cancelElsewhere("perfection_to_cancel", p)
}

// whyEnded gives the reason of a release or a revocation. What a waiver does to
// others who answer for the debt is told with it.
func (d *draft) whyEnded(p *pledge.Pledge) {
	switch p.State {
	case pledge.Released:
		d.add("reason", "解除原因", "Reason", stateWord(reasons, p.Ended.Reason))
		d.waiver(p)
	case pledge.Revoked:
		d.add("reason", "撤销原因", "Reason", d.whyRevoked(p))
		d.add("decision", "撤销文书摘要", "Digest of the decision", verbatim(p.Ended.Proof))
	}
}

func (d *draft) waiver(p *pledge.Pledge) {
	if p.Ended.Reason != pledge.Waived {
		return
	}
	d.add("waiver", "注意", "Note", inBoth("债务人以自己的财产出质，质权人放弃该质权的，其他担保人在质权人丧失优先受偿权益的范围内免除担保责任，但是其他担保人承诺仍然提供担保的除外（民法典第四百三十五条）",
		"where the debtor pledged its own property and the pledgee waives that pledge, others who secure the debt are freed as far as the pledgee's priority is lost by it, unless they promised to stand (Civil Code, art. 435)"))
}

// whyRevoked: an objection that was upheld is named as it stands above.
func (d *draft) whyRevoked(p *pledge.Pledge) Text {
	id, ok := strings.CutPrefix(p.Ended.Reason, "objection ")
	for i, o := range p.Objections {
		if ok && o.ID == id {
			return inBoth("对质押的异议 %d 成立", "objection to the pledge %d was upheld", i+1)
		}
	}
	return verbatim(shown(p.Ended.Reason))
}

// cancelElsewhere reminds of a statutory registration, which no act here ends.
func (d *draft) cancelElsewhere(key string, p *pledge.Pledge) {
	f := p.Perfection.Standing()
	if f == nil {
		return
	}
	d.add(key, "法定登记的注销", "Statutory registration to be cancelled", inBoth("本账本上的终止不注销下列法定登记：%s担保权利消灭的，担保权人应当自消灭之日起十个工作日内依该登记机构的规则另行办理注销登记。",
		"what ended here does not cancel this statutory registration: %s Where the security is extinguished, the secured party must have it cancelled in that register under its rules, within ten working days.", d.register(f)))
}
