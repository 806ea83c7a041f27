package client

import (
	"encoding/json"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
)

// Doc is an answer of the service: decoded, and as it came. Members that
// this client does not know stay in Raw, which is what gets printed as JSON.
type Doc[T any] struct {
	Value T
	Raw   json.RawMessage
}

// UnmarshalJSON keeps the text beside the value.
func (d *Doc[T]) UnmarshalJSON(data []byte) error {
	d.Raw = append(json.RawMessage(nil), data...)
	return json.Unmarshal(data, &d.Value)
}

// MarshalJSON writes the answer as it came.
func (d Doc[T]) MarshalJSON() ([]byte, error) { return d.Raw, nil }

// Page is one page of a list; Next is empty on the last.
type Page[T any] struct {
	Items []Doc[T] `json:"items"`
	Next  string   `json:"next_cursor"`
}

// Network is the answer of GET /v1/network.
type Network struct {
	Channel      string          `json:"channel"`
	Ledger       string          `json:"ledger"`
	Height       uint64          `json:"height"`
	Hash         string          `json:"hash"`
	Members      []pledge.Member `json:"members"`
	RulesVersion string          `json:"rules_version"`
	GenesisHash  string          `json:"genesis_hash"`
	Operator     json.RawMessage `json:"operator"`
	Custodian    string          `json:"custodian"`
	ServiceKey   json.RawMessage `json:"service_key"`
}

// Asset is an asset with its files (when they are on the ledger) and the
// head it was read at.
type Asset struct {
	pledge.Asset
	FileList []pledge.File `json:"file_list"`
	Head     service.Head  `json:"head"`
}

// Pledge is a pledge with its rank, from 1, when it is in force.
type Pledge struct {
	pledge.Pledge
	Rank int          `json:"rank"`
	Head service.Head `json:"head"`
}

// Party is a party and the head it was read at.
type Party struct {
	pledge.Party
	Head service.Head `json:"head"`
}

// Upload is what POST /v1/uploads answers.
type Upload struct {
	ID       string `json:"upload_id"`
	Expires  string `json:"expires_at"`
	PartSize int64  `json:"part_size"`
	// Preflight: what is sealed will be examined.
	Preflight bool `json:"preflight"`
}

// Sealed is what the custodian says is in its bucket, and its receipt.
type Sealed struct {
	Fingerprint    string             `json:"fingerprint"`
	Manifest       string             `json:"manifest"`
	Size           int64              `json:"size"`
	Files          []pledge.File      `json:"files"`
	ManifestRoot   string             `json:"manifest_root"`
	SM3Fingerprint string             `json:"sm3_fingerprint"` // when it was asked for
	CustodyReceipt string             `json:"custody_receipt"`
	Receipt        pledge.ReceiptBody `json:"receipt"`
	Preflight      *Preflight         `json:"preflight,omitempty"` // nil: the custodian does not examine
}

// Known says who notarized a content: as a whole dataset, or as a file.
type Known struct {
	Fingerprint string `json:"fingerprint"`
	Assets      []struct {
		AssetID string `json:"asset_id"`
		Owner   string `json:"owner"`
		Name    string `json:"name"`
	} `json:"assets"`
	AsFile []struct {
		AssetID string `json:"asset_id"`
		Owner   string `json:"owner"`
		Size    int64  `json:"size"`
	} `json:"as_file"`
}

// VerifyQuery asks the three questions about an asset or a fingerprint.
type VerifyQuery struct {
	AssetID      string `json:"asset_id,omitempty"`
	Fingerprint  string `json:"fingerprint,omitempty"`
	ClaimedOwner string `json:"claimed_owner,omitempty"`
	Depth        string `json:"depth,omitempty"`
}

// Declared is an asset's declaration under the three principles 三原则. Examined:
// the custodian ran the preflight and came to the same reports.
type Declared struct {
	Examined   bool       `json:"examined"`
	Unread     int        `json:"unread"` // files that nobody looked inside
	Overrides  []Override `json:"overrides"`
	Principles []struct {
		Principle string `json:"principle"`
		Result    string `json:"result"`
	} `json:"principles"`
}

// Override is a finding that a person answers for, and what it is called.
type Override struct {
	pledge.Override
	Called struct {
		EN string `json:"en"`
	} `json:"called"`
}

