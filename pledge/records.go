package pledge

import "encoding/json"

// Version is the "v" field of every record that these rules write.
const Version = 1

// Role is what a party may be in the consortium.
type Role string

// The roles.
const (
	RoleEnterprise Role = "enterprise"
	RoleBank       Role = "bank"
	RoleNotary     Role = "notary"
	RoleExchange   Role = "exchange"
	RoleIPCentre   Role = "ipcenter"
	RoleCourt      Role = "court"
	RoleRegulator  Role = "regulator"
)

// Key scopes. An admin key also manages keys and enrols; it may do all that
// an operate key may.
const (
	ScopeOperate = "operate"
	ScopeAdmin   = "admin"
)

// Stamp says which command did something, for whom, and the transaction time.
type Stamp struct {
	Command string `json:"command_id"`
	By      string `json:"by"`
	At      string `json:"at"`
}

// PartyKey is a key of a party with its life on the ledger.
type PartyKey struct {
	KID     string          `json:"kid"`
	JWK     json.RawMessage `json:"jwk"`
	Scope   string          `json:"scope"`
	Added   Stamp           `json:"added"`
	Revoked *Stamp          `json:"revoked,omitempty"`
}

// Party 主体 is a legal entity with keys and roles.
type Party struct {
	V         int        `json:"v"`
	ID        string     `json:"party"`
	Name      string     `json:"name"`
	Roles     []Role     `json:"roles"`
	Keys      []PartyKey `json:"keys"`
	Recipient string     `json:"recipient,omitempty"`
	Enrolled  Stamp      `json:"enrolled"`
}

