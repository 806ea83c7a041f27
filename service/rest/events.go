package rest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
)

// events streams what was committed, until the caller or the server stops.
func (h *Handler) events(c *gin.Context) error {
	return h.stream(c, func(ctx context.Context, after string, follow bool, s *stream) error {
		one := func(e service.Event) error { return s.item(e.Cursor, string(e.Act), e) }
		return h.svc.Events(ctx, caller(c), after, follow, one, s.idle)
	})
}

// stream answers with what fill finds after a cursor.
func (h *Handler) stream(c *gin.Context, fill func(ctx context.Context, after string, follow bool, s *stream) error) error {
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
	err := fill(ctx, after, follow == "true", s)
	if err == nil || errors.Is(err, context.Canceled) {
		return s.start() // an empty stream has a head too
	}
	return err
}

// stream writes things in one of the two forms. The head is sent when there
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
