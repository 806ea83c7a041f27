package storage

import (
	"context"
	"fmt"
)

// Content is a sealed dataset whose files are read at will.
type Content struct {
	v *Vault
	d dataset
}

// Content looks a dataset up once for many files. ErrNotExist, ErrCorrupt.
func (v *Vault) Content(ctx context.Context, fingerprint, owner string) (*Content, error) {
	d, err := v.dataset(ctx, fingerprint, owner)
	if err != nil {
		return nil, err
	}
	return &Content{v, d}, nil
}

// File opens a file that is read until ctx ends. ErrNotExist, ErrCorrupt.
func (c *Content) File(ctx context.Context, path string) (*FileAt, error) {
	f, ok := c.d.files[path]
	if !ok {
		return nil, fmt.Errorf("file %q in %s: %w", path, c.d.Fingerprint, ErrNotExist)
	}
	o, err := c.v.object(ctx, c.d, f.Object, f.Prefix)
	if err != nil {
		return nil, err
	}
	if o.size != f.Size {
		return nil, fmt.Errorf("%w: %s has %d bytes, not %d", ErrCorrupt, o.key, o.size, f.Size)
	}
	return &FileAt{ctx: ctx, o: o, ahead: leafChunks}, nil
}
