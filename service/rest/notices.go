package rest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
)

// notices streams what others did that touches the caller.
func (h *Handler) notices(c *gin.Context) error {
	after := c.Query("after")
	if last := c.GetHeader("Last-Event-ID"); last != "" {
		after = last
	}
	follow := c.DefaultQuery("follow", "true")
	if follow != "true" && follow != "false" {
		return pledge.Errorf(pledge.Malformed, "follow must be true or false")
	}
	ctx, cancel := context.WithCancel(c.Request.Context())
	defer cancel()
	defer context.AfterFunc(h.streams, cancel)()

	s := newStream(c)
	one := func(n service.Notice) error { return s.item(n.Cursor, string(n.Act), n) }
	err := h.svc.Notices(ctx, caller(c), after, follow == "true", one, s.idle)
	if err == nil || errors.Is(err, context.Canceled) {
		return s.start() // an empty stream has a head too
	}
	return err
}

// item writes one thing of a stream.
func (s *stream) item(cursor, name string, v any) error {
	if err := s.start(); err != nil {
		return err
	}
	data, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("encoding %s: %w", name, err)
	}
	if s.sse {
		_, err = fmt.Fprintf(s.w, "id: %s\nevent: %s\ndata: %s\n\n", cursor, name, data)
	} else {
		_, err = s.w.Write(append(data, '\n'))
	}
	s.c.Writer.Flush()
	return err
}

func (h *Handler) statement(c *gin.Context) error {
	st, err := h.svc.Statement(c.Request.Context(), caller(c), c.Param("notice_id"))
	if err != nil {
		return err
	}
	c.JSON(http.StatusOK, st)
	return nil
}
