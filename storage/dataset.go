package storage

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"filippo.io/age"
)

// descriptor says where the content of a dataset is. It is an age file to the
// dataset's identity: whoever may open the content can find it.
type descriptor struct {
	V           int          `json:"v"`
	Upload      string       `json:"upload"`
	Owner       string       `json:"owner"`
	Fingerprint string       `json:"fingerprint"`
	Created     time.Time    `json:"created"`
	Files       []sealedFile `json:"files"`
}

// sealedFile names a file's objects; the prefixes are the SHA-256 of their age
// headers and nonces, so that no other encryption passes for them.
type sealedFile struct {
	File
	SM3        string `json:"sm3,omitempty"`
	Object     string `json:"object"`
	Prefix     string `json:"prefix"`
	Tree       string `json:"tree,omitempty"`
	TreePrefix string `json:"tree_prefix,omitempty"`
}

func (f sealedFile) extras() []Extra {
	if f.SM3 == "" {
		return nil
	}
	return []Extra{SM3}
}

// dataset is a sealed dataset that was looked up and verified as the vault's.
type dataset struct {
	Sealed
	upload   string
	identity Identity
	files    map[string]sealedFile
}

const maxDescriptor = 128 << 20

func datasetDir(fingerprint, owner string) (string, error) {
	h, err := fingerprintHex(fingerprint)
	return "datasets/" + h + "/" + publicName(owner) + "/", err
}

func descriptorKey(upload string) string { return sealedDir(upload) + "descriptor.age" }
func envelopeKey(upload, name string) string {
	return sealedDir(upload) + "key-" + publicName(name) + ".age"
}

func newDescriptor(u upload, files []sealedFile) (descriptor, error) {
	m, err := newManifestOf(files)
	if err != nil {
		return descriptor{}, err
	}
	return descriptor{1, u.ID, u.Owner, m.Fingerprint(), u.Created, files}, nil
}

func newManifestOf(files []sealedFile) (Manifest, error) {
	plain := make([]File, len(files))
	for i, f := range files {
		plain[i] = f.File
	}
	return NewManifest(plain)
}

// settle records a verified dataset. When the owner has sealed the same content
// before, and it still verifies, that one stays and this upload's copy goes; a
// damaged one is succeeded by this.
func (v *Vault) settle(ctx context.Context, u upload, d descriptor) (s Sealed, err error) {
	for range 3 { // of racing seals of the same content the others look again
		if s, err = v.trySettle(ctx, u, d); !errors.Is(err, ErrBusy) {
			break
		}
	}
	return s, err
}

func (v *Vault) trySettle(ctx context.Context, u upload, d descriptor) (Sealed, error) {
	newest, err := v.newest(ctx, d.Fingerprint, u.Owner)
	if err != nil && !errors.Is(err, ErrNotExist) {
		return Sealed{}, err
	}
	mine := false
	if err == nil {
		if mine, err = v.isPointerTo(ctx, newest, u.ID); err != nil {
			return Sealed{}, err
		}
	}
	if newest != "" && !mine {
		stands, err := v.stands(ctx, u, d, newest)
		if err != nil {
			return Sealed{}, err
		}
		if stands {
			return v.settled(ctx, u, d.Fingerprint)
		}
	}
	if !mine {
		if err := v.record(ctx, u, d, newest); err != nil {
			return Sealed{}, err
		}
	}
	return v.settled(ctx, u, d.Fingerprint)
}

// stands: the dataset that is there stays, and verifies to the last byte. One
// without the SM3 that is wanted now does not: its descriptor can never tell it.
// ErrBusy when it was removed meanwhile.
func (v *Vault) stands(ctx context.Context, u upload, d descriptor, newest string) (bool, error) {
	if lacks, err := v.lacksSM3(ctx, u, d); lacks || err != nil {
		return false, err
	}
	kept, err := v.keep(ctx, u, newest)
	var report CheckReport
	if err == nil && kept {
		report, err = v.Check(ctx, d.Fingerprint, u.Owner, CheckOptions{Full: true})
	}
	if errors.Is(err, ErrNotExist) {
		err = fmt.Errorf("sealing %s: %w", d.Fingerprint, ErrBusy)
	}
	return report.OK, err
}

