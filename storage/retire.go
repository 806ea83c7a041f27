package storage

import (
	"context"
	"errors"
	"fmt"
	"path"
	"strings"
	"time"
)

// Beside a dataset that stays because its content was sealed again stands
// kept/<fingerprint>/<owner>/<upload>, whose time says when. The removal of a
// dataset is announced by removing/<upload>. A seal writes the one before it
// looks for the other, a removal the other way round: they cannot miss each
// other, and a dataset that was just vouched for stays.

// removal says which pointer goes, so that another sweep can finish it.
type removal struct {
	V       int    `json:"v"`
	Pointer string `json:"pointer"`
}

func removalKey(upload string) string { return "removing/" + upload }

// keptDir is for the datasets in the folder of a pointer.
func keptDir(pointer string) string {
	return "kept/" + strings.TrimPrefix(path.Dir(pointer), "datasets/") + "/"
}

// SweepSealed removes datasets that were last sealed before the given time, by
// the bucket's clock, that no upload rests on any more, and that named does
// not know; what is held stays. It goes on past one that fails, and finishes
// what a crash cut off.
func (v *Vault) SweepSealed(ctx context.Context, before time.Time, named func(ctx context.Context, fingerprint, owner string) (bool, error)) (int, error) {
	failed := []error{v.resumeRemovals(ctx, before)}
	old, err := v.oldPointers(ctx, before)
	failed = append(failed, err)
	removed := 0
	for _, pointers := range old {
		gone, err := v.sweepDataset(ctx, pointers, before, named)
		if err != nil {
			failed = append(failed, fmt.Errorf("sweeping %s: %w", path.Dir(pointers[0]), err))
		}
		if gone {
			removed++
		}
	}
	return removed, errors.Join(append(failed, v.setAside())...)
}

