package rest

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"path"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/datapledge/datapledge/pledge"
)

//go:embed verify*.js verify.css verify.svg
var verifyFiles embed.FS

// verifyPolicy keeps the page, and the worker in it, to what this server
// gives: WebAssembly may run, nothing may be sent elsewhere.
const verifyPolicy = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
	"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// Names in the folder of the checker, as scripts/install makes it.
const (
	checkerWasm = "datapledge-checker.wasm"
	checkerExec = "wasm_exec.js"
)

var assetTypes = map[string]string{".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".wasm": "application/wasm", ".svg": "image/svg+xml"}

// verifyAsset is a file that the page loads. The checker is kept compressed
// only: nearly every browser takes it so.
type verifyAsset struct {
	data   []byte
	zipped bool
	mime   string
	tag    string
}

// verifyAssets are the files by name. They are read once, so that the parts
// of the page always go together.
type verifyAssets map[string]verifyAsset

// newVerifyAssets takes the page's own files, and the checker's from dir; that
// may be nil, or have none.
func newVerifyAssets(dir fs.FS) (verifyAssets, error) {
	a := verifyAssets{}
	names, err := fs.Glob(verifyFiles, "*")
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		if err := a.read(verifyFiles, name, false); err != nil {
			return nil, err
		}
	}
	if dir == nil {
		return a, nil
	}
	return a, a.readChecker(dir)
}

func (a verifyAssets) readChecker(dir fs.FS) error {
	err := a.read(dir, checkerWasm, true)
	if errors.Is(err, fs.ErrNotExist) {
		err = a.read(dir, checkerWasm, false)
	}
	if err == nil {
		err = a.read(dir, checkerExec, false)
	}
	if errors.Is(err, fs.ErrNotExist) {
		delete(a, checkerWasm) // half of it is none
		return nil
	}
	return err
}

func (a verifyAssets) read(dir fs.FS, name string, zipped bool) error {
	from := name
	if zipped {
		from += ".gz"
	}
	data, err := fs.ReadFile(dir, from)
	if err != nil {
		return fmt.Errorf("reading %s: %w", from, err)
	}
	sum := sha256.Sum256(data)
	a[name] = verifyAsset{data, zipped, assetTypes[path.Ext(name)], hex.EncodeToString(sum[:8])}
	return nil
}

// complete says whether browsers can check evidence packages.
func (a verifyAssets) complete() bool {
	_, wasm := a[checkerWasm]
	_, exec := a[checkerExec]
	return wasm && exec
}

// url names a file with its version, so that browsers may keep it for good.
func (a verifyAssets) url(name string) string {
	return "/verify/assets/" + name + "?v=" + a[name].tag
}

func (h *Handler) verifyAsset(c *gin.Context) error {
	f, ok := h.files[c.Param("name")]
	if !ok {
		return pledge.Errorf(pledge.NotFound, "there is no such file")
	}
	c.Header("Content-Security-Policy", verifyPolicy) // a worker obeys that of its own script
	c.Header("ETag", `W/"`+f.tag+`"`)                 // weak: of the file, in whatever encoding
	c.Header("Vary", "Accept-Encoding")
	c.Header("Cache-Control", "no-cache")
	if c.Query("v") == f.tag {
		c.Header("Cache-Control", "public, max-age=31536000, immutable")
	}
	if strings.Contains(c.GetHeader("If-None-Match"), `"`+f.tag+`"`) {
		c.Status(http.StatusNotModified)
		return nil
	}
	return f.send(c)
}

func (f verifyAsset) send(c *gin.Context) error {
	var r io.Reader = bytes.NewReader(f.data)
	c.Header("Content-Type", f.mime)
	switch {
	case !f.zipped:
	case strings.Contains(c.GetHeader("Accept-Encoding"), "gzip"):
		c.Header("Content-Encoding", "gzip")
	default:
		unzipped, err := gzip.NewReader(r)
		if err != nil {
			return fmt.Errorf("reading the checker: %w", err)
		}
		r = unzipped
	}
	c.Status(http.StatusOK)
	// Piece by piece: a slow reader has time for each, not for the whole.
	_, err := io.Copy(struct{ io.Writer }{c.Writer}, struct{ io.Reader }{r})
	return err
}

// trustFile is what the server itself says is to be trusted: for a first
// look. A reader who needs more has a member's own copy.
func (h *Handler) trustFile(c *gin.Context) error {
	if len(h.o.Trust) == 0 {
		return pledge.Errorf(pledge.NotFound, "this server gives no trust file: ask a member of the consortium for its copy")
	}
	c.Data(http.StatusOK, "application/json; charset=utf-8", h.o.Trust)
	return nil
}
