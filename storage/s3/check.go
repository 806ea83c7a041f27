package s3

import (
	"bytes"
	"context"
	"crypto/md5"
	"encoding/hex"
	"fmt"
	"io"
	"strings"

	"github.com/datapledge/datapledge/storage"
)

const (
	// readBack is up to what size in bytes stored content is compared whole;
	// of what is larger, edge bytes at both ends.
	readBack = 64 << 10
	edge     = 4 << 10
)

// checkContent reads back what was just stored. A store that answered 200 and
// has something else is caught before anybody relies on it.
func (b *Bucket) checkContent(ctx context.Context, key string, content []byte) error {
	size := int64(len(content))
	if size <= readBack {
		return b.same(ctx, key, 0, -1, content)
	}
	if err := b.same(ctx, key, 0, edge, content[:edge]); err != nil {
		return err
	}
	// From an offset to the end: a longer object is noticed as well.
	return b.same(ctx, key, size-edge, -1, content[size-edge:])
}

func (b *Bucket) same(ctx context.Context, key string, off, n int64, want []byte) error {
	have, err := b.readAll(ctx, key, off, n, int64(len(want))+1)
	if err != nil {
		return fmt.Errorf("reading back: %w", err)
	}
	if !bytes.Equal(have, want) {
		return fmt.Errorf("%w: %s is not what was just stored", storage.ErrCorrupt, key)
	}
	return nil
}

func (b *Bucket) readAll(ctx context.Context, key string, off, n, limit int64) ([]byte, error) {
	r, err := b.open(ctx, key, off, n)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return io.ReadAll(io.LimitReader(r, limit))
}

// checkJoined looks at an object that was made of parts: its size, and the tag
// of the whole where the store computes it from those of the parts.
func (b *Bucket) checkJoined(ctx context.Context, key string, parts []storage.Part) error {
	o, err := b.stat(ctx, key, "")
	if err != nil {
		return fmt.Errorf("reading back: %w", err)
	}
	var size int64
	for _, p := range parts {
		size += p.Size
	}
	if o.Size != size || !tagFits(trim(o.ETag), parts) {
		return fmt.Errorf("%w: %s is not made of its parts", storage.ErrCorrupt, key)
	}
	return nil
}

// tagFits compares with the MD5 of the MD5s, which is what most stores answer.
// Where one has tags of another make they say nothing.
func tagFits(tag string, parts []storage.Part) bool {
	sum, count, found := strings.Cut(tag, "-")
	if !found || len(sum) != 2*md5.Size || count != fmt.Sprint(len(parts)) {
		return !found // a plain tag is of another make; another count of parts is another object
	}
	h := md5.New()
	for _, p := range parts {
		raw, err := hex.DecodeString(p.Tag)
		if err != nil || len(raw) != md5.Size {
			return true
		}
		_, _ = h.Write(raw) // never fails
	}
	return hex.EncodeToString(h.Sum(nil)) == sum
}

func trim(etag string) string { return strings.Trim(etag, `"`) }
