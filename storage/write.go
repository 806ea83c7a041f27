package storage

import (
	"context"
	"errors"
	"fmt"
	"io"
)

// Write stores a run of bytes of one file. Whole parts of PartSize bytes become
// durable as they pass; the file is complete when its end was seen. A request
// that is still writing the file is ended first, with ErrBusy.
// Errors: ErrNotExist, ErrClosed, ErrBusy, ErrTooLarge, ErrNoSpace, *PathError,
// *OffsetError, *DigestError, *ChangedError, *SizeError.
func (v *Vault) Write(ctx context.Context, id string, w WriteRequest) (FileStatus, error) {
	if err := CheckPath(w.Path); err != nil {
		return FileStatus{}, err
	}
	u, err := v.upload(ctx, id)
	if err != nil {
		return FileStatus{}, err
	}
	if u.Closed {
		return FileStatus{}, fmt.Errorf("upload %s: %w", id, ErrClosed)
	}
	ctx, end, err := v.takeTurn(ctx, id, w.Path)
	if err != nil {
		return FileStatus{}, err
	}
	defer end()
	w.Body = newLeavable(ctx, w.Body)
	s, err := v.write(ctx, u, w)
	if err != nil && errors.Is(context.Cause(ctx), ErrBusy) {
		err = context.Cause(ctx) // says more than what it interrupted
	}
	return s, err
}

func (v *Vault) write(ctx context.Context, u upload, w WriteRequest) (FileStatus, error) {
	a, err := v.attemptAt(ctx, u, w)
	if err != nil {
		return FileStatus{}, err
	}
	if !a.complete {
		err = v.writeFile(ctx, u, a, w)
	}
	if err != nil {
		return FileStatus{}, err
	}
	if err := v.stillOpen(ctx, u, a); err != nil {
		return FileStatus{}, err
	}
	return a.status()
}

// attemptAt finds the attempt to go on with, and refuses the wrong offset.
func (v *Vault) attemptAt(ctx context.Context, u upload, w WriteRequest) (*attempt, error) {
	a, err := v.attempt(ctx, u, w.Path)
	if err != nil {
		return nil, err
	}
	if a.lost {
		if err := v.void(ctx, a); err != nil {
			return nil, err
		}
		if a, err = v.attempt(ctx, u, w.Path); err != nil {
			return nil, err
		}
	}
	if w.Off != a.last.Total {
		return nil, &OffsetError{w.Path, a.last.Total}
	}
	if w.Size >= 0 && w.Size < w.Off {
		return nil, &SizeError{w.Path, w.Size}
	}
	if a.complete || a.ready() {
		return a, noMore(w)
	}
	return a, nil
}

// noMore checks that a request to a file whose end was seen brings nothing.
func noMore(w WriteRequest) error {
	n, err := io.ReadFull(w.Body, make([]byte, 1))
	if n > 0 || w.Size > w.Off {
		return &SizeError{w.Path, w.Off}
	}
	if !errors.Is(err, io.EOF) {
		return fmt.Errorf("reading %q: %w", w.Path, err)
	}
	return nil
}

func (v *Vault) writeFile(ctx context.Context, u upload, a *attempt, w WriteRequest) error {
	if !a.claimed {
		if err := v.claim(ctx, u, a); err != nil {
			return err
		}
		if err := v.fits(ctx, u, a); err != nil {
			return err
		}
	}
	if a.ready() {
		return v.assemble(ctx, a)
	}
	p, err := newPipeline(ctx, v, a, w)
	if err != nil {
		return err
	}
	err = p.run()
	if changed := (*ChangedError)(nil); errors.As(err, &changed) {
		return errors.Join(err, v.void(ctx, a))
	}
	if digest := (*DigestError)(nil); errors.As(err, &digest) && digest.Want == 0 && p.sent {
		return errors.Join(err, v.void(ctx, a))
	}
	if err != nil || !a.ready() {
		return err
	}
	return v.assemble(ctx, a)
}

// assemble makes the parts one object. When it is there already, a request
// before this one crashed after doing it.
func (v *Vault) assemble(ctx context.Context, a *attempt) error {
	if a.multipart == "" {
		a.complete = true // it was created whole
		return nil
	}
	err := v.bucket.Complete(ctx, a.key, a.multipart, a.parts)
	if err != nil && !errors.Is(err, ErrExist) && !errors.Is(err, ErrNotExist) {
		return fmt.Errorf("completing %s: %w", a.key, err)
	}
	info, err := v.bucket.Stat(ctx, a.key)
	if err != nil {
		return fmt.Errorf("completing %s: %w", a.key, err)
	}
	if want := int64(len(a.prefix)) + sealedSize(a.last.Total); info.Size != want {
		return fmt.Errorf("%w: %s has %d bytes, sent were %d", ErrCorrupt, a.key, info.Size, want)
	}
	a.complete = true
	return nil
}

// stillOpen looks again after the last byte: only a file that was complete
// before the upload closed is part of the dataset.
func (v *Vault) stillOpen(ctx context.Context, u upload, a *attempt) error {
	now, err := v.upload(ctx, u.ID)
	if errors.Is(err, ErrNotExist) {
		return errors.Join(err, v.void(ctx, a))
	}
	if err != nil {
		return err
	}
	if now.Closed {
		return fmt.Errorf("upload %s: %w", u.ID, ErrClosed)
	}
	return nil
}

// Status says how far a file has come; a file never written is at offset 0.
func (v *Vault) Status(ctx context.Context, id, path string) (FileStatus, error) {
	if err := CheckPath(path); err != nil {
		return FileStatus{}, err
	}
	u, err := v.upload(ctx, id)
	if err != nil {
		return FileStatus{}, err
	}
	a, err := v.attempt(ctx, u, path)
	if err != nil {
		return FileStatus{}, err
	}
	return a.status()
}

// Remove takes a file out of an open upload. Removing what is not there is no
// error. ErrNotExist, ErrClosed, ErrBusy.
func (v *Vault) Remove(ctx context.Context, id, path string) error {
	if err := CheckPath(path); err != nil {
		return err
	}
	u, err := v.upload(ctx, id)
	if err != nil {
		return err
	}
	if u.Closed {
		return fmt.Errorf("upload %s: %w", id, ErrClosed)
	}
	ctx, end, err := v.takeTurn(ctx, id, path)
	if err != nil {
		return err
	}
	defer end()
	a, err := v.attempt(ctx, u, path)
	if err != nil || !a.claimed {
		return err
	}
	return v.void(ctx, a)
}
