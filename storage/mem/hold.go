package mem

import (
	"context"
	"fmt"

	"github.com/datapledge/datapledge/storage"
)

var _ storage.Holder = (*Bucket)(nil)

// SetHold implements storage.Holder.
func (b *Bucket) SetHold(ctx context.Context, key string, on bool) error {
	if err := storage.CheckKey(key); err != nil {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	o, ok := b.objects[key]
	if !ok {
		return fmt.Errorf("holding %s: %w", key, storage.ErrNotExist)
	}
	o.held = on
	b.objects[key] = o
	return ctx.Err()
}

// Held implements storage.Holder.
func (b *Bucket) Held(ctx context.Context, key string) (bool, error) {
	o, err := b.get(key)
	if err != nil {
		return false, err
	}
	return o.held, ctx.Err()
}
