package storage

import (
	"errors"
	"fmt"
)

// Conditions of an upload that callers tell apart with errors.Is.
var (
	// ErrBusy: another request is writing the same file, and is newer or of
	// another replica. Ask for the status, then go on from the offset it names.
	ErrBusy = errors.New("file is being written by another request")
	// ErrClosed: the upload is sealed, being sealed, or was abandoned.
	ErrClosed = errors.New("upload is closed")
	// ErrTooLarge: a file has more parts, or a dataset more files, than one
	// object or one manifest can hold.
	ErrTooLarge = errors.New("too large")
	// ErrKey: a key that no bucket accepts.
	ErrKey = errors.New("malformed object key")
)

// PathError says why a path cannot stand in a manifest.
type PathError struct {
	Path   string
	Reason string
}

func (e *PathError) Error() string { return fmt.Sprintf("path %q %s", e.Path, e.Reason) }

// ManifestError says which line of a manifest text is wrong, and why. Line 0
// is the text as a whole.
type ManifestError struct {
	Line   int
	Reason string
}

func (e *ManifestError) Error() string {
	if e.Line == 0 {
		return "manifest " + e.Reason
	}
	return fmt.Sprintf("manifest line %d %s", e.Line, e.Reason)
}

// OffsetError answers a write at the wrong place: the file continues at Want.
type OffsetError struct {
	Path string
	Want int64
}

func (e *OffsetError) Error() string {
	return fmt.Sprintf("file %q continues at byte %d", e.Path, e.Want)
}

// DigestError: what arrived is not what the sender announced. Nothing of that
// request was kept; the file continues at Want.
type DigestError struct {
	Path string
	Want int64
}

func (e *DigestError) Error() string {
	return fmt.Sprintf("content of %q does not match its digest; continue at byte %d", e.Path, e.Want)
}

// ChangedError: a resumed file differs from what was sent before. Sealing two
// contents under one key would betray both, so the file starts anew at 0.
type ChangedError struct{ Path string }

func (e *ChangedError) Error() string {
	return fmt.Sprintf("file %q changed since it was first sent; start again at byte 0", e.Path)
}

// SizeError: a file has more bytes than its announced size.
type SizeError struct {
	Path string
	Size int64
}

func (e *SizeError) Error() string {
	return fmt.Sprintf("file %q is longer than the announced %d bytes", e.Path, e.Size)
}

// IncompleteError refuses to seal: this file has only Offset durable bytes.
type IncompleteError struct {
	Path   string
	Offset int64
}

func (e *IncompleteError) Error() string {
	return fmt.Sprintf("file %q is incomplete: %d bytes so far", e.Path, e.Offset)
}

// RangeError: a read beyond the end of a file of Size bytes.
type RangeError struct{ Off, N, Size int64 }

func (e *RangeError) Error() string {
	return fmt.Sprintf("range of %d bytes from %d is outside a file of %d bytes", e.N, e.Off, e.Size)
}
