package pledge

// PledgeVersion is the "v" of a pledge whose statutory registration was ever
// filed; one that never was keeps version 1 and its old spelling, so that what
// older rules wrote replays to the same bytes.
const PledgeVersion = 2

// Steps of pledge.perfect.
const (
	StepFile   = "file"
	StepVerify = "verify"
	StepLapse  = "lapse"
)

// States of a perfection. Only VERIFIED is more than the pledgee's own word.
const (
	PerfectionNone     = "NONE"
	PerfectionFiled    = "FILED"
	PerfectionVerified = "VERIFIED"
	PerfectionLapsed   = "LAPSED"
)

// Registers that the rules know. ZHONGDENG is 动产融资统一登记公示系统 of the PBOC's
// credit centre (中登网), CNIPA the 国家知识产权局, COPYRIGHT the 中国版权保护中心.
const (
	RegistryZhongdeng = "ZHONGDENG"
	RegistryCNIPA     = "CNIPA"
	RegistryCopyright = "COPYRIGHT"
	RegistryOther     = "OTHER"
)

// Warnings of a filing. They refuse nothing: which register is the right one
// is for a court, and doctrine is split (LAW.md, What a record here is, 2).
const (
	// WarnMismatch: the register is not the one for what the pledge is called.
	WarnMismatch = "registry_mismatch"
	// WarnUnlisted: whether the register is a statutory one is not known here.
	WarnUnlisted = "registry_unlisted"
	// WarnLate: filed more than five working days after the pledge was registered.
	WarnLate = "filed_late"
)

// registries says which legal characterizations each register is for. 中登网:
// 动产和权利担保统一登记办法 art. 2, whose class 7 is reported to take data assets, and
// which excludes 知识产权中的财产权质押.
var registries = map[string][]string{
	RegistryZhongdeng: {"DATA_ASSET_PLEDGE", "RECEIVABLE_OF_DATA", "OTHER_ATYPICAL"},
	RegistryCNIPA:     {"IP_RIGHT_PLEDGE"},
	RegistryCopyright: {"IP_RIGHT_PLEDGE"},
	RegistryOther:     nil,
}

type (
	// Registration 登记 is what stands in a statutory register. RegisteredAt and
	// TermEnd are dates (their first moment in UTC) or RFC 3339 times in UTC;
	// Proof is the digest of the register's own certificate; DebtorName is the
	// pledgor's name as the register spells it.
	Registration struct {
		Registry     string `json:"registry,omitempty"`
		RegistryName string `json:"registry_name,omitempty"` // of OTHER
		Number       string `json:"number,omitempty"`
		RegisteredAt string `json:"registered_at,omitempty"`
		TermEnd      string `json:"term_end,omitempty"`
		Proof        string `json:"proof,omitempty"`
		DebtorName   string `json:"debtor_name,omitempty"`
	}
	// Filing is a registration as the pledgee states it. Continues is the rank
	// time of the verified one that it prolongs.
	Filing struct {
		Registration
		Filed     Stamp    `json:"filed"`
		Warnings  []string `json:"warnings,omitempty"`
		Continues string   `json:"continues,omitempty"`
	}
	// VerifiedFiling is one that a notary or the IP centre found in the register.
	VerifiedFiling struct {
		Filing
		Verified Stamp `json:"verified"`
	}
	// Perfection 法定登记 is the statutory registration; without a verified one no
	// certificate may call the pledge established (担保制度解释 art. 63). Filing is what
	// waits to be verified: beside Verified it is a renewal. EffectiveRankTime is
	// shown beside the rank on this ledger and never changes it.
	Perfection struct {
		State             string          `json:"state"`
		Filing            *Filing         `json:"filing,omitempty"`
		Verified          *VerifiedFiling `json:"verified,omitempty"`
		EffectiveRankTime string          `json:"effective_rank_time,omitempty"`
		Lapsed            *Stamp          `json:"lapsed,omitempty"`
	}
)

// Standing is the registration that counts now: the verified one, else what
// was filed; nil when there is none.
func (p Perfection) Standing() *Filing {
	if p.Verified != nil {
		return &p.Verified.Filing
	}
	return p.Filing
}

func (b *PerfectBody) check() error {
	if err := recordID("pledge_id", "pl_", b.PledgeID); err != nil {
		return err
	}
	switch b.Step {
	case StepFile, StepVerify:
		return b.Registration.check()
	case StepLapse:
		if b.Registration != (Registration{}) {
			return Errorf(Malformed, "the step lapse names no registration: the record does")
		}
		return nil
	}
	return Errorf(Malformed, "step must be %s, %s or %s", StepFile, StepVerify, StepLapse)
}

func (r Registration) check() error {
	if _, ok := registries[r.Registry]; !ok {
		return Errorf(Malformed, "registry must be %s, %s, %s or %s", RegistryZhongdeng, RegistryCNIPA, RegistryCopyright, RegistryOther)
	}
	if (r.Registry == RegistryOther) != (r.RegistryName != "") {
		return Errorf(Malformed, "registry_name belongs to the registry %s, and to no other", RegistryOther)
	}
	registered, ok1 := parseDay(r.RegisteredAt)
	ends, ok2 := parseDay(r.TermEnd)
	switch {
	case !ok1 || !ok2:
		return Errorf(Malformed, "registered_at and term_end must be dates or RFC 3339 times in UTC, from 1970 on")
	case !ends.After(registered):
		return Errorf(Malformed, "term_end must come after registered_at")
	}
	return firstOf(text("registry_name", r.RegistryName, maxName), words("number", r.Number, maxName),
		digest("proof", r.Proof), words("debtor_name", r.DebtorName, maxName))
}
