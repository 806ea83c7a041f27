package service

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/storage"
)

// Vault is what the use cases need of *storage.Vault; the contract stands there.
type Vault interface {
	Begin(ctx context.Context, owner string, recipients map[string]string, extras ...storage.Extra) (storage.Upload, error)
	Upload(ctx context.Context, id string) (storage.Upload, error)
	Write(ctx context.Context, id string, w storage.WriteRequest) (storage.FileStatus, error)
	Status(ctx context.Context, id, path string) (storage.FileStatus, error)
	Remove(ctx context.Context, id, path string) error
	Files(ctx context.Context, id string) ([]storage.FileStatus, error)
	Seal(ctx context.Context, id string, beside ...storage.Beside) (storage.Sealed, error)
	Abort(ctx context.Context, id string) error
	Sweep(ctx context.Context, before time.Time) (storage.SweepReport, error)
	SweepSealed(ctx context.Context, before time.Time, named func(ctx context.Context, fingerprint, owner string) (bool, error)) (int, error)
	Find(ctx context.Context, fingerprint, owner string) (storage.Sealed, error)
	Open(ctx context.Context, fingerprint, owner, path string, off, n int64) (io.ReadCloser, error)
	Content(ctx context.Context, fingerprint, owner string) (*storage.Content, error)
	Check(ctx context.Context, fingerprint, owner string, o storage.CheckOptions) (storage.CheckReport, error)
	Hold(ctx context.Context, fingerprint, owner string, on bool) error
	Retain(ctx context.Context, fingerprint, owner string) error
	AddEnvelope(ctx context.Context, fingerprint, owner, name, recipient string) error
	RemoveEnvelope(ctx context.Context, fingerprint, owner, name string) error
	Release(ctx context.Context, recipient string, datasets ...storage.DatasetID) (string, error)
	Released(ctx context.Context, digest string) ([]byte, error)
	Keep(ctx context.Context, folder, name string, content []byte) ([]byte, error)
	Document(ctx context.Context, folder, name string) ([]byte, error)
}

// Refusal is a *pledge.Error that keeps what the vault said, for callers
// that want more of it: the offset at which an upload continues.
type Refusal struct {
	Refused *pledge.Error
	Cause   error
}

func (r *Refusal) Error() string { return r.Refused.Error() }

// Unwrap lets errors.Is and errors.As see the code and the cause.
func (r *Refusal) Unwrap() []error { return []error{r.Refused, r.Cause} }

// Offset is where the file of a refused write continues.
func (r *Refusal) Offset() (int64, bool) {
	var offset *storage.OffsetError
	var digest *storage.DigestError
	var changed *storage.ChangedError
	switch {
	case errors.As(r.Cause, &offset):
		return offset.Want, true
	case errors.As(r.Cause, &digest):
		return digest.Want, true
	case errors.As(r.Cause, &changed):
		return 0, true
	}
	return 0, false
}

// refused turns what the vault answers to a caller's mistake into a refusal.
// Faults come back as they are; of a bucket that cannot be reached as such.
func refused(err error) error {
	if errors.Is(err, storage.ErrUnavailable) {
		return fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	if code, ok := codeOf(err); ok {
		return &Refusal{pledge.Errorf(code, "%s", err), err}
	}
	return err
}

func codeOf(err error) (pledge.Code, bool) {
	for _, c := range []struct {
		is   error
		code pledge.Code
	}{
		{storage.ErrNotExist, pledge.NotFound},
		{storage.ErrBusy, pledge.WrongState},
		{storage.ErrClosed, pledge.WrongState},
		{storage.ErrTooLarge, pledge.TooLarge},
	} {
		if errors.Is(err, c.is) {
			return c.code, true
		}
	}
	switch {
	case as[*storage.PathError](err), as[*storage.ManifestError](err), as[*storage.DigestError](err), as[*storage.SizeError](err):
		return pledge.Malformed, true
	case as[*storage.OffsetError](err), as[*storage.ChangedError](err), as[*storage.IncompleteError](err):
		return pledge.WrongState, true
	}
	return "", false
}

func as[T error](err error) bool {
	var target T
	return errors.As(err, &target)
}
