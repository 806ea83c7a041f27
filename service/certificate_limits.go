package service

// limits says what no certificate of this ledger proves (LAW.md: what a record
// here is, and is not).
func (d *draft) limits() {
	if d.solo {
		d.doesNot("本账本由一家机构单独记账，没有其他机构见证：以上各项只是一方的陈述，区块时间以该机构自己的时钟为准。",
			"This ledger is kept by one institution alone and nobody else witnesses it: all of the above is one party's word, and block times are by its own clock.")
	} else {
		d.proves("账本由所列机构共同保存，每一笔交易经背书策略所要求的多家机构背书；区块时间取自交易，经背书机构与各自时钟核对（误差不超过五分钟）。",
			"That the institutions listed keep the ledger together: each transaction bears the endorsements of as many of them as the policy asks. Block times come from the transaction, and the endorsers held them against their own clocks (five minutes at most).")
	}
	if d.Kind != CertificateSearch {
		d.doesNot("不证明数据内容真实、准确或者合法取得，也不证明任何一方对数据享有权利；账本只见到指纹与声明。",
			"That the data are true, accurate or lawfully obtained, or that anybody holds rights in them: the ledger saw a fingerprint and a declaration.")
		d.doesNot("不显示所示截至区块之后的变化：请凭编号重新核验。", "What changed after the block that it is as of: look the number up again.")
		d.doesNot("不证明上链之前的任何事实：证明力始于所示区块形成之时。", "Anything before the block shown: the proof begins there.")
	}
	d.doesNot("不代替法定登记。本账本不是法定登记机构。", "A statutory registration, which it does not replace: this ledger is no statutory registrar.")
}

// checks says how to check it without us. Where there is no public page, the
// number is worth something to those only who keep the ledger.
func (d *draft) checks() {
	if d.URL == "" {
		d.check("本服务未公布核验网址：请凭编号 %s 向记账机构查询，或者在其核验页（/verify）输入该编号。",
			"This service has published no address of a public page: ask an institution that keeps the ledger for the number %s, or enter it on its page /verify.", d.Number)
	}
	if d.Kind == CertificateSearch {
		d.check("凭编号向本服务索取查询的证据包（.zip），离线运行：datapledge evidence check FILE.zip -trust TRUST.json",
			"With the number, ask for the evidence package (.zip) of the search, and run offline: datapledge evidence check FILE.zip -trust TRUST.json")
		return
	}
	d.check("向当事人索取证据包（.zip），在任意一台电脑上离线运行：datapledge evidence check FILE.zip -trust TRUST.json；信任文件应取自你所信任的机构，而不是取自本服务。",
		"Ask a party for the evidence package (.zip) and run on any computer, offline: datapledge evidence check FILE.zip -trust TRUST.json; take the trust file from an institution that you trust, not from this service.")
	d.check("数据：在数据所在目录运行 sha256sum -c MANIFEST.txt（证据包中 manifest/ 下的清单），再运行 sha256sum MANIFEST.txt：结果即上列指纹。",
		"The data: in their folder run sha256sum -c MANIFEST.txt (the list under manifest/ in the package), then sha256sum MANIFEST.txt: its result is the fingerprint above.")
	d.check("时间戳（如有）：用 openssl ts -verify 对照时间戳机构的根证书核验证据包 timestamps/ 下的令牌。",
		"Time stamps, where there are any: check the tokens under timestamps/ in the package with openssl ts -verify against the authority's root certificate.")
}
