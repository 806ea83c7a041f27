package rest

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
)

// Kinds of a public verdict. The page has words for each.
const (
	verdictMatch   = "match"   // the content is what was notarized
	verdictDiffers = "differs" // it is not what the certificate is about
	verdictNone    = "none"    // no notarization of it is known
	verdictRecord  = "record"  // the number's record; no content was compared
	verdictMissing = "missing" // there is no such number
	verdictUnsure  = "unsure"  // this content cannot be compared with this record
	verdictUnclear = "unclear" // neither a number nor a digest
	verdictTrouble = "trouble" // nothing can be said now
)

// verdict is what the page says of a number, of a digest, or of both.
type verdict struct {
	Kind        string
	Number      string // as it was asked for
	Digest      string
	Same        string // how it matches, or why it cannot: of service.Compare
	Certificate *service.Certificate
	Comparison  *service.PublicComparison
	LookUp      *service.PublicLookUp
	Fault       string // id of the request, when something went wrong
	At          string // when it was asked, RFC 3339
}

// Algorithm is that of the digest, as people write it.
func (v verdict) Algorithm() string {
	if strings.HasPrefix(v.Digest, "sm3:") {
		return "SM3"
	}
	return "SHA-256"
}

// verifyPage is all that the template shows.
type verifyPage struct {
	Lang, Number   string
	Record         string // number of the certificate that files are compared with
	Verdict        *verdict
	Checker, Trust bool
	query          url.Values
}

// Other is the same page in another language.
func (p verifyPage) Other(lang string) string {
	q := url.Values{}
	for _, name := range []string{"number", "digest"} {
		if v := p.query.Get(name); v != "" {
			q.Set(name, v)
		}
	}
	q.Set("lang", lang)
	return "/verify?" + q.Encode()
}

// verify answers the public page. It never fails with a problem document: its
// reader is a person.
func (h *Handler) verifyPublic(c *gin.Context) error {
	p := verifyPage{Lang: languageOf(c), query: c.Request.URL.Query(), Checker: h.files.complete(), Trust: len(h.o.Trust) > 0}
	number, digest := asked(c.Query("number"), c.Query("digest"))
	p.Number = c.Query("number")
	status := http.StatusOK
	if number != "" || digest != "" {
		v, err := h.judge(c.Request.Context(), number, digest)
		if err != nil {
			v, status = h.noVerdict(c, v, err)
		}
		v.At = h.o.Now().UTC().Format(time.RFC3339)
		p.Verdict = &v
		if v.Certificate != nil {
			p.Record = v.Certificate.Number
		}
	}
	return h.showVerify(c, status, p)
}

func (h *Handler) showVerify(c *gin.Context, status int, p verifyPage) error {
	var b bytes.Buffer
	if err := h.words.in(p.Lang).ExecuteTemplate(&b, "verify", p); err != nil {
		return err
	}
	c.Header("Content-Security-Policy", verifyPolicy)
	c.Header("Content-Language", map[string]string{"zh": "zh-CN", "en": "en"}[p.Lang])
	c.Header("Vary", "Accept-Language")
	c.Data(status, "text/html; charset=utf-8", b.Bytes())
	return nil
}

var hexDigest = regexp.MustCompile(`^(?i)(sha256:|sm3:)?[0-9a-f]{64}$`)

// asked takes a digest that was typed where the number goes for what it is.
func asked(number, digest string) (string, string) {
	number, digest = strings.TrimSpace(number), strings.TrimSpace(digest)
	if digest == "" && hexDigest.MatchString(number) {
		number, digest = "", number
	}
	if hexDigest.MatchString(digest) {
		digest = strings.ToLower(digest)
		if !strings.Contains(digest, ":") {
			digest = "sha256:" + digest
		}
	}
	return number, digest
}

// judge comes to a verdict. The error is a refusal or a fault, with what was
// asked in the verdict.
func (h *Handler) judge(ctx context.Context, number, digest string) (v verdict, err error) {
	v = verdict{Kind: verdictRecord, Number: number, Digest: digest}
	if number != "" {
		cert, err := h.svc.Certificate(ctx, number)
		if err != nil {
			return v, err
		}
		v.Certificate = &cert
	}
	if digest == "" {
		return v, nil
	}
	if v.Certificate != nil {
		err = v.compare(ctx, h.svc)
	}
	if err == nil && v.Kind != verdictMatch {
		err = v.lookUp(ctx, h.svc)
	}
	return v, err
}

// compare holds the content against the certificate.
func (v *verdict) compare(ctx context.Context, svc *service.Service) error {
	c, err := svc.Compare(ctx, service.Caller{}, v.Certificate.RecordID, v.Digest)
	if err != nil {
		return err
	}
	v.Comparison, v.Same = &c, c.Same
	switch c.Same {
	case service.SameDataset, service.SameVersion, service.SameFile, service.SameOnlyFile:
		v.Kind = verdictMatch
	case service.SameNothing:
		v.Kind = verdictDiffers
	default:
		v.Kind = verdictUnsure
	}
	return nil
}

// lookUp finds who holds the content. Beside a certificate that it does not
// belong to, that is only told.
func (v *verdict) lookUp(ctx context.Context, svc *service.Service) error {
	l, err := svc.LookUp(ctx, service.Caller{}, v.Digest)
	if err != nil {
		return err
	}
	v.LookUp = &l
	if v.Certificate != nil {
		return nil
	}
	v.Kind = verdictNone
	for _, m := range l.Matches {
		// Of several, what says most: the whole dataset, before a file of one.
		if v.Kind == verdictNone || v.Same != service.SameDataset && m.Same() != service.SameFile {
			v.Kind, v.Same = verdictMatch, m.Same()
		}
	}
	return nil
}

// noVerdict puts an error in words. A fault is logged, and shown by its id.
func (h *Handler) noVerdict(c *gin.Context, v verdict, err error) (verdict, int) {
	v = verdict{Kind: verdictTrouble, Number: v.Number, Digest: v.Digest}
	p := explain(err)
	var refusal *pledge.Error
	switch {
	case p.Code == pledge.NotFound, p.Code == pledge.WrongState: // that of a pledge that was not registered yet
		v.Kind = verdictMissing
	case errors.As(err, &refusal):
		v.Kind, v.Digest = verdictUnclear, ""
		p.Status = http.StatusBadRequest
	default:
		v.Fault = requestID(c)
		h.logFault(c, p.Code, err)
		retryHeaders(c, p, err)
	}
	return v, p.Status
}
