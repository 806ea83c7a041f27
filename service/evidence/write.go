//go:build !js

package evidence

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
)

// Ledger is what the writer needs of the ledger.
type Ledger interface {
	Info() service.LedgerInfo
	Get(ctx context.Context, keys ...string) ([][]byte, service.Head, error)
	Prove(ctx context.Context, p pledge.Position) (json.RawMessage, error)
}

// Index is what the writer needs of the read model: which commands to prove.
// It is not trusted: what it says wrongly fails the check before handing out.
type Index interface {
	Head(ctx context.Context) (service.Head, error)
	Record(ctx context.Context, key string, height uint64) (service.Revision, error)
	History(ctx context.Context, key string, p service.Page) ([]service.Revision, string, error)
}

// Signer is the custodian's key: an exchange's, on the ledger.
type Signer interface {
	Party() string
	SignJWS(typ string, payload []byte) (string, error)
}

// Source is all that a package is made of.
type Source struct {
	Ledger Ledger
	Index  Index
	Signer Signer
	// Trust is what every package is checked against before it is handed out.
	// A consortium's ledger needs it: TrustOfBlock, from this member's own copy
	// of block 0. The zero value is the ledger's own word, enough for solo.
	Trust Trust
	// Files lists the files of a sealed dataset that has too many for its
	// notarization to name. Nil when there are none such.
	Files func(ctx context.Context, fingerprint, owner string) ([]pledge.File, error)
	// SM3 is the SM3 manifest of a sealed dataset, "" for one without. Nil when
	// there are none.
	SM3 func(ctx context.Context, fingerprint, owner string) (string, error)
	// Search finds the signed report of a numbered search (a compact JWS);
	// service.ErrNotFound for a number that nobody was given. Nil: none are kept.
	Search func(ctx context.Context, number string) (report string, err error)
	// Beside gives what others say of a block: time stamps, imprint receipts.
	// A part that is not there (yet) is left out of the package.
	Beside []Beside
	// Elsewhere are those that ask others for what they give. A package waits half
	// a minute for all their answers together, and is then made without.
	Elsewhere []Beside
	Now       func() time.Time
}

// Beside knows what stands beside the ledger about one of its blocks: files
// of a package by their names, as FORMAT.md lays them down. None is no error.
type Beside interface {
	Parts(ctx context.Context, block uint64) (map[string][]byte, error)
}

// ErrUnsound: the package did not pass its own check and was not handed out.
// Ledger and read model disagree, or one of them was tampered with.
var ErrUnsound = errors.New("the evidence package does not pass its own check")

// Write makes the package of an asset, a pledge, a party (by its USCC) or a
// search (by its number, "S-…") and
// writes it to w only after it passed Check. The error is
// service.ErrNotFound when there is no such record. The same ledger gives
// the same bytes but for made_at and what follows from it.
func Write(ctx context.Context, w io.Writer, s Source, recordID string) error {
	return s.Write(ctx, w, recordID)
}

// Write is the function Write.
func (s Source) Write(ctx context.Context, w io.Writer, recordID string) error {
	data, err := s.build(ctx, recordID)
	if err != nil {
		return err
	}
	report, err := Check(ctx, bytes.NewReader(data), int64(len(data)), s.trust())
	if err != nil {
		return fmt.Errorf("checking the package of %s: %w", recordID, err)
	}
	if !report.OK() {
		return fmt.Errorf("%w: %s: %s", ErrUnsound, recordID, firstFailure(report))
	}
	if _, err := w.Write(data); err != nil {
		return fmt.Errorf("writing the package of %s: %w", recordID, err)
	}
	return nil
}

func (s Source) trust() Trust {
	if s.Trust.Ledger == "" {
		return TrustOf(s.Ledger.Info())
	}
	return s.Trust
}

func firstFailure(r Report) string {
	for _, c := range r.Checks {
		for _, f := range c.Failures {
			return fmt.Sprintf("%s: %s %s: %s", c.Name, f.File, f.Field, f.Detail)
		}
	}
	return "a required part is missing"
}

func (s Source) build(ctx context.Context, recordID string) ([]byte, error) {
	head, err := s.Index.Head(ctx)
	if err != nil {
		return nil, fmt.Errorf("asking for the newest block: %w", err)
	}
	c := &collector{Source: s, ctx: ctx, head: head, id: recordID, kind: kindOf(recordID),
		entries: map[pledge.Position]*collected{}, written: map[string][]revision{}, whole: map[string]bool{}, files: map[string][]byte{},
		blocks: map[uint64][]byte{}}
	if err := c.collect(); err != nil {
		return nil, fmt.Errorf("collecting the evidence of %s: %w", recordID, err)
	}
	if err := c.lay(); err != nil {
		return nil, fmt.Errorf("laying out the evidence of %s: %w", recordID, err)
	}
	if err := c.layParts(); err != nil {
		return nil, fmt.Errorf("listing the parts of %s: %w", recordID, err)
	}
	if err := c.seal(); err != nil {
		return nil, fmt.Errorf("signing the evidence of %s: %w", recordID, err)
	}
	return zipOf(c.files)
}

func kindOf(id string) string {
	switch {
	case strings.HasPrefix(id, "as_"):
		return KindAsset
	case strings.HasPrefix(id, "pl_"):
		return KindPledge
	case strings.HasPrefix(id, "S-"):
		return KindSearch
	}
	return KindParty
}

// writtenManifest is manifest.json.
type writtenManifest struct {
	AsOf    writtenHead   `json:"as_of"`
	Channel string        `json:"channel"`
	Files   []writtenFile `json:"files"`
	Ledger  string        `json:"ledger"`
	MadeAt  string        `json:"made_at"`
	ID      string        `json:"record_id"`
	Kind    string        `json:"record_kind"`
	V       int           `json:"v"`
}

type writtenHead struct {
	Hash   string `json:"hash"`
	Height int64  `json:"height"`
}

type writtenFile struct {
	Path   string `json:"path"`
	Role   string `json:"role"`
	SHA256 string `json:"sha256"`
	Size   int    `json:"size"`
}

// seal adds the manifest of the files so far, and its signature.
func (c *collector) seal() error {
	info := c.Ledger.Info()
	m := writtenManifest{AsOf: writtenHead{c.head.Hash, int64(c.head.Height)}, Channel: info.Channel, Ledger: info.Kind,
		MadeAt: c.Now().UTC().Format("2006-01-02T15:04:05.000Z"), ID: c.id, Kind: c.kind, V: Version}
	for _, name := range sortedNames(c.files) {
		sum := sha256.Sum256(c.files[name])
		m.Files = append(m.Files, writtenFile{name, roleOf(name), hex.EncodeToString(sum[:]), len(c.files[name])})
	}
	data, err := pledge.CanonicalJSON(m)
	if err != nil {
		return err
	}
	jws, err := c.Signer.SignJWS(SignatureType, data)
	if err != nil {
		return err
	}
	c.files[nameManifest], c.files[nameSignature] = data, []byte(jws)
	return nil
}

func sortedNames(files map[string][]byte) []string {
	names := make([]string, 0, len(files))
	for name := range files {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
