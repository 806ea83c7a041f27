package rest

import (
	"mime"
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/gin-gonic/gin"
	"golang.org/x/text/encoding/simplifiedchinese"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
)

func (h *Handler) search(c *gin.Context) error {
	var q service.SearchRequest
	if err := decodeChinese(c, &q); err != nil {
		return err
	}
	r, err := h.svc.Search(c.Request.Context(), caller(c), q)
	if err != nil {
		return err
	}
	c.JSON(http.StatusOK, r)
	return nil
}

// decodeChinese is decode, of a body that may be in GB18030 when the header
// says so: the systems of many banks know no other.
func decodeChinese(c *gin.Context, v any) error {
	if _, params, err := mime.ParseMediaType(c.GetHeader("Content-Type")); err != nil || !isGB(params["charset"]) {
		return decode(c, v)
	}
	if mediaType(c) != "application/json" {
		return errMediaType
	}
	data, err := readAll(c, maxJSON)
	if err != nil {
		return err
	}
	if data, err = fromGB(data); err != nil {
		return err
	}
	return pledge.StrictUnmarshal(data, v)
}

// isGB: GB18030 has all characters of the older two, with the same codes.
func isGB(charset string) bool {
	switch strings.ToLower(charset) {
	case "gb18030", "gbk", "gb2312":
		return true
	}
	return false
}

// fromGB decodes the whole text before anything in it is taken for JSON: the
// second byte of a character may be that of a backslash or a brace.
func fromGB(data []byte) ([]byte, error) {
	text, err := simplifiedchinese.GB18030.NewDecoder().Bytes(data)
	if err != nil || strings.ContainsRune(string(text), utf8.RuneError) {
		return nil, pledge.Errorf(pledge.Malformed, "the body is not GB18030 text")
	}
	return text, nil
}
