package rest

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"

	"github.com/gin-gonic/gin"
)

// assetReport answers the bytes that were digested.
func (h *Handler) assetReport(c *gin.Context) error {
	text, err := h.svc.AssetReport(c.Request.Context(), caller(c), c.Param("asset_id"), c.Param("report"))
	if err != nil {
		return err
	}
	sum := sha256.Sum256(text)
	c.Header(headerDigest, "sha-256=:"+base64.StdEncoding.EncodeToString(sum[:])+":")
	c.Data(http.StatusOK, "application/json", text)
	return nil
}
