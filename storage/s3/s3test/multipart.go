package s3test

import (
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/datapledge/datapledge/storage"
)

func (h handler) begin(w http.ResponseWriter, r *http.Request, key string) error {
	id, err := h.b.Begin(r.Context(), key)
	if err == nil {
		answer(w, struct {
			XMLName  xml.Name `xml:"InitiateMultipartUploadResult"`
			Key      string
			UploadID string `xml:"UploadId"`
		}{Key: key, UploadID: id})
	}
	return err
}

func (h handler) uploads(w http.ResponseWriter, r *http.Request) error {
	type upload struct {
		Key       string
		UploadID  string `xml:"UploadId"`
		Initiated string
	}
	var out struct {
		XMLName xml.Name `xml:"ListMultipartUploadsResult"`
		Upload  []upload
	}
	err := h.b.Unfinished(r.Context(), r.URL.Query().Get("prefix"), func(key, id string, begun int64) error {
		out.Upload = append(out.Upload, upload{key, id, stamp(begun)})
		return nil
	})
	if err == nil {
		answer(w, out)
	}
	return err
}

func (h handler) multipart(w http.ResponseWriter, r *http.Request, key, id string) error {
	switch r.Method {
	case http.MethodPut:
		return h.putPart(w, r, key, id)
	case http.MethodPost:
		return h.complete(w, r, key, id)
	case http.MethodDelete:
		if _, err := h.b.Parts(r.Context(), key, id); err != nil {
			return err
		}
		w.WriteHeader(http.StatusNoContent)
		return h.b.Abort(r.Context(), key, id)
	}
	return h.parts(w, r, key, id)
}

func (h handler) putPart(w http.ResponseWriter, r *http.Request, key, id string) error {
	n, err := strconv.Atoi(r.URL.Query().Get("partNumber"))
	if err != nil {
		return fmt.Errorf("part number: %w", err)
	}
	var p storage.Part
	if pr, ok := h.b.(PartReader); ok {
		p, err = pr.PutPartFrom(key, id, n, r.Body)
	} else {
		var data []byte
		if data, err = io.ReadAll(r.Body); err == nil {
			p, err = h.b.PutPart(r.Context(), key, id, n, 0, data)
		}
	}
	if err == nil {
		w.Header().Set("ETag", `"`+p.Tag+`"`)
	}
	return err
}

type part struct {
	PartNumber int
	ETag       string
	Size       int64
}

func (h handler) parts(w http.ResponseWriter, r *http.Request, key, id string) error {
	parts, err := h.b.Parts(r.Context(), key, id)
	if err != nil {
		return err
	}
	var out struct {
		XMLName xml.Name `xml:"ListPartsResult"`
		Part    []part
	}
	for _, p := range parts {
		out.Part = append(out.Part, part{p.N, `"` + p.Tag + `"`, p.Size})
	}
	answer(w, out)
	return nil
}

// complete tells the bucket where each part goes, which S3 leaves to their order.
func (h handler) complete(w http.ResponseWriter, r *http.Request, key, id string) error {
	var in struct{ Part []part }
	if err := xml.NewDecoder(r.Body).Decode(&in); err != nil {
		return fmt.Errorf("%w: %w", storage.ErrCorrupt, err)
	}
	parts := make([]storage.Part, len(in.Part))
	for i, p := range in.Part {
		parts[i] = storage.Part{N: p.PartNumber, Tag: strings.Trim(p.ETag, `"`)}
	}
	if r.Header.Get("If-None-Match") != "*" {
		if err := h.b.Delete(r.Context(), key); err != nil {
			return err
		}
	}
	if err := h.b.Complete(r.Context(), key, id, parts); err != nil {
		return err
	}
	answer(w, struct {
		XMLName xml.Name `xml:"CompleteMultipartUploadResult"`
		Bucket  string
		Key     string
		ETag    string
	}{Bucket: "bucket", Key: key, ETag: `"object"`})
	return nil
}
