package service

import "github.com/datapledge/datapledge/pledge"

// reasonWords begin the sentence that an act's words end.
var reasonWords = map[Reason]Text{
	ReasonOwnRecord:     {"涉及您自己的登记", "This is about your own record"},
	ReasonSignature:     {"该行为尚待您签署同一内容后生效", "This takes effect only when you sign the same"},
	ReasonConsent:       {"该行为须征得您的同意", "This needs your consent"},
	ReasonPledgor:       {"您是该质押的出质人", "You are the pledgor of this pledge"},
	ReasonPledgee:       {"您是该质押的质权人", "You are the pledgee of this pledge"},
	ReasonFormerPledgee: {"您此前是该质押的质权人", "You were the pledgee of this pledge until now"},
	ReasonOwner:         {"您是该数据资产的权利人", "You are the owner of this asset"},
	ReasonFormerOwner:   {"您此前是该数据资产的权利人", "You were the owner of this asset until now"},
	ReasonNamed:         {"该行为将您列为相对方", "This act names you"},
	ReasonObjector:      {"您对该记录提出过异议", "You objected to this record"},
	ReasonOtherLien:     {"您对同一数据资产享有另一在册质押", "You have another pledge in force on the same asset"},
	ReasonDisputed:      {"该数据资产与您的数据资产存在权属争议", "This asset is disputed with one of yours"},
	ReasonOverlap:       {"该数据资产与您的数据资产部分内容相同", "This asset has some content of one of yours"},
	ReasonInstitution:   {"您依职责查阅该记录", "You see this record by your office"},
	ReasonCustodian:     {"您是该数据资产的托管方", "You have this asset in custody"},
}

// actWords say what was done. A test wants every act here.
var actWords = map[pledge.Act]Text{
	pledge.PartyEnroll: {"主体入册", "the party was enrolled"}, pledge.PartyAddKey: {"新增密钥", "a key was added"},
	pledge.PartyRevokeKey: {"吊销密钥", "a key was revoked"}, pledge.CustodyReceiptAct: {"托管查验合格", "the custodian checked the content"},
	pledge.CustodyAlert: {"托管警示", "an alert was raised"}, pledge.CustodyRelease: {"向质权人交付解密密钥", "the key was released to the pledgee"},
	pledge.AssetNotarize: {"数据资产存证", "an asset was notarized"}, pledge.AssetRecordCertificate: {"记录登记证书", "a registration certificate was recorded"},
	pledge.AssetAttest: {"公证", "a notary attested the asset"}, pledge.AssetAddVersion: {"新增版本", "a version was added"},
	pledge.AssetTransfer: {"转让", "the asset is transferred"}, pledge.AssetLicense: {"许可使用", "the asset is licensed"},
	pledge.AssetWithdraw: {"撤回存证", "the asset was withdrawn"}, pledge.AssetResolveDispute: {"解决权属争议", "a dispute is resolved"},
	pledge.PledgePropose: {"提出质押", "a pledge was proposed"}, pledge.PledgeWithdraw: {"撤回质押申请", "the pledge was withdrawn"},
	pledge.PledgeAccept: {"接受质押", "the pledge was accepted"}, pledge.PledgeReject: {"驳回质押", "the pledge was rejected"},
	pledge.PledgeAttest: {"质押公证", "a notary attested the pledge"}, pledge.PledgeValue: {"价值评估", "the asset was valued"},
	pledge.PledgeScan: {"重复登记筛查", "the content was searched for duplicates"}, pledge.PledgeConsent: {"在先质权人或质权人同意", "a pledgee consented"},
	pledge.PledgeRegister: {"质押登记", "the pledge was registered"}, pledge.PledgeRelease: {"质押注销或请求注销", "the pledge was released, or its release demanded"},
	pledge.PledgePerfect: {"法定登记状态变更", "what stands in the statutory register was stated"},
	pledge.PledgeAmend:   {"变更质押", "the terms are amended"}, pledge.PledgeExtend: {"展期", "the pledge is extended"},
	pledge.PledgeAssign: {"债权转让", "the secured claim is assigned"}, pledge.PledgeSubordinate: {"变更顺位", "ranks are exchanged"},
	pledge.PledgeDefault: {"违约通知或宣布违约", "a default was noticed or declared"}, pledge.PledgeCure: {"违约已补救", "the default was cured"},
	pledge.PledgeEnforce: {"启动质权实现", "enforcement was started"}, pledge.PledgeRealize: {"质权实现", "the pledge is realized"},
	pledge.PledgeLapse: {"登记期满失效", "the registration lapsed"}, pledge.ObjectionFile: {"提出异议", "an objection was filed"},
	pledge.ObjectionNotify: {"异议已通知", "notice of an objection was given"}, pledge.ObjectionLodge: {"异议已起诉", "an objection was brought to court"},
	pledge.ObjectionDecide: {"异议裁决", "an objection is decided"}, pledge.ObjectionExpire: {"异议失效", "an objection expired"},
	pledge.OrderFreeze: {"冻结", "the record was frozen"}, pledge.OrderUnfreeze: {"解除冻结", "a freeze was lifted"},
	pledge.OrderRevoke: {"撤销登记", "the record is revoked"}, pledge.RecordCorrect: {"更正登记", "a clerical error was corrected"},
	pledge.ClosingExecute: {"集中交割", "a closing was executed"}, pledge.CommandFence: {"指令封禁", "a command was fenced"},
}

func whyOf(r Reason, a pledge.Act) Text {
	because, done := reasonWords[r], actWords[a]
	if done.EN == "" {
		done = Text{string(a), string(a)}
	}
	return Text{ZH: because.ZH + "：" + done.ZH + "。", EN: because.EN + ": " + done.EN + "."}
}
