package client

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
)

// BeginUpload begins an upload; the client's party will be the owner. It is
// not repeated by itself: one too many would only be swept later, but the
// caller could not tell which is his. With SM3 the custodian computes that too.
func (c *Client) BeginUpload(ctx context.Context, name string, extras ...string) (Upload, error) {
	var out Upload
	r := request{method: http.MethodPost, path: "/v1/uploads"}
	body := map[string]any{"name": name}
	for _, e := range extras {
		body[e] = true
	}
	return out, c.call(ctx, r, body, &out)
}

// SM3 国密 is what BeginUpload can ask for besides SHA-256.
const SM3 = "sm3"

// AbortUpload forgets an upload and what was stored for it.
func (c *Client) AbortUpload(ctx context.Context, id string) error {
	r := request{method: http.MethodDelete, path: "/v1/uploads/" + url.PathEscape(id), again: true}
	return c.call(ctx, r, nil, nil)
}

// SealUpload has everything re-read and examined, and returns the custodian's
// receipt. What the owner gives to the preflight is optional.
func (c *Client) SealUpload(ctx context.Context, id string, given ...service.Given) (Sealed, error) {
	var out Sealed
	var body any
	for _, g := range given {
		body = g
	}
	r := request{method: http.MethodPost, path: "/v1/uploads/" + url.PathEscape(id) + "/seal", again: true}
	return out, c.call(ctx, r, body, &out)
}

// Offset tells how many bytes of a file are durable, and whether it is complete.
func (c *Client) Offset(ctx context.Context, id, path string) (int64, bool, error) {
	resp, err := c.do(ctx, request{method: http.MethodHead, path: filePath(id, path), again: true})
	if err != nil {
		return 0, false, err
	}
	defer resp.Body.Close()
	n, err := strconv.ParseInt(resp.Header.Get("Upload-Offset"), 10, 64)
	if err != nil || n < 0 {
		return 0, false, errors.New("the service did not tell the offset")
	}
	return n, resp.Header.Get("Upload-Complete") == "?1", nil
}

// Source is a file to upload. SHA256 is its lowercase hex digest, which the
// service compares with what arrived; Sent, when set, is told how many bytes
// of the file were handed over so far.
type Source struct {
	Path    string
	Size    int64
	SHA256  string
	Content io.ReaderAt
	Sent    func(int64)
}

// PutFile uploads a file. When the connection breaks, it goes on from what
// is durable, as long as every few tries make progress.
func (c *Client) PutFile(ctx context.Context, id string, s Source) error {
	off, sent := int64(0), false
	for try := 0; ; try++ {
		err := c.putFrom(ctx, id, s, off)
		if err == nil || ctx.Err() != nil {
			return err
		}
		if neverSent(err) && !sent || !resumable(err) || try+1 >= c.opts.Tries {
			return fmt.Errorf("uploading %s: %w", s.Path, err)
		}
		sent = true
		if err := c.pause(ctx, try, err); err != nil {
			return err
		}
		now, complete, err := c.Offset(ctx, id, s.Path)
		switch {
		case err != nil && passing(err):
			continue // the next try will tell
		case err != nil:
			now = 0 // nothing of the file arrived
		case complete && now == s.Size:
			return nil
		case now > off:
			try = 0
		}
		off = now
	}
}

// resumable reports whether asking for the offset and going on makes sense.
func resumable(err error) bool {
	return passing(err) || errors.Is(err, pledge.WrongState)
}

func (c *Client) putFrom(ctx context.Context, id string, s Source, off int64) error {
	if off > s.Size {
		return fmt.Errorf("%d bytes are stored of a file of %d: it is another file", off, s.Size)
	}
	body := &counted{r: io.NewSectionReader(s.Content, off, s.Size-off), n: off, sent: s.Sent}
	resp, err := c.once(ctx, request{
		method: http.MethodPut, path: filePath(id, s.Path), header: s.header(off), stream: body, length: s.Size - off,
	})
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	var out struct {
		Size     int64  `json:"size"`
		Complete *bool  `json:"complete"`
		SHA256   string `json:"sha256"`
	}
	if err := decode(resp.Body, &out); err != nil {
		return err
	}
	if out.Complete != nil && !*out.Complete {
		return fmt.Errorf("only %d of %d bytes arrived", out.Size, s.Size)
	}
	if s.SHA256 != "" && out.SHA256 != "" && out.SHA256 != s.SHA256 {
		return &pledge.Error{Code: pledge.Malformed, Detail: s.Path + " changed while it was uploaded"}
	}
	return nil
}

func (s Source) header(off int64) http.Header {
	h := http.Header{
		"Content-Type":  {"application/octet-stream"},
		"Upload-Offset": {strconv.FormatInt(off, 10)},
		"Upload-Length": {strconv.FormatInt(s.Size, 10)},
	}
	if sum, err := hex.DecodeString(s.SHA256); err == nil && len(sum) == 32 && off == 0 {
		h.Set("Content-Digest", "sha-256=:"+base64.StdEncoding.EncodeToString(sum)+":")
	}
	if s.Size-off > 1<<20 {
		h.Set("Expect", "100-continue") // a refusal comes before the bytes are sent
	}
	return h
}

// counted tells how far it was read.
type counted struct {
	r    io.Reader
	n    int64
	sent func(int64)
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	if c.sent != nil && n > 0 {
		c.sent(c.n)
	}
	return n, err
}

func filePath(id, path string) string {
	return "/v1/uploads/" + url.PathEscape(id) + "/files/" + escapePath(path)
}

// escapePath escapes the segments and leaves the slashes as they are.
func escapePath(path string) string {
	parts := strings.Split(path, "/")
	for i := range parts {
		parts[i] = url.PathEscape(parts[i])
	}
	return strings.Join(parts, "/")
}
