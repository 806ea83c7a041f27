package rest

import "github.com/gin-gonic/gin"

// reminders lists what ends soon of the caller's own.
func (h *Handler) reminders(c *gin.Context) error {
	p, err := page(c)
	if err != nil {
		return err
	}
	items, next, err := h.svc.Reminders(c.Request.Context(), caller(c), p)
	return list(c, items, next, err)
}
