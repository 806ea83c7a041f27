package client

import (
	"context"
	"net/http"
	"net/url"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
)

// OpenClosing opens a room for a plan, or finds the one that is there.
func (c *Client) OpenClosing(ctx context.Context, plan service.ClosingPlan) (out Doc[service.Closing], err error) {
	return out, c.call(ctx, request{method: http.MethodPost, path: "/v1/closings", again: true}, plan, &out)
}

// Closing reads a room.
func (c *Client) Closing(ctx context.Context, id string) (out Doc[service.Closing], err error) {
	return out, c.get(ctx, "/v1/closings/"+url.PathEscape(id), nil, &out)
}

// SignStep signs a step of a closing for the client's party and hands it in.
// The digest that is signed is worked out here from all the steps: a service
// that shows other ones than it keeps gets a signature that it cannot use.
func (c *Client) SignStep(ctx context.Context, steps []pledge.Step, n int) (out Doc[service.Closing], err error) {
	if c.key == nil {
		return out, ErrNoKey
	}
	plan, err := pledge.PlanDigest(steps)
	if err != nil {
		return out, err
	}
	channel, err := c.Channel(ctx)
	if err != nil {
		return out, err
	}
	jws, err := c.key.SignIn(plan, steps[n].Act, channel, steps[n].Body, c.opts.Now(), nil)
	if err != nil {
		return out, err
	}
	resp, err := c.do(ctx, request{method: http.MethodPost, path: "/v1/closings/" + url.PathEscape(plan) + "/commands", public: true,
		again: true, body: []byte(jws), header: http.Header{"Content-Type": {"application/jose"}}})
	if err != nil {
		return out, err
	}
	defer resp.Body.Close()
	return out, decode(resp.Body, &out)
}

// ExecuteClosing tries once more to apply a closing that has all signatures.
func (c *Client) ExecuteClosing(ctx context.Context, id string) (out Doc[service.Closing], err error) {
	return out, c.call(ctx, request{method: http.MethodPost, path: "/v1/closings/" + url.PathEscape(id) + "/execute", again: true}, nil, &out)
}
