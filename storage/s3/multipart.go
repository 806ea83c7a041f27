package s3

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"github.com/minio/minio-go/v7"

	"github.com/datapledge/datapledge/storage"
)

// page is how many parts or uploads a store lists at once.
const page = 1000

// Begin implements storage.Multipart.
func (b *Bucket) Begin(ctx context.Context, key string) (string, error) {
	if err := storage.CheckKey(key); err != nil {
		return "", err
	}
	id, err := b.core.NewMultipartUpload(ctx, b.name, key, minio.PutObjectOptions{ContentType: "application/octet-stream"})
	if err != nil {
		return "", fault("beginning", key, err)
	}
	return id, nil
}

// PutPart implements storage.Multipart.
func (b *Bucket) PutPart(ctx context.Context, key, id string, n int, off int64, data []byte) (storage.Part, error) {
	if err := storage.CheckKey(key); err != nil {
		return storage.Part{}, err
	}
	p, err := b.core.PutObjectPart(ctx, b.name, key, id, n, bytes.NewReader(data), int64(len(data)),
		minio.PutObjectPartOptions{DisableContentSha256: true})
	if err != nil {
		return storage.Part{}, fault("storing a part of", key, err)
	}
	return storage.Part{N: n, Off: off, Size: int64(len(data)), Tag: p.ETag}, nil
}

// Parts implements storage.Multipart. The store does not know where a part
// goes: Off is the sum of the sizes before it.
func (b *Bucket) Parts(ctx context.Context, key, id string) ([]storage.Part, error) {
	if err := storage.CheckKey(key); err != nil {
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

func trim(etag string) string { return string(bytes.Trim([]byte(etag), `"`)) }

// Complete implements storage.Multipart.
func (b *Bucket) Complete(ctx context.Context, key, id string, parts []storage.Part) error {
	if err := storage.CheckKey(key); err != nil {
		return err
	}
	if len(parts) == 0 {
		return fmt.Errorf("%w: no parts for %s", storage.ErrCorrupt, key)
	}
	list := make([]minio.CompletePart, len(parts))
	for i, p := range parts {
		list[i] = minio.CompletePart{PartNumber: p.N, ETag: p.Tag}
	}
	o := minio.PutObjectOptions{}
	o.SetMatchETagExcept("*")
	if _, err := b.core.CompleteMultipartUpload(ctx, b.name, key, id, list, o); err != nil {
		return fault("completing", key, err)
	}
	return nil
}

// Abort implements storage.Multipart.
func (b *Bucket) Abort(ctx context.Context, key, id string) error {
	if err := storage.CheckKey(key); err != nil {
		return err
	}
	err := b.core.AbortMultipartUpload(ctx, b.name, key, id)
	if err == nil {
		return nil
	}
	if err = fault("abandoning", key, err); errors.Is(err, storage.ErrNotExist) {
		return nil
	}
	return err
}

// Unfinished implements storage.Multipart.
func (b *Bucket) Unfinished(ctx context.Context, prefix string, fn func(key, id string, begun int64) error) error {
	if err := storage.CheckPrefix(prefix); err != nil {
		return err
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
