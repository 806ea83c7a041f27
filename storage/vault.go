package storage

import (
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"time"
)

// Options of a Vault. The zero value is usable.
type Options struct {
	// Now is the clock; time.Now when nil.
	Now func() time.Time
	// Hybrid makes the datasets' own identities resist quantum computers.
	Hybrid bool
}

// Vault seals datasets into a bucket and reads them back. All its state is in
// the bucket: any number of replicas with the same custodian identity serve
// the same uploads and datasets. It is safe for concurrent use.
type Vault struct {
	bucket    Bucket
	custodian Identity
	now       func() time.Time
	hybrid    bool
}

// NewVault keeps datasets in b. The custodian's identity opens every dataset
// in it and vouches for every record the vault writes.
func NewVault(b Bucket, custodian Identity, o Options) (*Vault, error) {
	return nil, errors.ErrUnsupported
}

// Upload is a dataset that is being put together.
type Upload struct {
	ID      string
	Owner   string
	Created time.Time
	Closed  bool // no further writes: sealed, being sealed, or abandoned
}

// WriteRequest is one run of bytes for one file of an upload.
type WriteRequest struct {
	Path string
	// Off is where Body goes; it must be the file's durable offset.
	Off int64
	// Size of the whole file, or -1: the file ends where Body ends. When Body
	// ends before Size, the whole parts are kept and the file stays open.
	Size int64
	// Digest, when not nil, is the SHA-256 that Body must have.
	Digest *[sha256.Size]byte
	// Body ends the request with io.EOF; any other error cuts it off, and
	// the whole parts before it are kept.
	Body io.Reader
}

// FileStatus says how far a file has come.
type FileStatus struct {
	Path     string
	Offset   int64 // durable bytes; where the next write goes
	Complete bool
	SHA256   string // lowercase hex, when complete
}

// Sealed is a finished dataset.
type Sealed struct {
	Fingerprint  string // sha256:<hex>
	Owner        string
	Manifest     string
	ManifestRoot string // lowercase hex
	Files        []File // in manifest order
	Size         int64  // bytes, all files
	Created      time.Time
}

// CheckOptions say how deep to look, and what to hold the content against.
type CheckOptions struct {
	// Full reads everything; otherwise Chunks random chunks of 1 MiB are read.
	Full bool
	// Chunks to sample over the whole dataset; 1 when 0.
	Chunks int
	// Rand chooses the chunks; crypto/rand when nil.
	Rand io.Reader
	// Files and ManifestRoot, when given, are the caller's own word (from the
	// ledger) and must agree with what is stored.
	Files        []File
	ManifestRoot string
}

// CheckFailure names what did not verify.
type CheckFailure struct {
	Path   string `json:"path"`
	Chunk  int64  `json:"chunk"` // of 1 MiB; -1: the file as a whole
	Detail string `json:"detail"`
}

// CheckReport tells what was read and what did not verify.
type CheckReport struct {
	OK     bool
	Full   bool
	Bytes  int64
	Chunks int64
	Failed []CheckFailure
}

// SweepReport counts what Sweep did.
type SweepReport struct {
	Abandoned int // uploads that were given up, with all they stored
	Finished  int // seals that a crash had interrupted
	Cleaned   int // uploads whose working state was no longer needed
}

// Begin opens an upload for owner. Each recipient (name → age1… or age1pq1…)
// gets a key envelope when the dataset is sealed; the custodian always does.
func (v *Vault) Begin(ctx context.Context, owner string, recipients map[string]string) (Upload, error) {
	return Upload{}, errors.ErrUnsupported
}

// Upload returns what Begin wrote. ErrNotExist.
func (v *Vault) Upload(ctx context.Context, id string) (Upload, error) {
	return Upload{}, errors.ErrUnsupported
}

// Write stores a run of bytes of one file. Whole parts of 8 MiB become durable
// as they pass; the file is complete when its end was seen.
// Errors: ErrNotExist, ErrClosed, ErrBusy, ErrTooLarge, ErrNoSpace, *PathError,
// *OffsetError, *DigestError, *ChangedError, *SizeError.
func (v *Vault) Write(ctx context.Context, id string, w WriteRequest) (FileStatus, error) {
	return FileStatus{}, errors.ErrUnsupported
}

// Status says how far a file has come; a file never written is at offset 0.
func (v *Vault) Status(ctx context.Context, id, path string) (FileStatus, error) {
	return FileStatus{}, errors.ErrUnsupported
}

// Files lists the files of an open upload, by path.
func (v *Vault) Files(ctx context.Context, id string) ([]FileStatus, error) {
	return nil, errors.ErrUnsupported
}

// Remove takes a file out of an open upload. Removing what is not there is no error.
func (v *Vault) Remove(ctx context.Context, id, path string) error {
	return errors.ErrUnsupported
}

// Seal closes the upload, reads back everything that is stored, checks that it
// opens and is what was sent, and records the dataset. Called again it answers
// the same. *IncompleteError, ErrCorrupt, *ManifestError when there is no file.
func (v *Vault) Seal(ctx context.Context, id string) (Sealed, error) {
	return Sealed{}, errors.ErrUnsupported
}

// Abort gives an upload up and removes what it stored. ErrClosed when sealed.
func (v *Vault) Abort(ctx context.Context, id string) error { return errors.ErrUnsupported }

// Sweep gives up every upload begun before the given time and not sealed,
// finishes interrupted seals, and removes working state that is not needed.
// Any number of replicas may run it.
func (v *Vault) Sweep(ctx context.Context, before time.Time) (SweepReport, error) {
	return SweepReport{}, errors.ErrUnsupported
}

// Find returns the dataset that owner has sealed under fingerprint. ErrNotExist.
func (v *Vault) Find(ctx context.Context, fingerprint, owner string) (Sealed, error) {
	return Sealed{}, errors.ErrUnsupported
}

// Open reads n bytes of a file from offset off; n < 0 means to the end. No byte
// is released before it verified. ErrNotExist, ErrCorrupt, *RangeError.
func (v *Vault) Open(ctx context.Context, fingerprint, owner, path string, off, n int64) (io.ReadCloser, error) {
	return nil, errors.ErrUnsupported
}

// Check reads a sealed dataset, all of it or random chunks, and says whether it
// is what its fingerprint names. What does not verify is in the report; an
// error means that it could not be told. ErrNotExist when there is no dataset.
func (v *Vault) Check(ctx context.Context, fingerprint, owner string, o CheckOptions) (CheckReport, error) {
	return CheckReport{}, errors.ErrUnsupported
}

// Envelope returns the key envelope of name: an age file. ErrNotExist.
func (v *Vault) Envelope(ctx context.Context, fingerprint, owner, name string) ([]byte, error) {
	return nil, errors.ErrUnsupported
}

// AddEnvelope writes a key envelope for name to recipient (age1… or age1pq1…):
// a few hundred bytes, never the data. ErrExist when name has one.
func (v *Vault) AddEnvelope(ctx context.Context, fingerprint, owner, name, recipient string) error {
	return errors.ErrUnsupported
}

// RemoveEnvelope deletes the key envelope of name. Whoever copied it can
// still open what it opened.
func (v *Vault) RemoveEnvelope(ctx context.Context, fingerprint, owner, name string) error {
	return errors.ErrUnsupported
}
