package rest

import (
	"errors"
	"io"
	"mime"
	"net/http"
	"os"

	"github.com/gin-gonic/gin"

	"github.com/datapledge/datapledge/pledge"
)

// maxJSON bounds a JSON body in bytes, maxGiven one with the lists and
// expectations of a dataset.
const (
	maxJSON  = 64 << 10
	maxGiven = 2 << 20
)

// decode reads a JSON body strictly into v.
func decode(c *gin.Context, v any) error {
	if mediaType(c) != "application/json" {
		return errMediaType
	}
	data, err := readAll(c, maxJSON)
	if err != nil {
		return err
	}
	return pledge.StrictUnmarshal(data, v)
}

// decodeOptional is decode of at most n bytes, where no body is all right too.
func decodeOptional(c *gin.Context, n int64, v any) error {
	data, err := readAll(c, n)
	if err != nil || len(data) == 0 {
		return err
	}
	if mediaType(c) != "application/json" {
		return errMediaType
	}
	return pledge.StrictUnmarshal(data, v)
}

func mediaType(c *gin.Context) string {
	t, _, err := mime.ParseMediaType(c.GetHeader("Content-Type"))
	if err != nil {
		return ""
	}
	return t
}

// readAll reads a body of at most n bytes. One that is cut off is the
// caller's mistake, unless the caller is gone.
func readAll(c *gin.Context, n int64) ([]byte, error) {
	hurry(c)
	data, err := io.ReadAll(http.MaxBytesReader(c.Writer, c.Request.Body, n))
	var large *http.MaxBytesError
	if err == nil || errors.As(err, &large) || errors.Is(err, os.ErrDeadlineExceeded) {
		return data, err
	}
	return nil, pledge.Errorf(pledge.Malformed, "the body ended early")
}
