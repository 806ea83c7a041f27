package service

import "github.com/datapledge/datapledge/pledge"

// perfection is the state that the wording follows: a verified registration
// whose term is over does not stand any more, whether or not somebody said so.
func (d *draft) perfection(p *pledge.Pledge) string {
	f := p.Perfection
	if f.State == pledge.PerfectionVerified && (f.Verified == nil || d.passed(f.Verified.TermEnd)) {
		return pledge.PerfectionLapsed
	}
	return f.State
}

// perfectionWord is the short form, in the status line.
func perfectionWord(state string) Text {
	switch state {
	case pledge.PerfectionVerified:
		return Text{"法定登记已核实", "statutory registration verified"}
	case pledge.PerfectionFiled:
		return Text{"法定登记已申报，未核实", "statutory registration stated by the pledgee, not verified"}
	case pledge.PerfectionLapsed:
		return Text{"法定登记已失效", "statutory registration lapsed"}
	}
	return Text{"无法定登记记载", "no statutory registration on record"}
}

// perfectionText is the long form. Only a verified registration lets it say
// that the pledge is established (民法典担保制度解释 art. 63).
func (d *draft) perfectionText(p *pledge.Pledge) Text {
	f := p.Perfection.Standing()
	state := d.perfection(p)
	if f == nil || state == pledge.PerfectionNone {
		return Text{"账本上没有法定登记的记载。仅有本账本上的登记，不发生对抗第三人的效力（民法典担保制度解释第六十三条）。",
			"None is on record. An entry on this ledger alone has no effect against third parties (Supreme People's Court, Interpretation on Security, art. 63)."}
	}
	register := d.register(f)
	switch state {
	case pledge.PerfectionVerified:
		return joined(Text{"", " "}, append([]Text{register, d.verified(p)}, warnings(f.Warnings)...))
	case pledge.PerfectionLapsed:
		return joined(Text{"", " "}, []Text{register, {"该登记的期限已过或已记为失效：自此不能再以之对抗第三人。",
			"Its term is over, or it was recorded as lapsed: it has no effect against third parties any more."}})
	}
	return joined(Text{"", " "}, append([]Text{register, {"这只是质权人的陈述：公证机构或知识产权中心尚未在登记系统中核实。",
		"This is the pledgee's word alone: neither a notary nor the IP centre has found it in the register yet."}}, warnings(f.Warnings)...))
}

func (d *draft) register(f *pledge.Filing) Text {
	name := stateWord(registers, f.Registry)
	if f.Registry == pledge.RegistryOther {
		name = verbatim(shown(f.RegistryName))
	}
	t := inBoth("登记编号 %s，登记时间 %s，期限至 %s。", "number %s, registered %s, until %s.", shown(f.Number), LegalTime(f.RegisteredAt), LegalEnd(f.TermEnd))
	return Text{name.ZH + "，" + t.ZH, name.EN + ", " + t.EN}
}

var registers = map[string]Text{
	pledge.RegistryZhongdeng: {"动产融资统一登记公示系统（中登网）", "Unified Registration and Publicity System for Movables Financing (Zhongdeng)"},
	pledge.RegistryCNIPA:     {"国家知识产权局", "China National Intellectual Property Administration"},
	pledge.RegistryCopyright: {"中国版权保护中心", "Copyright Protection Centre of China"},
}

func (d *draft) verified(p *pledge.Pledge) Text {
	f := p.Perfection
	who, at := d.party(f.Verified.Verified.By), LegalTime(f.Verified.Verified.At)
	if !inForce(p) {
		return inBoth("%s 已于 %s 在登记系统中核实该登记；但质押已不再有效。", "%s found it in the register at %s; but the pledge is no longer in force.", who, at)
	}
	return inBoth("%s 已于 %s 在登记系统中核实该登记；据此，质权自 %s 起按该登记设立。该登记系统是否为法律所要求者，以法院认定为准。",
		"%s found it in the register at %s; on that footing the pledge is established from %s by that registration. Whether that register is the one the law asks for is for a court.",
		who, at, LegalTime(f.EffectiveRankTime))
}

func warnings(codes []string) (list []Text) {
	words := map[string]Text{
		pledge.WarnMismatch: {"注意：该登记系统与当事人约定的法律性质不对应。", "Note: this register is not the one for what the parties call the pledge."},
		pledge.WarnUnlisted: {"注意：不知该登记系统是否为法定登记系统。", "Note: whether this is a statutory register is not known here."},
		pledge.WarnLate:     {"注意：在本账本登记五个工作日之后才申报。", "Note: it was filed more than five working days after registration on this ledger."},
	}
	for _, c := range codes {
		list = append(list, stateWord(words, c))
	}
	return list
}

// perfectionProves says what may and what may not be concluded.
func (d *draft) perfectionProves(p *pledge.Pledge) {
	if d.perfection(p) == pledge.PerfectionVerified && inForce(p) {
		d.proves("%s 声明已在法定登记系统中核实上列登记。", "That %s stated that it found the registration above in the statutory register.", d.party(p.Perfection.Verified.Verified.By))
		return
	}
	d.doesNot("不证明质押具有对抗第三人的效力：没有经核实且在期限内的法定登记，或者质押已不再有效。",
		"That the pledge has effect against third parties: there is no verified statutory registration within its term, or the pledge is no longer in force.")
}
