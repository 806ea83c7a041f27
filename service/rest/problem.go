package rest

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"os"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/storage"
)

// Codes of the server itself, beside those of the rules.
const (
	codeConflict    pledge.Code = "conflict"
	codeUnavailable pledge.Code = "unavailable"
	codeNoSpace     pledge.Code = "no_space"
	codeCorrupt     pledge.Code = "corrupt"
	codeRateLimited pledge.Code = "rate_limited"
	codeNotAllowed  pledge.Code = "not_allowed"
	codeMediaType   pledge.Code = "unsupported_media_type"
	codeRange       pledge.Code = "range_not_satisfiable"
	codeTimeout     pledge.Code = "timeout"
	codeInternal    pledge.Code = "internal"
)

var (
	errNoRoute   = pledge.Errorf(pledge.NotFound, "there is nothing here; see /docs")
	errNoMethod  = pledge.Errorf(codeNotAllowed, "this method is not allowed here; see /docs")
	errMediaType = pledge.Errorf(codeMediaType, "this Content-Type is not understood here; see /docs")
	errTooOften  = pledge.Errorf(codeRateLimited, "too many requests; wait a moment")
	errSlow      = pledge.Errorf(codeTimeout, "the body stopped arriving")
)

// statusOf is the HTTP status of a refusal. What is wrong in itself is 400 or
// 422, what clashes with the state of things 409.
func statusOf(code pledge.Code) int {
	switch code {
	case pledge.Malformed, pledge.WrongChannel:
		return http.StatusBadRequest
	case pledge.Unsigned, pledge.UnknownParty, pledge.UnknownKey, pledge.RevokedKey:
		return http.StatusUnauthorized
	case pledge.WrongRole, pledge.NotOwner:
		return http.StatusForbidden
	case pledge.NotFound:
		return http.StatusNotFound
	case codeNotAllowed:
		return http.StatusMethodNotAllowed
	case codeTimeout:
		return http.StatusRequestTimeout
	case pledge.Duplicate, pledge.Disputed, pledge.TermsMismatch, pledge.SequenceChanged, pledge.AlreadyPledged,
		pledge.WrongState, pledge.Frozen, pledge.ObjectionOpen, pledge.Fenced, pledge.Forked, pledge.Stale, pledge.OverlapFound,
		pledge.NotDue, pledge.AmendmentBarred, pledge.Inconsistent, pledge.ClosingOnly:
		return http.StatusConflict
	case pledge.Expired:
		return http.StatusGone
	case pledge.TooLarge:
		return http.StatusRequestEntityTooLarge
	case codeMediaType:
		return http.StatusUnsupportedMediaType
	case codeRange:
		return http.StatusRequestedRangeNotSatisfiable
	case pledge.DeclarationIncomplete, pledge.CustodyMissing, pledge.MaturityTooLate, pledge.CheckMissing, pledge.ConsentMissing,
		pledge.TitleMissing, pledge.SumMismatch:
		return http.StatusUnprocessableEntity
	case codeRateLimited:
		return http.StatusTooManyRequests
	case codeConflict, codeUnavailable:
		return http.StatusServiceUnavailable
	case codeNoSpace:
		return http.StatusInsufficientStorage
	}
	return http.StatusInternalServerError
}

// problem is RFC 9457, with the code that clients branch on.
type problem struct {
	Type    string          `json:"type"`
	Code    pledge.Code     `json:"code"`
	Status  int             `json:"status"`
	Detail  string          `json:"detail,omitempty"`
	ID      string          `json:"id,omitempty"`
	Outcome *pledge.Outcome `json:"outcome,omitempty"`
}

// refusedCommand is the error of a command whose outcome is a refusal.
type refusedCommand struct{ outcome pledge.Outcome }

func (r *refusedCommand) Error() string { return string(r.outcome.Code) + ": " + r.outcome.Detail }

// serve runs a handler and is the one place that answers its failures.
func (h *Handler) serve(f handler) gin.HandlerFunc {
	return func(c *gin.Context) {
		if err := f(c); err != nil {
			h.fail(c, err)
		}
	}
}

