package webhook

import (
	"bytes"
	"context"
	"crypto/tls"
	"io"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
)

// Plain gives the library a received request in the form that it reads.
func Plain(r *http.Request, scheme, host string, body []byte) *http.Request {
	u := &url.URL{RawPath: r.URL.EscapedPath()}
	if r.URL.RawQuery != "" {
		u.RawQuery = "?" + r.URL.RawQuery
	}
	p := &http.Request{Method: r.Method, URL: u, Host: strings.ToLower(host), Header: r.Header, Body: io.NopCloser(bytes.NewReader(body))}
	if scheme == "https" {
		p.TLS = &tls.ConnectionState{}
	}
	return p
}

// Allowed says whether an address may be spoken to.
func Allowed(address string, allowPrivate bool) bool {
	h := &Hooks{o: Options{AllowPrivate: allowPrivate}}
	return h.checkAddress(netip.MustParseAddr(address)) == nil
}

// Heads counts what a worker of a webhook would find to deliver.
func Heads(h *Hooks, id string) int {
	list, err := h.db.heads(context.Background(), id, 100)
	if err != nil {
		return -1
	}
	return len(list)
}
