// Package owner is what the owner of a dataset does on its own machine before
// it signs: look at the dataset, declare what was found, and hold the
// custodian's word to it.
package owner

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service/preflight"
	"github.com/datapledge/datapledge/storage"
)

// Reading is one pass over a dataset, for its fingerprint and its preflight.
type Reading struct {
	Preflight preflight.Options
	Progress  func(bytes int64) // told each run of bytes read; nil: nobody
	Extras    []storage.Extra
}

// Found is what a pass found, all of it about the same bytes.
type Found struct {
	Manifest  storage.Manifest
	Preflight preflight.Preflight
	// Examined is the short form, as a custodian signs it, but for the sketch.
	Examined pledge.Examined
}

// Folder reads all files below root. Errors: *storage.PathError for what is no
// file, *preflight.ExpectationError when the expectations do not fit the data.
func (r Reading) Folder(ctx context.Context, root string) (Found, error) {
	at := func(name string) string { return filepath.Join(root, filepath.FromSlash(name)) }
	return r.read(ctx, at, func(o storage.Reading) (storage.Manifest, error) { return o.Folder(ctx, root) })
}

// Files reads single files, each under its base name; errors as of Folder.
func (r Reading) Files(ctx context.Context, paths []string) (Found, error) {
	where := map[string]string{}
	for _, p := range paths {
		where[filepath.Base(p)] = p
	}
	at := func(name string) string { return where[name] }
	return r.read(ctx, at, func(o storage.Reading) (storage.Manifest, error) { return o.Files(ctx, paths) })
}

func (r Reading) read(ctx context.Context, at func(string) string, all func(storage.Reading) (storage.Manifest, error)) (f Found, err error) {
	look := preflight.NewReader(ctx, r.Preflight)
	if f.Manifest, err = all(storage.Reading{Progress: r.Progress, Extras: r.Extras, Beside: look.Beside}); err != nil {
		return f, err
	}
	for _, name := range look.Later() {
		if err := later(ctx, look, f.Manifest, name, at(name)); err != nil {
			return f, err
		}
	}
	if f.Preflight, err = look.Report(f.Manifest.Fingerprint()); err != nil {
		return f, err
	}
	f.Examined, err = f.Preflight.Examined()
	return f, err
}

// later looks at a file that is read at will, and then that it still is the
// one that the fingerprint was taken of.
func later(ctx context.Context, look *preflight.Reader, m storage.Manifest, name, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := look.At(name, f); err != nil {
		return err
	}
	again := storage.NewDigester()
	if _, err := io.Copy(again, Until(ctx, f)); err != nil {
		return fmt.Errorf("reading %s again: %w", name, err)
	}
	for _, file := range m.Files() {
		if file.Path == name && file == again.File(name) {
			return nil
		}
	}
	return fmt.Errorf("%s changed while it was read; try again", name)
}

// Until stops reading when ctx ends.
func Until(ctx context.Context, r io.Reader) io.Reader { return reader{ctx, r} }

type reader struct {
	ctx context.Context
	r   io.Reader
}

func (r reader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.r.Read(p)
}
