package client

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"

	"github.com/datapledge/datapledge/service"
)

// Events calls fn for every committed command after a cursor that the party
// may see, in ledger order; with follow it goes on waiting until ctx ends.
// A connection that breaks is taken up again after the last event.
func (c *Client) Events(ctx context.Context, after string, follow bool, fn func(Doc[service.Event]) error) error {
	s := stream[service.Event]{c: c, path: "/v1/events", follow: follow, cursor: func(e service.Event) string { return e.Cursor }}
	return s.read(ctx, after, fn)
}

// Notices calls fn for every notice to the party after a cursor, in ledger
// order; with follow it goes on waiting until ctx ends. A connection that
// breaks is taken up again after the last notice.
func (c *Client) Notices(ctx context.Context, after string, follow bool, fn func(Doc[service.Notice]) error) error {
	s := stream[service.Notice]{c: c, path: "/v1/notices", follow: follow, cursor: func(n service.Notice) string { return n.Cursor }}
	return s.read(ctx, after, fn)
}

// stream is a route that sends things one a line, each with its cursor.
type stream[T any] struct {
	c      *Client
	path   string
	follow bool
	cursor func(T) string
}

// read goes on after the last thing that came, as often as a connection breaks.
func (s stream[T]) read(ctx context.Context, after string, fn func(Doc[T]) error) error {
	for try := 0; ; try++ {
		last, err := s.once(ctx, after, fn)
		if last != after {
			after, try = last, 0
		}
		var stop *stopped
		if errors.As(err, &stop) {
			return stop.error
		}
		again := s.follow || err != nil && try+1 < s.c.opts.Tries && !neverSent(err)
		if ctx.Err() != nil || !again || err != nil && !passing(err) {
			return err
		}
		if err := s.c.pause(ctx, try, err); err != nil {
			return err
		}
	}
}

// stopped marks an error of the caller's own function.
type stopped struct{ error }

func (s stream[T]) once(ctx context.Context, after string, fn func(Doc[T]) error) (string, error) {
	v := values("after", after)
	v.Set("follow", strconv.FormatBool(s.follow))
	resp, err := s.c.once(ctx, request{method: http.MethodGet, path: s.path, query: v, header: http.Header{"Accept": {"application/x-ndjson"}}})
	if err != nil {
		return after, err
	}
	defer resp.Body.Close()
	for dec := json.NewDecoder(resp.Body); ; {
		var one Doc[T]
		if err := dec.Decode(&one); err == io.EOF {
			return after, nil
		} else if err != nil {
			return after, err
		}
		if err := fn(one); err != nil {
			return after, &stopped{err}
		}
		after = s.cursor(one.Value)
	}
}
