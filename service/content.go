package service

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/storage"
)

// Content is a file of an asset, to be read at any offset. It gives verified
// bytes only; Err says why a read stopped short.
type Content struct {
	Size   int64
	SHA256 string

	ctx  context.Context // of the one request it serves, like http.Request
	open func(ctx context.Context, off int64) (io.ReadCloser, error)
	off  int64
	body io.ReadCloser
	err  error
}

// Content opens a file of an asset for its owner, or for a pledgee with a key
// release: of its newest version that the caller may read, or of the one asked
// for by its number.
func (s *Service) Content(ctx context.Context, c Caller, assetID, path string, version int) (*Content, error) {
	f, err := s.content(ctx, c, assetID, path, version)
	s.auditAct(ctx, "content.read", c, err, "asset_id", assetID, "version", version)
	return f, err
}

func (s *Service) content(ctx context.Context, c Caller, assetID, path string, version int) (*Content, error) {
	v, err := s.readable(ctx, c, assetID, version)
	if err != nil {
		return nil, err
	}
	sub := kept(v)
	d, err := s.o.Vault.Find(ctx, sub.fingerprint, sub.owner)
	if errors.Is(err, storage.ErrNotExist) {
		return nil, pledge.Errorf(pledge.NotFound, "the content of %s is not in this custodian's vault", assetID)
	}
	if err != nil {
		return nil, fmt.Errorf("finding the content of %s: %w", assetID, err)
	}
	for _, f := range d.Files {
		if f.Path == path {
			return s.openContent(ctx, assetID, sub, f)
		}
	}
	return nil, pledge.Errorf(pledge.NotFound, "version %d of %s has no file of that name", v.Number, assetID)
}

// openContent reads the first byte before anything is promised to the
// caller, so that a damaged object is an error and not a short answer.
func (s *Service) openContent(ctx context.Context, assetID string, sub subject, f storage.File) (*Content, error) {
	c := &Content{Size: f.Size, SHA256: f.SHA256, ctx: ctx}
	c.open = func(ctx context.Context, off int64) (io.ReadCloser, error) {
		return s.o.Vault.Open(ctx, sub.fingerprint, sub.owner, f.Path, off, -1)
	}
	if f.Size == 0 {
		return c, nil
	}
	if _, err := c.Read(make([]byte, 1)); err != nil && err != io.EOF {
		return nil, fmt.Errorf("opening the content of %s: %w", assetID, errors.Join(err, c.Close()))
	}
	_, err := c.Seek(0, io.SeekStart)
	return c, err
}

// Read gives verified bytes from the current offset.
func (c *Content) Read(p []byte) (int, error) {
	if c.err != nil {
		return 0, c.err
	}
	if c.off >= c.Size {
		return 0, io.EOF
	}
	if c.body == nil {
		if c.body, c.err = c.open(c.ctx, c.off); c.err != nil {
			return 0, c.err
		}
	}
	n, err := c.body.Read(p)
	c.off += int64(n)
	if err == io.EOF && c.off < c.Size {
		err = io.ErrUnexpectedEOF
	}
	if err != nil && err != io.EOF {
		c.err = err
	}
	return n, err
}

// Seek moves to an offset; the object is opened there at the next Read.
func (c *Content) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += c.off
	case io.SeekEnd:
		offset += c.Size
	}
	if offset < 0 {
		return 0, errors.New("seek before the start")
	}
	if offset == c.off {
		return offset, nil
	}
	err := c.Close()
	c.off = offset
	return offset, err
}

// Err is what stopped reading, or nil.
func (c *Content) Err() error { return c.err }

// Close ends reading.
func (c *Content) Close() error {
	if c.body == nil {
		return nil
	}
	err := c.body.Close()
	c.body = nil
	return err
}
