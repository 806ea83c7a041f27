package receiver

import (
	"encoding/base64"
	"net/http"

	"github.com/datapledge/datapledge/service/evidence"
	"github.com/datapledge/datapledge/service/imprint"
)

// proven is nil when the delivery shows the block, and exactly the commands that
// it names: by the ledger's own proofs, and on a consortium by the block itself
// in its first part, so that one without commands is shown, too. That block is
// returned: judging one reads all of its transactions.
func (r *Receiver) proven(d imprint.Delivery) (judged, error) {
	b, err := r.shownBlock(d)
	if err == nil {
		err = r.shownCommands(d)
	}
	return b, err
}

// judged is the block of a consortium that a first part held.
type judged struct {
	evidence.SignedBlock
	raw []byte
}

func (r *Receiver) shownCommands(d imprint.Delivery) error {
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
func (r *Receiver) shownBlock(d imprint.Delivery) (judged, error) {
	switch {
	case r.chain != nil && d.Part == 1 && len(d.Block) == 0:
		return judged{}, unproven(d, "the block itself, with the orderers' signatures, is missing")
	case r.chain != nil && d.Part == 1:
		return r.signedBlock(d)
	case len(d.Proofs) == 0:
		return judged{}, unproven(d, "there is no proof")
	case r.chain == nil && len(d.Block) > 0:
		return judged{}, unproven(d, "a solo ledger has no block to show")
	}
	return judged{}, nil
}

// signedBlock is the block of a consortium that part 1 holds, proven.
func (r *Receiver) signedBlock(d imprint.Delivery) (judged, error) {
	raw, err := base64.StdEncoding.Strict().DecodeString(d.Block)
	if err != nil {
		return judged{}, unproven(d, "the block itself is not base64")
	}
	b, err := r.chain.Check(raw)
	if err != nil {
		return judged{}, unproven(d, err.Error())
	}
	if b.Number != d.Number || b.Hash != d.Hash || b.Prev != d.Prev {
		return judged{}, unproven(d, "the block that is shown is another one")
	}
	return judged{b, raw}, nil
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
