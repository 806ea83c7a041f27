package dir

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/datapledge/datapledge/storage"
)

// holds/<key>@ is the hold on an object, an empty file. It binds whoever goes
// through this package; an owner of the disk is bound by nothing. Holding and
// deleting take turns, also between processes where the system offers that.
const holdsDir = "holds"

var _ storage.Holder = (*Bucket)(nil)

func (b *Bucket) holdPath(key string) string {
	return filepath.Join(b.root, holdsDir, filepath.FromSlash(key)+suffix)
}

// SetHold implements storage.Holder.
func (b *Bucket) SetHold(_ context.Context, key string, on bool) error {
	if err := storage.CheckKey(key); err != nil {
		return err
	}
	return b.alone(func() error {
		if _, err := os.Stat(b.path(key)); err != nil {
			return fault("holding", key, err)
		}
		if on {
			return b.hold(key)
		}
		return b.letGo(key)
	})
}

func (b *Bucket) hold(key string) error {
	path := b.holdPath(key)
	err := makeDirs(filepath.Dir(path))
	if err == nil {
		err = writeSynced(path, os.O_CREATE, nil)
	}
	if err == nil {
		err = syncDir(filepath.Dir(path))
	}
	if err != nil {
		return fault("holding", key, err)
	}
	return nil
}

func (b *Bucket) letGo(key string) error {
	path := b.holdPath(key)
	err := os.Remove(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil {
		err = syncDir(filepath.Dir(path))
	}
	if err != nil {
		return fault("letting go of", key, err)
	}
	prune(filepath.Dir(path), filepath.Join(b.root, holdsDir))
	return nil
}

// Held implements storage.Holder.
func (b *Bucket) Held(ctx context.Context, key string) (bool, error) {
	if _, err := b.Stat(ctx, key); err != nil {
		return false, err
	}
	return b.held(key)
}

func (b *Bucket) held(key string) (bool, error) {
	_, err := os.Stat(b.holdPath(key))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, fault("looking up the hold of", key, err)
	}
	return true, nil
}

// alone keeps deletes and holds apart.
func (b *Bucket) alone(do func() error) (err error) {
	b.holding.Lock()
	defer b.holding.Unlock()
	f, err := os.Open(filepath.Join(b.root, holdsDir))
	if err != nil {
		return fmt.Errorf("taking turns: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if err := own(f); err != nil && !errors.Is(err, errors.ErrUnsupported) {
		return fmt.Errorf("taking turns: %w", err)
	}
	return do()
}
