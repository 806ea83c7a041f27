package pledge

// AssetAttestBody is the body of asset.attest 公证.
type AssetAttestBody struct {
	AssetID     string `json:"asset_id"`
	Number      string `json:"number"`
	Certificate string `json:"certificate"`
}

// Redaction is a file of the version before that the next one leaves out.
type Redaction struct {
	File
	Reason string `json:"reason"`
}

// VersionBody is the body of asset.add_version. Base is the fingerprint of
// the version before; Added names the files that it did not have, Removed those
// that the new one has no more. With them the rules work out the old manifest
// and compare it with what was recorded: a proof that old is a part of new.
type VersionBody struct {
	AssetID        string      `json:"asset_id"`
	Base           string      `json:"base"`
	Added          []string    `json:"added,omitempty"`
	Removed        []Redaction `json:"removed,omitempty"`
	Fingerprint    string      `json:"fingerprint"`
	Files          []File      `json:"files,omitempty"`
	ManifestRoot   string      `json:"manifest_root,omitempty"`
	SM3Fingerprint string      `json:"sm3_fingerprint,omitempty"`
	Declaration    Declaration `json:"declaration"`
	CustodyReceipt string      `json:"custody_receipt"`
}

// TransferBody is the body of asset.transfer, equal from the owner (or a
// court) and the next owner. Proceeds says where the price goes (民法典 406, 444).
type TransferBody struct {
	AssetID   string `json:"asset_id"`
	To        string `json:"to"`
	Agreement string `json:"agreement"`
	Proceeds  string `json:"proceeds,omitempty"`
}

// LicenseBody is the body of asset.license, equal from the owner and the
// licensee.
type LicenseBody struct {
	AssetID   string `json:"asset_id"`
	To        string `json:"to"`
	Scope     string `json:"scope"`
	Exclusive bool   `json:"exclusive"`
	From      string `json:"from"`
	Until     string `json:"until"`
	Agreement string `json:"agreement"`
	Proceeds  string `json:"proceeds,omitempty"`
}

// WithdrawBody is the body of asset.withdraw.
type WithdrawBody struct {
	AssetID string `json:"asset_id"`
	Reason  string `json:"reason,omitempty"`
}

// Resolutions of a dispute. BOTH: the content is the same and both records
// stay; for liens they count as one asset from then on.
const (
	ResolveFirst  = "ASSET"
	ResolveSecond = "OTHER"
	ResolveBoth   = "BOTH"
)

// ResolveBody is the body of asset.resolve_dispute, equal from all who must
// sign: which of AssetID and Other stays.
type ResolveBody struct {
	AssetID    string `json:"asset_id"`
	Other      string `json:"other"`
	Resolution string `json:"resolution"`
	Document   string `json:"document"`
}
