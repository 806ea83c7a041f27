package rest

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
)

// events streams what was committed, until the caller or the server stops.
func (h *Handler) events(c *gin.Context) error {
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
	err := h.svc.Events(ctx, caller(c), after, follow == "true", s.event, s.idle)
	if err == nil || errors.Is(err, context.Canceled) {
		return s.start() // an empty stream has a head too
	}
	return err
}

// stream writes events in one of the two forms. The head is sent when there
// is something to say, so that a refusal can still be a problem.
type stream struct {
	c       *gin.Context
	w       io.Writer
	sse     bool
	started bool
}

func newStream(c *gin.Context) *stream {
	return &stream{c: c, w: c.Writer, sse: strings.Contains(c.GetHeader("Accept"), "text/event-stream")}
}

func (s *stream) start() error {
	if s.started {
		return nil
	}
	s.started = true
	contentType := "application/x-ndjson"
	if s.sse {
		contentType = "text/event-stream"
	}
	s.c.Header("Content-Type", contentType)
	s.c.Header("X-Accel-Buffering", "no")
	s.c.Status(http.StatusOK)
	s.c.Writer.WriteHeaderNow()
	s.c.Writer.Flush()
	return nil
}

func (s *stream) event(e service.Event) error {
	return s.item(e.Cursor, string(e.Act), e)
}

// idle shows that the connection lives: a comment, or an empty line.
func (s *stream) idle() error {
	if err := s.start(); err != nil {
		return err
	}
	beat := "\n"
	if s.sse {
		beat = ": alive\n\n"
	}
	_, err := io.WriteString(s.w, beat)
	s.c.Writer.Flush()
	return err
}
