package pledge

// Agreement is an act that needs several signatures and does not have all of
// them yet: Digest is its ActDigest, Signed who signed, in their order.
type Agreement struct {
	Act    Act     `json:"act"`
	Digest string  `json:"digest"`
	Signed []Stamp `json:"signed"`
}

// Settled is who signed an act that took effect; the last signature made it.
type Settled struct {
	Act    Act     `json:"act"`
	Digest string  `json:"digest"`
	Signed []Stamp `json:"signed"`
}

type (
	// Amendment is a change of the terms; Replaced is the digest before it.
	Amendment struct {
		Settled
		Replaced string `json:"replaced"`
	}
	// Assignment of the secured claim (民法典 407): the rank stays.
	Assignment struct {
		Settled
		From   string `json:"from"`
		To     string `json:"to"`
		Notice string `json:"notice"`
	}
	// Subordination: the pledge changed places with To (民法典 409).
	Subordination struct {
		Settled
		To        string `json:"to"`
		Agreement string `json:"agreement"`
	}
	// Consented is a pledgee's consent to an act about the asset.
	Consented struct {
		Stamp
		Act    Act    `json:"act"`
		Digest string `json:"digest"`
	}
	// Increment is a version that the pledge covers, with a rank of its own.
	Increment struct {
		Version     int    `json:"version"`
		Fingerprint string `json:"fingerprint"`
		Seq         int64  `json:"seq"`
		At          Stamp  `json:"added"`
	}
	// DefaultNotice runs until GraceEnds; before that no default can be declared.
	DefaultNotice struct {
		Stamp
		Reason    string `json:"reason"`
		Notice    string `json:"notice"`
		GraceEnds string `json:"grace_ends"`
	}
	// Proven is an event with the digest of what proves it.
	Proven struct {
		Stamp
		Proof string `json:"proof"`
	}
	// Enforcement 实现 is the title on which a pledge is enforced.
	Enforcement struct {
		Settled
		Path   string `json:"path"`
		Title  string `json:"title"`
		Number string `json:"number,omitempty"`
	}
	// KeyRelease is the custodian's word that it handed over the asset's key.
	KeyRelease struct {
		Stamp
		To        string `json:"to"`
		Recipient string `json:"recipient"`
		Envelope  string `json:"envelope"`
	}
	// Realization 变现 says what was got and who got it (民法典 438).
	Realization struct {
		Settled
		Price        Amount  `json:"price"`
		Date         string  `json:"date"`
		Method       string  `json:"method"`
		BuyerType    string  `json:"buyer_type"`
		Report       string  `json:"report"`
		Claim        int64   `json:"claim"`
		Shortfall    int64   `json:"shortfall"`
		Distribution []Share `json:"distribution"`
	}
	// Alert says that something is wrong with what secures the debt.
	Alert struct {
		Stamp
		Kind     string `json:"kind"`
		Evidence string `json:"evidence,omitempty"`
		Detail   string `json:"detail,omitempty"`
		Cleared  *Stamp `json:"cleared,omitempty"`
	}
	// Correction of a clerical error; Before and After are digests of the texts.
	Correction struct {
		Stamp
		Field  string `json:"field"`
		Before string `json:"before"`
		After  string `json:"after"`
		Reason string `json:"reason"`
	}
	// Order of a court or the regulator that freezes a record.
	Order struct {
		Stamp
		Court     string `json:"court"`
		Registry  string `json:"registry,omitempty"`
		FileNo    string `json:"file_no"`
		OrderDate string `json:"order_date"`
		Effect    string `json:"effect"`
		Until     string `json:"until,omitempty"`
		Document  string `json:"document"`
	}
)

// States of an objection.
const (
	ObjectionOpenState = "OPEN"
	InCourt            = "IN_COURT"
	Upheld             = "UPHELD"
	Dismissed          = "DISMISSED"
	ObjectionExpired   = "EXPIRED"
)

