package storage

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

const (
	maxOwner = 256 // bytes
	maxNames = 64  // recipients of one dataset at its beginning
	// CustodianName is the envelope that the vault itself reads.
	CustodianName = "custodian"
)

// beginRecord is what an upload starts from. Identity is the dataset's private
// key: the record never leaves a box.
type beginRecord struct {
	V          int               `json:"v"`
	Owner      string            `json:"owner"`
	Created    time.Time         `json:"created"`
	Identity   string            `json:"identity"`
	Recipients map[string]string `json:"recipients"`
	SM3        bool              `json:"sm3,omitempty"`
}

// Format hides the private key.
func (beginRecord) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, redacted) }

// fateRecord is written once: an upload is sealed or given up, never both.
type fateRecord struct {
	V           int    `json:"v"`
	Abandoned   bool   `json:"abandoned"`
	Fingerprint string `json:"fingerprint,omitempty"`
}

// upload is what the bucket says of an upload.
type upload struct {
	Upload
	identity   Identity
	recipients map[string]string
	fate       *fateRecord // nil: not yet decided
	settled    bool        // the seal has nothing more to do
}

func (u Upload) extras() []Extra {
	if u.SM3 {
		return []Extra{SM3}
	}
	return nil
}

func uploadDir(id string) string    { return "uploads/" + id + "/" }
func stateKey(id, n string) string  { return uploadDir(id) + "state/" + n }
func sealedDir(id string) string    { return "sealed/" + id + "/" }
func isUploadID(id string) bool     { return len(id) == 26 && strings.IndexFunc(id, notBase32) < 0 }
func notBase32(r rune) bool         { return (r < 'a' || r > 'z') && (r < '2' || r > '7') }
func unknownUpload(id string) error { return fmt.Errorf("upload %q: %w", id, ErrNotExist) }

// Begin opens an upload for owner. Each recipient (name → age1… or age1pq1…)
// gets a key envelope when the dataset is sealed; the custodian always does,
// under CustodianName. Extras are computed when it is sealed.
func (v *Vault) Begin(ctx context.Context, owner string, recipients map[string]string, extras ...Extra) (Upload, error) {
	if err := checkParties(owner, recipients); err != nil {
		return Upload{}, err
	}
	identity, err := NewIdentity(v.hybrid)
	if err != nil {
		return Upload{}, err
	}
	u := Upload{ID: strings.ToLower(rand.Text()), Owner: owner, Created: v.now().UTC(), SM3: slices.Contains(extras, SM3)}
	record := beginRecord{1, owner, u.Created, identity.Secret().Reveal(), recipients, u.SM3}
	return u, v.putBox(ctx, stateKey(u.ID, "begin"), record)
}

func checkParties(owner string, recipients map[string]string) error {
	if owner == "" || len(owner) > maxOwner || !utf8.ValidString(owner) {
		return fmt.Errorf("owner %q is empty, too long or not text", owner)
	}
	if len(recipients) > maxNames {
		return fmt.Errorf("%w: %d recipients, at most %d", ErrTooLarge, len(recipients), maxNames)
	}
	for name, r := range recipients {
		if name == "" || name == CustodianName {
			return fmt.Errorf("recipient name %q is not free", name)
		}
		if _, err := ParseRecipient(r); err != nil {
			return err
		}
	}
	return nil
}

// Upload returns what Begin wrote. ErrNotExist.
func (v *Vault) Upload(ctx context.Context, id string) (Upload, error) {
	u, err := v.upload(ctx, id)
	return u.Upload, err
}

// upload reads all that is known; one that was given up does not exist.
func (v *Vault) upload(ctx context.Context, id string) (upload, error) {
	if !isUploadID(id) {
		return upload{}, unknownUpload(id)
	}
	there := make(map[string]bool)
	err := v.bucket.List(ctx, stateKey(id, ""), func(i Info) error {
		there[strings.TrimPrefix(i.Key, stateKey(id, ""))] = true
		return nil
	})
	if err != nil {
		return upload{}, fmt.Errorf("reading upload %s: %w", id, err)
	}
	if !there["begin"] {
		return upload{}, unknownUpload(id)
	}
	u, err := v.begun(ctx, id)
	if err != nil {
		return upload{}, err
	}
	u.Closed, u.settled = there["closed"], there["settled"]
	if there["fate"] {
		u.fate = new(fateRecord)
		if err := v.getBox(ctx, stateKey(id, "fate"), u.fate); err != nil {
			return upload{}, err
		}
		if u.fate.Abandoned {
			return upload{}, unknownUpload(id)
		}
	}
	return u, nil
}

func (v *Vault) begun(ctx context.Context, id string) (upload, error) {
	var r beginRecord
	err := v.getBox(ctx, stateKey(id, "begin"), &r)
	if errors.Is(err, ErrNotExist) {
		return upload{}, unknownUpload(id)
	}
	if err != nil {
		return upload{}, err
	}
	identity, err := ParseIdentity(NewSecret(r.Identity))
	if err != nil {
		return upload{}, fmt.Errorf("%w: upload %s: %w", ErrCorrupt, id, err)
	}
	return upload{Upload: Upload{ID: id, Owner: r.Owner, Created: r.Created, SM3: r.SM3}, identity: identity, recipients: r.Recipients}, nil
}
