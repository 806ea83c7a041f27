package s3

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"github.com/datapledge/datapledge/storage"
)

// Some stores (MinIO) list unfinished uploads only by the whole key, which is
// of no use to somebody who looks for what was forgotten. In those the driver
// keeps a register of its own: unfinished/<key>/<hash of the id> holds the id.
// Begin writes it before anybody knows the id, Complete and Abort remove it.
const (
	register    = "unfinished/"
	maxUploadID = 4096 // bytes
)

func isRegister(key string) bool { return strings.HasPrefix(key, register) }

// checkKey keeps callers out of the register.
func checkKey(key string) error {
	if err := storage.CheckKey(key); err != nil {
		return err
	}
	if isRegister(key) {
		return fmt.Errorf("%w %q: the driver's own", storage.ErrKey, key)
	}
	return nil
}

func registerKey(key, id string) string {
	sum := sha256.Sum256([]byte(id))
	return register + key + "/" + hex.EncodeToString(sum[:16])
}

// listsByPrefix tries it once.
func (b *Bucket) listsByPrefix(ctx context.Context) (bool, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.lists != nil {
		return *b.lists, nil
	}
	dir := "probe/" + strings.ToLower(rand.Text()) + "/"
	id, err := b.begin(ctx, dir+"upload")
	if err != nil {
		return false, err
	}
	list, err := b.core.ListMultipartUploads(ctx, b.name, dir, "", "", "", page)
	if err != nil {
		err = fault("listing uploads of", dir, err)
	}
	if gone := b.core.AbortMultipartUpload(context.WithoutCancel(ctx), b.name, dir+"upload", id); gone != nil {
		err = errors.Join(err, fault("abandoning", dir+"upload", gone))
	}
	if err != nil {
		return false, err
	}
	found := len(list.Uploads) > 0
	b.lists = &found
	return found, nil
}

func (b *Bucket) register(ctx context.Context, key, id string) error {
	if lists, err := b.listsByPrefix(ctx); lists || err != nil {
		return err
	}
	return b.put(ctx, registerKey(key, id), []byte(id))
}

func (b *Bucket) unregister(ctx context.Context, key, id string) error {
	if lists, err := b.listsByPrefix(ctx); lists || err != nil {
		return err
	}
	return b.remove(ctx, registerKey(key, id))
}

// Unfinished implements storage.Multipart.
func (b *Bucket) Unfinished(ctx context.Context, prefix string, fn func(key, id string, begun int64) error) error {
	if err := storage.CheckPrefix(prefix); err != nil {
		return err
	}
	lists, err := b.listsByPrefix(ctx)
	if err != nil {
		return err
	}
	if !lists {
		return b.registered(ctx, prefix, fn)
	}
	for keyMarker, idMarker := "", ""; ; {
		list, err := b.core.ListMultipartUploads(ctx, b.name, prefix, keyMarker, idMarker, "", page)
		if err != nil {
			return fault("listing uploads of", prefix, err)
		}
		for _, u := range list.Uploads {
			if err := fn(u.Key, u.UploadID, u.Initiated.Unix()); err != nil {
				return err
			}
		}
		if !list.IsTruncated {
			return nil
		}
		keyMarker, idMarker = list.NextKeyMarker, list.NextUploadIDMarker
	}
}

// registered goes through the register. An upload that ended without its
// entry, in a crash, is forgotten here.
func (b *Bucket) registered(ctx context.Context, prefix string, fn func(key, id string, begun int64) error) error {
	return b.list(ctx, register+prefix, func(i storage.Info) error {
		key := i.Key[len(register):strings.LastIndexByte(i.Key, '/')]
		id, err := b.readAll(ctx, i.Key, 0, -1, maxUploadID)
		if errors.Is(err, storage.ErrNotExist) {
			return nil // ended meanwhile
		}
		if err != nil {
			return err
		}
		_, err = b.core.ListObjectParts(ctx, b.name, key, string(id), 0, 1)
		if err != nil {
			if err = fault("looking up an upload of", key, err); errors.Is(err, storage.ErrNotExist) {
				return b.remove(ctx, i.Key)
			}
			return err
		}
		return fn(key, string(id), i.Modified)
	})
}
