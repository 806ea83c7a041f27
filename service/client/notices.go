package client

import (
	"context"
	"net/http"
	"net/url"

	"github.com/datapledge/datapledge/service"
)

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
