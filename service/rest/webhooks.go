package rest

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/datapledge/datapledge/service"
)

func (h *Handler) addWebhook(c *gin.Context) error {
	var r service.WebhookRequest
	if err := decode(c, &r); err != nil {
		return err
	}
	w, err := h.svc.AddWebhook(c.Request.Context(), caller(c), r)
	if err != nil {
		return err
	}
	c.JSON(http.StatusCreated, w)
	return nil
}

func (h *Handler) listWebhooks(c *gin.Context) error {
	all, err := h.svc.ListWebhooks(c.Request.Context(), caller(c))
	return list(c, all, "", err) // so few that one page holds them
}

func (h *Handler) removeWebhook(c *gin.Context) error {
	if err := h.svc.RemoveWebhook(c.Request.Context(), caller(c), c.Param("webhook_id")); err != nil {
		return err
	}
	c.Status(http.StatusNoContent)
	return nil
}

func (h *Handler) deadLetters(c *gin.Context) error {
	p, err := page(c)
	if err != nil {
		return err
	}
	letters, next, err := h.svc.DeadLetters(c.Request.Context(), caller(c), c.Param("webhook_id"), p)
	return list(c, letters, next, err)
}

// maxReplay bounds the body that names dead letters, in bytes.
const maxReplay = 64 << 10

func (h *Handler) replayWebhook(c *gin.Context) error {
	var named struct {
		Deliveries []string `json:"deliveries"`
	}
	if err := decodeOptional(c, maxReplay, &named); err != nil {
		return err
	}
	n, err := h.svc.ReplayWebhook(c.Request.Context(), caller(c), c.Param("webhook_id"), named.Deliveries)
	if err != nil {
		return err
	}
	c.JSON(http.StatusOK, gin.H{"replayed": n})
	return nil
}
