package rest

import (
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
)

// openClosing answers 201 also for a room that is there already: who opens
// the same plan means the same closing.
func (h *Handler) openClosing(c *gin.Context) error {
	var plan service.ClosingPlan
	if err := decode(c, &plan); err != nil {
		return err
	}
	r, err := h.svc.OpenClosing(c.Request.Context(), caller(c), plan)
	if err != nil {
		return err
	}
	c.Header("Location", "/v1/closings/"+r.Closing)
	c.JSON(http.StatusCreated, r)
	return nil
}

func (h *Handler) closing(c *gin.Context) error {
	r, err := h.svc.Closing(c.Request.Context(), caller(c), c.Param("closing"))
	if err != nil {
		return err
	}
	c.JSON(http.StatusOK, r)
	return nil
}

// signClosing takes a command, which is signed itself: like /v1/commands it
// asks for no token.
func (h *Handler) signClosing(c *gin.Context) error {
	if mediaType(c) != "application/jose" {
		return errMediaType
	}
	data, err := readAll(c, pledge.MaxCommand)
	if err != nil {
		return err
	}
	r, err := h.svc.SignClosing(c.Request.Context(), c.Param("closing"), strings.TrimSpace(string(data)))
	if err != nil {
		return err
	}
	c.JSON(http.StatusOK, r)
	return nil
}

func (h *Handler) executeClosing(c *gin.Context) error {
	r, err := h.svc.ExecuteClosing(c.Request.Context(), caller(c), c.Param("closing"))
	if err != nil {
		return err
	}
	c.JSON(http.StatusOK, r)
	return nil
}