func (v *Vault) lacksSM3(ctx context.Context, u upload, d descriptor) (bool, error) {
	if !u.SM3 {
		return false, nil
	}
	have, err := v.dataset(ctx, d.Fingerprint, u.Owner)
	if errors.Is(err, ErrCorrupt) || errors.Is(err, ErrNotExist) {
		return false, nil // who looks on will say so
	}
	return err == nil && len(have.SM3) == 0, err
}

// settled notes that nothing is left to do.
func (v *Vault) settled(ctx context.Context, u upload, fingerprint string) (Sealed, error) {
	s, err := v.Find(ctx, fingerprint, u.Owner)
	if err != nil {
		return Sealed{}, err
	}
	err = v.bucket.Create(ctx, stateKey(u.ID, "settled"), strings.NewReader(""))
	if err != nil && !errors.Is(err, ErrExist) {
		return Sealed{}, fmt.Errorf("sealing upload %s: %w", u.ID, err)
	}
	return s, nil
}

// record writes descriptor and envelopes, and then the pointer, which makes
// them a dataset. Each step may have been done by a run that crashed.
func (v *Vault) record(ctx context.Context, u upload, d descriptor, newest string) error {
	to, err := ParseRecipient(u.identity.Recipient())
	if err != nil {
		return err
	}
	text, err := json.Marshal(d)
	if err != nil {
		return fmt.Errorf("encoding the descriptor of %s: %w", d.Fingerprint, err)
	}
	sealed, err := encrypt(text, to)
	if err != nil {
		return err
	}
	stored, err := v.createOnce(ctx, descriptorKey(u.ID), sealed)
	if err != nil {
		return err
	}
	if again, err := decrypt(stored, u.identity); err != nil || !bytes.Equal(again, text) {
		return fmt.Errorf("%w: %s", ErrCorrupt, descriptorKey(u.ID))
	}
	if err := v.writeEnvelopes(ctx, u); err != nil {
		return err
	}
	return v.point(ctx, u, d.Fingerprint, newest, sha256.Sum256(stored))
}

// createOnce returns what is under key, ours or of a run before.
func (v *Vault) createOnce(ctx context.Context, key string, content []byte) ([]byte, error) {
	err := v.bucket.Create(ctx, key, bytes.NewReader(content))
	if err != nil && !errors.Is(err, ErrExist) {
		return nil, fmt.Errorf("storing %s: %w", key, err)
	}
	return v.readAll(ctx, key, maxDescriptor)
}

// dataset follows the pointer. What it leads to must be there and verify:
// anything else is ErrCorrupt.
func (v *Vault) dataset(ctx context.Context, fingerprint, owner string) (dataset, error) {
	key, err := v.newest(ctx, fingerprint, owner)
	if err != nil {
		return dataset{}, err
	}
	p, err := v.readPointer(ctx, key)
	if err != nil {
		return dataset{}, err
	}
	d, err := v.follow(ctx, p, fingerprint, owner)
	if errors.Is(err, ErrNotExist) {
		err = fmt.Errorf("%w: dataset %s lacks an object", ErrCorrupt, fingerprint)
	}
	return d, err
}

func (v *Vault) follow(ctx context.Context, p pointer, fingerprint, owner string) (dataset, error) {
	d, id, err := v.openDescriptor(ctx, p)
	if err != nil {
		return dataset{}, err
	}
	if d.Fingerprint != fingerprint || d.Owner != owner {
		return dataset{}, fmt.Errorf("%w: %s", ErrCorrupt, descriptorKey(p.Upload))
	}
	return d.dataset(id)
}

