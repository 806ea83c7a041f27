package rest

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/storage"
)

const (
	headerOffset   = "Upload-Offset"
	headerLength   = "Upload-Length"
	headerComplete = "Upload-Complete"
	headerDigest   = "Content-Digest"
)

func (h *Handler) beginUpload(c *gin.Context) error {
	var body struct {
		Name string `json:"name"`
		SM3  bool   `json:"sm3"`
	}
	if err := decode(c, &body); err != nil {
		return err
	}
	var extras []storage.Extra
	if body.SM3 {
		extras = append(extras, storage.SM3)
	}
	u, err := h.svc.BeginUpload(c.Request.Context(), caller(c), body.Name, extras...)
	if err != nil {
		return err
	}
	c.Header("Location", "/v1/uploads/"+u.ID)
	c.JSON(http.StatusCreated, gin.H{"upload_id": u.ID, "expires_at": u.Expires, "part_size": u.PartSize, "preflight": u.Preflight})
	return nil
}

func (h *Handler) uploadStatus(c *gin.Context) error {
	u, err := h.svc.UploadStatus(c.Request.Context(), caller(c), c.Param("upload_id"))
	if err != nil {
		return err
	}
	c.JSON(http.StatusOK, u)
	return nil
}

func (h *Handler) abortUpload(c *gin.Context) error {
	if err := h.svc.AbortUpload(c.Request.Context(), caller(c), c.Param("upload_id")); err != nil {
		return err
	}
	c.Status(http.StatusNoContent)
	return nil
}

func (h *Handler) removeFile(c *gin.Context) error {
	if err := h.svc.RemoveFile(c.Request.Context(), caller(c), c.Param("upload_id"), filePath(c)); err != nil {
		return err
	}
	c.Status(http.StatusNoContent)
	return nil
}

func (h *Handler) sealUpload(c *gin.Context) error {
	var given service.Given
	if err := decodeOptional(c, maxGiven, &given); err != nil {
		return err
	}
	for _, member := range []*json.RawMessage{&given.Consent, &given.Expectations} {
		if string(*member) == "null" { // as some programs say nothing
			*member = nil
		}
	}
	sealed, err := h.svc.SealUpload(c.Request.Context(), caller(c), c.Param("upload_id"), given)
	if err != nil {
		return err
	}
	c.PureJSON(http.StatusOK, sealed) // the reports as they were digested
	return nil
}

func (h *Handler) putFile(c *gin.Context) error {
	w, err := writeRequest(c)
	if err != nil {
		return err
	}
	// A caller who goes away ends the body; what arrived must still be kept.
	ctx := context.WithoutCancel(c.Request.Context())
	f, err := h.svc.WriteFile(ctx, caller(c), c.Param("upload_id"), w)
	if err != nil {
		return err
	}
	fileHeaders(c, f)
	body := gin.H{"path": f.Path, "size": f.Size, "complete": f.Complete}
	if f.Complete {
		body["sha256"] = f.SHA256
	}
	c.JSON(http.StatusCreated, body)
	return nil
}

func (h *Handler) headFile(c *gin.Context) error {
	f, err := h.svc.FileStatus(c.Request.Context(), caller(c), c.Param("upload_id"), filePath(c))
	if err != nil {
		return err
	}
	fileHeaders(c, f)
	c.Status(http.StatusOK)
	return nil
}

func fileHeaders(c *gin.Context, f service.UploadFile) {
	c.Header(headerOffset, strconv.FormatInt(f.Size, 10))
	complete := "?0"
	if f.Complete {
		complete = "?1"
	}
	c.Header(headerComplete, complete)
}

// filePath is the path within the dataset; the vault checks it.
func filePath(c *gin.Context) string { return strings.TrimPrefix(c.Param("path"), "/") }

func writeRequest(c *gin.Context) (storage.WriteRequest, error) {
	w := storage.WriteRequest{Path: filePath(c), Size: -1, Body: c.Request.Body}
	if t := mediaType(c); t != "" && t != "application/octet-stream" {
		return w, errMediaType
	}
	off, err := number(c, headerOffset, 0)
	if err != nil {
		return w, err
	}
	size, err := number(c, headerLength, -1)
	if err != nil {
		return w, err
	}
	w.Off, w.Size = off, size
	w.Digest, err = contentDigest(c.Request.Header.Values(headerDigest))
	return w, err
}

func number(c *gin.Context, header string, absent int64) (int64, error) {
	text := c.GetHeader(header)
	if text == "" {
		return absent, nil
	}
	n, err := strconv.ParseUint(text, 10, 63)
	if err != nil {
		return 0, pledge.Errorf(pledge.Malformed, "%s must be a number of bytes", header)
	}
	return int64(n), nil
}

// contentDigest reads sha-256 out of a Content-Digest (RFC 9530, a dictionary of
// RFC 8941). Other algorithms are passed over; a sha-256 that cannot be read
// is refused, because its sender counts on it.
func contentDigest(values []string) (*[sha256.Size]byte, error) {
	for _, item := range strings.Split(strings.Join(values, ","), ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(item), "=")
		if name != "sha-256" {
			continue
		}
		text, ok := strings.CutPrefix(value, ":")
		text, closed := strings.CutSuffix(text, ":")
		sum, err := base64.StdEncoding.DecodeString(text)
		if !ok || !closed || err != nil || len(sum) != sha256.Size {
			return nil, pledge.Errorf(pledge.Malformed, "Content-Digest must be sha-256=:<base64>:")
		}
		return (*[sha256.Size]byte)(sum), nil
	}
	return nil, nil
}
