package storage

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
)

// sealers is how many files are read back at once: each holds some 10 MiB.
const sealers = 3

// Files lists the files of an upload, by path.
func (v *Vault) Files(ctx context.Context, id string) ([]FileStatus, error) {
	u, err := v.upload(ctx, id)
	if err != nil {
		return nil, err
	}
	attempts, err := v.attempts(ctx, u)
	if err != nil {
		return nil, err
	}
	list := make([]FileStatus, len(attempts))
	for i, a := range attempts {
		if list[i], err = a.status(); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// attempts finds the current attempt at every file, by path.
func (v *Vault) attempts(ctx context.Context, u upload) ([]*attempt, error) {
	entries := make(map[string][]string)
	err := v.bucket.List(ctx, uploadDir(u.ID), func(i Info) error {
		name, record, _ := strings.Cut(strings.TrimPrefix(i.Key, uploadDir(u.ID)), "/")
		if name != "state" {
			entries[name] = append(entries[name], record)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("reading upload %s: %w", u.ID, err)
	}
	names := make([]string, 0, len(entries))
	for name := range entries {
		names = append(names, name)
	}
	found := make([]*attempt, len(names))
	err = inParallel(ctx, len(names), 8, func(ctx context.Context, i int) (err error) {
		found[i], err = v.resolve(ctx, u, names[i], "", entries[names[i]])
		return err
	})
	if err != nil {
		return nil, err
	}
	found = slices.DeleteFunc(found, func(a *attempt) bool { return !a.claimed })
	slices.SortFunc(found, func(a, b *attempt) int { return strings.Compare(a.path, b.path) })
	return found, nil
}

// inParallel calls fn for 0 to n-1, at most limit at once, until one fails.
func inParallel(ctx context.Context, n, limit int, fn func(ctx context.Context, i int) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var wg sync.WaitGroup
	room := make(chan struct{}, limit)
	for i := range n {
		room <- struct{}{}
		if ctx.Err() != nil {
			break
		}
		wg.Go(func() {
			defer func() { <-room }()
			if err := fn(ctx, i); err != nil {
				cancel(err)
			}
		})
	}
	wg.Wait()
	return context.Cause(ctx)
}

// Seal closes the upload, reads back everything that is stored, checks that it
// opens and is what was sent, and records the dataset. Called again, also by
// another replica or after a crash, it answers the same. Errors: ErrNotExist,
// *IncompleteError, ErrCorrupt, *PathError, *ManifestError when there is no file.
// Who stands beside reads along; he is not called when nothing had to be read,
// because the upload was sealed before.
func (v *Vault) Seal(ctx context.Context, id string, beside ...Beside) (Sealed, error) {
	u, err := v.upload(ctx, id)
	if err != nil {
		return Sealed{}, err
	}
	if u.settled && u.fate != nil {
		return v.Find(ctx, u.fate.Fingerprint, u.Owner)
	}
	attempts, err := v.closeUpload(ctx, u)
	if err != nil {
		return Sealed{}, err
	}
	files, err := v.verifyAll(ctx, u, attempts, firstOf(beside))
	if err != nil {
		return Sealed{}, err
	}
	d, err := newDescriptor(u, files)
	if err != nil {
		return Sealed{}, err
	}
	if err := v.decide(ctx, u, fateRecord{V: 1, Fingerprint: d.Fingerprint}); err != nil {
		return Sealed{}, err
	}
	return v.settle(ctx, u, d)
}

// filesRecord fixes which attempts make the dataset.
type filesRecord struct {
	V    int      `json:"v"`
	Keys []string `json:"keys"`
}

// closeUpload refuses while a file is incomplete, then ends all writing. The
// files of the dataset are those that were complete by then.
func (v *Vault) closeUpload(ctx context.Context, u upload) ([]*attempt, error) {
	attempts, err := v.attempts(ctx, u)
	if err != nil {
		return nil, err
	}
	if !u.Closed {
		if err := v.finishAll(ctx, attempts); err != nil {
			return nil, err
		}
		if err := checkPaths(attempts); err != nil {
			return nil, err
		}
		err := v.bucket.Create(ctx, stateKey(u.ID, "closed"), strings.NewReader(""))
		if err != nil && !errors.Is(err, ErrExist) {
			return nil, fmt.Errorf("closing upload %s: %w", u.ID, err)
		}
		if attempts, err = v.attempts(ctx, u); err != nil {
			return nil, err
		}
	}
	return v.freeze(ctx, u, attempts)
}

// freeze records the complete files, or follows the record that is there: a
// straggler whose last byte came after the closing belongs to no dataset.
func (v *Vault) freeze(ctx context.Context, u upload, attempts []*attempt) ([]*attempt, error) {
	record := filesRecord{V: 1}
	for _, a := range attempts {
		if a.complete {
			record.Keys = append(record.Keys, a.key)
		}
	}
	err := v.putBox(ctx, stateKey(u.ID, "files"), record)
	if errors.Is(err, ErrExist) {
		record = filesRecord{}
		err = v.getBox(ctx, stateKey(u.ID, "files"), &record)
	}
	if err != nil {
		return nil, err
	}
	frozen := make(map[string]bool, len(record.Keys))
	for _, key := range record.Keys {
		frozen[key] = true
	}
	attempts = slices.DeleteFunc(attempts, func(a *attempt) bool { return !a.complete || !frozen[a.key] })
	if len(attempts) != len(record.Keys) {
		return nil, fmt.Errorf("%w: upload %s lacks a file that was complete", ErrCorrupt, u.ID)
	}
	return attempts, nil
}

// finishAll completes what lacks nothing but that.
func (v *Vault) finishAll(ctx context.Context, attempts []*attempt) error {
	for _, a := range attempts {
		if a.ready() {
			if err := v.assemble(ctx, a); err != nil {
				return err
			}
		}
		if !a.complete {
			return &IncompleteError{a.path, a.last.Total}
		}
	}
	return nil
}

// checkPaths refuses what no manifest can hold while it can still be mended.
func checkPaths(attempts []*attempt) error {
	files := make([]File, len(attempts))
	for i, a := range attempts {
		files[i] = File{Path: a.path, SHA256: strings.Repeat("0", 2*sha256.Size)}
	}
	_, err := NewManifest(files)
	return err
}

// verifyAll reads back every object: what the custodian vouches for is what is
// in the bucket, not what was sent to it.
func (v *Vault) verifyAll(ctx context.Context, u upload, attempts []*attempt, beside Beside) ([]sealedFile, error) {
	files := make([]sealedFile, len(attempts))
	err := inParallel(ctx, len(attempts), sealers, func(ctx context.Context, i int) (err error) {
		files[i], err = v.verify(ctx, u, attempts[i], beside)
		return err
	})
	return files, err
}

// verify computes the leaves and the SM3 here, from bytes whose SHA-256 is that
// of what was sent, and stores their tree for spot checks.
func (v *Vault) verify(ctx context.Context, u upload, a *attempt, beside Beside) (sealedFile, error) {
	o, err := v.openOwn(ctx, a.key, u.identity)
	if err != nil {
		return sealedFile{}, fmt.Errorf("reading back %q: %w", a.path, err)
	}
	if o.prefix != sha256.Sum256(a.prefix) || o.size != a.last.Total {
		return sealedFile{}, fmt.Errorf("%w: %q is another object", ErrCorrupt, a.path)
	}
	sums, leaves, err := o.digest(ctx, beside.of(a.path, o.size), u.extras()...)
	if err != nil {
		return sealedFile{}, fmt.Errorf("reading back %q: %w", a.path, err)
	}
	f := sealedFile{File: describe(a.path, o.size, sums, leaves), SM3: sums.extra(), Object: a.key, Prefix: hex.EncodeToString(o.prefix[:])}
	if sent, err := a.last.sum(); err != nil || sent != f.SHA256 {
		return sealedFile{}, fmt.Errorf("%w: %q is not what was sent", ErrCorrupt, a.path)
	}
	if len(leaves) < 2 {
		return f, nil // the one leaf is the root
	}
	return f, v.storeTree(ctx, u, &f, leaves)
}

// storeTree keeps the lists of a tree one after the other. A tree that is there
// already, of a seal that crashed, must be the same.
func (v *Vault) storeTree(ctx context.Context, u upload, f *sealedFile, leaves []Hash) error {
	plain := TreeBytes(leaves)
	f.Tree = strings.TrimSuffix(f.Object, ".age") + ".tree.age"
	to, err := ParseRecipient(u.identity.Recipient())
	if err != nil {
		return err
	}
	sealed, err := encrypt(plain, to)
	if err != nil {
		return err
	}
	err = v.bucket.Create(ctx, f.Tree, bytes.NewReader(sealed))
	if err != nil && !errors.Is(err, ErrExist) {
		return fmt.Errorf("storing %s: %w", f.Tree, err)
	}
	return v.checkTree(ctx, u.identity, f, plain)
}

// checkTree reads the stored tree back and pins it to this encryption; a file
// of one leaf needs none.
func (v *Vault) checkTree(ctx context.Context, id Identity, f *sealedFile, want []byte) error {
	if f.Tree == "" {
		return nil
	}
	o, err := v.openOwn(ctx, f.Tree, id)
	if err != nil {
		return fmt.Errorf("reading back the tree of %q: %w", f.Path, err)
	}
	r, err := o.Range(ctx, 0, -1)
	if err != nil {
		return fmt.Errorf("reading back the tree of %q: %w", f.Path, err)
	}
	defer r.Close()
	if have, err := io.ReadAll(r); err != nil || !bytes.Equal(have, want) {
		return fmt.Errorf("%w: tree of %q", ErrCorrupt, f.Path)
	}
	prefix := hex.EncodeToString(o.prefix[:])
	if f.TreePrefix != "" && f.TreePrefix != prefix {
		return fmt.Errorf("%w: tree of %q is another object", ErrCorrupt, f.Path)
	}
	f.TreePrefix = prefix
	return nil
}

// decide writes an upload's fate, or finds that it was decided the same way.
func (v *Vault) decide(ctx context.Context, u upload, want fateRecord) error {
	err := v.putBox(ctx, stateKey(u.ID, "fate"), want)
	if !errors.Is(err, ErrExist) {
		return err
	}
	var have fateRecord
	if err := v.getBox(ctx, stateKey(u.ID, "fate"), &have); err != nil {
		return err
	}
	if have != want {
		return fmt.Errorf("upload %s: %w", u.ID, ErrClosed)
	}
	return nil
}
