package receiver

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/service/imprint"
)

// deliveries takes blocks in order. What was taken before a refusal stays
// taken: the sender asks what is held and goes on there.
func (r *Receiver) deliveries(q *http.Request, body []byte) ([]string, error) {
	var in imprint.Request
	if err := pledge.StrictUnmarshal(body, &in); err != nil || in.V != imprint.Version || len(in.Deliveries) == 0 {
		return nil, refuse(http.StatusBadRequest, "malformed", "the body is no request of version %d", imprint.Version)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	list := []string{} // a request may end in the middle of a block
	for _, d := range in.Deliveries {
		receipt, err := r.take(d)
		if p := (*problem)(nil); errors.As(err, &p) && p.Type == imprint.ProblemForked {
			r.forked(q, body, d, p)
		}
		if err != nil {
			return nil, err
		}
		if receipt != "" {
			list = append(list, receipt)
		}
	}
	return list, nil
}

// take stores one part of a block. There is a receipt when the block is whole.
func (r *Receiver) take(d imprint.Delivery) (string, error) {
	if err := r.wellFormed(d); err != nil {
		return "", err
	}
	head, err := r.store.head()
	empty := errors.Is(err, service.ErrNotFound)
	switch {
	case err != nil && !empty:
		return "", err
	case !empty && d.Number <= head.Height:
		return r.again(d)
	case empty && d.Number > 0 || !empty && d.Number > head.Height+1:
		return "", refuse(http.StatusConflict, "gap", "block %d does not follow the newest one that is held", d.Number)
	}
	b, err := r.proven(d)
	if err != nil {
		return "", err
	}
	if empty && d.Hash != r.o.Trust.GenesisHash {
		return "", refuse(http.StatusBadRequest, "unproven", "block 0 is not the one that is trusted here")
	}
	if !empty && d.Prev != head.Hash {
		return "", r.fork(head.Height)
	}
	return r.keep(d, b)
}

func (r *Receiver) wellFormed(d imprint.Delivery) error {
	switch {
	case d.V != imprint.Version:
		return refuse(http.StatusBadRequest, "malformed", "the delivery is of version %d", d.V)
	case d.Channel != r.o.Trust.Channel || d.Ledger != r.o.Trust.Ledger:
		return refuse(http.StatusBadRequest, "malformed", "the delivery is of another ledger or channel than is trusted here")
	case !isHash(d.Hash) || !isHash(d.Prev) && (d.Number > 0 || d.Prev != ""):
		return refuse(http.StatusBadRequest, "malformed", "hash and prev are SHA-256 in lowercase hex")
	case d.Part < 1 || d.Part > d.Parts || d.Parts > maxParts:
		return refuse(http.StatusBadRequest, "malformed", "part %d of %d", d.Part, d.Parts)
	}
	return nil
}

const maxParts = 1 << 14

func isHash(s string) bool { return len(s) == 64 && strings.Trim(s, "0123456789abcdef") == "" }

// again answers a block that is held already: with the same receipt, and it keeps
// what is proven for the first time; or, when it is another block, with a fork. That one must be proven, too: mere talk
// must not stop an imprint.
func (r *Receiver) again(d imprint.Delivery) (string, error) {
	jws, hash, err := r.store.held(d.Number)
	if err != nil {
		return "", err
	}
	if hash != d.Hash {
		if _, err := r.proven(d); err != nil {
			return "", err
		}
		return "", r.fork(d.Number)
	}
	if err := r.later(d); err != nil {
		return "", err
	}
	if d.Part < d.Parts {
		return "", nil
	}
	return jws, nil
}

// fork shows the sender the receipt of what is held instead.
func (r *Receiver) fork(number uint64) error {
	jws, hash, err := r.store.held(number)
	if err != nil {
		return err
	}
	p := refuse(http.StatusConflict, strings.TrimPrefix(imprint.ProblemForked, "urn:datapledge:"), "block %d is held here with the hash %s", number, hash)
	p.Receipt = jws
	return p
}

// forked keeps the whole request, with the sender's signature, and tells.
func (r *Receiver) forked(q *http.Request, body []byte, d imprint.Delivery, p *problem) {
	path, err := r.store.keepFork(d, evidenceOf(q, body, r.o.Now().UTC()))
	r.o.Logger.LogAttrs(q.Context(), slog.LevelError, "imprint: FORK: another block of a number that is held was delivered; it is kept, and refused",
		slog.Uint64("block", d.Number), slog.String("hash", d.Hash), slog.String("prev", d.Prev), slog.String("held", p.Detail), slog.String("file", path), slog.Any("not_kept", err))
}

// evidenceOf is a request as anybody can check its signature again.
func evidenceOf(q *http.Request, body []byte, at time.Time) any {
	headers := map[string]string{}
	for _, name := range []string{"Content-Digest", "Content-Type", "Signature", "Signature-Input"} {
		headers[name] = q.Header.Get(name)
	}
	return map[string]any{"method": q.Method, "host": q.Host, "target": q.URL.RequestURI(), "headers": headers, "received_at": at, "body": string(body)}
}

// keep stores a part, and signs when the block is whole.
func (r *Receiver) keep(d imprint.Delivery, b judged) (string, error) {
	if err := r.store.inOrder(d); err != nil {
		return "", err
	}
	if err := r.store.keepPart(d); err != nil {
		return "", err
	}
	if d.Part < d.Parts {
		return "", nil
	}
	records, err := r.whole(d)
	if err != nil {
		return "", err
	}
	if b, err = r.signedWhole(d, b); err != nil {
		return "", err
	}
	if r.chain != nil {
		r.few(d, records, b.Carried)
		records = b.Carried
	}
	jws, err := r.store.signed(d, func() (string, error) {
		return imprint.SignReceipt(r.o.Key, imprint.Statement{Block: d.Number, Channel: d.Channel, Hash: d.Hash, Party: r.o.Key.Party(),
			ReceivedAt: r.o.Now().UTC().Format(imprint.TimeLayout), Records: int(records), V: imprint.Version})
	})
	if err != nil {
		return "", err
	}
	if err := r.store.setHead(service.Head{Height: d.Number, Hash: d.Hash}); err != nil {
		return "", err
	}
	if r.chain != nil {
		r.chain.Follow(b.SignedBlock)
	}
	return jws, nil
}

// signedWhole is a consortium's block, kept when it configures. Of one in parts
// the first, which may have come before a restart, is judged again.
func (r *Receiver) signedWhole(d imprint.Delivery, b judged) (judged, error) {
	if r.chain == nil {
		return b, nil
	}
	if d.Parts > 1 {
		first, err := r.store.part(d.Number, 1, d.Parts)
		if err == nil {
			b, err = r.signedBlock(first)
		}
		if err != nil {
			return b, err
		}
	}
	return b, r.store.keepConfig(b.SignedBlock, b.raw)
}

// whole counts the commands of a block, whose last part just came. On a solo
// ledger the signed header says how many there must be.
func (r *Receiver) whole(last imprint.Delivery) (uint64, error) {
	records, entries := uint64(0), map[string]bool{}
	for i := 1; i <= last.Parts; i++ {
		d, err := r.store.part(last.Number, i, last.Parts)
		if errors.Is(err, service.ErrNotFound) || err == nil && d.Hash != last.Hash {
			return 0, missing(last.Number, i)
		}
		if err != nil {
			return 0, err
		}
		for _, c := range d.Commands {
			if entries[c.ID] {
				return 0, refuse(http.StatusBadRequest, "malformed", "command %s stands twice in block %d", c.ID, d.Number)
			}
			entries[c.ID] = true
			records++
		}
	}
	if err := r.complete(last, records); err != nil {
		return 0, err
	}
	return records, nil
}

func missing(number uint64, part int) *problem {
	return refuse(http.StatusConflict, "gap", "part %d of block %d is missing", part, number)
}

func (r *Receiver) complete(d imprint.Delivery, records uint64) error {
	if r.o.Trust.Ledger != ledgerSolo || d.Number == 0 {
		return nil
	}
	want, err := r.entries(d)
	if err == nil && records != want {
		err = refuse(http.StatusBadRequest, "unproven", "block %d has %d commands, %d were delivered", d.Number, want, records)
	}
	return err
}

const ledgerSolo = "solo"

func indent(v any) ([]byte, error) {
	data, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("printing what was received: %w", err)
	}
	return append(data, '\n'), nil
}
