package main

import (
	"context"
	"errors"
	"net"
	"net/http"
	"time"
)

// listening says where a program answers over HTTP, and with which
// certificate; without one it is plain HTTP.
type listening struct{ addr, cert, key string }

func (l listening) scheme() string {
	if l.cert == "" {
		return "http"
	}
	return "https"
}

const (
	delivering = 5 * time.Minute // how long a body may take to come: an institution is sent much
	answering  = time.Minute     // and after it the answer
)

// server answers with limits to all that a client does: whoever finds it may be
// anybody.
func (l listening) server(h http.Handler) *http.Server {
	return &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: delivering, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 32 << 10,
		WriteTimeout: delivering + answering, // it begins with the body
		HTTP2:        &http.HTTP2Config{WriteByteTimeout: answering}}
}

// serve answers on a listener until ctx ends, and lets questions under way end.
func (l listening) serve(ctx context.Context, on net.Listener, h http.Handler) error {
	s := l.server(h)
	failed := make(chan error, 1)
	go func() {
		if l.cert != "" {
			failed <- s.ServeTLS(on, l.cert, l.key)
		} else {
			failed <- s.Serve(on)
		}
	}()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	wait, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
	defer cancel()
	return errors.Join(s.Shutdown(wait), notClosed(<-failed))
}

// beside runs work while h is answered, and ends both when either ends. With no
// address nothing is answered.
func (l listening) beside(ctx context.Context, say func(url string), h http.Handler, work func(context.Context)) error {
	if l.addr == "" {
		work(ctx)
		return nil
	}
	on, err := net.Listen("tcp", l.addr)
	if err != nil {
		return err
	}
	say(l.scheme() + "://" + on.Addr().String())
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	ended := make(chan error, 1)
	go func() {
		defer cancel()
		ended <- l.serve(ctx, on, h)
	}()
	work(ctx)
	cancel()
	return <-ended
}