// Verification 核验 is the three answers. A nil Answer means that the
// question was not asked or cannot be answered; Detail says which.
type Verification struct {
	AssetID     string `json:"asset_id"`
	Fingerprint string `json:"fingerprint"`
	Notarized   struct {
		Answer  bool   `json:"answer"`
		AssetID string `json:"asset_id"`
		At      string `json:"at"`
		By      string `json:"by"`
		Detail  string `json:"detail"`
	} `json:"notarized"`
	Owned struct {
		Answer  *bool  `json:"answer"`
		Owner   string `json:"owner"`
		Claimed string `json:"claimed"`
		Detail  string `json:"detail"`
	} `json:"owned"`
	Intact struct {
		Answer *bool  `json:"answer"`
		Depth  string `json:"depth"`
		Bytes  int64  `json:"checked_bytes"`
		Chunks int64  `json:"checked_chunks"`
		Detail string `json:"detail"`
		Failed []struct {
			Path   string `json:"path"`
			Detail string `json:"detail"`
		} `json:"failed"`
	} `json:"intact"`
	Encumbrances []Lien           `json:"encumbrances"`
	Disputed     bool             `json:"disputed"`
	DisputedWith []string         `json:"disputed_with"`
	Overlaps     []pledge.Overlap `json:"overlaps"`
	// Similar is what is like the content; nil of a service that compares none.
	Similar *service.ContentAnswer `json:"similar"`
	// Declaration is what the owner declared of the data, and whether the
	// custodian came to the same; nil when nothing is notarized.
	Declaration *Declared `json:"declaration"`
	Frozen      bool      `json:"frozen"`
	Ledger      struct {
		Kind   string `json:"kind"`
		Height uint64 `json:"height"`
		Hash   string `json:"hash"`
	} `json:"ledger"`
	At     string `json:"at"`
	Proves string `json:"proves"`
	Report string `json:"report"`
}

// Lien is a live pledge as verifications and searches show it. Rank is 0
// while the pledge is not registered.
type Lien struct {
	PledgeID   string            `json:"pledge_id"`
	AssetID    string            `json:"asset_id"`
	Pledgor    string            `json:"pledgor"`
	Pledgee    string            `json:"pledgee"`
	State      string            `json:"state"`
	Rank       int               `json:"rank"`
	Seq        int64             `json:"seq"`
	Mode       string            `json:"mode"`
	SecuredMax pledge.Amount     `json:"secured_max"`
	Matures    string            `json:"matures"`
	Expires    string            `json:"expires"`
	Perfection pledge.Perfection `json:"perfection"`
	Via        string            `json:"via"`
	Match      string            `json:"match"`
}

// InForce reports whether the lien encumbers the asset now: it is registered
// and has not ended.
func (l Lien) InForce() bool {
	return l.State == pledge.Active || l.State == pledge.Defaulted || l.State == pledge.Enforcing
}

// SearchQuery names exactly one of asset, party, fingerprint, upload, name and number.
type SearchQuery struct {
	AssetID     string `json:"asset_id,omitempty"`
	Party       string `json:"party,omitempty"`
	Fingerprint string `json:"fingerprint,omitempty"`
	UploadID    string `json:"upload_id,omitempty"`
	Name        string `json:"name,omitempty"`
	Number      string `json:"number,omitempty"`
	AsOf        string `json:"as_of,omitempty"`
}

// Search is a numbered search: every live lien, or that there is none.
type Search struct {
	Number string `json:"number"`
	AsOf   struct {
		Height uint64 `json:"height"`
		Hash   string `json:"hash"`
		At     string `json:"at"`
	} `json:"as_of"`
	Liens []Lien `json:"liens"`
	None  bool   `json:"none"`
	// Complete is false when a bound kept the search from looking everywhere;
	// Incomplete says which.
	Complete   bool   `json:"complete"`
	Incomplete string `json:"incomplete"`
	Assets     []struct {
		AssetID     string           `json:"asset_id"`
		Owner       string           `json:"owner"`
		Via         string           `json:"via"`
		Match       string           `json:"match"`
		ExpectedSeq int64            `json:"expected_seq"`
		Disputed    bool             `json:"disputed"`
		Frozen      bool             `json:"frozen"`
		Overlaps    []pledge.Overlap `json:"overlaps"`
	} `json:"assets"`
	// Content is what comparing the content itself showed; nil of a service
	// from before that was done.
	Content *service.ContentAnswer `json:"content"`
	// Matching is nil of a service from before names were compared.
	Matching    *service.Matching `json:"matching"`
	ExpectedSeq *int64            `json:"expected_seq"`
	Proves      string            `json:"proves"`
}
