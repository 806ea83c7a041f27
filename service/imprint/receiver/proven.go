package receiver

import (
	"encoding/base64"
	"net/http"

	"github.com/datapledge/datapledge/service/evidence"
	"github.com/datapledge/datapledge/service/imprint"
)

// proven is nil when the delivery shows the block, and exactly the commands that
// it names: by the ledger's own proofs, and on a consortium by the block itself
// in its first part, so that one without commands is shown, too.
func (r *Receiver) proven(d imprint.Delivery) error {
	if err := r.shownBlock(d); err != nil {
		return err
	}
	shown := map[string]evidence.ProvenCommand{}
	genesis := false
	for _, p := range d.Proofs {
		got, err := evidence.CheckProof(p.Document, r.o.Trust)
		if err != nil {
			return unproven(d, err.Error())
		}
		if got.Number != d.Number || got.Hash != d.Hash || got.Prev != d.Prev && d.Number > 0 {
			return unproven(d, "a proof is of another block")
		}
		genesis = genesis || got.Genesis
		for _, c := range got.Commands {
			shown[c.ID] = c
		}
	}
	if d.Genesis != genesis {
		return unproven(d, "the genesis is named, but not proven, or the other way round")
	}
	return sameCommands(d, shown)
}

// shownBlock wants something that shows the block, whatever is in it.
func (r *Receiver) shownBlock(d imprint.Delivery) error {
	switch {
	case r.chain == nil || d.Part > 1:
		if len(d.Proofs) == 0 {
			return unproven(d, "there is no proof")
		}
		if r.chain == nil && len(d.Block) > 0 {
			return unproven(d, "a solo ledger has no block to show")
		}
		return nil
	case len(d.Block) == 0:
		return unproven(d, "the block itself, with the orderers' signatures, is missing")
	}
	_, _, err := r.signedBlock(d)
	return err
}

// signedBlock is the block of a consortium that part 1 holds, proven.
func (r *Receiver) signedBlock(d imprint.Delivery) (b evidence.SignedBlock, raw []byte, err error) {
	if raw, err = base64.StdEncoding.Strict().DecodeString(d.Block); err != nil {
		return b, nil, unproven(d, "the block itself is not base64")
	}
	if b, err = r.chain.Check(raw); err != nil {
		return b, nil, unproven(d, err.Error())
	}
	if b.Number != d.Number || b.Hash != d.Hash || b.Prev != d.Prev {
		return b, nil, unproven(d, "the block that is shown is another one")
	}
	return b, raw, nil
}

func unproven(d imprint.Delivery, why string) error {
	return refuse(http.StatusBadRequest, "unproven", "block %d: %s", d.Number, why)
}

func sameCommands(d imprint.Delivery, shown map[string]evidence.ProvenCommand) error {
	if len(shown) != len(d.Commands) {
		return unproven(d, "the proofs show other commands than are named")
	}
	for _, c := range d.Commands {
		p, ok := shown[c.ID]
		if !ok || p.JWS != c.JWS || p.Act != string(c.Act) || p.By != c.By || p.RecordID != c.RecordID ||
			c.Position.Block != d.Number || uint64(c.Position.Tx) != p.Tx || uint64(c.Position.Index) != p.Index {
			return unproven(d, "the proofs show "+c.ID+" otherwise, or not at all")
		}
	}
	return nil
}

// entries is how many commands the signed header of a solo block counts.
func (r *Receiver) entries(d imprint.Delivery) (uint64, error) {
	got, err := evidence.CheckProof(d.Proofs[0].Document, r.o.Trust)
	if err != nil {
		return 0, unproven(d, err.Error())
	}
	return got.Entries, nil
}
