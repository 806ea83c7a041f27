package rest

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"

	"github.com/datapledge/datapledge/pledge"
)

// releaseKey hands the key of what a pledge covers to its pledgee.
func (h *Handler) releaseKey(c *gin.Context) error {
	o, err := h.svc.ReleaseKey(c.Request.Context(), caller(c), c.Param("pledge_id"))
	if err != nil {
		return err
	}
	return answer(c, o)
}

// releasedKey answers the age file that the ledger names. No cache may keep it.
func (h *Handler) releasedKey(c *gin.Context) error {
	file, err := h.svc.ReleasedKey(c.Request.Context(), caller(c), c.Param("pledge_id"))
	if err != nil {
		return err
	}
	sum := sha256.Sum256(file)
	c.Header("Cache-Control", "no-store")
	c.Header("Content-Disposition", `attachment; filename="`+c.Param("pledge_id")+`.key.age"`)
	c.Header("Content-Digest", reprDigest(hex.EncodeToString(sum[:])))
	c.Data(http.StatusOK, "application/octet-stream", file)
	return nil
}

// contentVersion is which version of an asset is asked for; 0 the newest.
func contentVersion(c *gin.Context) (int, error) {
	text, given := c.GetQuery("version")
	if !given {
		return 0, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || strconv.Itoa(n) != text {
		return 0, pledge.Errorf(pledge.Malformed, "version must be a number from 1")
	}
	return n, nil
}
