package storage

import (
	"crypto/sha256"
	"io"
	"sync"
	"time"
)

// Options of a Vault. The zero value is usable.
type Options struct {
	// Now is the clock; time.Now when nil.
	Now func() time.Time
	// Hybrid makes the datasets' own identities resist quantum computers; their
	// envelopes need recipients of either kind.
	Hybrid bool
}

// Vault seals datasets into a bucket and reads them back. All its state is in
// the bucket: any number of replicas with the same custodian identity serve
// the same uploads and datasets. It is safe for concurrent use.
type Vault struct {
	bucket    Bucket
	custodian Identity
	keys      vaultKeys
	now       func() time.Time
	hybrid    bool
	writing   sync.Map // upload/file → the *turn of this process's newest request
}

// NewVault keeps datasets in b. The custodian's identity opens every dataset
// in it and vouches for every record the vault writes.
func NewVault(b Bucket, custodian Identity, o Options) (*Vault, error) {
	keys, err := deriveKeys(custodian)
	if err != nil {
		return nil, err
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Vault{bucket: b, custodian: custodian, keys: keys, now: o.Now, hybrid: o.Hybrid}, nil
}

// Upload is a dataset that is being put together.
type Upload struct {
	ID      string
	Owner   string
	Created time.Time
	Closed  bool // no further writes: sealed, being sealed, or abandoned
	SM3     bool // SM3 is computed as well when it is sealed
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
	SM3          SM3List // nil: not asked for
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
	// Beside reads along when everything is read. It is given bytes that are
	// authentic; whether they are the ones that the fingerprint names, the
	// report says.
	Beside Beside
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
