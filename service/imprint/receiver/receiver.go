// Package receiver is the court's or regulator's end of the imprint 印刻: it
// takes what followers deliver, checks it against what the institution itself
// trusts, keeps it in files that a person can read, and signs receipts.
//
// It believes a block because of the ledger's own proof, or of the signatures
// of a consortium's orderers, never because of who sent it, and it holds the blocks to one chain from block 0: a block that
// contradicts one that it has is kept as evidence of a fork, and refused.
package receiver

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/service/evidence"
	"github.com/datapledge/datapledge/service/imprint"
)

// Options of a Receiver. Dir, Key, Trust and Verifier are required.
type Options struct {
	// Dir is where everything is kept.
	Dir string
	// Key is the institution's, a party of the ledger: it signs receipts.
	Key imprint.Key
	// Trust says which ledger is believed.
	Trust evidence.Trust
	// Verifier says whose requests are taken.
	Verifier *imprint.Verifier
	Now      func() time.Time
	Logger   *slog.Logger
}

// Receiver is an http.Handler. One process may use a folder.
type Receiver struct {
	o     Options
	mux   *http.ServeMux
	mu    sync.Mutex
	store *store
	chain chain // nil for a solo ledger: its operator signs
}

// chain judges a consortium's blocks: evidence.SignedBlocks.
type chain interface {
	Check(raw []byte) (evidence.SignedBlock, error)
	Follow(evidence.SignedBlock)
}

// New opens the folder, and makes it at the first start. One of a consortium's
// blocks that were taken without proof, by an earlier version, is refused.
func New(o Options) (*Receiver, error) {
	if o.Dir == "" || o.Key == nil || o.Verifier == nil {
		return nil, errors.New("a receiver needs a folder, a key and whom to believe")
	}
	if err := pledge.CheckUSCC(o.Key.Party()); err != nil {
		return nil, fmt.Errorf("the key signs for no party: %w", err)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	s, err := openStore(o.Dir, o.Trust.Channel)
	if err != nil {
		return nil, err
	}
	r := &Receiver{o: o, store: s, mux: http.NewServeMux()}
	if o.Trust.Ledger != ledgerSolo {
		if r.chain, err = s.followed(o.Trust); err != nil {
			return nil, err
		}
	}
	r.mux.HandleFunc("POST "+imprint.PathDeliveries, r.answer(r.deliveries))
	r.mux.HandleFunc("GET "+imprint.PathReceipts, r.answer(r.receipts))
	return r, nil
}

func (r *Receiver) ServeHTTP(w http.ResponseWriter, q *http.Request) { r.mux.ServeHTTP(w, q) }

// Head is the newest block that is held whole; service.ErrNotFound when there
// is none.
func (r *Receiver) Head() (service.Head, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.store.head()
}

// problem is a refusal that the sender is told.
type problem struct{ imprint.Problem }

func (p *problem) Error() string { return p.Detail }

func refuse(status int, code, format string, args ...any) *problem {
	return &problem{imprint.Problem{Type: "urn:datapledge:" + code, Status: status, Detail: fmt.Sprintf(format, args...)}}
}

// answer opens the signed request, and turns what comes of it into words. A
// fault is logged and shown to nobody.
func (r *Receiver) answer(fn func(q *http.Request, body []byte) ([]string, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, q *http.Request) {
		body, err := r.o.Verifier.Open(q, imprint.MaxRequest)
		if err != nil {
			r.o.Logger.WarnContext(q.Context(), "imprint: a request was not believed", slog.String("from", q.RemoteAddr), slog.Any("error", err))
			write(w, http.StatusUnauthorized, imprint.Problem{Type: "urn:datapledge:unsigned", Status: http.StatusUnauthorized, Detail: err.Error()})
			return
		}
		receipts, err := fn(q, body)
		if err == nil {
			write(w, http.StatusOK, imprint.Answer{V: imprint.Version, Receipts: receipts})
			return
		}
		p := (*problem)(nil)
		if !errors.As(err, &p) {
			r.o.Logger.ErrorContext(q.Context(), "imprint: request failed", slog.Any("error", err))
			p = refuse(http.StatusInternalServerError, "internal", "a fault of the receiver; its log says which")
		}
		write(w, p.Status, p.Problem)
	}
}

func write(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // the sender asks again when it was cut off
}

// receipts gives receipts again.
func (r *Receiver) receipts(q *http.Request, _ []byte) ([]string, error) {
	query := q.URL.Query()
	r.mu.Lock()
	defer r.mu.Unlock()
	head, err := r.store.head()
	if errors.Is(err, service.ErrNotFound) || err == nil && query.Get("channel") != r.o.Trust.Channel {
		return nil, notHeld()
	}
	if err != nil {
		return nil, err
	}
	first, last := head.Height, head.Height
	if query.Has("first") || query.Has("last") {
		var err1, err2 error
		first, err1 = strconv.ParseUint(query.Get("first"), 10, 64)
		last, err2 = strconv.ParseUint(query.Get("last"), 10, 64)
		if err1 != nil || err2 != nil || first > last || last-first >= maxRecall {
			return nil, refuse(http.StatusBadRequest, "malformed", "first and last are block numbers, at most %d blocks", maxRecall)
		}
	}
	if last > head.Height {
		return nil, notHeld()
	}
	var list []string
	for n := first; n <= last; n++ {
		jws, err := r.store.receipt(n)
		if err != nil {
			return nil, err
		}
		list = append(list, jws)
	}
	return list, nil
}

// maxRecall bounds an answer to some 4 MiB.
const maxRecall = 4096

func notHeld() *problem {
	return refuse(http.StatusNotFound, "not_found", "not all of these blocks are held")
}
