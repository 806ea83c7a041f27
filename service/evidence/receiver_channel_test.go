package evidence_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hyperledger/fabric-protos-go/common"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service/client"
	"github.com/datapledge/datapledge/service/imprint"
	"github.com/datapledge/datapledge/service/imprint/receiver"
)

// receiving is a court's receiver of a channel's blocks.
type receiving struct {
	t             *testing.T
	channel       *channel
	dir           string
	sender, court *client.Key
	*receiver.Receiver
}

func newReceiving(t *testing.T, c *channel) *receiving {
	t.Helper()
	r := &receiving{t: t, channel: c, dir: t.TempDir(), sender: clientKey(t, uscc(3)), court: clientKey(t, uscc(7))}
	r.restart()
	return r
}

func clientKey(t *testing.T, party string) *client.Key {
	t.Helper()
	k, err := client.New(client.Ed25519, party, "")
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// restart opens the folder as another process would.
func (r *receiving) restart() {
	r.t.Helper()
	v, err := imprint.NewVerifier([]json.RawMessage{r.sender.Public()}, "", time.Hour, time.Now)
	if err != nil {
		r.t.Fatal(err)
	}
	if r.Receiver, err = receiver.New(receiver.Options{Dir: r.dir, Key: r.court, Trust: r.channel.trust(), Verifier: v}); err != nil {
		r.t.Fatal(err)
	}
}

// post hands over deliveries as whoever has the sender's key.
func (r *receiving) post(list ...imprint.Delivery) (status int, answer imprint.Answer, said string) {
	r.t.Helper()
	body, err := json.Marshal(imprint.Request{V: 1, Deliveries: list})
	if err != nil {
		r.t.Fatal(err)
	}
	q := httptest.NewRequest(http.MethodPost, "https://court.example"+imprint.PathDeliveries, bytes.NewReader(body))
	if err := imprint.SignRequest(q, body, r.sender); err != nil {
		r.t.Fatal(err)
	}
	rec := httptest.NewRecorder()
	r.ServeHTTP(rec, q)
	_ = json.Unmarshal(rec.Body.Bytes(), &answer)
	return rec.Code, answer, rec.Body.String()
}

// takes wants one receipt, which says so many records.
func (r *receiving) takes(d imprint.Delivery, records int) {
	r.t.Helper()
	status, answer, said := r.post(d)
	if status != http.StatusOK || len(answer.Receipts) != 1 {
		r.t.Fatalf("block %d: got %d %s", d.Number, status, said)
	}
	payload, err := b64.DecodeString(strings.Split(answer.Receipts[0], ".")[1])
	var s imprint.Statement
	if err != nil || json.Unmarshal(payload, &s) != nil || s.Block != d.Number || s.Hash != d.Hash || s.Records != records {
		r.t.Errorf("block %d: got %+v, want %d records", d.Number, s, records)
	}
}

// refuses wants a refusal of a kind, and nothing kept.
func (r *receiving) refuses(name, kind string, list ...imprint.Delivery) {
	r.t.Helper()
	before := r.kept()
	if status, _, said := r.post(list...); status == http.StatusOK || !strings.Contains(said, "urn:datapledge:"+kind) {
		r.t.Errorf("%s: got %d %s, want %s", name, status, said, kind)
	}
	if r.kept() != before {
		r.t.Errorf("%s: something of it is kept", name)
	}
}

// kept lists the court's files.
func (r *receiving) kept() string {
	r.t.Helper()
	list, err := filepath.Glob(filepath.Join(r.dir, "*", "*", "*"))
	deeper, err2 := filepath.Glob(filepath.Join(r.dir, "*", "*", "*", "*"))
	if err != nil || err2 != nil {
		r.t.Fatal(err, err2)
	}
	return strings.Join(append(list, deeper...), "\n")
}

// delivery is a block as the service hands it over.
func (c *channel) delivery(n int) imprint.Delivery {
	c.t.Helper()
	b := c.blocks[n]
	d := imprint.Delivery{V: 1, Channel: c.chain.channel, Ledger: "fabric", Number: uint64(n), Hash: c.hash(n), Prev: fmt.Sprintf("%x", b.Header.PreviousHash),
		Block: base64.StdEncoding.EncodeToString(c.bytes(uint64(n))), Genesis: n == 2, Commands: []imprint.Command{}, Part: 1, Parts: 1}
	for _, done := range c.applied {
		if done.at.Block != uint64(n) {
			continue
		}
		doc, err := c.Prove(c.t.Context(), done.at)
		if err != nil {
			c.t.Fatal(err)
		}
		d.Proofs = append(d.Proofs, imprint.Proof{Position: done.at, Document: doc})
		d.Commands = append(d.Commands, c.commandsOf(done)...)
	}
	return d
}

func (c *channel) commandsOf(did done) (list []imprint.Command) {
	for i, res := range did.results {
		if did.at.Block == 2 {
			return nil // the genesis
		}
		jws := string(c.cuts[did.at.Block].txs[did.at.Tx].args[1+i])
		cmd, err := pledge.ParseCommand(jws)
		if err != nil {
			c.t.Fatal(err)
		}
		at := did.at
		at.Index = i
		list = append(list, imprint.Command{ID: cmd.ID, Act: cmd.Payload.Act, By: cmd.Payload.By, RecordID: res.Outcome.RecordID, Position: at, JWS: jws})
	}
	return list
}

// Every block is proven and signed for, those without commands, too, over a
// change of an orderer's certificate and a restart after each block.
func TestReceiverFollowsChannel(t *testing.T) {
	c := newChannel(t)
	r := newReceiving(t, c)
	for n := range c.blocks {
		d := c.delivery(n)
		r.takes(d, len(d.Commands))
		r.restart()
		r.takes(d, len(d.Commands)) // the same receipt again
	}
	configs, err := filepath.Glob(filepath.Join(r.dir, "*", "configs", "*.block"))
	if err != nil || len(configs) != 2 {
		t.Errorf("got %v, %v, want both configurations", configs, err)
	}
}

// remade is the delivery of a block that was changed, and cut and signed again.
func (c *channel) remade(n int, change func(*cut)) imprint.Delivery {
	c.t.Helper()
	sound, kept := *c.cuts[n], c.blocks
	change(c.cuts[n])
	c.blocks = c.blocks[:n:n]
	all := c.cuts
	c.cuts = all[:n+1]
	c.goOn()
	d := imprint.Delivery{V: 1, Channel: c.chain.channel, Ledger: "fabric", Number: uint64(n), Hash: c.hash(n), Prev: fmt.Sprintf("%x", c.blocks[n].Header.PreviousHash),
		Block: base64.StdEncoding.EncodeToString(c.bytes(uint64(n))), Commands: []imprint.Command{}, Part: 1, Parts: 1}
	*all[n], c.cuts, c.blocks = sound, all, kept
	return d
}

// A thief of the sender's key gets no receipt for a block that the orderers did
// not sign, and cannot have the true ledger taken for a fork.
func TestReceiverRefusesMadeUpBlocks(t *testing.T) {
	c := newChannel(t)
	r := newReceiving(t, c)
	for n := range c.blocks {
		for name, d := range madeUp(c, n) {
			r.refuses(fmt.Sprintf("block %d, %s", n, name), "unproven", d)
		}
		d := c.delivery(n)
		r.takes(d, len(d.Commands))
		for name, d := range madeUp(c, n) { // now as forks
			if d.Hash != c.hash(n) {
				r.refuses(fmt.Sprintf("block %d held, %s", n, name), "unproven", d)
			}
		}
	}
}

// madeUp are false versions of block n, of which nothing tells but signatures.
func madeUp(c *channel, n int) map[string]imprint.Delivery {
	edit := func(change func(*imprint.Delivery)) imprint.Delivery {
		d := c.delivery(n)
		change(&d)
		return d
	}
	list := map[string]imprint.Delivery{
		"without itself": edit(func(d *imprint.Delivery) { d.Block = "" }),
		"no base64":      edit(func(d *imprint.Delivery) { d.Block = "*" }),
		"another hash":   edit(func(d *imprint.Delivery) { d.Hash = strings.Repeat("1", 64) }),
		"another prev":   edit(func(d *imprint.Delivery) { d.Prev = strings.Repeat("1", 64) }),
		"another block":  edit(func(d *imprint.Delivery) { d.Block = c.delivery((n + 1) % len(c.blocks)).Block }),
		"a second part alone": edit(func(d *imprint.Delivery) {
			d.Part, d.Parts, d.Commands, d.Proofs, d.Genesis = 2, 2, []imprint.Command{}, nil, false
		}),
	}
	if n == 0 {
		return list
	}
	flip := func(b *common.Block) { b.Header.DataHash = bytes.Repeat([]byte{1}, 32) }
	list["data of another hash"] = c.remade(n, func(k *cut) { k.change = flip })
	list["two signatures"] = c.remade(n, func(k *cut) { k.signers = k.signers[:2] })
	list["one who signs twice"] = c.remade(n, func(k *cut) { k.signers = []signer{k.signers[1], k.signers[1], k.signers[2]} })
	list["no signature, other data"] = c.remade(n, func(k *cut) { k.signers, k.change = nil, thiefs })
	list["a thief's signatures"] = c.remade(n, func(k *cut) {
		k.change = thiefs
		k.signers = []signer{{1, c.orgs[4].orderer}, {2, c.orgs[5].orderer}, {3, c.orgs[4].peer}}
	})
	list["signed for other data"] = c.remade(n, func(k *cut) { k.after = thiefs })
	if c.cuts[n].last > 0 && c.cuts[n].config == nil {
		list["an orderer's old certificate"] = c.remade(n, func(k *cut) { k.signers = []signer{{1, c.orgs[0].orderer}, k.signers[1], k.signers[2]} })
		list["under an old configuration"] = c.remade(n, func(k *cut) { k.last = 0 })
	}
	return list
}

// thiefs is one transaction in place of the block's.
func thiefs(b *common.Block) {
	tx := encode(&common.Envelope{Payload: []byte("a block of a thief's"), Signature: []byte("x")})
	sum := sha256.Sum256(tx)
	b.Data.Data, b.Header.DataHash = [][]byte{tx}, sum[:]
}

// What a quorum of the orderers signed twice is a fork, though it has no
// commands: it is kept, and the receipt of what is held is shown.
func TestReceiverKeepsSignedFork(t *testing.T) {
	c := newChannel(t)
	r := newReceiving(t, c)
	for n := range 4 {
		d := c.delivery(n)
		r.takes(d, len(d.Commands))
	}
	status, _, said := r.post(c.remade(1, func(k *cut) { k.change = thiefs }))
	if status != http.StatusConflict || !strings.Contains(said, imprint.ProblemForked) || !strings.Contains(said, `"receipt"`) {
		t.Errorf("got %d %s", status, said)
	}
	status, _, said = r.post(c.remade(4, func(k *cut) { k.prev = bytes.Repeat([]byte{1}, 32) }))
	if status != http.StatusConflict || !strings.Contains(said, imprint.ProblemForked) {
		t.Errorf("after another block: got %d %s", status, said)
	}
	if list, err := os.ReadDir(filepath.Join(r.dir, c.chain.channel, "forks")); err != nil || len(list) != 2 {
		t.Errorf("%d forks are kept, %v", len(list), err)
	}
}

// A block in parts is signed for when the last has come, by what the first one
// showed, also after a restart; and not when that was never shown.
func TestReceiverOfParts(t *testing.T) {
	c := newChannel(t)
	r := newReceiving(t, c)
	for n := range 3 {
		d := c.delivery(n)
		r.takes(d, len(d.Commands))
	}
	whole := c.delivery(3)
	first, second := whole, whole
	first.Commands, first.Proofs, first.Parts = whole.Commands[:0], nil, 2
	second.Block, second.Part, second.Parts = "", 2, 2
	if status, _, said := r.post(second); status != http.StatusConflict || !strings.Contains(said, "urn:datapledge:gap") {
		t.Errorf("before the first part: got %d %s", status, said)
	}
	if status, answer, said := r.post(first); status != http.StatusOK || len(answer.Receipts) != 0 {
		t.Fatalf("got %d %s", status, said)
	}
	r.restart()
	r.takes(second, len(whole.Commands))
}
