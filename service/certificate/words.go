package certificate

import (
	"fmt"

	"github.com/datapledge/datapledge/service"
)

// What is printed around a certificate's own words.
var (
	wordService   = service.Text{ZH: "数据资产存证与质押", EN: "Notarization and pledge of data assets"}
	wordNumber    = service.Text{ZH: "编号", EN: "Number"}
	wordStatus    = service.Text{ZH: "状态", EN: "Status"}
	wordAsOf      = service.Text{ZH: "截至", EN: "As of"}
	wordPage      = service.Text{ZH: "核验网址", EN: "Public page"}
	wordScan      = service.Text{ZH: "扫码核验", EN: "Scan to check"}
	wordFields    = service.Text{ZH: "记载事项", EN: "What is recorded"}
	wordAnchors   = service.Text{ZH: "账本上的依据", EN: "Where it stands on the ledger"}
	wordMembers   = service.Text{ZH: "共同记账的机构", EN: "The institutions that keep the ledger"}
	wordOperator  = service.Text{ZH: "记账方（单一节点）", EN: "Who keeps the ledger (a single node)"}
	wordProves    = service.Text{ZH: "本证书证明", EN: "What this proves"}
	wordNotProved = service.Text{ZH: "本证书不证明", EN: "What this does not prove"}
	wordCheck     = service.Text{ZH: "如何自行核验", EN: "How to check it without us"}
	wordFile      = service.Text{ZH: "关于本文件", EN: "About this file"}
	wordBlock     = service.Text{ZH: "区块", EN: "Block"}
	wordBlockHash = service.Text{ZH: "区块哈希", EN: "Block hash"}
	wordBlockTime = service.Text{ZH: "区块时间", EN: "Block time"}
	wordCommand   = service.Text{ZH: "指令编号", EN: "Command"}
	wordBy        = service.Text{ZH: "提交方", EN: "Submitted by"}
	wordStamp     = service.Text{ZH: "时间戳", EN: "Time stamp"}
	wordReceipt   = service.Text{ZH: "印刻回执", EN: "Imprint receipt"}
	wordRecord    = service.Text{ZH: "记录编号", EN: "Record"}
	wordLedger    = service.Text{ZH: "账本", EN: "Ledger"}
)

func both(zh, en string, args ...any) service.Text {
	return service.Text{ZH: fmt.Sprintf(zh, args...), EN: fmt.Sprintf(en, args...)}
}

// blockTime says whose clock it is.
func blockTime(recorded, ledger string) service.Text {
	t := service.LegalTime(recorded)
	if ledger == "fabric" {
		return service.Text{ZH: t.ZH + "，交易所载时间，经各背书机构接受", EN: t.EN + ", as in the transaction, accepted by the endorsing institutions"}
	}
	return service.Text{ZH: t.ZH + "，以记账方自己的时钟为准", EN: t.EN + ", by the clock of whoever keeps the ledger"}
}

func stampText(s service.TimeStamp) service.Text {
	t := service.LegalTime(s.Time)
	return service.Text{
		ZH: fmt.Sprintf("%s，由时间戳机构 %s 签发，覆盖区块 %d 至 %d", t.ZH, s.Authority, s.First, s.Last),
		EN: fmt.Sprintf("%s, by the time-stamping authority %s, over the blocks %d to %d", t.EN, s.Authority, s.First, s.Last),
	}
}

func receiptText(r service.ImprintReceipt) service.Text {
	t := service.LegalTime(r.Time)
	who := r.Name
	if r.Party != "" {
		who += " " + r.Party
	}
	return service.Text{
		ZH: fmt.Sprintf("%s，%s 收到（以该机构的时钟为准；通道 %s）", t.ZH, who, r.Sink),
		EN: fmt.Sprintf("%s, received by %s (by that institution's clock; sink %s)", t.EN, who, r.Sink),
	}
}

// aboutFile says what the signature on the file is worth.
func aboutFile(who *signer) []service.Text {
	leaf := who.chain[0]
	all := []service.Text{both(
		"本文件带有电子签名，签名者 %s，签名后改动任何一个字节，签名即告无效。签名证书的 SHA-256 摘要：%s",
		"This file is signed by %s; once signed, changing any byte of it breaks the signature. SHA-256 digest of the signing certificate: %s",
		leaf.Subject.CommonName, who.digest())}
	if who.selfIssued {
		all = append(all, service.Text{
			ZH: "签名证书由本服务自行签发，不在任何公共信任列表之内，PDF 阅读器会提示签发者未知。起证明作用的是账本记录与证据包，请按上文自行核验。",
			EN: "The signing certificate is issued by this service itself and stands on no public list of trust; PDF readers will call its issuer unknown. What counts is the record on the ledger and the evidence package: check them as said above.",
		})
	}
	return append(all, service.Text{
		ZH: "签名中若嵌有时间戳（RFC 3161），PDF 阅读器会显示；没有显示即为没有。",
		EN: "If the signature carries a time stamp (RFC 3161), a PDF reader shows it; if none is shown, there is none.",
	})
}
