// Package s3test answers the S3 requests that the driver makes, over any
// storage.Bucket: for tests and benchmarks on loopback. It checks no signature
// and knows one bucket.
package s3test

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/datapledge/datapledge/storage"
)

// PartReader is what a Bucket may implement to be given the bytes of a part as
// they arrive.
type PartReader interface {
	PutPartFrom(key, id string, n int, r io.Reader) (storage.Part, error)
}

// Handler serves a bucket under /<any name>/.
func Handler(b storage.Bucket) http.Handler { return handler{b} }

type handler struct{ b storage.Bucket }

func (h handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	_, key, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	q := r.URL.Query()
	var err error
	switch {
	case key == "" && q.Has("location"):
		answer(w, struct {
			XMLName xml.Name `xml:"LocationConstraint"`
		}{})
	case key == "" && q.Has("versioning"):
		answer(w, struct {
			XMLName xml.Name `xml:"VersioningConfiguration"`
		}{})
	case key == "" && q.Has("object-lock"):
		reject(w, http.StatusNotFound, "ObjectLockConfigurationNotFoundError")
	case key == "" && q.Has("uploads"):
		err = h.uploads(w, r)
	case key == "":
		err = h.list(w, r)
	case q.Has("legal-hold"), q.Has("retention"):
		reject(w, http.StatusBadRequest, "InvalidRequest")
	case q.Has("uploads"):
		err = h.begin(w, r, key)
	case q.Has("uploadId"):
		err = h.multipart(w, r, key, q.Get("uploadId"))
	default:
		err = h.object(w, r, key)
	}
	if err != nil {
		refuse(w, err)
	}
}

func answer(w http.ResponseWriter, body any) {
	w.Header().Set("Content-Type", "application/xml")
	_ = xml.NewEncoder(w).Encode(body) // the client went away
}

func refuse(w http.ResponseWriter, err error) {
	status, code := http.StatusInternalServerError, "InternalError"
	switch {
	case errors.As(err, new(*storage.RangeError)):
		status, code = http.StatusRequestedRangeNotSatisfiable, "InvalidRange"
	case errors.Is(err, storage.ErrExist):
		status, code = http.StatusPreconditionFailed, "PreconditionFailed"
	case errors.Is(err, storage.ErrCorrupt):
		status, code = http.StatusBadRequest, "InvalidPart"
	case errors.Is(err, storage.ErrNotExist):
		status, code = http.StatusNotFound, "NoSuchKey"
		if strings.Contains(err.Error(), "upload") {
			code = "NoSuchUpload"
		}
	}
	reject(w, status, code)
}

func reject(w http.ResponseWriter, status int, code string) {
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(status)
	_, _ = fmt.Fprintf(w, "<Error><Code>%s</Code></Error>", code)
}

func (h handler) object(w http.ResponseWriter, r *http.Request, key string) error {
	switch r.Method {
	case http.MethodPut:
		if r.Header.Get("If-None-Match") != "*" {
			if err := h.b.Delete(r.Context(), key); err != nil {
				return err
			}
		}
		w.Header().Set("ETag", `"object"`)
		return h.b.Create(r.Context(), key, r.Body)
	case http.MethodDelete:
		w.WriteHeader(http.StatusNoContent)
		return h.b.Delete(r.Context(), key)
	}
	return h.get(w, r, key)
}

func (h handler) get(w http.ResponseWriter, r *http.Request, key string) error {
	info, err := h.b.Stat(r.Context(), key)
	if err != nil {
		return err
	}
	off, n, err := parseRange(r.Header.Get("Range"), info.Size)
	if err != nil {
		return err
	}
	head := w.Header()
	head.Set("ETag", `"object"`)
	head.Set("Last-Modified", time.Unix(info.Modified, 0).UTC().Format(http.TimeFormat))
	head.Set("Content-Length", strconv.FormatInt(n, 10))
	if r.Method == http.MethodHead {
		return nil
	}
	body, err := h.b.Open(r.Context(), key, off, n)
	if err != nil {
		return err
	}
	defer body.Close()
	if n != info.Size {
		w.WriteHeader(http.StatusPartialContent)
	}
	_, _ = io.Copy(w, body) // the client went away
	return nil
}

// parseRange reads bytes=a-b and bytes=a-; the end is shortened as S3 does.
func parseRange(s string, size int64) (off, n int64, err error) {
	if s == "" {
		return 0, size, nil
	}
	last := size - 1
	from, to, _ := strings.Cut(strings.TrimPrefix(s, "bytes="), "-")
	if off, err = strconv.ParseInt(from, 10, 64); err == nil && to != "" {
		last, err = strconv.ParseInt(to, 10, 64)
	}
	if err != nil || off >= size {
		return 0, 0, &storage.RangeError{Off: off, N: last - off + 1, Size: size}
	}
	return off, min(last, size-1) - off + 1, nil
}

type content struct {
	Key          string
	Size         int64
	LastModified string
	ETag         string
}

func (h handler) list(w http.ResponseWriter, r *http.Request) error {
	var out struct {
		XMLName  xml.Name `xml:"ListBucketResult"`
		Contents []content
	}
	err := h.b.List(r.Context(), r.URL.Query().Get("prefix"), func(i storage.Info) error {
		out.Contents = append(out.Contents, content{i.Key, i.Size, stamp(i.Modified), `"object"`})
		return nil
	})
	if err == nil {
		answer(w, out)
	}
	return err
}

func stamp(unix int64) string { return time.Unix(unix, 0).UTC().Format(time.RFC3339) }
