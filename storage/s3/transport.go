package s3

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"net/http"
	"os"
	"sync/atomic"
	"time"
)

const (
	defaultTimeout = 30 * time.Second
	// joinTimeout is for the completion of an object in parts: some stores
	// copy all of it before they answer.
	joinTimeout = 30 * time.Minute
)

func (c Config) transport() (http.RoundTripper, error) {
	if c.Transport != nil {
		return &counting{c.Transport, c.Transport}, nil
	}
	conf, err := c.tls()
	if err != nil {
		return nil, err
	}
	timeout := c.Timeout
	if timeout == 0 {
		timeout = defaultTimeout
	}
	return &counting{newTransport(conf, timeout, timeout), newTransport(conf, timeout, max(timeout, joinTimeout))}, nil
}

func (c Config) tls() (*tls.Config, error) {
	conf := &tls.Config{MinVersion: tls.VersionTLS12}
	if c.CAFile == "" {
		return conf, nil
	}
	text, err := os.ReadFile(c.CAFile)
	if err != nil {
		return nil, err
	}
	conf.RootCAs = x509.NewCertPool()
	if !conf.RootCAs.AppendCertsFromPEM(text) {
		return nil, fmt.Errorf("%s holds no certificate in PEM", c.CAFile)
	}
	return conf, nil
}

// newTransport never waits longer than timeout for a connection or for its own
// bytes to go, nor than answer for what the store sends.
func newTransport(conf *tls.Config, timeout, answer time.Duration) *http.Transport {
	dial := &net.Dialer{Timeout: timeout, KeepAlive: 15 * time.Second}
	return &http.Transport{
		Proxy: http.ProxyFromEnvironment,
		DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
			c, err := dial.DialContext(ctx, network, addr)
			if err != nil {
				return nil, err
			}
			return &impatient{c, timeout, answer}, nil
		},
		TLSClientConfig: conf, TLSHandshakeTimeout: timeout, ResponseHeaderTimeout: answer, IdleConnTimeout: time.Minute,
		MaxIdleConnsPerHost: 32, WriteBufferSize: 64 << 10, ReadBufferSize: 64 << 10, DisableCompression: true,
	}
}

// impatient is a connection that breaks when nothing moves on it.
type impatient struct {
	net.Conn
	write, read time.Duration
}

func (c *impatient) Write(p []byte) (int, error) {
	if err := c.SetWriteDeadline(time.Now().Add(c.write)); err != nil {
		return 0, err
	}
	return c.Conn.Write(p)
}

func (c *impatient) Read(p []byte) (int, error) {
	if err := c.SetReadDeadline(time.Now().Add(c.read)); err != nil {
		return 0, err
	}
	return c.Conn.Read(p)
}

// counting notes how often the requests of one call were sent: an answer to
// the second may speak of what the first did.
type counting struct{ usual, joining http.RoundTripper }

type sentKey struct{}

func counted(ctx context.Context) (context.Context, *atomic.Int32) {
	n := new(atomic.Int32)
	return context.WithValue(ctx, sentKey{}, n), n
}

func (c *counting) RoundTrip(r *http.Request) (*http.Response, error) {
	if n, ok := r.Context().Value(sentKey{}).(*atomic.Int32); ok {
		n.Add(1)
	}
	if r.Method == http.MethodPost && r.URL.Query().Has("uploadId") {
		return send(c.joining, r)
	}
	return send(c.usual, r)
}

// CloseIdleConnections is what http.Client passes on.
func (c *counting) CloseIdleConnections() {
	for _, t := range []http.RoundTripper{c.usual, c.joining} {
		if i, ok := t.(interface{ CloseIdleConnections() }); ok {
			i.CloseIdleConnections()
		}
	}
}

// Close ends the connections that wait for the next request.
func (b *Bucket) Close() error {
	if c, ok := b.web.(*counting); ok {
		c.CloseIdleConnections()
	}
	return nil
}
