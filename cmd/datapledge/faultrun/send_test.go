package faultrun

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service/ledgertest/actors"
)

// post sends commands as a client without a memory would: once. Connections
// are not shared, so that each request meets the fault by itself.
var post = &http.Client{Timeout: 45 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 64}}

// answer is an outcome or a problem, whose status is a number.
type answer struct {
	Status   any              `json:"status"`
	Code     pledge.Code      `json:"code"`
	Detail   string           `json:"detail"`
	Position *pledge.Position `json:"position"`
}

// send posts one command and reads its first answer.
func send(ctx context.Context, url, jws string) Entry {
	e := Entry{JWS: jws, ID: actors.CommandID(jws), Fate: Unknown}
	defer func() { e.At = time.Now() }()
	resp, err := request(ctx, url, "application/jose", []byte(jws))
	if err != nil {
		return e.unsent(err)
	}
	defer resp.Body.Close()
	var a answer
	if err := json.NewDecoder(resp.Body).Decode(&a); err != nil {
		return e.unsent(err)
	}
	return e.answered(resp.StatusCode, a)
}

func (e Entry) answered(status int, a answer) Entry {
	e.At, e.Code, e.Detail = time.Now(), a.Code, a.Detail
	switch {
	case status == http.StatusOK && a.Status == string(pledge.Applied) && a.Position != nil:
		e.Fate, e.Position = Applied, *a.Position
	case status == http.StatusServiceUnavailable, status == http.StatusTooManyRequests:
		e.Fate = Untaken
	case status/100 == 4:
		e.Fate = Refused
	}
	return e
}

// unsent: what was never sent can have no effect.
func (e Entry) unsent(err error) Entry {
	e.At, e.Detail = time.Now(), err.Error()
	if op := (*net.OpError)(nil); errors.As(err, &op) && op.Op == "dial" {
		e.Fate = Untaken
	}
	return e
}

func request(ctx context.Context, url, kind string, body []byte) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url+"/v1/commands", bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", kind)
	return post.Do(req)
}

// sendLines posts many commands at once and reads an answer for each; those
// without one when the answer breaks off are Unknown.
func sendLines(ctx context.Context, url string, commands []string) []Entry {
	out := make([]Entry, len(commands))
	for i, jws := range commands {
		out[i] = Entry{JWS: jws, ID: actors.CommandID(jws), Fate: Unknown, At: time.Now()}
	}
	resp, err := request(ctx, url, "application/x-ndjson", []byte(strings.Join(commands, "\n")))
	if err != nil {
		for i := range out {
			out[i] = out[i].unsent(err)
		}
		return out
	}
	defer resp.Body.Close()
	dec := json.NewDecoder(resp.Body)
	for i := range out {
		var a answer
		if err := dec.Decode(&a); err != nil {
			return out
		}
		out[i] = out[i].answered(lineStatus(a), a)
	}
	return out
}

// lineStatus is the status that a line would have had by itself.
func lineStatus(o answer) int {
	switch {
	case o.Status == pledge.Applied:
		return http.StatusOK
	case o.Status == pledge.Unknown:
		return http.StatusAccepted
	case o.Code == "unavailable" || o.Code == "conflict":
		return http.StatusServiceUnavailable
	case o.Code == "internal":
		return http.StatusInternalServerError
	}
	return http.StatusConflict
}
