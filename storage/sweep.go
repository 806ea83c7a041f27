package storage

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Abort gives an upload up and removes what it stored. An upload that does not
// exist, or was given up before, is no error. ErrClosed when it is sealed.
func (v *Vault) Abort(ctx context.Context, id string) error {
	u, err := v.upload(ctx, id)
	if errors.Is(err, ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return v.abandon(ctx, u)
}

// abandon decides an upload's fate before anything of it goes: a seal that
// runs meanwhile must not lose what it has counted in. Where no room is left
// for the decision, the pieces of incomplete objects make some, which no
// dataset consists of and every writer can lose; then the bucket's reserve.
func (v *Vault) abandon(ctx context.Context, u upload) error {
	given := func() error { return v.decide(ctx, u, fateRecord{V: 1, Abandoned: true}) }
	err := given()
	if errors.Is(err, ErrNoSpace) {
		if err = v.purgeParts(ctx, u.ID); err == nil {
			err = v.withReserve(given)
		}
	}
	if err != nil {
		return err
	}
	return errors.Join(v.purge(ctx, u.ID), v.setAside())
}

// withReserve does what needs little room and makes more, on a full bucket too.
func (v *Vault) withReserve(do func() error) error {
	err := do()
	r, ok := v.bucket.(Reserve)
	if !ok || !errors.Is(err, ErrNoSpace) {
		return err
	}
	if err := r.Release(); err != nil {
		return err
	}
	return do()
}

// setAside keeps room again. That there is none yet is no failure of what
// was removed; the next removal tries again.
func (v *Vault) setAside() error {
	r, ok := v.bucket.(Reserve)
	if !ok {
		return nil
	}
	if err := r.SetAside(); !errors.Is(err, ErrNoSpace) {
		return err
	}
	return nil
}

// purge removes everything that an upload stored, content first, but for its
// fate: a slow request elsewhere must still find that it was decided.
func (v *Vault) purge(ctx context.Context, id string) error {
	if err := v.purgeContent(ctx, id, nil); err != nil {
		return err
	}
	return v.purgeState(ctx, id)
}

// purgeContent removes parts and objects other than those to keep.
func (v *Vault) purgeContent(ctx context.Context, id string, keep map[string]bool) error {
	if err := v.purgeParts(ctx, id); err != nil {
		return err
	}
	return v.removeAll(ctx, sealedDir(id), func(key string) bool { return !keep[key] })
}

func (v *Vault) purgeParts(ctx context.Context, id string) error {
	err := v.bucket.Unfinished(ctx, sealedDir(id), func(key, multipart string, _ int64) error {
		return v.bucket.Abort(ctx, key, multipart)
	})
	if err != nil {
		return fmt.Errorf("removing the parts of upload %s: %w", id, err)
	}
	return nil
}

// purgeState removes the beginning last: without it the upload is no more.
func (v *Vault) purgeState(ctx context.Context, id string) error {
	begin, fate := stateKey(id, "begin"), stateKey(id, "fate")
	err := v.removeAll(ctx, uploadDir(id), func(key string) bool { return key != begin && key != fate })
	if err != nil {
		return err
	}
	if err := v.bucket.Delete(ctx, begin); err != nil {
		return fmt.Errorf("removing %s: %w", begin, err)
	}
	return nil
}

// removeAll leaves what is held: it goes with a later sweep, if ever.
func (v *Vault) removeAll(ctx context.Context, prefix string, which func(key string) bool) error {
	var keys []string
	err := v.bucket.List(ctx, prefix, func(i Info) error {
		if which(i.Key) {
			keys = append(keys, i.Key)
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("listing %s: %w", prefix, err)
	}
	for _, key := range keys {
		if err := v.bucket.Delete(ctx, key); err != nil && !errors.Is(err, ErrHeld) {
			return fmt.Errorf("removing %s: %w", key, err)
		}
	}
	return nil
}

// Sweep gives up every upload begun before the given time and not sealed,
// finishes interrupted seals, and removes working state that is not needed.
// Any number of replicas may run it. It goes on past an upload that fails.
func (v *Vault) Sweep(ctx context.Context, before time.Time) (SweepReport, error) {
	var report SweepReport
	old, err := v.oldUploads(ctx, before)
	if err != nil {
		return report, err
	}
	var failed []error
	for _, id := range old {
		if err := v.sweepUpload(ctx, id, &report); err != nil {
			failed = append(failed, fmt.Errorf("sweeping upload %s: %w", id, err))
		}
	}
	failed = append(failed, v.sweepParts(ctx, before))
	return report, errors.Join(failed...)
}

// oldUploads are told by the bucket's time of their first record: one whose
// beginning is damaged or missing must go as well.
func (v *Vault) oldUploads(ctx context.Context, before time.Time) ([]string, error) {
	newest := make(map[string]bool) // upload → has a record from before the time
	err := v.bucket.List(ctx, "uploads/", func(i Info) error {
		id := strings.Split(i.Key, "/")[1]
		begin := i.Key == stateKey(id, "begin")
		if old := i.Modified < before.Unix(); begin || !newest[id] {
			newest[id] = old
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("listing uploads: %w", err)
	}
	var ids []string
	for id, old := range newest {
		if old && isUploadID(id) {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids, nil
}

func (v *Vault) sweepUpload(ctx context.Context, id string, report *SweepReport) error {
	u, err := v.upload(ctx, id)
	if errors.Is(err, ErrNotExist) {
		return v.sweepRemains(ctx, id)
	}
	if err != nil {
		return err
	}
	if u.fate == nil {
		err := v.abandon(ctx, u)
		if errors.Is(err, ErrClosed) {
			return nil // sealed this very moment; the next sweep cleans it
		}
		if err == nil {
			report.Abandoned++
		}
		return err
	}
	if !u.settled {
		if _, err := v.Seal(ctx, id); err != nil {
			return err
		}
		report.Finished++
	}
	return v.cleanSealed(ctx, u, report)
}

// sweepRemains ends what a purge has left: all of it when the upload was given
// up, only its records otherwise, because a dataset may rest on its content.
func (v *Vault) sweepRemains(ctx context.Context, id string) error {
	var fate fateRecord
	err := v.getBox(ctx, stateKey(id, "fate"), &fate)
	if err != nil && !errors.Is(err, ErrNotExist) {
		return err
	}
	if fate.Abandoned {
		if err := v.purgeContent(ctx, id, nil); err != nil {
			return err
		}
	}
	return v.removeAll(ctx, uploadDir(id), func(string) bool { return true })
}

// cleanSealed removes what a sealed upload no longer needs: its records, and
// objects that the dataset does not use.
func (v *Vault) cleanSealed(ctx context.Context, u upload, report *SweepReport) error {
	d, err := v.dataset(ctx, u.fate.Fingerprint, u.Owner)
	if err != nil {
		return err
	}
	report.Cleaned++
	// Where another copy is the dataset's, none of these keys is this upload's,
	// and all its content goes.
	keep := map[string]bool{descriptorKey(u.ID): true}
	for _, f := range d.files {
		keep[f.Object], keep[f.Tree] = true, true
	}
	if err := v.keepEnvelopes(ctx, u.ID, keep); err != nil {
		return err
	}
	if err := v.purgeContent(ctx, u.ID, keep); err != nil {
		return err
	}
	return v.purgeState(ctx, u.ID)
}

func (v *Vault) keepEnvelopes(ctx context.Context, id string, keep map[string]bool) error {
	err := v.bucket.List(ctx, sealedDir(id)+"key-", func(i Info) error {
		keep[i.Key] = true
		return nil
	})
	if err != nil {
		return fmt.Errorf("listing the key envelopes of %s: %w", id, err)
	}
	return nil
}

// sweepParts ends objects in parts whose upload is no more.
func (v *Vault) sweepParts(ctx context.Context, before time.Time) error {
	var failed []error
	err := v.bucket.Unfinished(ctx, "sealed/", func(key, multipart string, begun int64) error {
		if begun >= before.Unix() {
			return nil
		}
		_, err := v.bucket.Stat(ctx, stateKey(strings.Split(key, "/")[1], "begin"))
		if errors.Is(err, ErrNotExist) {
			err = v.bucket.Abort(ctx, key, multipart)
		}
		failed = append(failed, err)
		return ctx.Err()
	})
	return errors.Join(append(failed, err)...)
}
