package client

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
)

// maxAnswer bounds what is read of one JSON answer, in bytes.
const maxAnswer = 32 << 20

// Fault is an answer that says that the service itself went wrong. ID is
// what to quote to its operator.
type Fault struct {
	Status int
	Code   string
	Detail string
	ID     string
	After  time.Duration
}

func (f *Fault) Error() string {
	text := fmt.Sprintf("the service answered %d %s", f.Status, http.StatusText(f.Status))
	if f.Detail != "" {
		text += ": " + f.Detail
	}
	if f.ID != "" {
		text += " (quote " + f.ID + " to its operator)"
	}
	return text
}

// Unwrap lets errors.Is find service.ErrUnavailable.
func (f *Fault) Unwrap() error {
	if f.Status == http.StatusServiceUnavailable || f.Status == http.StatusTooManyRequests {
		return service.ErrUnavailable
	}
	return nil
}

// problem is an RFC 9457 document of the service.
type problem struct {
	Type    string          `json:"type"`
	Code    pledge.Code     `json:"code"`
	Status  int             `json:"status"`
	Detail  string          `json:"detail"`
	ID      string          `json:"id"`
	Outcome *pledge.Outcome `json:"outcome"`
}

// problemOf turns an answer that is no success into a *pledge.Error (the
// request was turned down) or a *Fault, with the outcome when there is one.
func problemOf(resp *http.Response) (pledge.Outcome, error) {
	p := problem{}
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil || json.Unmarshal(body, &p) != nil || p.Code == "" {
		return pledge.Outcome{}, &Fault{Status: resp.StatusCode, Detail: "the answer is not from this service", After: retryAfter(resp)}
	}
	if resp.StatusCode >= 500 || resp.StatusCode == http.StatusTooManyRequests {
		return pledge.Outcome{}, &Fault{resp.StatusCode, string(p.Code), p.Detail, p.ID, retryAfter(resp)}
	}
	out := pledge.Outcome{}
	if p.Outcome != nil {
		out = *p.Outcome
	}
	return out, &pledge.Error{Code: p.Code, Detail: p.Detail}
}

func retryAfter(resp *http.Response) time.Duration {
	n, err := strconv.Atoi(resp.Header.Get("Retry-After"))
	if err != nil || n < 0 || n > 3600 {
		return 0
	}
	return time.Duration(n) * time.Second
}

// neverSent reports whether the request cannot have reached the service.
func neverSent(err error) bool {
	op := (*net.OpError)(nil)
	return errors.As(err, &op) && op.Op == "dial"
}

// passing reports whether the same request may succeed a little later.
func passing(err error) bool {
	if f := (*Fault)(nil); errors.As(err, &f) {
		switch f.Status {
		case http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
			return true
		}
		return false
	}
	refused := (*pledge.Error)(nil)
	return !errors.As(err, &refused)
}
