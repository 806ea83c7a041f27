package evidence_test

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/datapledge/datapledge/service/imprint"
)

// until takes the blocks before n.
func (r *receiving) until(n int) {
	r.t.Helper()
	for i := range n {
		d := r.channel.delivery(i)
		r.takes(d, len(d.Commands))
	}
}

// file is a part of a block as the court keeps it.
func (r *receiving) file(name string) (d imprint.Delivery) {
	r.t.Helper()
	data, err := os.ReadFile(filepath.Join(r.dir, r.channel.chain.channel, "blocks", strings.Repeat("0", 20), strings.Repeat("0", 19)+name))
	if err == nil {
		err = json.Unmarshal(data, &d)
	}
	if err != nil {
		r.t.Fatal(err)
	}
	return d
}

// bare is a true block, of which no command is named.
func bare(d imprint.Delivery) imprint.Delivery {
	d.Commands, d.Proofs, d.Genesis = []imprint.Command{}, nil, false
	return d
}

// Who has the sender's key can hand over a true block first and name none of its
// commands. The proofs that the service sends then are kept, once, and nothing
// of what was held is lost.
func TestReceiverKeepsLaterProofs(t *testing.T) {
	c := newChannel(t)
	r := newReceiving(t, c)
	r.until(2)
	genesis, whole := c.delivery(2), c.delivery(3)
	r.takes(bare(genesis), 0)
	r.takes(bare(whole), len(whole.Commands))
	for range 2 {
		r.takes(genesis, 0)
		r.takes(whole, len(whole.Commands))
	}
	if d := r.file("2.json"); !d.Genesis || len(d.Proofs) != len(genesis.Proofs) || d.Block != genesis.Block {
		t.Errorf("of the genesis: %v, %d proofs", d.Genesis, len(d.Proofs))
	}
	if d := r.file("3.json"); len(d.Commands) != len(whole.Commands) || len(d.Proofs) != len(whole.Proofs) || d.Block != whole.Block || len(d.Proofs) == 0 {
		t.Errorf("%d commands and %d proofs are kept, want %d and %d", len(d.Commands), len(d.Proofs), len(whole.Commands), len(whole.Proofs))
	}
	r.restart()
	r.takes(bare(whole), len(whole.Commands))
	if d := r.file("3.json"); len(d.Commands) != len(whole.Commands) {
		t.Error("what was held is lost")
	}
}

// So are those that come in parts, beside the block that came as one; what is
// not proven is refused there, too.
func TestReceiverKeepsLaterParts(t *testing.T) {
	c := newChannel(t)
	r := newReceiving(t, c)
	r.until(3)
	whole := c.delivery(3)
	r.takes(bare(whole), len(whole.Commands))
	first, second := bare(whole), whole
	first.Parts, second.Block, second.Part, second.Parts = 2, "", 2, 2
	claimed := second
	claimed.Proofs = nil
	r.refuses("without proofs", "unproven", claimed)
	claimed.Proofs = whole.Proofs[:1]
	claimed.Commands = append(whole.Commands[:len(whole.Commands):len(whole.Commands)], imprint.Command{ID: "made up", Position: whole.Commands[0].Position})
	r.refuses("a command that nothing proves", "unproven", claimed)
	if status, _, said := r.post(first, second); status != http.StatusOK {
		t.Fatalf("got %d %s", status, said)
	}
	if d := r.file("3.2-of-2.json"); len(d.Commands) != len(whole.Commands) || len(d.Proofs) != len(whole.Proofs) {
		t.Errorf("%d commands and %d proofs are kept", len(d.Commands), len(d.Proofs))
	}
	if d := r.file("3.json"); d.Block != whole.Block {
		t.Error("the block that was held is lost")
	}
}

// First parts of ever other numbers of parts do not fill the court's disk, nor
// keep the block from coming; a part comes after the one before it.
func TestReceiverOfManyFirstParts(t *testing.T) {
	c := newChannel(t)
	r := newReceiving(t, c)
	r.until(3)
	whole := c.delivery(3)
	for n := 2; n < 40; n++ {
		d := bare(whole)
		d.Parts = n
		if status, _, said := r.post(d); status != http.StatusOK {
			t.Fatalf("got %d %s", status, said)
		}
	}
	list, err := filepath.Glob(filepath.Join(r.dir, "*", "blocks", "*", "*3.1-of-*.json"))
	if err != nil || len(list) == 0 || len(list) > 4 {
		t.Errorf("%d first parts are kept, %v", len(list), err)
	}
	third := whole
	third.Block, third.Part, third.Parts = "", 3, 39
	r.refuses("a third part without the second", "gap", third)
	first, second := bare(whole), whole
	first.Parts, second.Block, second.Part, second.Parts = 2, "", 2, 2
	r.restart()
	if status, answer, said := r.post(first, second); status != http.StatusOK || len(answer.Receipts) != 1 {
		t.Errorf("got %d %s", status, said)
	}
}
