package s3

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"testing"

	"github.com/minio/minio-go/v7"

	"github.com/datapledge/datapledge/storage"
)

// Every answer of a store, as it is and wrapped, has the sentinel that callers
// act on, and no other.
func TestFaults(t *testing.T) {
	sentinels := []error{storage.ErrNotExist, storage.ErrExist, storage.ErrNoSpace, storage.ErrUnavailable, storage.ErrHeld, storage.ErrNoHold, storage.ErrCorrupt}
	for _, c := range []struct {
		code   string
		status int
		want   error
	}{
		{"NoSuchKey", 404, storage.ErrNotExist},
		{"NoSuchUpload", 404, storage.ErrNotExist},
		{"NoSuchVersion", 404, storage.ErrNotExist},
		{"NoSuchBucket", 404, nil},
		{"PreconditionFailed", 412, storage.ErrExist},
		{"ConditionalRequestConflict", 409, nil},
		{"XMinioStorageFull", 507, storage.ErrNoSpace},
		{"QuotaExceeded", 403, storage.ErrNoSpace},
		{"", 507, storage.ErrNoSpace},
		{"SlowDown", 503, storage.ErrUnavailable},
		{"InternalError", 500, storage.ErrUnavailable},
		{"", 502, storage.ErrUnavailable},
		{"", 503, storage.ErrUnavailable},
		{"", 504, storage.ErrUnavailable},
		{"", 429, storage.ErrUnavailable},
		{"AccessDenied", 403, nil},
		{"SignatureDoesNotMatch", 403, nil},
		{"InvalidRequest", 400, nil},
		{"InvalidPart", 400, nil},
	} {
		resp := minio.ErrorResponse{Code: c.code, StatusCode: c.status}
		for _, err := range []error{resp, fmt.Errorf("wrapped: %w", resp), errors.Join(errors.New("other"), resp)} {
			got := fault("doing", "k", err)
			for _, s := range sentinels {
				if errors.Is(got, s) != (s == c.want) {
					t.Errorf("%s %d: got %v, want %v", c.code, c.status, got, c.want)
				}
			}
		}
	}
	for _, err := range []error{io.ErrUnexpectedEOF, &net.OpError{Op: "dial", Err: errors.New("refused")}, context.DeadlineExceeded} {
		if got := fault("doing", "k", err); !errors.Is(got, storage.ErrUnavailable) || !errors.Is(got, err) {
			t.Errorf("got %v, want ErrUnavailable", got)
		}
	}
	if got := fault("doing", "k", context.Canceled); errors.Is(got, storage.ErrUnavailable) || !errors.Is(got, context.Canceled) {
		t.Errorf("got %v, want only the cancellation", got)
	}
}

func TestTagFits(t *testing.T) {
	one, two := storage.Part{N: 1, Tag: "f4c9385f1902f7334b00b9b4ecd164de"}, storage.Part{N: 2, Tag: "8cbad96aced40b3838dd9f07f6ef5772"}
	for _, c := range []struct {
		name  string
		tag   string
		parts []storage.Part
		want  bool
	}{
		{"other content", "00000000000000000000000000000000-2", []storage.Part{one, two}, false},
		{"other count", "00000000000000000000000000000000-2", []storage.Part{one}, false},
		{"another make", "opaque", []storage.Part{one, two}, true},
		{"parts of another make", "00000000000000000000000000000000-1", []storage.Part{{N: 1, Tag: "crc"}}, true},
	} {
		if got := tagFits(c.tag, c.parts); got != c.want {
			t.Errorf("%s: got %v, want %v", c.name, got, c.want)
		}
	}
}
