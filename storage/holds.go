package storage

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// Beside a dataset that is held stands holds/<fingerprint>/<owner>/<upload>: a
// box that says whose it is, written before the first object is held and
// removed after the last was let go. So whoever comes after a crash finds
// every hold that may be on.
//
// The pointer is held first and let go last: while it is held no sweep begins
// to remove the dataset.

type holdRecord struct {
	V           int    `json:"v"`
	Fingerprint string `json:"fingerprint"`
	Owner       string `json:"owner"`
}

// holders is how many objects are held at once.
const holders = 8

func holdDir(pointerDir string) string {
	return "holds/" + strings.TrimPrefix(pointerDir, "datasets/")
}

// Hold puts a legal hold on every object without which a dataset could not be
// read, or takes it off: Delete of them, by whomever, is then ErrHeld. Doing so
// again is no error. ErrNotExist, ErrCorrupt; ErrNoHold when the bucket cannot.
func (v *Vault) Hold(ctx context.Context, fingerprint, owner string, on bool) error {
	h, ok := v.bucket.(Holder)
	if !ok {
		return fmt.Errorf("holding %s: %w", fingerprint, ErrNoHold)
	}
	if on {
		return v.holdOn(ctx, h, fingerprint, owner)
	}
	return v.holdOff(ctx, h, fingerprint, owner)
}

func (v *Vault) holdOn(ctx context.Context, h Holder, fingerprint, owner string) error {
	k, err := v.kept(ctx, fingerprint, owner)
	if err != nil {
		return err
	}
	mark := holdDir(k.dir) + k.upload
	if err := v.putBox(ctx, mark, holdRecord{1, fingerprint, owner}); err != nil && !errors.Is(err, ErrExist) {
		return err
	}
	err = k.each(ctx, func(ctx context.Context, key string) error { return h.SetHold(ctx, key, true) })
	if err != nil {
		return fmt.Errorf("holding %s: %w", fingerprint, err)
	}
	return nil
}

// kept is what a dataset consists of: the newest pointer, and the objects that
// it leads to. Envelopes of others than the custodian are not among them: that
// somebody may no longer read must stay possible.
type kept struct {
	dir, pointer, upload string
	objects              []string
}

func (v *Vault) kept(ctx context.Context, fingerprint, owner string) (kept, error) {
	dir, err := datasetDir(fingerprint, owner)
	if err != nil {
		return kept{}, err
	}
	pointer, err := v.newest(ctx, fingerprint, owner)
	if err != nil {
		return kept{}, err
	}
	d, err := v.dataset(ctx, fingerprint, owner)
	if err != nil {
		return kept{}, err
	}
	k := kept{dir, pointer, d.upload, []string{descriptorKey(d.upload), envelopeKey(d.upload, CustodianName)}}
	for _, f := range d.files {
		k.objects = append(k.objects, f.Object)
		if f.Tree != "" {
			k.objects = append(k.objects, f.Tree)
		}
	}
	return k, nil
}

// each calls fn for the pointer, then for the objects.
func (k kept) each(ctx context.Context, fn func(ctx context.Context, key string) error) error {
	if err := fn(ctx, k.pointer); err != nil {
		return err
	}
	return inParallel(ctx, len(k.objects), holders, func(ctx context.Context, i int) error { return fn(ctx, k.objects[i]) })
}

// holdOff needs neither pointer nor descriptor to be good: what is damaged
// must not stay held for ever.
func (v *Vault) holdOff(ctx context.Context, h Holder, fingerprint, owner string) error {
	dir, err := datasetDir(fingerprint, owner)
	if err != nil {
		return err
	}
	marks, err := v.keysUnder(ctx, holdDir(dir))
	if err != nil {
		return err
	}
	for _, mark := range marks {
		if err := v.letGo(ctx, h, sealedDir(strings.TrimPrefix(mark, holdDir(dir)))); err != nil {
			return err
		}
	}
	if len(marks) > 0 {
		if err := v.letGo(ctx, h, dir); err != nil {
			return err
		}
	}
	for _, mark := range marks {
		if err := v.bucket.Delete(ctx, mark); err != nil {
			return fmt.Errorf("removing %s: %w", mark, err)
		}
	}
	return nil
}

func (v *Vault) letGo(ctx context.Context, h Holder, prefix string) error {
	keys, err := v.keysUnder(ctx, prefix)
	if err != nil {
		return err
	}
	err = inParallel(ctx, len(keys), holders, func(ctx context.Context, i int) error {
		return ignore(h.SetHold(ctx, keys[i], false), ErrNotExist)
	})
	if err != nil {
		return fmt.Errorf("letting go of %s: %w", prefix, err)
	}
	return nil
}

func (v *Vault) keysUnder(ctx context.Context, prefix string) ([]string, error) {
	var keys []string
	err := v.bucket.List(ctx, prefix, func(i Info) error {
		keys = append(keys, i.Key)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("listing %s: %w", prefix, err)
	}
	return keys, nil
}

// Holds calls fn for every dataset on which a hold may be, each at least once.
func (v *Vault) Holds(ctx context.Context, fn func(fingerprint, owner string) error) error {
	marks, err := v.keysUnder(ctx, "holds/")
	if err != nil {
		return err
	}
	for _, mark := range marks {
		var r holdRecord
		err := v.getBox(ctx, mark, &r)
		if errors.Is(err, ErrNotExist) {
			continue // let go meanwhile
		}
		if err == nil {
			err = fn(r.Fingerprint, r.Owner)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// Retain keeps a dataset for the bucket's retention period, so that nobody can
// remove it before; where none is configured it does nothing. It notes what it
// did in retained/<fingerprint>/<owner>/<upload>/<period>, and does it once.
// ErrNotExist, ErrCorrupt, ErrNoHold.
func (v *Vault) Retain(ctx context.Context, fingerprint, owner string) error {
	r, ok := v.bucket.(Retainer)
	if !ok || r.Retention() == "" {
		return nil
	}
	k, err := v.kept(ctx, fingerprint, owner)
	if err != nil {
		return err
	}
	mark := "retained/" + strings.TrimPrefix(k.dir, "datasets/") + k.upload + "/" + r.Retention()
	_, err = v.bucket.Stat(ctx, mark)
	if !errors.Is(err, ErrNotExist) {
		return err
	}
	if err := k.each(ctx, r.Retain); err != nil {
		return fmt.Errorf("retaining %s: %w", fingerprint, err)
	}
	err = v.bucket.Create(ctx, mark, strings.NewReader(""))
	return ignore(err, ErrExist)
}
