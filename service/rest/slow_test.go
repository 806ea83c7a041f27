package rest_test

import (
	"io"
	"net/http"
	"testing"
	"time"
)

// trickle is a body that never ends and never stops for long.
type trickle struct{ t *testing.T }

func (r trickle) Read(p []byte) (int, error) {
	select {
	case <-r.t.Context().Done():
		return 0, io.EOF
	case <-time.After(10 * time.Millisecond):
		p[0] = ' '
		return 1, nil
	}
}

// A small body must arrive soon as a whole, however steadily it drips.
func TestSmallBodyThatDrips(t *testing.T) {
	s := newStack(t, func(c *setup) { c.noParties = true; c.rest.Small = 100 * time.Millisecond })
	s.do(http.MethodPost, "/v1/commands", "", trickle{t}, "Content-Type", "application/jose").want(408, "timeout")
	s.do(http.MethodPost, "/v1/searches", "bank", trickle{t}, "Content-Type", "application/json").want(408, "timeout")
}
