package s3

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/minio/minio-go/v7"

	"github.com/datapledge/datapledge/storage"
)

// fault turns the store's answers into the sentinels of storage. minio-go's
// own helper is blind to wrapped errors.
func fault(doing, key string, err error) error {
	kind := class(err)
	switch {
	case kind == nil:
		return fmt.Errorf("%s %s: %w", doing, key, err)
	case errors.Is(kind, storage.ErrExist):
		return fmt.Errorf("%w: %s", storage.ErrExist, key)
	case errors.Is(kind, storage.ErrNotExist):
		return fmt.Errorf("%s %s: %w", doing, key, storage.ErrNotExist)
	}
	return fmt.Errorf("%s %s: %w: %w", doing, key, kind, err)
}

// class is the sentinel for an error of minio-go; nil when there is none.
func class(err error) error {
	var resp minio.ErrorResponse
	switch {
	case errors.Is(err, context.Canceled):
		return nil
	case !errors.As(err, &resp):
		return storage.ErrUnavailable // no answer
	}
	switch resp.Code {
	case minio.NoSuchKey, "NoSuchUpload", "NoSuchVersion":
		return storage.ErrNotExist
	case "XMinioStorageFull", "QuotaExceeded", "XMinioAdminBucketQuotaExceeded":
		return storage.ErrNoSpace
	case "SlowDown", "SlowDownWrite", "SlowDownRead", "ServiceUnavailable", "InternalError", "RequestTimeout":
		return storage.ErrUnavailable
	}
	switch resp.StatusCode {
	case http.StatusPreconditionFailed:
		return storage.ErrExist
	case http.StatusInsufficientStorage:
		return storage.ErrNoSpace
	case http.StatusServiceUnavailable, http.StatusBadGateway, http.StatusGatewayTimeout, http.StatusTooManyRequests:
		return storage.ErrUnavailable
	}
	return nil
}

func hasCode(err error, codes ...string) bool {
	var resp minio.ErrorResponse
	if !errors.As(err, &resp) {
		return false
	}
	for _, c := range codes {
		if resp.Code == c {
			return true
		}
	}
	return false
}

// isConflict: another conditional write of the key was under way, and neither
// is decided. The store asks for the request again.
func isConflict(err error) bool {
	return hasCode(err, "ConditionalRequestConflict", "OperationAborted")
}
