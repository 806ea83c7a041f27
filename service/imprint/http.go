package imprint

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
)

// Prover is what the HTTP sink needs of the ledger.
type Prover interface {
	Info() service.LedgerInfo
	Get(ctx context.Context, keys ...string) ([][]byte, service.Head, error)
	Prove(ctx context.Context, p pledge.Position) (json.RawMessage, error)
}

// HTTPOptions of an institution that is reached over HTTP.
type HTTPOptions struct {
	Name string
	// URL is the receiver's address, without PathDeliveries.
	URL string
	// Party is the USCC of the institution: only its receipts count.
	Party string
	// TLS says whom to believe; nil is the system's own list.
	TLS *tls.Config
	// Key signs requests: the custodian's.
	Key    Key
	Ledger Prover
	// Timeout bounds one request; a minute when zero.
	Timeout time.Duration
	// Usual is how large a request is made; UsualRequest when zero.
	Usual int
}

// HTTP is a Sink behind this project's receiver protocol. Institutions with a
// protocol of their own get a Sink of their own.
type HTTP struct {
	o      HTTPOptions
	base   *url.URL
	client *http.Client
}

// NewHTTP makes a sink; nothing is sent yet.
func NewHTTP(o HTTPOptions) (*HTTP, error) {
	base, err := url.Parse(o.URL)
	if err != nil || base.Host == "" || base.Scheme != "https" && base.Scheme != "http" || base.RawQuery != "" || base.Fragment != "" {
		return nil, fmt.Errorf("imprint %s: %q is no address of a receiver (https://host/path)", o.Name, o.URL)
	}
	if err := pledge.CheckUSCC(o.Party); err != nil {
		return nil, fmt.Errorf("imprint %s: party: whose receipts count must be said: %w", o.Name, err)
	}
	base.Path = strings.TrimSuffix(base.Path, "/")
	if o.Timeout == 0 {
		o.Timeout = time.Minute
	}
	if o.Usual == 0 {
		o.Usual = UsualRequest
	}
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.TLSClientConfig, t.Proxy = o.TLS.Clone(), nil
	return &HTTP{o: o, base: base, client: &http.Client{Transport: t, Timeout: o.Timeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}, nil
}

// Name implements Sink.
func (h *HTTP) Name() string { return h.o.Name }

// Close lets go of idle connections.
func (h *HTTP) Close() error {
	h.client.CloseIdleConnections()
	return nil
}

// Last implements Sink: by the institution's own receipt for its newest block.
func (h *HTTP) Last(ctx context.Context) (service.Head, error) {
	list, err := h.ask(ctx, url.Values{}, 1)
	if err != nil {
		return service.Head{}, err
	}
	if len(list) != 1 {
		return service.Head{}, fmt.Errorf("the institution gave %d receipts for its newest block", len(list))
	}
	return service.Head{Height: list[0].Last, Hash: list[0].Hash}, nil
}

// Recall implements Recaller.
func (h *HTTP) Recall(ctx context.Context, blocks []Delivery) ([]Receipt, error) {
	first, last := blocks[0].Number, blocks[len(blocks)-1].Number
	list, err := h.ask(ctx, url.Values{"first": {strconv.FormatUint(first, 10)}, "last": {strconv.FormatUint(last, 10)}}, len(blocks))
	if err != nil {
		return nil, err
	}
	return list, fits(list, blocks)
}

// ask wants at most that many receipts.
func (h *HTTP) ask(ctx context.Context, query url.Values, most int) ([]Receipt, error) {
	query.Set("channel", h.o.Ledger.Info().Channel)
	answer, err := h.send(ctx, http.MethodGet, PathReceipts+"?"+query.Encode(), nil)
	if err != nil {
		return nil, err
	}
	return h.open(ctx, answer.Receipts, most)
}

// Deliver implements Sink. What is to be sent is fetched as it goes: a block of
// a consortium, and each proof, may have megabytes.
func (h *HTTP) Deliver(ctx context.Context, blocks []Delivery) (list []Receipt, err error) {
	var next []Delivery
	size := 0
	for i, d := range blocks {
		if err := fill(ctx, h.o.Ledger, &d); err != nil {
			return nil, err
		}
		next, size = append(next, d), size+sizeOf(d)
		if size < h.o.Usual && i+1 < len(blocks) {
			continue
		}
		for _, r := range requests(next, h.o.Usual) {
			got, err := h.post(ctx, r)
			if err != nil {
				return nil, err
			}
			list = append(list, got...)
		}
		next, size = nil, 0
	}
	return list, nil
}

// post sends one request; there is a receipt for each last part in it.
func (h *HTTP) post(ctx context.Context, list []Delivery) ([]Receipt, error) {
	body, err := encode(Request{V: Version, Deliveries: list})
	if err != nil {
		return nil, err
	}
	answer, err := h.send(ctx, http.MethodPost, PathDeliveries, body)
	if forked := (*refused)(nil); errors.As(err, &forked) && forked.Type == ProblemForked {
		return nil, h.forked(ctx, forked, list)
	}
	if err != nil {
		return nil, err
	}
	var whole []Delivery
	for _, d := range list {
		if d.Part == d.Parts {
			whole = append(whole, d)
		}
	}
	receipts, err := h.open(ctx, answer.Receipts, len(whole))
	if err != nil {
		return nil, err
	}
	return receipts, fits(receipts, whole)
}

func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return b.Bytes(), err
}

