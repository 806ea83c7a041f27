package imprint

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/service/evidence"
)

// receivers are the roles whose word on an imprint counts.
var receivers = []pledge.Role{pledge.RoleCourt, pledge.RoleRegulator, pledge.RoleNotary}

// open verifies receipts: by a living key of a party on the ledger that is a
// court, a regulator or a notary, for this channel. More than there can be are
// not looked at: each asks the ledger for a party.
func (h *HTTP) open(ctx context.Context, list []string, most int) ([]Receipt, error) {
	if len(list) > most {
		return nil, wrongAnswer(fmt.Errorf("there are %d receipts, at most %d can be", len(list), most))
	}
	var out []Receipt
	for _, jws := range list {
		r, err := h.openOne(ctx, jws)
		if errors.Is(err, service.ErrUnavailable) || ctx.Err() != nil {
			return nil, err
		}
		if err != nil {
			return nil, wrongAnswer(fmt.Errorf("a receipt: %w", err))
		}
		out = append(out, r)
	}
	return out, nil
}

func (h *HTTP) openOne(ctx context.Context, jws string) (Receipt, error) {
	claimed, err := claimedParty(jws)
	if err != nil {
		return Receipt{}, err
	}
	if claimed != h.o.Party {
		return Receipt{}, fmt.Errorf("it is by %.40q instead of %s", claimed, h.o.Party)
	}
	party, err := h.party(ctx, claimed)
	if err != nil {
		return Receipt{}, err
	}
	s, err := openStatement(jws, party)
	if err != nil {
		return Receipt{}, err
	}
	if channel := h.o.Ledger.Info().Channel; s.Channel != channel {
		return Receipt{}, fmt.Errorf("it is for the channel %.80q instead of %s", s.Channel, channel)
	}
	return Receipt{First: s.Block, Last: s.Block, Hash: s.Hash, Party: party.ID, Name: party.Name, Time: s.ReceivedAt, Document: jws}, nil
}

// claimedParty is only for finding the keys; nothing is believed yet.
func claimedParty(jws string) (string, error) {
	parts := strings.Split(jws, ".")
	if len(parts) != 3 {
		return "", errors.New("it is no compact JWS")
	}
	payload, err := base64.RawURLEncoding.Strict().DecodeString(parts[1])
	if err != nil {
		return "", err
	}
	s, err := parseStatement(payload)
	if err == nil {
		err = pledge.CheckUSCC(s.Party)
	}
	return s.Party, err
}

func (h *HTTP) party(ctx context.Context, id string) (pledge.Party, error) {
	values, _, err := h.o.Ledger.Get(ctx, pledge.KeyParty(id))
	if err != nil {
		return pledge.Party{}, fmt.Errorf("looking up %s: %w", id, err)
	}
	if values[0] == nil {
		return pledge.Party{}, fmt.Errorf("%s is no party of the ledger", id)
	}
	p, err := pledge.DecodeParty(values[0])
	if err == nil && !slices.ContainsFunc(p.Roles, func(r pledge.Role) bool { return slices.Contains(receivers, r) }) {
		err = fmt.Errorf("%s is neither court nor regulator nor notary", id)
	}
	return p, err
}

// openStatement tries the party's living keys: the kid in the header picks
// one of them, and a key that is not among them opens nothing.
func openStatement(jws string, p pledge.Party) (Statement, error) {
	err := fmt.Errorf("%s has no living key", p.ID)
	for _, k := range p.Keys {
		if k.Revoked != nil {
			continue
		}
		var payload []byte
		if payload, err = evidence.OpenJWS(jws, ReceiptType, k.JWK); err == nil {
			return parseStatement(payload)
		}
	}
	return Statement{}, fmt.Errorf("it is signed by no living key of %s: %w", p.ID, err)
}

// Parts implements Parter: the receipt itself, named by its SHA-256.
func (h *HTTP) Parts(_ context.Context, _ uint64, _ string, r Receipt) (map[string][]byte, error) {
	sum := sha256.Sum256([]byte(r.Document))
	return map[string][]byte{"imprint/receipts/" + hex.EncodeToString(sum[:]) + ".jws": []byte(r.Document)}, nil
}

// fill adds what proves a block, and what proves each of its commands.
func fill(ctx context.Context, l Prover, d *Delivery) (err error) {
	if d.Ledger == ledgerFabric {
		b, ok := l.(rawBlocks)
		if !ok {
			return errors.New("the ledger does not give its blocks with their signatures")
		}
		raw, err := b.RawBlock(ctx, d.Number)
		if err != nil {
			return fmt.Errorf("reading block %d with its signatures: %w", d.Number, err)
		}
		d.Block = base64.StdEncoding.EncodeToString(raw)
	}
	d.Proofs, err = prove(ctx, l, *d)
	return err
}

// rawBlocks is a consortium's ledger, which gives a block as its orderers
// signed it.
type rawBlocks interface {
	RawBlock(ctx context.Context, number uint64) ([]byte, error)
}

// proving is how many proofs are asked for at once: a consortium's ledger
// asks members for each.
const proving = 8

// prove gets the proofs of a block: of its genesis, of each command of a solo
// ledger, of each transaction of a consortium's.
func prove(ctx context.Context, l Prover, d Delivery) ([]Proof, error) {
	if b, ok := l.(blockProver); ok {
		return proveAtOnce(ctx, b, d.Number)
	}
	var wanted []pledge.Position
	if d.Genesis {
		wanted = append(wanted, pledge.Position{})
	}
	seen := map[pledge.Position]bool{}
	for _, c := range d.Commands {
		if p := provenBy(d.Ledger, c.Position); !seen[p] {
			seen[p], wanted = true, append(wanted, c.Position)
		}
	}
	list := make([]Proof, len(wanted))
	err := each(len(wanted), func(i int) error {
		doc, err := l.Prove(ctx, wanted[i])
		list[i] = Proof{Position: wanted[i], Document: json.RawMessage(doc)}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("proving block %d: %w", d.Number, err)
	}
	return list, nil
}

// blockProver is a ledger that proves every entry of a block in one reading.
type blockProver interface {
	ProveBlock(ctx context.Context, number uint64) ([]json.RawMessage, error)
}

func proveAtOnce(ctx context.Context, b blockProver, number uint64) ([]Proof, error) {
	docs, err := b.ProveBlock(ctx, number)
	if err != nil {
		return nil, fmt.Errorf("proving block %d: %w", number, err)
	}
	list := make([]Proof, len(docs))
	for i, doc := range docs {
		list[i] = Proof{Position: pledge.Position{Block: number, Index: i}, Document: doc}
	}
	return list, nil
}

// each calls fn for 0 to n-1, several at once, and returns their errors.
func each(n int, fn func(i int) error) error {
	turns, errs := make(chan int), make(chan error, n)
	for range min(n, proving) {
		go func() {
			for i := range turns {
				errs <- fn(i)
			}
		}()
	}
	var all error
	go func() {
		defer close(turns)
		for i := range n {
			turns <- i
		}
	}()
	for range n {
		all = errors.Join(all, <-errs)
	}
	return all
}
