package rest

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"runtime/debug"
	"strings"
	"sync/atomic"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
)

const (
	keyRequest = "request"
	keyCaller  = "caller"
	keyBody    = "body"
)

// observe gives the request an id, then logs and counts how it went. It names
// routes, never paths or queries: those may hold what is nobody's business.
func (h *Handler) observe(c *gin.Context) {
	id := make([]byte, 12)
	_, _ = rand.Read(id) // never fails since Go 1.24
	c.Set(keyRequest, hex.EncodeToString(id))
	c.Header("X-Request-Id", requestID(c))
	c.Request = c.Request.WithContext(service.WithOrigin(c.Request.Context(),
		service.Origin{Address: c.ClientIP(), Request: requestID(c)}))
	start := h.o.Now()
	defer func() {
		took := h.o.Now().Sub(start)
		h.o.Metrics.request(c.Request.Method, c.FullPath(), c.Writer.Status(), took)
		h.o.Logger.InfoContext(c.Request.Context(), "request", "id", requestID(c), "method", knownMethod(c.Request.Method), "route", c.FullPath(),
			"status", c.Writer.Status(), "ms", took.Milliseconds(), "bytes", max(0, c.Writer.Size()), "party", caller(c).Party)
	}()
	c.Next()
}

func requestID(c *gin.Context) string { return c.GetString(keyRequest) }

// recover answers a panic like any other fault. The value may quote data, so
// it goes to the log only.
func (h *Handler) recover(c *gin.Context) {
	defer func() {
		v := recover()
		if v == nil {
			return
		}
		if err, ok := v.(error); ok && errors.Is(err, http.ErrAbortHandler) {
			panic(v)
		}
		h.o.Logger.ErrorContext(c.Request.Context(), "panic", "id", requestID(c), "stack", string(debug.Stack()))
		h.fail(c, fmt.Errorf("panic: %v", v))
	}()
	c.Next()
}

// secure sets the headers that keep browsers from doing more than reading.
func secure(c *gin.Context) {
	head := c.Writer.Header()
	head.Set("X-Content-Type-Options", "nosniff")
	head.Set("X-Frame-Options", "DENY")
	head.Set("Referrer-Policy", "no-referrer")
	head.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'")
	head.Set("Cross-Origin-Resource-Policy", "same-origin")
	head.Set("Cache-Control", "no-store")
	if c.Request.TLS != nil {
		head.Set("Strict-Transport-Security", "max-age=31536000")
	}
}

// patience lets a request take as long as it moves: every read and every
// write may wait for Idle, the whole has no limit.
func (h *Handler) patience(c *gin.Context) {
	control := http.NewResponseController(c.Writer)
	body := &patientBody{ReadCloser: c.Request.Body, control: control, idle: h.o.Idle, small: h.o.Small}
	if c.Request.Body != http.NoBody {
		body.extend() // also for a body that no handler reads, but the server drains
		c.Request.Body = body
		c.Set(keyBody, body)
	}
	c.Writer = &patientWriter{c.Writer, control, h.o.Idle}
	_ = control.SetWriteDeadline(time.Now().Add(h.o.Idle)) // unsupported in tests without a connection
	c.Next()
	_ = control.SetWriteDeadline(time.Now().Add(h.o.Idle))
}

type patientBody struct {
	io.ReadCloser
	control *http.ResponseController
	idle    time.Duration
	small   time.Duration
	end     time.Time // of the whole body; zero for none
	slow    atomic.Bool
}

func (b *patientBody) extend() {
	until := time.Now().Add(b.idle)
	if !b.end.IsZero() && b.end.Before(until) {
		until = b.end
	}
	_ = b.control.SetReadDeadline(until)
}

// hurry bounds the whole of a small body: a byte now and then must not hold a
// request open.
func hurry(c *gin.Context) {
	if v, _ := c.Get(keyBody); v != nil {
		if b, ok := v.(*patientBody); ok {
			b.end = time.Now().Add(b.small)
		}
	}
}

// Read lifts the deadline at the end of the body: left in place it would end
// the request while the server works on it. After a failure it stays, so that
// nobody waits for the rest.
func (b *patientBody) Read(p []byte) (int, error) {
	b.extend()
	n, err := b.ReadCloser.Read(p)
	if err == io.EOF {
		_ = b.control.SetReadDeadline(time.Time{})
	}
	if errors.Is(err, os.ErrDeadlineExceeded) {
		b.slow.Store(true)
	}
	return n, err
}

// tooSlow says whether the body stopped arriving. The server then cancels the
// request's context, but its sender may still be there to be told.
func tooSlow(c *gin.Context) bool {
	v, _ := c.Get(keyBody)
	b, ok := v.(*patientBody)
	return ok && b.slow.Load()
}

type patientWriter struct {
	gin.ResponseWriter
	control *http.ResponseController
	idle    time.Duration
}

func (w *patientWriter) Write(p []byte) (int, error) {
	_ = w.control.SetWriteDeadline(time.Now().Add(w.idle))
	return w.ResponseWriter.Write(p)
}

func (w *patientWriter) WriteString(s string) (int, error) { return w.Write([]byte(s)) }

func (w *patientWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// authenticate finds out who asks. A public route asks nobody, and believes
// nobody: a token sent there is not looked at.
func (h *Handler) authenticate(r route, parties *limits) gin.HandlerFunc {
	return func(c *gin.Context) {
		if r.public {
			return
		}
		token, ok := strings.CutPrefix(c.GetHeader("Authorization"), "Bearer ")
		if !ok {
			token = ""
		}
		who, err := h.svc.Authenticate(c.Request.Context(), strings.TrimSpace(token))
		if err == nil && !parties.allow(who.Party) {
			err = errTooOften
		}
		if err != nil {
			h.refuseToken(c, err)
			return
		}
		c.Set(keyCaller, who)
		origin := service.Origin{Address: c.ClientIP(), Request: requestID(c), Party: who.Party}
		c.Request = c.Request.WithContext(service.WithOrigin(c.Request.Context(), origin))
	}
}

func (h *Handler) refuseToken(c *gin.Context, err error) {
	var token *service.Unauthenticated
	if errors.As(err, &token) {
		h.o.Metrics.refusedToken(token.Refusal.Code)
		h.svc.AuditToken(c.Request.Context(), token.Refusal)
	}
	h.fail(c, err)
}

func caller(c *gin.Context) service.Caller {
	who, _ := c.Get(keyCaller)
	known, _ := who.(service.Caller)
	return known
}

func (h *Handler) limitAddress(c *gin.Context) {
	if !h.addresses.allow(network(c.ClientIP())) {
		h.fail(c, errTooOften)
	}
}

func knownMethod(m string) string {
	switch m {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodDelete:
		return m
	}
	return "other"
}

// page reads limit and cursor.
func page(c *gin.Context) (service.Page, error) {
	p := service.Page{Cursor: c.Query("cursor")}
	text, given := c.GetQuery("limit")
	if !given {
		return p, nil
	}
	if _, err := fmt.Sscanf(text+"\n", "%d\n", &p.Limit); err != nil || p.Limit < 1 || p.Limit > 200 {
		return p, pledge.Errorf(pledge.Malformed, "limit must be a number from 1 to 200")
	}
	return p, nil
}
