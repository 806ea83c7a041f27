package client

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
)

// refusal carries the outcome of a refused command along with its error.
type refusal struct {
	error
	outcome pledge.Outcome
}

func (r *refusal) Unwrap() error { return r.error }

// UnknownError says that a command was sent and its fate was not seen. The
// same command may be sent again, or looked up, or fenced; a different one
// for the same purpose must not be signed before that.
type UnknownError struct {
	CommandID string
	Cause     error
}

func (e *UnknownError) Error() string {
	return fmt.Sprintf("the outcome of %s is not known: %v", e.CommandID, e.Cause)
}

// Unwrap lets errors.Is find service.ErrUnknownOutcome and the cause.
func (e *UnknownError) Unwrap() []error { return []error{service.ErrUnknownOutcome, e.Cause} }

// Sign signs a command for the client's party on the service's channel.
func (c *Client) Sign(ctx context.Context, act pledge.Act, body any) (string, error) {
	if c.key == nil {
		return "", ErrNoKey
	}
	channel, err := c.Channel(ctx)
	if err != nil {
		return "", err
	}
	return c.key.Sign(act, channel, body, c.opts.Now(), nil)
}

// Act signs a command and submits it.
func (c *Client) Act(ctx context.Context, act pledge.Act, body any) (pledge.Outcome, error) {
	jws, err := c.Sign(ctx, act, body)
	if err != nil {
		return pledge.Outcome{}, err
	}
	return c.Submit(ctx, jws)
}

// Submit sends a signed command until its fate is known. Refused: the
// outcome and a *pledge.Error. Not known after all tries: an *UnknownError.
// Whatever happens on the way, it is this command that is sent again, never
// another, so it takes effect at most once.
func (c *Client) Submit(ctx context.Context, jws string) (pledge.Outcome, error) {
	id := CommandID(jws)
	sent := false
	for try := 0; ; try++ {
		out, err := c.submitOnce(ctx, jws)
		if err == nil && out.Status == pledge.Unknown {
			err = errors.New("the service cannot tell yet")
		}
		if err == nil || !passing(err) && !faulty(err) {
			return out, err
		}
		if neverSent(err) && !sent {
			return out, fmt.Errorf("%w: %w", service.ErrUnavailable, err)
		}
		sent = true
		if try+1 >= c.opts.Tries || c.pause(ctx, try, err) != nil {
			return pledge.Outcome{CommandID: id, Status: pledge.Unknown}, &UnknownError{id, err}
		}
		if out, err := c.Command(ctx, id); err == nil && out.Value.Status == pledge.Applied {
			return out.Value, nil
		}
	}
}

// faulty reports a 5xx: the command may have taken effect all the same.
func faulty(err error) bool {
	f := (*Fault)(nil)
	return errors.As(err, &f)
}

func (c *Client) submitOnce(ctx context.Context, jws string) (pledge.Outcome, error) {
	resp, err := c.once(ctx, request{
		method: http.MethodPost, path: "/v1/commands", public: true, body: []byte(jws),
		header: http.Header{"Content-Type": {"application/jose"}},
	})
	if r := (*refusal)(nil); errors.As(err, &r) {
		return r.outcome, r.error
	}
	if err != nil {
		return pledge.Outcome{}, err
	}
	defer resp.Body.Close()
	var out pledge.Outcome
	return out, decode(resp.Body, &out)
}

// SubmitAll sends many commands in one request and returns one outcome each,
// in order. When the answer breaks off, the rest are Unknown and the error
// is an *UnknownError that names the first of them.
func (c *Client) SubmitAll(ctx context.Context, commands []string) ([]pledge.Outcome, error) {
	out := make([]pledge.Outcome, len(commands))
	for i, jws := range commands {
		out[i] = pledge.Outcome{CommandID: CommandID(jws), Status: pledge.Unknown}
	}
	resp, err := c.once(ctx, request{
		method: http.MethodPost, path: "/v1/commands", public: true, body: []byte(strings.Join(commands, "\n")),
		header: http.Header{"Content-Type": {"application/x-ndjson"}, "Accept": {"application/x-ndjson"}},
	})
	if err != nil {
		return out, err
	}
	defer resp.Body.Close()
	dec := json.NewDecoder(bufio.NewReader(resp.Body))
	for i := range out {
		var o pledge.Outcome
		if err := dec.Decode(&o); err != nil {
			return out, &UnknownError{out[i].CommandID, err}
		}
		out[i] = o
	}
	return out, nil
}

// Command looks up what became of a command; *pledge.Error not_found when it
// was never seen to take effect, which is no proof that it never will.
func (c *Client) Command(ctx context.Context, id string) (Doc[pledge.Outcome], error) {
	var out Doc[pledge.Outcome]
	return out, c.get(ctx, "/v1/commands/"+url.PathEscape(id), nil, &out)
}

// Fence makes sure that a command of this party never takes effect, unless
// it already has: then its outcome is the answer.
func (c *Client) Fence(ctx context.Context, id string) (pledge.Outcome, error) {
	return c.Act(ctx, pledge.CommandFence, pledge.FenceBody{CommandID: id})
}
