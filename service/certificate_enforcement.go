package service

import "github.com/datapledge/datapledge/pledge"

func (d *draft) default_(p *pledge.Pledge) {
	if n := p.DefaultNotice; n != nil {
		d.add("default_notice", "违约通知", "Notice of default", inBoth("%s 通知，事由：%s；宽限期至 %s", "given %s, reason %s; the grace ends %s",
			LegalTime(n.At), stateWord(defaultReasons, n.Reason), LegalTime(n.GraceEnds)))
	}
	if p.Defaulted != nil {
		d.add("defaulted", "宣告违约", "Default declared", inBoth("%s 由 %s 宣告", "%s by %s", LegalTime(p.Defaulted.At), d.party(p.Defaulted.By)))
	}
	for i, c := range p.Cured {
		d.many("cured", i, Text{"违约补救 %d", "Default cured %d"}, inBoth("%s 由 %s 确认", "%s, confirmed by %s", LegalTime(c.At), d.party(c.By)))
	}
}

var defaultReasons = map[string]Text{"NONPAYMENT": {"未清偿到期债务", "non-payment"}, "COVENANT": {"违反约定", "breach of a covenant"}, "TAMPER": {"质押财产被改动", "the collateral was tampered with"},
	"LTV": {"质押财产价值减少", "loss of value"}, "INSOLVENCY": {"破产或资不抵债", "insolvency"}, "OTHER": {"其他", "other"}}

var pathWords = map[string]Text{
	pledge.AgreedSale:           {"协议折价、拍卖或变卖", "sale by agreement"},
	pledge.SelfSaleClause:       {"约定的自行拍卖、变卖", "sale under the clause that the parties agreed on"},
	pledge.SpecialProcedure:     {"实现担保物权特别程序", "special procedure for realizing a security"},
	pledge.NotarialExecution:    {"公证执行证书", "notarial certificate of execution"},
	pledge.Litigation:           {"诉讼", "litigation"},
	pledge.CompulsoryManagement: {"强制管理", "compulsory management"},
}

func (d *draft) enforcement(p *pledge.Pledge) {
	if e := p.Enforcement; e != nil {
		d.add("enforcement", "实现质权的依据", "Title of enforcement", inBoth("%s；编号：%s；%s 由 %s 签署；文书摘要 %s", "%s; number: %s; %s, signed by %s; digest of the document %s",
			stateWord(pathWords, e.Path), orNone(e.Number), LegalTime(last(e.Signed).At), d.signers(e.Signed), e.Title))
	}
	if k := p.KeyRelease; k != nil {
		d.add("key_release", "密钥交付", "Key handed over", inBoth("托管方 %[3]s 已于 %[1]s 将解密密钥交付 %[2]s", "the custodian %[3]s handed it to %[2]s at %[1]s",
			LegalTime(k.At), d.party(k.To), d.party(k.By)))
	}
}

func orNone(s string) Text {
	if s == "" {
		return Text{"无", "none"}
	}
	return verbatim(shown(s))
}

// realization writes price and distribution (民法典 438).
func (d *draft) realization(p *pledge.Pledge) {
	r := p.Realization
	if r == nil {
		return
	}
	money := func(n int64) string { return pledge.Amount{Amount: n, Currency: r.Price.Currency}.Text() }
	d.add("price", "变现价款", "Price", inBoth("%s，%s，%s", "%s, %s, %s", r.Price.Text(), stateWord(methods, r.Method), plainDay(r.Date)))
	d.add("buyer_type", "受让人类型", "Kind of buyer", stateWord(buyers, r.BuyerType))
	d.add("claim", "所担保的债权", "Claim", verbatim(money(r.Claim)))
	for i, s := range r.Distribution {
		d.many("share", i, Text{"价款分配 %d", "Share %d"}, joined(semicolon, append([]Text{
			inBoth("%s：%s，%s", "%s: %s, %s", stateWord(shares, s.Kind), money(s.Amount), d.party(s.To))}, pledgeOf(s)...)))
	}
	d.add("shortfall", "未受清偿的债权", "Still owed", verbatim(money(r.Shortfall)))
	d.add("realized_by", "签署", "Signed by", d.signers(r.Signed))
}

// pledgeOf is the pledge that a share goes to, where it is another's.
func pledgeOf(s pledge.Share) []Text {
	if s.PledgeID == "" {
		return nil
	}
	return []Text{inBoth("质押 %s", "on pledge %s", pledgeNumber(s.PledgeID))}
}

// notOwned: nobody shall read out of any of this that the asset changed hands.
func (d *draft) notOwned(p *pledge.Pledge) {
	if p.Realization == nil && (p.Enforcement != nil || p.Defaulted != nil || p.DefaultNotice != nil) {
		d.doesNot("不表示所有权已经转移：违约、实现质权和交付密钥均不移转数据资产的所有权（民法典第四百二十八条）。",
			"That ownership moved: neither default nor enforcement nor the handing over of a key moves it (Civil Code, art. 428).")
	}
	if p.Realization == nil {
		return
	}
	d.doesNot("不表示所有权已经转移：本记录只记载价款及其分配；数据资产的转让须另行登记（民法典第四百二十八条、第四百三十八条）。",
		"That ownership moved: price and distribution are recorded here; a transfer of the asset is recorded apart (Civil Code, arts. 428, 438).")
}

var methods = map[string]Text{"AUCTION": {"拍卖", "auction"}, "SALE": {"变卖", "sale"}, "APPROPRIATION": {"折价", "taken at an agreed value"}}

var shares = map[string]Text{pledge.ShareCosts: {"费用", "costs"}, pledge.SharePledgee: {"质权人", "pledgee"}, pledge.ShareSenior: {"在先质权人", "senior pledgee"},
	pledge.ShareJunior: {"在后质权人", "junior pledgee"}, pledge.ShareSurplus: {"剩余归出质人", "surplus, to the pledgor"}}
