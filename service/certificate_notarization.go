package service

import (
	"fmt"
	"slices"

	"github.com/datapledge/datapledge/pledge"
)

// notarization writes the certificate 存证证书 of an asset.
func (d *draft) notarization(a *pledge.Asset) {
	d.Title = Text{"数据资产存证证书", "Certificate of notarization of a data asset"}
	parts := d.assetFlags(a)
	if a.Status == pledge.Notarized {
		parts = append([]Text{assetStates[a.Status]}, parts...)
	}
	d.Status = joined(semicolon, parts)
	if a.Owner == a.Notarized.By {
		d.aboutAsset(a, "存证人", "Notarized for")
	} else {
		d.aboutAsset(a, "现权利人", "Owner now")
		d.add("notarized_for", "存证人", "Notarized for", verbatim(d.party(a.Notarized.By)))
	}
	d.add("notarized_at", "存证时间", "Notarized at", LegalTime(a.Notarized.At))
	d.add("source", "数据来源（存证人声明）", "Source, as declared", verbatim(a.Source))
	if c := a.Certificate; c != nil {
		d.add("registration_certificate", "数据知识产权登记证书", "Data-IP registration certificate",
			inBoth("%s，%s，%s 至 %s", "%s, %s, from %s to %s", c.Registrar, c.Number, LegalTime(c.Issued), LegalEnd(c.Expires)))
	}
	d.add("overlaps", "内容重合", "Shared content", overlapsText(a.Overlaps))
	d.add("pledges_in_force", "有效质押登记", "Pledges registered and in force", inBoth("%d 项", "%d", len(a.InForce)))
	d.acts = append(d.acts, a.Notarized)
	d.assetLife(a)
	d.acts = slices.Compact(d.acts)
	newest := newest(*a)
	d.proves("具有上列指纹的数据，在所示区块形成之时已经存在，并由 %s 以其登记的密钥签名提交存证。",
		"That data with this fingerprint existed when the block shown was made, and that %s submitted them for notarization, signed with its registered key.", d.party(newest.Recorded.By))
	if newest.Number > 1 {
		d.proves("上列指纹为第 %d 版（最新版本）的指纹，自 %s 起；此前各版本以其各自的指纹和时间为准。",
			"The fingerprint above is that of version %d, the newest, since %s; each version before it by its own fingerprint and time.", newest.Number, LegalTime(newest.Recorded.At))
	}
	d.proves("托管方 %s 当时收存了全部内容（密文），并重新读取核对后签署了托管回执。",
		"That the custodian %s then held all of the content, encrypted, and signed for it after reading it back.", d.party(a.Custodian))
	d.declaration(a)
}

// overlapsText tells of other assets that share less than half of the content.
func overlapsText(list []pledge.Overlap) Text {
	most := 0
	for _, o := range list {
		most = max(most, o.ShareHere)
	}
	if len(list) == 0 {
		return Text{}
	}
	share := fmt.Sprintf("%d.%02d %%", most/100, most%100)
	return inBoth("与另外 %d 项存证有部分相同的文件，最多占本数据集的 %s", "other assets that hold some of the same files: %d; up to %s of this dataset", len(list), share)
}

func (d *draft) aboutAsset(a *pledge.Asset, zh, en string) {
	d.add("asset", "数据资产", "Data asset", verbatim(a.Name))
	d.add("owner", zh, en, verbatim(d.party(a.Owner)))
	d.add("fingerprint", "数据指纹（SHA-256）", "Fingerprint (SHA-256)", verbatim(a.Fingerprint))
	if a.SM3Fingerprint != "" {
		d.add("sm3_fingerprint", "数据指纹（SM3）", "Fingerprint (SM3)", verbatim(a.SM3Fingerprint))
	}
	d.add("files", "文件数", "Files", verbatim(fmt.Sprint(a.Files)))
	d.add("size", "字节数", "Bytes", verbatim(fmt.Sprint(a.Size)))
	d.add("custodian", "托管方", "Custodian", verbatim(d.party(a.Custodian)))
}
