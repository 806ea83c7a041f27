// Package storage keeps sealed datasets: manifests and fingerprints, age
// files sealed chunk by chunk, key envelopes, and the buckets that hold them.
// It knows nothing of pledges, and it treats every bucket as hostile: what a
// bucket returns is believed only after it verified.
package storage

import (
	"context"
	"errors"
	"io"
)

// Conditions that callers tell apart with errors.Is.
var (
	// ErrNotExist: no object under that key.
	ErrNotExist = errors.New("object does not exist")
	// ErrExist: the key is taken. Objects are write-once.
	ErrExist = errors.New("object exists")
	// ErrCorrupt: what the bucket returned is not what was sealed.
	ErrCorrupt = errors.New("object is corrupt")
	// ErrNoSpace: the bucket is full. Nothing was kept.
	ErrNoSpace = errors.New("no space left in the bucket")
)

// Info describes an object. Size is in bytes.
type Info struct {
	Key      string
	Size     int64
	Modified int64 // Unix seconds
}

// Bucket holds write-once objects. Keys are slash-separated, at most 1,000
// bytes, of [a-z0-9._/-], without empty, "." or ".." segments; anything else is
// refused by every method. No key may be a folder of another (a and a/b): in
// some stores that cannot be. Implementations MUST be safe for concurrent use.
type Bucket interface {
	// Create stores all of r under key, durably, or nothing: a reader that
	// fails half-way, or a crash, leaves no object. ErrExist when taken; of
	// several racing Creates exactly one succeeds.
	Create(ctx context.Context, key string, r io.Reader) error
	// Open reads n bytes from offset off; n < 0 means to the end. ErrNotExist.
	// A range beyond the end is an error.
	Open(ctx context.Context, key string, off, n int64) (io.ReadCloser, error)
	Stat(ctx context.Context, key string) (Info, error)
	// List calls fn for each object whose key starts with prefix, in key
	// order, until fn returns an error, which it returns.
	List(ctx context.Context, prefix string, fn func(Info) error) error
	// Delete removes an object; removing what is not there is no error.
	Delete(ctx context.Context, key string) error

	Multipart
}

// Reserve is what a bucket that can fill up may have besides: some room kept
// back for the records without which nothing can be removed.
type Reserve interface {
	// SetAside keeps the room, unless it does already. ErrNoSpace.
	SetAside() error
	// Release gives it up.
	Release() error
}

// Part is a piece of an object that is being written: numbered from 1, Off
// bytes into the object. Tag is the bucket's word for its content.
type Part struct {
	N    int
	Off  int64
	Size int64
	Tag  string
}

// PartSize is the size in bytes that every part but the first and the last
// of one object must have in common; stores need at least 5 MiB.
//
// Multipart writes one object in pieces, across requests and crashes.
// Parts may be put in any order and again; nothing is visible under key
// before Complete, which is atomic and write-once like Create.
type Multipart interface {
	Begin(ctx context.Context, key string) (id string, err error)
	PutPart(ctx context.Context, key, id string, n int, off int64, data []byte) (Part, error)
	// Parts lists what is durable, by N. ErrNotExist when id is unknown.
	Parts(ctx context.Context, key, id string) ([]Part, error)
	Complete(ctx context.Context, key, id string, parts []Part) error
	// Abort forgets the pieces; aborting what is not there is no error.
	Abort(ctx context.Context, key, id string) error
	// Unfinished calls fn for every upload that was begun under prefix and
	// neither completed nor aborted, with its begin time (Unix seconds).
	Unfinished(ctx context.Context, prefix string, fn func(key, id string, begun int64) error) error
}
