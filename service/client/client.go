package client

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/datapledge/datapledge/service"
)

// Options of a client; the zero value is good.
type Options struct {
	// HTTP sends the requests; nil means a client of its own without a
	// total timeout, since uploads are long.
	HTTP *http.Client
	// Now is the clock that commands and tokens are signed by.
	Now func() time.Time
	// Wait pauses between tries. Nil waits by the real clock.
	Wait func(context.Context, time.Duration) error
	// Tries is how often a request that may be repeated is sent; 0 means 6.
	Tries int
}

// Client speaks to one service for one party. It is safe for concurrent use.
type Client struct {
	base *url.URL
	key  *Key
	opts Options

	mu      sync.Mutex
	channel string
}

// Dial makes a client; nothing is sent yet. Key may be nil for what is
// public: the network.
func Dial(server string, key *Key, opts Options) (*Client, error) {
	base, err := url.Parse(server)
	if err != nil || (base.Scheme != "http" && base.Scheme != "https") || base.Host == "" {
		return nil, fmt.Errorf("%q %w (like http://127.0.0.1:8080)", server, ErrAddress)
	}
	base.Path = strings.TrimSuffix(base.Path, "/")
	if opts.HTTP == nil {
		opts.HTTP = &http.Client{Transport: http.DefaultTransport.(*http.Transport).Clone()}
	}
	if opts.Now == nil {
		opts.Now = time.Now
	}
	if opts.Wait == nil {
		opts.Wait = wait
	}
	if opts.Tries == 0 {
		opts.Tries = 6
	}
	return &Client{base: base, key: key, opts: opts}, nil
}

// Key is the key that the client signs with; nil when it has none.
func (c *Client) Key() *Key { return c.key }

// Channel is the ledger's channel, asked for once.
func (c *Client) Channel(ctx context.Context) (string, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.channel == "" {
		n, err := c.Network(ctx)
		if err != nil {
			return "", err
		}
		c.channel = n.Value.Channel
	}
	return c.channel, nil
}

func wait(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// request is one call. Public ones carry no token.
type request struct {
	method, path string
	query        url.Values
	header       http.Header
	body         []byte
	stream       io.Reader // instead of body; sent once
	length       int64     // of stream
	public       bool
	again        bool // may be sent again: it changes nothing, or the same thing once
}

// do sends a request and returns a successful answer, whose body the caller
// closes. Anything else is an error: *pledge.Error, *Fault or transport.
func (c *Client) do(ctx context.Context, r request) (*http.Response, error) {
	tries := 1
	if r.again {
		tries = c.opts.Tries
	}
	sent := false
	for try := 0; ; try++ {
		resp, err := c.once(ctx, r)
		if err == nil || try+1 >= tries || !passing(err) || ctx.Err() != nil {
			return resp, err
		}
		if neverSent(err) && !sent {
			return nil, fmt.Errorf("%w: %w", service.ErrUnavailable, err)
		}
		sent = true
		if err := c.pause(ctx, try, err); err != nil {
			return nil, err
		}
	}
}

// pause waits longer after each try, and as long as the service asked for.
func (c *Client) pause(ctx context.Context, try int, cause error) error {
	d := 100 * time.Millisecond << min(try, 6)
	if f := (*Fault)(nil); errors.As(cause, &f) {
		d = max(d, f.After)
	}
	return c.opts.Wait(ctx, d)
}

func (c *Client) once(ctx context.Context, r request) (*http.Response, error) {
	req, err := c.build(ctx, r)
	if err != nil {
		return nil, err
	}
	resp, err := c.opts.HTTP.Do(req)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode/100 == 2 {
		return resp, nil
	}
	defer resp.Body.Close()
	out, err := problemOf(resp)
	if out.CommandID != "" {
		err = &refusal{err, out}
	}
	return resp, err
}

func (c *Client) build(ctx context.Context, r request) (*http.Request, error) {
	u := *c.base
	u.RawPath = u.EscapedPath() + r.path
	path, err := url.PathUnescape(u.RawPath)
	if err != nil {
		return nil, err
	}
	u.Path, u.RawQuery = path, r.query.Encode()
	body := r.stream
	if body == nil {
		body = bytes.NewReader(r.body)
	}
	req, err := http.NewRequestWithContext(ctx, r.method, u.String(), body)
	if err != nil {
		return nil, err
	}
	if r.stream != nil && r.length > 0 {
		req.ContentLength = r.length
	} else if r.stream != nil {
		req.Body, req.ContentLength = http.NoBody, 0
	}
	for k, v := range r.header {
		req.Header[k] = v
	}
	if r.public {
		return req, nil
	}
	return req, c.authorize(ctx, req)
}

// authorize puts a fresh token on a request: tokens live for five minutes,
// and a request that waits in between must not fail for it.
func (c *Client) authorize(ctx context.Context, req *http.Request) error {
	if c.key == nil {
		return ErrNoKey
	}
	channel, err := c.Channel(ctx)
	if err != nil {
		return err
	}
	token, err := c.key.JWT(channel, c.opts.Now())
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+token)
	return nil
}

// ErrAddress says that nobody can be reached under such an address.
var ErrAddress = errors.New("is no address of a service")

// ErrNoKey says that the call needs a party, and the client has no key.
var ErrNoKey = errors.New("this needs a party's key")

// call sends JSON (when in is not nil) and decodes the JSON answer into out.
func (c *Client) call(ctx context.Context, r request, in, out any) error {
	if in != nil {
		body, err := encode(in)
		if err != nil {
			return fmt.Errorf("encoding the request: %w", err)
		}
		r.body = body
		r.header = http.Header{"Content-Type": {"application/json"}}
	}
	resp, err := c.do(ctx, r)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	return decode(resp.Body, out)
}

func decode(r io.Reader, out any) error {
	body, err := io.ReadAll(io.LimitReader(r, maxAnswer+1))
	if err != nil {
		return fmt.Errorf("reading the answer: %w", err)
	}
	if len(body) > maxAnswer {
		return errors.New("the answer is too large")
	}
	if out == nil {
		return nil
	}
	if err := json.Unmarshal(body, out); err != nil {
		return fmt.Errorf("the answer is not what this client understands: %w", err)
	}
	return nil
}

// get reads; it may always be sent again.
func (c *Client) get(ctx context.Context, path string, query url.Values, out any) error {
	return c.call(ctx, request{method: http.MethodGet, path: path, query: query, again: true}, nil, out)
}
