package s3

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/minio/minio-go/v7"

	"github.com/datapledge/datapledge/storage"
)

// page is how many parts or uploads a store lists at once.
const page = 1000

// Begin implements storage.Multipart.
func (b *Bucket) Begin(ctx context.Context, key string) (string, error) {
	if err := checkKey(key); err != nil {
		return "", err
	}
	id, err := b.begin(ctx, key)
	if err != nil {
		return "", err
	}
	if err := b.register(ctx, key, id); err != nil {
		return "", errors.Join(err, b.Abort(context.WithoutCancel(ctx), key, id))
	}
	return id, nil
}

func (b *Bucket) begin(ctx context.Context, key string) (string, error) {
	id, err := b.core.NewMultipartUpload(ctx, b.name, key, minio.PutObjectOptions{ContentType: "application/octet-stream"})
	if err != nil {
		return "", fault("beginning", key, err)
	}
	return id, nil
}

// PutPart implements storage.Multipart.
func (b *Bucket) PutPart(ctx context.Context, key, id string, n int, off int64, data []byte) (storage.Part, error) {
	if err := checkKey(key); err != nil {
		return storage.Part{}, err
	}
	p, err := b.core.PutObjectPart(ctx, b.name, key, id, n, bytes.NewReader(data), int64(len(data)),
		minio.PutObjectPartOptions{DisableContentSha256: true})
	if err != nil {
		return storage.Part{}, fault("storing a part of", key, err)
	}
	return storage.Part{N: n, Off: off, Size: int64(len(data)), Tag: trim(p.ETag)}, nil
}

// Parts implements storage.Multipart. The store does not know where a part
// goes: Off is the sum of the sizes before it.
func (b *Bucket) Parts(ctx context.Context, key, id string) ([]storage.Part, error) {
	if err := checkKey(key); err != nil {
		return nil, err
	}
	var parts []storage.Part
	off := int64(0)
	for marker := 0; ; {
		list, err := b.core.ListObjectParts(ctx, b.name, key, id, marker, page)
		if err != nil {
			return nil, fault("listing the parts of", key, err)
		}
		for _, p := range list.ObjectParts {
			parts = append(parts, storage.Part{N: p.PartNumber, Off: off, Size: p.Size, Tag: trim(p.ETag)})
			off += p.Size
		}
		if !list.IsTruncated {
			return parts, nil
		}
		marker = list.NextPartNumberMarker
	}
}

// Complete implements storage.Multipart. Where an answer was lost, the object
// that is there may be what the first request made: its parts tell.
func (b *Bucket) Complete(ctx context.Context, key, id string, parts []storage.Part) error {
	if err := checkKey(key); err != nil {
		return err
	}
	if len(parts) == 0 {
		return fmt.Errorf("%w: no parts for %s", storage.ErrCorrupt, key)
	}
	lost, err := b.join(ctx, key, id, parts)
	if err != nil {
		err = fault("completing", key, err)
		taken := errors.Is(err, storage.ErrExist) || errors.Is(err, storage.ErrNotExist)
		if !taken || !lost || b.checkJoined(ctx, key, parts) != nil {
			return err
		}
	} else if err := b.checkJoined(ctx, key, parts); err != nil {
		return err
	}
	return b.unregister(ctx, key, id)
}

func (b *Bucket) join(ctx context.Context, key, id string, parts []storage.Part) (lost bool, err error) {
	list := make([]minio.CompletePart, len(parts))
	for i, p := range parts {
		list[i] = minio.CompletePart{PartNumber: p.N, ETag: p.Tag}
	}
	o := minio.PutObjectOptions{}
	o.SetMatchETagExcept("*")
	err = again(ctx, func() error {
		ctx, sent := counted(ctx)
		_, err := b.core.CompleteMultipartUpload(ctx, b.name, key, id, list, o)
		lost = lost || sent.Load() > 1
		return err
	})
	return lost, err
}

// Abort implements storage.Multipart.
func (b *Bucket) Abort(ctx context.Context, key, id string) error {
	if err := checkKey(key); err != nil {
		return err
	}
	if err := b.core.AbortMultipartUpload(ctx, b.name, key, id); err != nil {
		if err = fault("abandoning", key, err); !errors.Is(err, storage.ErrNotExist) {
			return err
		}
	}
	return b.unregister(ctx, key, id)
}

// inFlight is how many parts of a large content are on their way at once.
const inFlight = 3

// createLarge sends parts, the first of which was read already. What breaks
// leaves nothing.
func (b *Bucket) createLarge(ctx context.Context, key string, first []byte, r io.Reader) (err error) {
	id, err := b.Begin(ctx, key)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, b.Abort(context.WithoutCancel(ctx), key, id))
		}
	}()
	l := &large{b: b, key: key, id: id}
	if err := l.send(ctx, first, r); err != nil {
		return err
	}
	return b.Complete(ctx, key, id, l.parts)
}

// large is content on its way, in parts.
type large struct {
	b       *Bucket
	key, id string
	mu      sync.Mutex
	parts   []storage.Part
}

func (l *large) send(ctx context.Context, first []byte, r io.Reader) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var wg sync.WaitGroup
	room := make(chan struct{}, inFlight)
	data, off := first, int64(0)
	for n := 1; len(data) > 0 && ctx.Err() == nil; n++ {
		part, at := data, off
		off += int64(len(part))
		l.grow()
		room <- struct{}{}
		wg.Go(func() {
			defer func() { <-room }()
			if err := l.put(ctx, n, at, part); err != nil {
				cancel(err)
			}
		})
		var err error
		if data, err = nextPart(r); err != nil {
			cancel(fmt.Errorf("reading the content of %s: %w", l.key, err))
		}
	}
	wg.Wait()
	return context.Cause(ctx)
}

func (l *large) grow() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.parts = append(l.parts, storage.Part{})
}

func (l *large) put(ctx context.Context, n int, off int64, data []byte) error {
	p, err := l.b.PutPart(ctx, l.key, l.id, n, off, data)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.parts[n-1] = p
	return err
}

func nextPart(r io.Reader) ([]byte, error) {
	data := make([]byte, whole)
	n, err := io.ReadFull(r, data)
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = nil
	}
	return data[:n], err
}
