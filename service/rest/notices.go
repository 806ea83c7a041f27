package rest

import (
	"context"
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/datapledge/datapledge/service"
)

// notices streams what others did that touches the caller.
func (h *Handler) notices(c *gin.Context) error {
	return h.stream(c, func(ctx context.Context, after string, follow bool, s *stream) error {
		one := func(n service.Notice) error { return s.item(n.Cursor, string(n.Act), n) }
		return h.svc.Notices(ctx, caller(c), after, follow, one, s.idle)
	})
}

func (h *Handler) statement(c *gin.Context) error {
	st, err := h.svc.Statement(c.Request.Context(), caller(c), c.Param("notice_id"))
	if err != nil {
		return err
	}
	c.JSON(http.StatusOK, st)
	return nil
}