// oldPointers lists the pointers of each dataset whose newest one is old.
func (v *Vault) oldPointers(ctx context.Context, before time.Time) ([][]string, error) {
	var all [][]string
	last, young := "", false
	err := v.bucket.List(ctx, "datasets/", func(i Info) error {
		if dir := path.Dir(i.Key); dir != last {
			if young {
				all = all[:len(all)-1]
			}
			all, last = append(all, nil), dir
		}
		all[len(all)-1] = append(all[len(all)-1], i.Key)
		young = i.Modified >= before.Unix()
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("listing datasets: %w", err)
	}
	if young {
		all = all[:len(all)-1]
	}
	return all, nil
}

func (v *Vault) sweepDataset(ctx context.Context, pointers []string, before time.Time, named func(context.Context, string, string) (bool, error)) (bool, error) {
	p, err := v.readPointer(ctx, pointers[len(pointers)-1])
	if err != nil {
		return false, err
	}
	if used, err := v.inUse(ctx, pointers[0], p, before); used || err != nil {
		return false, err
	}
	d, _, err := v.openDescriptor(ctx, p)
	if err != nil {
		return false, err
	}
	if dir, err := datasetDir(d.Fingerprint, d.Owner); err != nil || !strings.HasPrefix(pointers[0], dir) {
		return false, fmt.Errorf("%w: %s", ErrCorrupt, descriptorKey(p.Upload))
	}
	if known, err := named(ctx, d.Fingerprint, d.Owner); known || err != nil {
		return false, err
	}
	for _, key := range pointers { // the newest last: no older one may come forward
		if gone, err := v.remove(ctx, key, before); !gone || err != nil {
			return false, err
		}
	}
	return true, nil
}

// inUse: the upload, or one of the same content, can still be asked for its
// seal, or was not long ago.
func (v *Vault) inUse(ctx context.Context, pointer string, p pointer, before time.Time) (bool, error) {
	uploads := []string{p.Upload}
	err := v.bucket.List(ctx, keptDir(pointer), func(i Info) error {
		if i.Modified >= before.Unix() {
			return ErrBusy
		}
		uploads = append(uploads, path.Base(i.Key))
		return nil
	})
	for _, id := range uploads {
		if err != nil {
			break
		}
		if _, err = v.bucket.Stat(ctx, stateKey(id, "begin")); err == nil {
			return true, nil
		}
		if errors.Is(err, ErrNotExist) {
			err = nil
		}
	}
	if errors.Is(err, ErrBusy) {
		return true, nil
	}
	return false, err
}

func (v *Vault) remove(ctx context.Context, key string, before time.Time) (bool, error) {
	p, err := v.readPointer(ctx, key)
	if err != nil {
		return false, err
	}
	err = v.withReserve(func() error { return v.putBox(ctx, removalKey(p.Upload), removal{1, key}) })
	if err != nil && !errors.Is(err, ErrExist) {
		return false, err
	}
	return v.finishRemoval(ctx, p.Upload, key, before)
}

// finishRemoval takes the pointer first: what no pointer leads to is nobody's
// dataset, however far the rest has come.
func (v *Vault) finishRemoval(ctx context.Context, upload, key string, before time.Time) (bool, error) {
	p, err := v.readPointer(ctx, key)
	if err != nil && !errors.Is(err, ErrNotExist) {
		return false, err
	}
	if err == nil && p.Upload == upload {
		used, err := v.inUse(ctx, key, p, before)
		if err != nil {
			return false, err
		}
		if used {
			return false, v.bucket.Delete(ctx, removalKey(upload))
		}
		err = v.bucket.Delete(ctx, key)
		if errors.Is(err, ErrHeld) { // the pointer is held first, and let go last
			return false, v.bucket.Delete(ctx, removalKey(upload))
		}
		if err != nil {
			return false, err
		}
	}
	if err := v.purgeContent(ctx, upload, nil); err != nil {
		return false, err
	}
	if err := v.forgetKept(ctx, key, before); err != nil {
		return false, err
	}
	return true, v.bucket.Delete(ctx, removalKey(upload))
}

func (v *Vault) forgetKept(ctx context.Context, pointer string, before time.Time) error {
	old := make(map[string]bool)
	err := v.bucket.List(ctx, keptDir(pointer), func(i Info) error {
		old[i.Key] = i.Modified < before.Unix()
		return nil
	})
	if err != nil {
		return fmt.Errorf("listing %s: %w", keptDir(pointer), err)
	}
	return v.removeAll(ctx, keptDir(pointer), func(key string) bool { return old[key] })
}

func (v *Vault) resumeRemovals(ctx context.Context, before time.Time) error {
	var uploads []string
	err := v.bucket.List(ctx, "removing/", func(i Info) error {
		uploads = append(uploads, path.Base(i.Key))
		return nil
	})
	failed := []error{err}
	for _, id := range uploads {
		var r removal
		err := v.getBox(ctx, removalKey(id), &r)
		if err == nil {
			_, err = v.finishRemoval(ctx, id, r.Pointer, before)
		}
		if err != nil && !errors.Is(err, ErrNotExist) {
			failed = append(failed, fmt.Errorf("finishing the removal of %s: %w", id, err))
		}
	}
	return errors.Join(failed...)
}

// keep notes that another upload rests on the dataset of a pointer. False:
// the dataset is being removed.
func (v *Vault) keep(ctx context.Context, u upload, pointer string) (bool, error) {
	p, err := v.readPointer(ctx, pointer)
	if err != nil {
		return errors.Is(err, ErrCorrupt), ignore(err, ErrCorrupt) // for the check to find
	}
	err = v.bucket.Create(ctx, keptDir(pointer)+u.ID, strings.NewReader(""))
	if err != nil && !errors.Is(err, ErrExist) {
		return false, fmt.Errorf("keeping %s: %w", pointer, err)
	}
	_, err = v.bucket.Stat(ctx, removalKey(p.Upload))
	return errors.Is(err, ErrNotExist), ignore(err, ErrNotExist)
}

func ignore(err, what error) error {
	if errors.Is(err, what) {
		return nil
	}
	return err
}