func (h *Handler) fail(c *gin.Context, err error) {
	c.Abort()
	if c.Writer.Written() {
		h.cut(c, err)
	}
	if tooSlow(c) {
		err = errSlow
	} else if c.Request.Context().Err() != nil && !errors.Is(err, context.DeadlineExceeded) {
		c.Status(499) // the caller went away: nobody reads this, the log shows it
		return
	}
	p := explain(err)
	if c.Request.Method == http.MethodGet || c.Request.Method == http.MethodHead {
		p.Detail = strings.TrimPrefix(p.Detail, untaken)
	}
	if p.Status >= http.StatusInternalServerError {
		p.ID = requestID(c)
		h.logFault(c, p.Code, err)
	}
	retryHeaders(c, p, err)
	c.Header("Content-Type", "application/problem+json")
	c.JSON(p.Status, p)
}

// cut ends an answer that went wrong after its head was sent: the reader must
// not take half of it for the whole.
func (h *Handler) cut(c *gin.Context, err error) {
	if c.Request.Context().Err() == nil {
		h.logFault(c, codeInternal, err)
	}
	panic(http.ErrAbortHandler)
}

func (h *Handler) logFault(c *gin.Context, code pledge.Code, err error) {
	level := slog.LevelError
	if code == codeUnavailable || code == codeConflict {
		level = slog.LevelWarn
	}
	h.o.Logger.Log(c.Request.Context(), level, "request failed", "id", requestID(c), "route", c.FullPath(), "code", code, "error", err)
}

// explain chooses what a stranger learns of an error: all of a refusal,
// nothing of a fault.
func explain(err error) problem {
	var refused *refusedCommand
	if errors.As(err, &refused) {
		o := refused.outcome
		return problem{Code: o.Code, Detail: o.Detail, Outcome: &o}.fill(statusOf(o.Code))
	}
	var token *service.Unauthenticated
	if errors.As(err, &token) {
		return problem{Code: token.Refusal.Code, Detail: token.Refusal.Detail}.fill(http.StatusUnauthorized)
	}
	var refusal *pledge.Error
	if errors.As(err, &refusal) {
		return problem{Code: refusal.Code, Detail: refusal.Detail}.fill(statusOf(refusal.Code))
	}
	code, detail := faultCode(err)
	return problem{Code: code, Detail: detail}.fill(statusOf(code))
}

func (p problem) fill(status int) problem {
	p.Type, p.Status = "urn:datapledge:"+string(p.Code), status
	return p
}

// untaken begins what is said of a fault to who wanted to change something.
const untaken = "nothing took effect; "

func faultCode(err error) (pledge.Code, string) {
	var large *http.MaxBytesError
	var span *storage.RangeError
	var trouble *service.Trouble
	switch {
	case errors.As(err, &large):
		return pledge.TooLarge, "the body is longer than " + strconv.FormatInt(large.Limit, 10) + " bytes"
	case errors.As(err, &span):
		return codeRange, span.Error()
	case errors.Is(err, os.ErrDeadlineExceeded):
		return codeTimeout, errSlow.Detail
	case errors.Is(err, service.ErrConflict):
		return codeConflict, untaken + "send the same again"
	case errors.Is(err, service.ErrUnavailable) && errors.As(err, &trouble):
		return codeUnavailable, untaken + trouble.Cause + "; " + trouble.Remedy
	case errors.Is(err, service.ErrUnavailable):
		return codeUnavailable, untaken + "the ledger or the bucket cannot be reached; send the same again later"
	case errors.Is(err, service.ErrRegressed):
		return codeUnavailable, "the ledger lacks a block that was seen on it before; no evidence is given from it"
	case errors.Is(err, service.ErrNotFound):
		return pledge.NotFound, "there is no such record"
	case errors.Is(err, storage.ErrNoSpace):
		return codeNoSpace, "the bucket is full; what was durable before is kept"
	case errors.Is(err, storage.ErrCorrupt):
		return codeCorrupt, "the stored content is damaged; nothing of it was handed out or signed"
	}
	return codeInternal, ""
}

func retryHeaders(c *gin.Context, p problem, err error) {
	var moved *service.Refusal
	switch {
	case p.Status == http.StatusUnauthorized:
		c.Header("WWW-Authenticate", `Bearer realm="datapledge"`)
	case p.Status == http.StatusTooManyRequests, p.Status == http.StatusServiceUnavailable:
		c.Header("Retry-After", "1")
	case errors.As(err, &moved):
		if offset, ok := moved.Offset(); ok {
			c.Header(headerOffset, strconv.FormatInt(offset, 10))
		}
	}
}
