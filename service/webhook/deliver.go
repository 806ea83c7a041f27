package webhook

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"time"
)

// Bounds of an answer, in bytes. Its body means nothing: a little is read so
// that the connection can be used again.
const (
	maxAnswerHead = 16 << 10
	maxAnswerBody = 4 << 10
)

// client speaks to targets: it asks no proxy, which would dial for it where it
// must not, and follows no redirect.
func (h *Hooks) client() *http.Client {
	trust := h.o.TLS
	if trust == nil {
		trust = &tls.Config{MinVersion: tls.VersionTLS12}
	}
	return &http.Client{
		Timeout:       h.o.Timeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{DialContext: h.dial, TLSClientConfig: trust, ForceAttemptHTTP2: true, MaxResponseHeaderBytes: maxAnswerHead,
			MaxIdleConnsPerHost: parallel, IdleConnTimeout: time.Minute, TLSHandshakeTimeout: h.o.Timeout},
	}
}

// errGone: the target wants no more.
var errGone = errors.New("the target answered 410 Gone")

// failure is why a delivery was not taken, as its party is told: nothing of
// what the target answered, and nothing of the network in between.
type failure string

func (f failure) Error() string { return string(f) }

// post makes one try of a delivery.
func (h *Hooks) post(ctx context.Context, url string, j job) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(j.body))
	if err != nil {
		return failure("the url cannot be used")
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("User-Agent", "datapledge-webhook/1")
	r.Header.Set(HeaderDelivery, j.delivery)
	r.Header.Set(HeaderMissed, strconv.Itoa(j.missed))
	if err := h.sign(r, j.body); err != nil {
		return err
	}
	resp, err := h.http.Do(r)
	if err != nil {
		return h.failed(ctx, j, err)
	}
	defer resp.Body.Close()
	_, _ = io.CopyN(io.Discard, resp.Body, maxAnswerBody) // the status has said it
	switch {
	case resp.StatusCode/100 == 2:
		return nil
	case resp.StatusCode == http.StatusGone:
		return errGone
	}
	return failure(fmt.Sprintf("the target answered %d", resp.StatusCode))
}

// failed says in our words what went wrong; the log has the rest, but for the
// address, which may hold a secret.
func (h *Hooks) failed(ctx context.Context, j job, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	h.o.Logger.DebugContext(ctx, "webhook: not delivered", "delivery", j.delivery, "error", errors.Unwrap(err))
	var timeout net.Error
	var certificate *tls.CertificateVerificationError
	switch {
	case errors.Is(err, errForbidden):
		return failure("the target's address is not public any more")
	case errors.As(err, &timeout) && timeout.Timeout():
		return failure("the target did not answer in time")
	case errors.As(err, &certificate):
		return failure("nobody vouches for the target's certificate")
	}
	return failure("the target cannot be reached")
}
