// Package rest serves the use cases over HTTP. The contract is openapi.yaml,
// which the server hands out itself; routes.go and it are held together by a
// test.
package rest

import (
	"context"
	_ "embed"
	"errors"
	"io/fs"
	"log/slog"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/datapledge/datapledge/service"
)

//go:embed openapi.yaml
var spec []byte

// Options of a Handler. The zero value is usable.
type Options struct {
	Logger  *slog.Logger
	Metrics *Metrics
	// Now is the clock of rate limits and of durations in logs.
	Now func() time.Time

	// RatePerAddress and RatePerParty are requests per second, with bursts of
	// four times that; 0 means 500, a negative value no limit.
	RatePerAddress, RatePerParty float64
	// Idle is how long one read of a body, or one write of an answer, may
	// take; 60 s when zero. The whole request may take as long as it moves.
	Idle time.Duration
	// Small is how long the whole body of a command, or of JSON, may take;
	// 30 s when zero.
	Small time.Duration
	// TrustedProxies are the addresses (CIDR) whose X-Forwarded-For is believed.
	TrustedProxies []string

	// Checker is the folder of the checker for browsers, as scripts/install
	// makes it; nil for none. Trust is the trust file that the public page
	// offers; empty for none.
	Checker fs.FS
	Trust   []byte
}

// Handler answers HTTP requests. Close ends the streams it serves.
type Handler struct {
	engine    *gin.Engine
	svc       *service.Service
	o         Options
	pages     *pages
	words     verifyTemplates
	files     verifyAssets
	addresses *limits
	streams   context.Context
	end       context.CancelFunc
}

// New makes a Handler of a service.
func New(svc *service.Service, o Options) (*Handler, error) {
	if svc == nil {
		return nil, errors.New("a handler needs a service")
	}
	o.defaults()
	p, err := newPages(spec)
	if err != nil {
		return nil, err
	}
	h := &Handler{svc: svc, o: o, pages: p}
	if h.files, err = newVerifyAssets(o.Checker); err != nil {
		return nil, err
	}
	if h.words, err = newVerify(h.files); err != nil {
		return nil, err
	}
	h.streams, h.end = context.WithCancel(context.Background())
	o.Metrics.watch(svc)
	if err := h.build(); err != nil {
		return nil, err
	}
	return h, nil
}

func (o *Options) defaults() {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Metrics == nil {
		o.Metrics = NewMetrics()
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.RatePerAddress == 0 {
		o.RatePerAddress = 500
	}
	if o.RatePerParty == 0 {
		o.RatePerParty = 500
	}
	if o.Idle == 0 {
		o.Idle = time.Minute
	}
	if o.Small == 0 {
		o.Small = 30 * time.Second
	}
}

func (h *Handler) build() error {
	gin.SetMode(gin.ReleaseMode)
	e := gin.New()
	e.HandleMethodNotAllowed = true
	e.RedirectTrailingSlash = false
	e.ContextWithFallback = true
	if err := e.SetTrustedProxies(h.o.TrustedProxies); err != nil {
		return err
	}
	h.addresses = newLimits(h.o.RatePerAddress, h.o.Now)
	parties := newLimits(h.o.RatePerParty, h.o.Now)
	e.Use(h.observe, h.recover, secure, h.patience, h.limitAddress)
	for _, r := range h.routes() {
		e.Handle(r.method, r.path, h.authenticate(r, parties), h.serve(r.serve))
	}
	e.NoRoute(h.serve(func(*gin.Context) error { return errNoRoute }))
	e.NoMethod(h.serve(func(*gin.Context) error { return errNoMethod }))
	h.engine = e
	return nil
}

func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) { h.engine.ServeHTTP(w, r) }

// Close ends event streams, so that a graceful stop need not wait for them.
func (h *Handler) Close() { h.end() }

// NewServer makes an HTTP server with limits that suit long uploads: the
// head of a request must arrive soon, the body may take as long as it moves.
func NewServer(h *Handler) *http.Server {
	s := &http.Server{
		Handler:           h,
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    32 << 10,
		ErrorLog:          slog.NewLogLogger(h.o.Logger.Handler(), slog.LevelWarn),
	}
	s.RegisterOnShutdown(h.Close)
	return s
}