// openDescriptor opens the descriptor that p leads to, with the custodian's envelope.
func (v *Vault) openDescriptor(ctx context.Context, p pointer) (descriptor, Identity, error) {
	none := func(err error) (descriptor, Identity, error) { return descriptor{}, Identity{}, err }
	envelope, err := v.readAll(ctx, envelopeKey(p.Upload, CustodianName), maxEnvelope)
	if err != nil {
		return none(err)
	}
	id, err := OpenEnvelope(envelope, v.custodian)
	if err != nil {
		return none(fmt.Errorf("%w: %w", ErrCorrupt, err))
	}
	sealed, err := v.readAll(ctx, descriptorKey(p.Upload), maxDescriptor)
	if err != nil {
		return none(err)
	}
	if sum := sha256.Sum256(sealed); hex.EncodeToString(sum[:]) != p.Descriptor {
		return none(fmt.Errorf("%w: %s", ErrCorrupt, descriptorKey(p.Upload)))
	}
	text, err := decrypt(sealed, id)
	if err != nil {
		return none(fmt.Errorf("%w: %w", ErrCorrupt, err))
	}
	var d descriptor
	if json.Unmarshal(text, &d) != nil || d.Upload != p.Upload {
		return none(fmt.Errorf("%w: %s", ErrCorrupt, descriptorKey(p.Upload)))
	}
	return d, id, nil
}

// dataset checks the list against the fingerprint that it was found under.
func (d descriptor) dataset(id Identity) (dataset, error) {
	m, err := newManifestOf(d.Files)
	if err != nil || m.Fingerprint() != d.Fingerprint {
		return dataset{}, fmt.Errorf("%w: descriptor of %s", ErrCorrupt, d.Fingerprint)
	}
	root, err := m.Root()
	if err != nil {
		return dataset{}, fmt.Errorf("%w: %w", ErrCorrupt, err)
	}
	files := make(map[string]sealedFile, len(d.Files))
	for _, f := range d.Files {
		files[f.Path] = f
	}
	sm3, ok := sm3Of(d.Files, m.files)
	if !ok {
		return dataset{}, fmt.Errorf("%w: descriptor of %s: some files have no SM3", ErrCorrupt, d.Fingerprint)
	}
	s := Sealed{d.Fingerprint, d.Owner, m.String(), root, m.Files(), m.Size(), d.Created, sm3}
	return dataset{s, d.Upload, id, files}, nil
}

// Find returns the dataset that owner has sealed under fingerprint.
// ErrNotExist, ErrCorrupt.
func (v *Vault) Find(ctx context.Context, fingerprint, owner string) (Sealed, error) {
	d, err := v.dataset(ctx, fingerprint, owner)
	return d.Sealed, err
}

// object opens a file's object and holds it against the descriptor.
func (v *Vault) object(ctx context.Context, d dataset, key, prefix string) (*Object, error) {
	o, err := v.openOwn(ctx, key, d.identity)
	if err != nil {
		return nil, err
	}
	if hex.EncodeToString(o.prefix[:]) != prefix {
		return nil, fmt.Errorf("%w: %s is another object", ErrCorrupt, key)
	}
	return o, nil
}

// openOwn opens what the vault has stored: missing, or sealed to somebody
// else, it is corrupt.
func (v *Vault) openOwn(ctx context.Context, key string, id Identity) (*Object, error) {
	o, err := OpenObject(ctx, v.bucket, key, id.Age())
	if none := (*age.NoIdentityMatchError)(nil); errors.As(err, &none) || errors.Is(err, ErrNotExist) {
		return nil, fmt.Errorf("%w: %s is missing or another object", ErrCorrupt, key)
	}
	return o, err
}

// Open reads n bytes of a file from offset off; n < 0 means to the end. No byte
// is released before it verified. ErrNotExist, ErrCorrupt, *RangeError.
func (v *Vault) Open(ctx context.Context, fingerprint, owner, path string, off, n int64) (io.ReadCloser, error) {
	d, err := v.dataset(ctx, fingerprint, owner)
	if err != nil {
		return nil, err
	}
	f, ok := d.files[path]
	if !ok {
		return nil, fmt.Errorf("file %q in %s: %w", path, fingerprint, ErrNotExist)
	}
	o, err := v.object(ctx, d, f.Object, f.Prefix)
	if err != nil {
		return nil, err
	}
	return o.Range(ctx, off, n)
}