type (
	// Objection 异议 against an asset or a pledge, with its clocks.
	Objection struct {
		Stamp
		ID       string    `json:"objection_id"`
		Ground   string    `json:"ground"`
		Evidence string    `json:"evidence"`
		Detail   string    `json:"detail,omitempty"`
		State    string    `json:"state"`
		NotifyBy string    `json:"notify_by"`
		LodgeBy  string    `json:"lodge_by"`
		Notified *Proven   `json:"notified,omitempty"`
		Lodged   *Lodged   `json:"lodged,omitempty"`
		Decided  *Decision `json:"decided,omitempty"`
		Expired  *Stamp    `json:"expired,omitempty"`
	}
	// Lodged is the case that the objector brought.
	Lodged struct {
		Proven
		Court      string `json:"court"`
		CaseNumber string `json:"case_number"`
	}
	// Decision on an objection.
	Decision struct {
		Settled
		Number   string `json:"number"`
		Document string `json:"document"`
	}
)

// PledgeLife is what the life of a pledge adds to its record.
type PledgeLife struct {
	Agreements     []Agreement     `json:"agreements,omitempty"`
	Amendments     []Amendment     `json:"amendments,omitempty"`
	Assignments    []Assignment    `json:"assignments,omitempty"`
	SubordinatedTo []Subordination `json:"subordinated_to,omitempty"`
	Consented      []Consented     `json:"consented,omitempty"`
	Increments     []Increment     `json:"increments,omitempty"`
	DefaultNotice  *DefaultNotice  `json:"default_notice,omitempty"`
	Defaulted      *Stamp          `json:"defaulted,omitempty"`
	Cured          []Proven        `json:"cured,omitempty"`
	Enforcement    *Enforcement    `json:"enforcement,omitempty"`
	KeyRelease     *KeyRelease     `json:"key_release,omitempty"`
	Realization    *Realization    `json:"realization,omitempty"`
	Objections     []Objection     `json:"objections,omitempty"`
	Alerts         []Alert         `json:"alerts,omitempty"`
	Corrections    []Correction    `json:"corrections,omitempty"`
}

// Version 版本 is an earlier content of an asset; it stays provable by its
// fingerprint, its custody and the command that brought it.
type AssetContent struct {
	Number         int    `json:"number"`
	Fingerprint    string `json:"fingerprint"`
	ManifestRoot   string `json:"manifest_root"`
	SM3Fingerprint string `json:"sm3_fingerprint,omitempty"`
	Files          int    `json:"files"`
	Size           int64  `json:"size"`
	Custodian      string `json:"custodian"`
	Recorded       Stamp  `json:"recorded"`
	// Seq is the sequence that the version took; 0 of the first.
	Seq int64 `json:"seq,omitempty"`
	// Redacted counts the files of the version before that it left out.
	Redacted int `json:"redacted,omitempty"`
	// Unproven: the files are not listed, so nothing shows that the version
	// before is a part of it.
	Unproven bool `json:"unproven,omitempty"`
}

type (
	// Transfer of an asset from one owner to the next.
	Transfer struct {
		Settled
		From      string `json:"from"`
		To        string `json:"to"`
		Agreement string `json:"agreement"`
		Proceeds  string `json:"proceeds,omitempty"`
	}
	// Licence to use an asset.
	Licence struct {
		Settled
		To        string `json:"to"`
		Scope     string `json:"scope"`
		Exclusive bool   `json:"exclusive"`
		From      string `json:"from"`
		Until     string `json:"until"`
		Agreement string `json:"agreement"`
		Proceeds  string `json:"proceeds,omitempty"`
	}
	// AssetAttestation is a notary's word about an asset.
	AssetAttestation struct {
		Stamp
		Number      string `json:"number"`
		Certificate string `json:"certificate"`
	}
	// Resolution of a dispute.
	Resolution struct {
		Settled
		With       string `json:"with"`
		Resolution string `json:"resolution"`
		Document   string `json:"document"`
	}
)

// AssetLife is what an asset's life adds to its record. Versions lists all of
// its contents, the current one last, as soon as there is a second.
type AssetLife struct {
	Versions     []AssetContent     `json:"versions,omitempty"`
	Agreements   []Agreement        `json:"agreements,omitempty"`
	Transfers    []Transfer         `json:"transfers,omitempty"`
	Licences     []Licence          `json:"licences,omitempty"`
	Attestations []AssetAttestation `json:"attestations,omitempty"`
	Resolutions  []Resolution       `json:"resolutions,omitempty"`
	Objections   []Objection        `json:"objections,omitempty"`
	Corrections  []Correction       `json:"corrections,omitempty"`
	Ended        *Ending            `json:"ended,omitempty"`
}
