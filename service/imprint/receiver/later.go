package receiver

import (
	"bytes"
	"encoding/json"
	"errors"
	"log/slog"
	"slices"

	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/service/imprint"
)

// few tells of a consortium's block that was delivered with fewer commands than
// its transactions carry: it is whole, and signed for, without their proofs.
func (r *Receiver) few(d imprint.Delivery, named, carried uint64) {
	if named < carried {
		r.o.Logger.Warn("imprint: a block came with fewer proven commands than it carries: the others are of transactions that were not valid, or their proofs were left out; those are kept when they come",
			slog.Uint64("block", d.Number), slog.Uint64("proven", named), slog.Uint64("carried", carried))
	}
}

// later keeps what a delivery of a consortium's block proves beyond what is held
// of it: who has the sender's key can hand over a true block first, and name
// none of its commands. A solo ledger's block is not whole without them.
func (r *Receiver) later(d imprint.Delivery) error {
	if r.chain == nil || len(d.Commands) == 0 && !d.Genesis {
		return nil
	}
	lacks, err := r.store.lacks(d)
	if err != nil || !lacks {
		return err
	}
	if _, err := r.proven(d); err != nil {
		return err
	}
	return r.store.add(d)
}

// lacks says whether a delivery names what no file of its block does.
func (s *store) lacks(d imprint.Delivery) (bool, error) {
	list, err := s.partsOf(d.Number)
	if err != nil {
		return false, err
	}
	named, genesis := map[string]bool{}, false
	for _, p := range list {
		held, err := s.part(d.Number, p.part, p.parts)
		if err != nil {
			return false, err
		}
		genesis = genesis || held.Genesis
		for _, c := range held.Commands {
			named[c.ID] = true
		}
	}
	return d.Genesis && !genesis || slices.ContainsFunc(d.Commands, func(c imprint.Command) bool { return !named[c.ID] }), nil
}

// add keeps a part beside those of other numbers of parts, and joins it to one
// of its own place.
func (s *store) add(d imprint.Delivery) error {
	held, err := s.part(d.Number, d.Part, d.Parts)
	if errors.Is(err, service.ErrNotFound) {
		return s.keepPart(d)
	}
	if err != nil {
		return err
	}
	return s.keepPart(joined(held, d))
}

// joined is what was held, with what is new: nothing of it is taken away.
func joined(held, d imprint.Delivery) imprint.Delivery {
	held.Genesis = held.Genesis || d.Genesis
	for _, c := range d.Commands {
		if !slices.ContainsFunc(held.Commands, func(h imprint.Command) bool { return h.ID == c.ID }) {
			held.Commands = append(held.Commands, c)
		}
	}
	for _, p := range d.Proofs {
		if !slices.ContainsFunc(held.Proofs, func(h imprint.Proof) bool { return sameDocument(h, p) }) {
			held.Proofs = append(held.Proofs, p)
		}
	}
	return held
}

// sameDocument goes by how it is written: a file holds it indented.
func sameDocument(a, b imprint.Proof) bool {
	one, err1 := json.Marshal(a.Document)
	two, err2 := json.Marshal(b.Document)
	return err1 == nil && err2 == nil && bytes.Equal(one, two)
}
