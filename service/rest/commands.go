package rest

import (
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
)

func (h *Handler) submit(c *gin.Context) error {
	switch mediaType(c) {
	case "application/jose":
		return h.submitOne(c)
	case "application/x-ndjson":
		return h.submitLines(c)
	}
	return errMediaType
}

func (h *Handler) submitOne(c *gin.Context) error {
	data, err := readAll(c, pledge.MaxCommand)
	if err != nil {
		return err
	}
	outcomes, err := h.svc.Submit(c.Request.Context(), []string{strings.TrimSpace(string(data))})
	if err != nil {
		return err
	}
	return answer(c, outcomes[0])
}

// answer gives an outcome its status: applied 200, unknown 202 and where to
// ask, refused a problem.
func answer(c *gin.Context, o pledge.Outcome) error {
	switch o.Status {
	case pledge.Refused:
		return &refusedCommand{o}
	case pledge.Applied:
		c.JSON(http.StatusOK, o)
	default:
		c.Header("Location", "/v1/commands/"+o.CommandID)
		c.Header("Retry-After", "1")
		c.JSON(http.StatusAccepted, o)
	}
	return nil
}

func (h *Handler) outcome(c *gin.Context) error {
	o, err := h.svc.Outcome(c.Request.Context(), caller(c), c.Param("command_id"))
	if err != nil {
		return err
	}
	c.JSON(http.StatusOK, o)
	return nil
}

func (h *Handler) custodyCheck(c *gin.Context) error {
	var body struct {
		Depth string `json:"depth"`
	}
	if err := decode(c, &body); err != nil {
		return err
	}
	o, err := h.svc.CheckCustody(c.Request.Context(), caller(c), c.Param("pledge_id"), body.Depth)
	if err != nil {
		return err
	}
	return answer(c, o)
}

func (h *Handler) verify(c *gin.Context) error {
	var q service.VerifyRequest
	if err := decode(c, &q); err != nil {
		return err
	}
	r, err := h.svc.Verify(c.Request.Context(), caller(c), q)
	if err != nil {
		return err
	}
	c.JSON(http.StatusOK, r)
	return nil
}
