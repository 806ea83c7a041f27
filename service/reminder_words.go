package service

import "github.com/datapledge/datapledge/pledge"

// words say what ends when, and what to do.
func (r Reminder) words() Text {
	zh, en := reminderWords(r.Kind)
	if r.Days == 0 {
		zh, en = reminderOverWords(r.Kind)
	}
	return inBoth(zh, en, r.RecordID, LegalEnd(r.Due))
}

func reminderWords(kind string) (zh, en string) {
	switch kind {
	case pledge.ClockExpiry:
		return "质押 %s 将于 %s 到期：到期前可以展期，逾期失去顺位。", "pledge %s ends at %s: extend it before then, or it loses its rank"
	case pledge.ClockTerm:
		return "质押 %s 的法定登记期限将于 %s 届满：请在登记机构展期并再次提交。", "the term of the statutory registration of %s ends at %s: renew it there and file that"
	case pledge.ClockFiling:
		return "质押 %s 的法定登记应在 %s 前办理并提交；未登记不得对抗第三人。", "file the statutory registration of %s by %s: without it the pledge has no effect against third parties"
	case pledge.ClockCertificate:
		return "质押 %s 的数据知识产权登记证书将于 %s 届满。", "the registration certificate of what %s secures the debt with ends at %s"
	case pledge.ClockRelease:
		return "债务清偿后，质押 %s 应在 %s 前注销。", "if the debt is paid, pledge %s is to be released by %s"
	case pledge.ClockCustody:
		return "质押 %s 应在 %s 前再次查验托管。", "the custody of what %s secures the debt with is to be checked again by %s"
	case pledge.ClockUpdate:
		return "质押 %s 的数据应在 %s 前更新。", "the data of %s are to be updated by %s"
	}
	return "对 %s 的异议期限将于 %s 届满。", "a term of an objection against %s ends at %s"
}

func reminderOverWords(kind string) (zh, en string) {
	switch kind {
	case pledge.ClockExpiry:
		return "质押 %s 已于 %s 到期。", "pledge %s ended at %s"
	case pledge.ClockTerm:
		return "质押 %s 的法定登记期限已于 %s 届满。", "the term of the statutory registration of %s ended at %s"
	case pledge.ClockFiling:
		return "质押 %s 的法定登记逾期未提交，期限为 %s。", "the statutory registration of %s was not filed by %s"
	case pledge.ClockCertificate:
		return "质押 %s 的数据知识产权登记证书已于 %s 届满。", "the registration certificate of what %s secures the debt with ended at %s"
	case pledge.ClockRelease:
		return "质押 %s 逾期未注销，期限为 %s；出质人可请求公证处或知识产权中心注销。", "pledge %s was not released by %s: the pledgor may demand it, and a notary or the IP centre then release it"
	case pledge.ClockCustody:
		return "质押 %s 逾期未查验托管，期限为 %s。", "the custody of what %s secures the debt with was not checked by %s"
	case pledge.ClockUpdate:
		return "质押 %s 的数据逾期未更新，期限为 %s。", "the data of %s were not updated by %s"
	}
	return "对 %s 的异议期限已于 %s 届满。", "a term of an objection against %s ended at %s"
}
