package client

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"

	"github.com/datapledge/datapledge/service"
)

// Notices calls fn for every notice to the party after a cursor, in ledger
// order; with follow it goes on waiting until ctx ends. A connection that
// breaks is taken up again after the last notice.
func (c *Client) Notices(ctx context.Context, after string, follow bool, fn func(Doc[service.Notice]) error) error {
	for try := 0; ; try++ {
		last, err := c.noticesOnce(ctx, after, follow, fn)
		if last != after {
			after, try = last, 0
		}
		var stop *stopped
		if errors.As(err, &stop) {
			return stop.error
		}
		again := follow || err != nil && try+1 < c.opts.Tries && !neverSent(err)
		if ctx.Err() != nil || !again || err != nil && !passing(err) {
			return err
		}
		if err := c.pause(ctx, try, err); err != nil {
			return err
		}
	}
}

func (c *Client) noticesOnce(ctx context.Context, after string, follow bool, fn func(Doc[service.Notice]) error) (string, error) {
	v := values("after", after)
	v.Set("follow", strconv.FormatBool(follow))
	resp, err := c.once(ctx, request{method: http.MethodGet, path: "/v1/notices", query: v, header: http.Header{"Accept": {"application/x-ndjson"}}})
	if err != nil {
		return after, err
	}
	defer resp.Body.Close()
	for dec := json.NewDecoder(resp.Body); ; {
		var n Doc[service.Notice]
		if err := dec.Decode(&n); err == io.EOF {
			return after, nil
		} else if err != nil {
			return after, err
		}
		if err := fn(n); err != nil {
			return after, &stopped{err}
		}
		after = n.Value.Cursor
	}
}

// Statement fetches the verification statement of a notice, by its id.
func (c *Client) Statement(ctx context.Context, notice string) (out Doc[service.Statement], err error) {
	return out, c.get(ctx, "/v1/notices/"+url.PathEscape(notice)+"/statement", nil, &out)
}

// AddWebhook has notices delivered to an address. It is not repeated by
// itself: a second time it is refused as duplicate.
func (c *Client) AddWebhook(ctx context.Context, r service.WebhookRequest) (out Doc[service.Webhook], err error) {
	return out, c.call(ctx, request{method: http.MethodPost, path: "/v1/webhooks"}, r, &out)
}

// Webhooks lists the party's.
func (c *Client) Webhooks(ctx context.Context) (out Page[service.Webhook], err error) {
	return out, c.get(ctx, "/v1/webhooks", nil, &out)
}

// RemoveWebhook ends one.
func (c *Client) RemoveWebhook(ctx context.Context, id string) error {
	resp, err := c.do(ctx, request{method: http.MethodDelete, path: "/v1/webhooks/" + url.PathEscape(id)})
	if err != nil {
		return err
	}
	return resp.Body.Close()
}

// DeadLetters lists one page of the deliveries that were given up.
func (c *Client) DeadLetters(ctx context.Context, id string, p service.Page) (out Page[service.DeadLetter], err error) {
	return out, c.get(ctx, "/v1/webhooks/"+url.PathEscape(id)+"/dead", page(url.Values{}, p), &out)
}

// Replay queues dead letters again, all when none are named, and wakes a
// suspended webhook. It says how many.
func (c *Client) Replay(ctx context.Context, id string, deliveries ...string) (int, error) {
	var out struct {
		Replayed int `json:"replayed"`
	}
	in := map[string][]string{}
	if len(deliveries) > 0 {
		in["deliveries"] = deliveries
	}
	err := c.call(ctx, request{method: http.MethodPost, path: "/v1/webhooks/" + url.PathEscape(id) + "/replay", again: true}, in, &out)
	return out.Replayed, err
}
