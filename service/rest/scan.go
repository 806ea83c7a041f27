package rest

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/datapledge/datapledge/service"
)

// scan answers what a duplicate scan finds now, or what one found: ?report=.
func (h *Handler) scan(c *gin.Context) error {
	id, report := c.Param("pledge_id"), c.Query("report")
	var r service.Scan
	var err error
	if report == "" {
		r, err = h.svc.ScanPledge(c.Request.Context(), caller(c), id)
	} else {
		r, err = h.svc.StoredScan(c.Request.Context(), caller(c), id, report)
	}
	if err != nil {
		return err
	}
	c.JSON(http.StatusOK, r)
	return nil
}
