package pledge

import (
	"encoding/json"
	"time"
)

const (
	MaxCommand   = 256 << 10
	MaxFiles     = 1000
	MaxHolders   = 256
	MaxAge       = 24 * time.Hour
	MaxAhead     = 5 * time.Minute
	RulesVersion = "1"
)

type Command struct {
	JWS, ID, Alg, KID string
	Payload           Payload
}

func ParseCommand(jws string) (*Command, error)                    { return nil, Errorf(Malformed, "stub") }
func (c *Command) Verify(jwk json.RawMessage) error                { return nil }
func (c *Command) RecordID(prefix string) string                   { return prefix }
func (c *Command) At() time.Time                                   { return time.Time{} }
func (c *Command) Custodian() *Command                             { return nil }
func Apply(st State, tx Tx, commands []*Command) ([]Result, error) { return nil, nil }
func (g Genesis) Writes() ([]Write, error)                         { return nil, nil }

type FingerprintRecord struct {
	V      int      `json:"v"`
	Assets []string `json:"assets"`
}
type FileRecord struct {
	V       int      `json:"v"`
	Count   int      `json:"count"`
	Holders []Holder `json:"holders"`
}
type Holder struct {
	AssetID string `json:"asset_id"`
	Owner   string `json:"owner"`
	Size    int64  `json:"size"`
}

func DecodeParty(b []byte) (p Party, err error)                   { return p, json.Unmarshal(b, &p) }
func DecodeAsset(b []byte) (p Asset, err error)                   { return p, json.Unmarshal(b, &p) }
func DecodePledge(b []byte) (p Pledge, err error)                 { return p, json.Unmarshal(b, &p) }
func DecodeFingerprint(b []byte) (p FingerprintRecord, err error) { return p, json.Unmarshal(b, &p) }
func DecodeFile(b []byte) (p FileRecord, err error)               { return p, json.Unmarshal(b, &p) }

type Fingerprint struct{ sum [32]byte }

func ParseFingerprint(s string) (Fingerprint, error)       { return Fingerprint{}, Errorf(Malformed, "stub") }
func (f Fingerprint) String() string                       { return "" }
func (f Fingerprint) IsZero() bool                         { return f == Fingerprint{} }
func CheckUSCC(s string) error                             { return nil }
func Thumbprint(jwk json.RawMessage) (string, error)       { return "", nil }
func (t Terms) Digest() (string, error)                    { return "", nil }
func Manifest(files []File) string                         { return "" }
func StrictUnmarshal(data []byte, v any) error             { return json.Unmarshal(data, v) }
func DecodePayload(raw []byte) (Payload, error)            { return Payload{}, nil }
func DecodeBody(act Act, raw json.RawMessage) (any, error) { return nil, nil }
