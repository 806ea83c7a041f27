package rest

import (
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
)

func (h *Handler) network(c *gin.Context) error {
	n, err := h.svc.Network(c.Request.Context())
	if err != nil {
		return err
	}
	c.JSON(http.StatusOK, n)
	return nil
}

func (h *Handler) party(c *gin.Context) error {
	p, err := h.svc.Party(c.Request.Context(), caller(c), c.Param("uscc"))
	if err != nil {
		return err
	}
	c.JSON(http.StatusOK, p)
	return nil
}

func (h *Handler) asset(c *gin.Context) error {
	a, err := h.svc.Asset(c.Request.Context(), caller(c), c.Param("asset_id"), c.Query("as_of"))
	if err != nil {
		return err
	}
	c.JSON(http.StatusOK, a)
	return nil
}

func (h *Handler) pledge(c *gin.Context) error {
	p, err := h.svc.Pledge(c.Request.Context(), caller(c), c.Param("pledge_id"), c.Query("as_of"))
	if err != nil {
		return err
	}
	c.JSON(http.StatusOK, p)
	return nil
}

func (h *Handler) fingerprint(c *gin.Context) error {
	f, err := h.svc.Fingerprint(c.Request.Context(), caller(c), c.Param("fingerprint"))
	if err != nil {
		return err
	}
	c.JSON(http.StatusOK, f)
	return nil
}

func (h *Handler) assets(c *gin.Context) error {
	p, err := page(c)
	if err != nil {
		return err
	}
	q := service.AssetQuery{Owner: c.Query("owner"), Status: c.Query("status"), Text: c.Query("q"), Page: p}
	items, next, err := h.svc.Assets(c.Request.Context(), caller(c), q)
	return list(c, items, next, err)
}

func (h *Handler) pledges(c *gin.Context) error {
	p, err := page(c)
	if err != nil {
		return err
	}
	q := service.PledgeQuery{Asset: c.Query("asset"), Pledgor: c.Query("pledgor"), Pledgee: c.Query("pledgee"),
		Status: c.Query("status"), Page: p}
	items, next, err := h.svc.Pledges(c.Request.Context(), caller(c), q)
	return list(c, items, next, err)
}

func (h *Handler) assetHistory(c *gin.Context) error {
	p, err := page(c)
	if err != nil {
		return err
	}
	items, next, err := h.svc.AssetHistory(c.Request.Context(), caller(c), c.Param("asset_id"), p)
	return list(c, items, next, err)
}

func (h *Handler) pledgeHistory(c *gin.Context) error {
	p, err := page(c)
	if err != nil {
		return err
	}
	items, next, err := h.svc.PledgeHistory(c.Request.Context(), caller(c), c.Param("pledge_id"), p)
	return list(c, items, next, err)
}

// list answers one page; next_cursor is null on the last.
func list[T any](c *gin.Context, items []T, next string, err error) error {
	if err != nil {
		return err
	}
	var cursor *string
	if next != "" {
		cursor = &next
	}
	c.JSON(http.StatusOK, gin.H{"items": append([]T{}, items...), "next_cursor": cursor})
	return nil
}

// content serves a file of an asset, with ranges. Only verified bytes leave;
// when the object turns out damaged half-way, the connection is cut.
func (h *Handler) content(c *gin.Context) error {
	version, err := contentVersion(c)
	if err != nil {
		return err
	}
	f, err := h.svc.Content(c.Request.Context(), caller(c), c.Param("asset_id"), filePath(c), version)
	if err != nil {
		return err
	}
	defer f.Close()
	c.Header("Content-Type", "application/octet-stream")
	c.Header("Content-Disposition", "attachment")
	c.Header("ETag", `"sha256:`+f.SHA256+`"`)
	c.Header("Repr-Digest", reprDigest(f.SHA256))
	http.ServeContent(&rangeProblem{ResponseWriter: c.Writer}, c.Request, "", time.Time{}, f)
	if err := f.Err(); err != nil {
		return err
	}
	if c.Writer.Status() == http.StatusRequestedRangeNotSatisfiable {
		return pledge.Errorf(codeRange, "the file has %d bytes", f.Size)
	}
	return nil
}
