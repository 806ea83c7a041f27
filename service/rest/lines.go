package rest

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/datapledge/datapledge/pledge"
)

// Lines are submitted in groups, a few groups at a time: that is what lets a
// ledger commit many commands at once. Memory is bounded by their product.
const (
	groupLines  = 256
	groupBytes  = 1 << 20
	groupsAhead = 4
)

// maxLine is a command in quotes, with room for a few escapes.
const maxLine = pledge.MaxCommand + 1024

type group struct {
	lines []string
	done  chan []pledge.Outcome
}

// sender is whose lines they are, as far as anybody knows.
type sender struct{ route, address string }

// submitLines answers one outcome per line, in the order of the lines, while
// it still reads: a client may send for hours.
func (h *Handler) submitLines(c *gin.Context) error {
	_ = http.NewResponseController(c.Writer).EnableFullDuplex() // HTTP/2 always is
	c.Header("Content-Type", "application/x-ndjson")
	c.Status(http.StatusOK)
	ctx, cancel := context.WithCancel(c.Request.Context())
	defer cancel()
	ahead := make(chan group, groupsAhead)
	read := make(chan error, 1)
	go func() {
		defer close(ahead)
		read <- h.readGroups(ctx, c.Request.Body, sender{c.FullPath(), network(c.ClientIP())}, ahead)
	}()
	out := json.NewEncoder(c.Writer)
	var failed error
	for g := range ahead {
		for _, o := range <-g.done {
			if failed == nil {
				failed = out.Encode(o)
			}
		}
		c.Writer.Flush()
		if failed != nil {
			cancel()
		}
	}
	return errors.Join(failed, <-read)
}

// readGroups reads lines and submits them, a group whenever it is full or
// nothing more has arrived. It ends when every group is under way.
func (h *Handler) readGroups(ctx context.Context, body io.Reader, from sender, ahead chan<- group) error {
	r := bufio.NewReaderSize(body, 64<<10)
	var g group
	size := 0
	flush := func() {
		if len(g.lines) == 0 || !pause(ctx, h.addresses.charge(from.address, 1)) {
			return
		}
		g.done = make(chan []pledge.Outcome, 1)
		// The room in ahead bounds how many run: it is taken before they start.
		ahead <- g
		go h.submitGroup(ctx, g, from)
		g, size = group{}, 0
	}
	for ctx.Err() == nil {
		line, err := readLine(r)
		if line != "" {
			g.lines, size = append(g.lines, line), size+len(line)
		}
		if err != nil || len(g.lines) == groupLines || size >= groupBytes || r.Buffered() == 0 {
			flush()
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
	return ctx.Err()
}

// pause waits, and says whether the request still lasts.
func pause(ctx context.Context, d time.Duration) bool {
	if d > 0 {
		timer := time.NewTimer(d)
		defer timer.Stop()
		select {
		case <-ctx.Done():
		case <-timer.C:
		}
	}
	return ctx.Err() == nil
}

// submitGroup charges the address for lines that no party answers for, so
// that a stream of rubbish is no way around the limit of requests. Signed
// commands go in groups for the price of one request.
func (h *Handler) submitGroup(ctx context.Context, g group, from sender) {
	outcomes, err := h.svc.Submit(ctx, g.lines)
	if err != nil {
		outcomes = h.lost(ctx, g, from.route, err)
	}
	if n := strangers(outcomes); n > 0 {
		h.addresses.charge(from.address, n)
	}
	g.done <- outcomes
}

func strangers(outcomes []pledge.Outcome) (n int) {
	for _, o := range outcomes {
		switch o.Code {
		case pledge.Malformed, pledge.TooLarge, pledge.Unsigned, pledge.UnknownParty, pledge.UnknownKey, pledge.RevokedKey, pledge.WrongChannel:
			n++
		}
	}
	return n
}

// lost answers for a group that the ledger did not take: an error of Submit
// means that none took effect, so each line may be sent again.
func (h *Handler) lost(ctx context.Context, g group, route string, err error) []pledge.Outcome {
	p := explain(err)
	if p.Status >= http.StatusInternalServerError && ctx.Err() == nil {
		h.o.Logger.ErrorContext(ctx, "lines not submitted", "route", route, "lines", len(g.lines), "code", p.Code, "error", err)
	}
	outcomes := make([]pledge.Outcome, len(g.lines))
	for i, line := range g.lines {
		outcomes[i] = pledge.Outcome{CommandID: h.svc.CommandID(line), Status: pledge.Refused, Code: p.Code,
			Detail: untaken + "send the same line again"}
	}
	return outcomes
}

// readLine reads a bare JWS or a JSON string. The rest of a line that is too
// long is skipped; what is kept of it is refused for its length.
func readLine(r *bufio.Reader) (string, error) {
	var line []byte
	for {
		part, err := r.ReadSlice('\n')
		if room := maxLine - len(line); room > 0 {
			line = append(line, part[:min(room, len(part))]...)
		}
		if err != bufio.ErrBufferFull {
			return unquote(bytes.TrimSpace(line)), err
		}
	}
}

func unquote(line []byte) string {
	if len(line) > 1 && line[0] == '"' {
		var text string
		if json.Unmarshal(line, &text) == nil {
			return strings.TrimSpace(text)
		}
	}
	return string(line)
}
