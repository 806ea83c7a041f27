package pledge

// FingerprintRecord names the assets under one fingerprint, oldest first.
type FingerprintRecord struct {
	V      int      `json:"v"`
	Assets []string `json:"assets"`
}

// FileRecord names the assets that hold a file, oldest first: at most
// MaxHolders of them, while Count goes on counting.
type FileRecord struct {
	V       int      `json:"v"`
	Count   int      `json:"count"`
	Holders []Holder `json:"holders"`
}

// Holder is an asset that holds a file; Size is the file's, Total that of all
// distinct files of the asset, both in bytes: what share of the asset the
// file is can be told without reading the asset.
type Holder struct {
	AssetID string `json:"asset_id"`
	Owner   string `json:"owner"`
	Size    int64  `json:"size"`
	Total   int64  `json:"total"`
}

// CommandRecord is what a command left under its own key: the outcome that
// every repetition of it answers, or a tombstone.
type CommandRecord struct {
	V        int    `json:"v"`
	Status   string `json:"status"` // Applied or StatusFenced
	RecordID string `json:"record_id,omitempty"`
	At       string `json:"at"`
}

// StatusFenced is the status of a tombstone: the command never took effect
// and never will.
const StatusFenced = "fenced"

// DecodeParty reads a party's record. Like all Decode functions here it
// accepts only the canonical spelling of version 1.
func DecodeParty(b []byte) (Party, error) {
	return decoded(b, func(p Party) int { return p.V })
}

// DecodeAsset reads an asset's record, of version 1, AssetVersion,
// PreflightVersion or LifeVersion: whichever its members ask for, and no other.
func DecodeAsset(b []byte) (Asset, error) {
	return decoded(b, func(a Asset) int { return known(a.V, a.version()) })
}

// DecodePledge reads a pledge's record, of version 1, PledgeVersion,
// ScanVersion or LifeVersion: whichever its members ask for, and no other.
func DecodePledge(b []byte) (Pledge, error) {
	return decoded(b, func(p Pledge) int {
		if f := p.Perfection; f.State == PerfectionNone && f != (Perfection{State: PerfectionNone}) {
			return 0 // no rules wrote a filing beside NONE
		}
		return known(p.V, p.version())
	})
}

// known is Version for a record that has the version v that it should have.
func known(v, should int) int {
	switch v {
	case should:
		return Version
	case Version:
		return should
	}
	return v
}

// DecodeFingerprint reads the record under a fingerprint.
func DecodeFingerprint(b []byte) (FingerprintRecord, error) {
	return decoded(b, func(r FingerprintRecord) int { return r.V })
}

// DecodeFile reads the record under a file digest.
func DecodeFile(b []byte) (FileRecord, error) {
	return decoded(b, func(r FileRecord) int { return r.V })
}

// DecodeCommand reads the record under a command's key.
func DecodeCommand(b []byte) (CommandRecord, error) {
	return decoded(b, func(r CommandRecord) int { return r.V })
}

// DecodeGenesis reads the record under the channel's key.
func DecodeGenesis(b []byte) (Genesis, error) {
	return decoded(b, func(g Genesis) int { return g.V })
}

func decoded[T any](b []byte, version func(T) int) (T, error) {
	var v, zero T
	if err := unmarshalCanonical(b, &v); err != nil {
		return zero, err
	}
	if n := version(v); n != Version {
		return zero, Errorf(Malformed, "record version %d is unknown", n)
	}
	return v, nil
}
