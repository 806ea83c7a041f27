package certificate

import (
	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
)

// actNames say what the acts are called on paper. The act itself follows them.
var actNames = map[pledge.Act]service.Text{
	pledge.CustodyReceiptAct:      {ZH: "数据托管回执", EN: "Custody receipt"},
	pledge.AssetNotarize:          {ZH: "数据资产存证", EN: "Notarization"},
	pledge.AssetRecordCertificate: {ZH: "登记证书备案", EN: "Certificate recorded"},
	pledge.PledgePropose:          {ZH: "质押提出", EN: "Pledge proposed"},
	pledge.PledgeWithdraw:         {ZH: "质押撤回", EN: "Pledge withdrawn"},
	pledge.PledgeAccept:           {ZH: "质押接受", EN: "Pledge accepted"},
	pledge.PledgeReject:           {ZH: "质押拒绝", EN: "Pledge rejected"},
	pledge.PledgeAttest:           {ZH: "质押公证", EN: "Pledge attested"},
	pledge.PledgeValue:            {ZH: "质押评估", EN: "Pledge valued"},
	pledge.PledgeScan:             {ZH: "在先权利检索", EN: "Prior liens searched"},
	pledge.PledgeConsent:          {ZH: "在先质权人同意", EN: "Consent of senior pledgees"},
	pledge.PledgeRegister:         {ZH: "质押登记", EN: "Pledge registered"},
	pledge.PledgeRelease:          {ZH: "质押解除", EN: "Pledge released"},
	pledge.PledgePerfect:          {ZH: "法定登记备案", EN: "Statutory registration recorded"},
}

func actName(act, lang string) string {
	name, ok := actNames[pledge.Act(act)]
	if !ok {
		return act
	}
	return name.In(lang) + "  " + act
}
