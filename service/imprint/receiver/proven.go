package receiver

import (
	"net/http"

	"github.com/datapledge/datapledge/service/evidence"
	"github.com/datapledge/datapledge/service/imprint"
)

// proven is nil when the ledger's proofs show the block, and exactly the
// commands that the delivery names. A block of a consortium without commands
// has no proof: its hash is the "prev" of the next, and that one is proven.
func (r *Receiver) proven(d imprint.Delivery) error {
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
	if len(d.Proofs) == 0 && r.o.Trust.Ledger == ledgerSolo {
		return unproven(d, "there is no proof")
	}
	return sameCommands(d, shown)
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