// forked believes a fork only by the institution's signature.
func (h *HTTP) forked(ctx context.Context, p *refused, list []Delivery) error {
	held, err := h.open(ctx, []string{p.Receipt}, 1)
	if err != nil {
		return fmt.Errorf("the institution says that the ledger forked, but shows no receipt: %w", err)
	}
	for _, d := range list {
		if d.Number == held[0].Last && d.Hash != held[0].Hash {
			return &Fork{Number: d.Number, Ours: d.Hash, Theirs: held[0].Hash}
		}
	}
	return fmt.Errorf("the institution says that the ledger forked, and shows a receipt that does not say so: %w", p)
}

// fits wants exactly one receipt a block, in their order.
func fits(list []Receipt, blocks []Delivery) error {
	if len(list) != len(blocks) {
		return fmt.Errorf("the institution gave %d receipts for %d blocks", len(list), len(blocks))
	}
	for i, r := range list {
		if r.Last != blocks[i].Number {
			return fmt.Errorf("the institution gave a receipt for block %d instead of %d", r.Last, blocks[i].Number)
		}
		if r.Hash != blocks[i].Hash {
			return &Fork{Number: r.Last, Ours: blocks[i].Hash, Theirs: r.Hash}
		}
	}
	return nil
}

// refused is an answer other than 200.
type refused struct{ Problem }

func (r *refused) Error() string {
	return fmt.Sprintf("the institution answered %d: %.300s", r.Status, r.Detail)
}

// Unwrap: what it does not hold is not found.
func (r *refused) Unwrap() error {
	if r.Status == http.StatusNotFound && r.Type == problemNotFound {
		return service.ErrNotFound
	}
	return nil
}

const problemNotFound = "urn:datapledge:not_found"

func (h *HTTP) send(ctx context.Context, method, path string, body []byte) (Answer, error) {
	r, err := http.NewRequestWithContext(ctx, method, h.base.String()+path, bytes.NewReader(body))
	if err != nil {
		return Answer{}, err
	}
	if err := SignRequest(r, body, h.o.Key); err != nil {
		return Answer{}, err
	}
	resp, err := h.client.Do(r)
	if err != nil {
		return Answer{}, unreachable(err)
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return Answer{}, unreachable(fmt.Errorf("reading the answer: %w", err))
	}
	if resp.StatusCode != http.StatusOK {
		return Answer{}, refusal(resp.StatusCode, data)
	}
	var a Answer
	if err := pledge.StrictUnmarshal(data, &a); err != nil || a.V != Version {
		return Answer{}, wrongAnswer(fmt.Errorf("reading the answer: %w", errors.Join(err, errVersion(a.V))))
	}
	return a, nil
}

func errVersion(v int) error { return fmt.Errorf("it is of version %d", v) }

func unreachable(err error) error {
	return &service.Trouble{Cause: "the institution cannot be reached", Remedy: "look at its receiver and the way there; what was committed meanwhile follows by itself", Err: err}
}

func wrongAnswer(err error) error {
	return &service.Trouble{Cause: "the institution's answer is not right", Remedy: "have it look at its receiver: which key it signs with, and for which channel", Err: err}
}

func refusal(status int, data []byte) error {
	r := &refused{}
	if json.Unmarshal(data, &r.Problem) != nil || r.Type == "" {
		r.Detail = "no reason given"
	}
	r.Status = status
	if status == http.StatusUnauthorized {
		return &service.Trouble{Cause: "the institution does not believe our signature", Remedy: "compare the clocks, and have it believe the exchange's public key", Err: r}
	}
	return r
}