// File is a line of a manifest 清单: a relative path, the size in bytes, the
// SHA-256 and the Merkle root over 1 MiB leaves (RFC 9162), both lowercase hex.
type File struct {
	Path   string `json:"path"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
	Root   string `json:"root"`
}

// Declaration 数据规范声明 is the three-principle statement of the owner.
type Declaration struct {
	Consent   Consent   `json:"consent"`
	Exclusion Exclusion `json:"exclusion"`
	Quality   Quality   `json:"quality"`
	// Overrides are findings that a person answers for in spite of them.
	Overrides []Override `json:"overrides,omitempty"`
}

// Override is a person's word for one finding of the preflight. SignedBy is
// the key id of that person, whose signature the command bears. Capacity is the
// office in which the person answers: nothing on a ledger names a natural
// person, because nothing can be taken back there; whose key it is the owner knows.
type Override struct {
	Finding  string `json:"finding"`
	Reason   string `json:"reason"`
	Capacity string `json:"capacity"`
	SignedBy string `json:"signed_by"`
}

// Examined is what a custodian found when it ran the preflight on what it
// sealed: digests of reports that anybody who has the data can make again, and
// the findings that stand in the way. Digests are "sha256:" and hex.
type Examined struct {
	Ruleset   string   `json:"ruleset"`
	Consent   string   `json:"consent,omitempty"` // absent: the owner gave nothing to report on
	Exclusion string   `json:"exclusion"`
	Quality   string   `json:"quality"`
	Scores    Scores   `json:"scores"`
	Findings  []string `json:"findings,omitempty"` // "exclusion/cn.mobile/0123456789ab": principle, code, place; sorted
	More      int      `json:"more,omitempty"`     // findings beyond those: nobody can answer for what is not listed
	Unread    int      `json:"unread,omitempty"`   // files of the dataset that are no tables: nobody looked inside
	Sketch    string   `json:"sketch,omitempty"`   // of the content's overlap sketch, where the custodian has the channel's key
}

// Consent 知情同意: on what basis the data may be used, and the documents' digests.
type Consent struct {
	Basis     string   `json:"basis"`
	Documents []string `json:"documents"`
	Report    string   `json:"report,omitempty"` // digest of the consent report
}

// Exclusion 敏感数据排除: the scan's report and who answers for it.
type Exclusion struct {
	Report   string `json:"report"`
	Result   string `json:"result"`
	SignedBy string `json:"signed_by"`
}

// Quality 数据质量保证: the report and its scores in basis points; null where
// a dimension cannot be measured.
type Quality struct {
	Report string `json:"report"`
	Scores Scores `json:"scores"`
}

// Scores are basis points, 0 to 10000, or null.
type Scores struct {
	Completeness *int `json:"completeness"`
	Uniqueness   *int `json:"uniqueness"`
	Validity     *int `json:"validity"`
	Consistency  *int `json:"consistency"`
	Timeliness   *int `json:"timeliness"`
}

// Certificate is a data-IP registration certificate of an asset.
type Certificate struct {
	Registrar string `json:"registrar"`
	Number    string `json:"number"`
	Issued    string `json:"issued"`
	Expires   string `json:"expires"`
	Digest    string `json:"digest"`
}

// Overlap is another asset that shares content with this one. Shared counts
// the bytes of files held by both; the shares are basis points of either
// asset's distinct bytes.
type Overlap struct {
	AssetID    string `json:"asset_id"`
	Owner      string `json:"owner"`
	Shared     int64  `json:"shared_bytes"`
	ShareHere  int    `json:"share_here"`
	ShareThere int    `json:"share_there"`
}

// InForce is a pledge that encumbers the asset now. Its rank is its place in
// the list, from 1: the order of registration, unless a signed subordination
// says otherwise.
type InForce struct {
	PledgeID string `json:"pledge_id"`
	Pledgee  string `json:"pledgee"`
	Seq      int64  `json:"seq"`
	Mode     string `json:"mode"`
}

// Asset statuses.
const (
	Notarized      = "NOTARIZED"
	AssetWithdrawn = "WITHDRAWN"
	AssetRevoked   = "REVOKED"
)

// Asset 数据资产 is a dataset as registered. Seq counts everything that changed
// the liens on it, its own and its kin's, and is never reused.
type Asset struct {
	V              int         `json:"v"`
	ID             string      `json:"asset_id"`
	Owner          string      `json:"owner"`
	Name           string      `json:"name"`
	Fingerprint    string      `json:"fingerprint"`
	ManifestRoot   string      `json:"manifest_root"`
	SM3Fingerprint string      `json:"sm3_fingerprint,omitempty"`
	Files          int         `json:"files"`
	Size           int64       `json:"size"`
	DistinctSize   int64       `json:"distinct_size"`
	Source         string      `json:"source"`
	Scenario       string      `json:"scenario"`
	UpdatePeriod   string      `json:"update_period"`
	Declaration    Declaration `json:"declaration"`
	CustodyReceipt string      `json:"custody_receipt"`
	// Preflight is the receipt's, where the custodian looked at the data.
	Preflight    *Examined    `json:"preflight,omitempty"`
	Custodian    string       `json:"custodian"`
	Status       string       `json:"status"`
	Notarized    Stamp        `json:"notarized"`
	Certificate  *Certificate `json:"registration_certificate,omitempty"`
	DisputedWith []string     `json:"disputed_with,omitempty"`
	Kin          []string     `json:"kin,omitempty"`
	Overlaps     []Overlap    `json:"overlaps,omitempty"`
	Frozen       []Order      `json:"frozen,omitempty"`
	Objection    string       `json:"objection,omitempty"`
	Seq          int64        `json:"seq"`
	InForce      []InForce    `json:"in_force,omitempty"`
	UpdatedAt    string       `json:"updated_at"`
	AssetLife
}

// Amount is money in integer minor units of an ISO 4217 currency.
type Amount struct {
	Amount   int64  `json:"amount"`
	Currency string `json:"currency"`
}

// Terms are what pledgor and pledgee agree on. Their digest is the SHA-256
// of the RFC 8785 canonical JSON.
type Terms struct {
	Principal             Amount   `json:"principal"`
	SecuredMax            Amount   `json:"secured_max"`
	Matures               string   `json:"matures"`
	Expires               string   `json:"expires"`
	Mode                  string   `json:"mode"`
	SecurityType          string   `json:"security_type"`
	LegalCharacterization string   `json:"legal_characterization"`
	Checks                []string `json:"checks"`
	CommitmentLetter      string   `json:"commitment_letter"`
	Agreement             string   `json:"agreement"`
	// GraceDays lie between a notice of default and the default; 0 is DefaultGrace.
	GraceDays int      `json:"grace_days,omitempty"`
	Covenants []string `json:"covenants,omitempty"`
}

// Pledge states.
const (
	Proposed  = "PROPOSED"
	Pending   = "PENDING"
	Active    = "ACTIVE"
	Defaulted = "DEFAULTED"
	Enforcing = "ENFORCING"
	Withdrawn = "WITHDRAWN"
	Rejected  = "REJECTED"
	Released  = "RELEASED"
	Realized  = "REALIZED"
	Lapsed    = "LAPSED"
	Revoked   = "REVOKED"
)

// Attestation 公证, Valuation 价值评估, CustodyCheck 托管回执 and Scan are the
// checks of a pending pledge.
type (
	Attestation struct {
		Stamp
		Number             string `json:"number"`
		Certificate        string `json:"certificate"`
		EnforcementConsent bool   `json:"enforcement_consent"`
	}
	Valuation struct {
		Stamp
		Report   string `json:"report"`
		Method   string `json:"method"`
		Value    Amount `json:"value"`
		BaseDate string `json:"base_date"`
		// LTV is the secured maximum over the value, in basis points.
		LTV int64 `json:"ltv"`
	}
	CustodyCheck struct {
		Stamp
		Depth string `json:"depth"`
	}
	Scan struct {
		Stamp
		Result     string           `json:"result"`
		Report     string           `json:"report"`
		WaivedBy   string           `json:"waived_by,omitempty"`
		ReviewedBy string           `json:"reviewed_by,omitempty"`
		Overlaps   []ContentOverlap `json:"overlaps,omitempty"`
	}
	// Ending says how a pledge ended, or that its release is demanded.
	Ending struct {
		Stamp
		Code   Code   `json:"code,omitempty"`
		Reason string `json:"reason,omitempty"`
		Proof  string `json:"proof,omitempty"`
	}
)

// Pledge 质押 is the security interest.
type Pledge struct {
	V             int           `json:"v"`
	ID            string        `json:"pledge_id"`
	AssetID       string        `json:"asset_id"`
	Pledgor       string        `json:"pledgor"`
	Pledgee       string        `json:"pledgee"`
	State         string        `json:"state"`
	Terms         Terms         `json:"terms"`
	TermsDigest   string        `json:"terms_digest"`
	Proposed      Stamp         `json:"proposed"`
	OfferExpires  string        `json:"offer_expires"`
	Accepted      *Stamp        `json:"accepted,omitempty"`
	Attestation   *Attestation  `json:"attestation,omitempty"`
	Valuation     *Valuation    `json:"valuation,omitempty"`
	Custody       *CustodyCheck `json:"custody,omitempty"`
	Scan          *Scan         `json:"scan,omitempty"`
	Consents      []Stamp       `json:"consents,omitempty"`
	Registered    *Stamp        `json:"registered,omitempty"`
	Seq           int64         `json:"seq,omitempty"`
	Perfection    Perfection    `json:"perfection"`
	ReleaseDemand *Ending       `json:"release_demand,omitempty"`
	Ended         *Ending       `json:"ended,omitempty"`
	Frozen        []Order       `json:"frozen,omitempty"`
	Objection     string        `json:"objection,omitempty"`
	UpdatedAt     string        `json:"updated_at"`
	PledgeLife
}
