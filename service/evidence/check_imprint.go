package evidence

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"slices"
	"time"
)

// CheckImprintReceipts is the name of the check of receipts of the imprint.
const CheckImprintReceipts = checkReceipts

// receiptType is the typ header of an institution's receipt.
const receiptType = "datapledge-imprint+jws"

// Received is an institution's signed word that it has a block of the ledger,
// with all of its records (imprint 印刻).
type Received struct {
	Party   string `json:"party"`
	Name    string `json:"name"` // as the ledger last had it
	Role    string `json:"role"`
	Block   uint64 `json:"block"`
	Records uint64 `json:"records"`
	Time    string `json:"received_at"` // by the institution's clock
}

// imprintReceipts judges each receipt by what the package proves: the block
// and the key. A receipt stands nowhere on the ledger, so that nothing orders
// it before a revocation: a key that was revoked vouches for none. The error
// is ctx's.
func (c *checker) imprintReceipts(ctx context.Context) error {
	for _, f := range c.files {
		if roleOf(f.name) != "imprint-receipt" {
			continue
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		r, err := c.imprintReceipt(f)
		if c.note(CheckImprintReceipts, f.name, err) {
			c.Received = append(c.Received, r)
		}
	}
	slices.SortFunc(c.Received, func(a, b Received) int { return cmp.Or(cmp.Compare(a.Block, b.Block), cmp.Compare(a.Party, b.Party)) })
	return nil
}

func (c *checker) imprintReceipt(f file) (r Received, err error) {
	sum := sha256.Sum256(f.data)
	if f.name != dirReceipts+hex.EncodeToString(sum[:])+".jws" {
		return r, faultf("", "is not named by its SHA-256")
	}
	s, err := parseJWS(string(f.data), receiptType)
	if err != nil {
		return r, err
	}
	n, err := parseCanonical(s.payload)
	if err != nil {
		return r, faultf("receipt", "%v", err)
	}
	p := fieldsOf(n, "receipt")
	p.version()
	p.is("channel", c.trust.Channel)
	p.digest("hash")
	r = Received{Party: p.text("party"), Block: uint64(p.number("block")), Records: uint64(p.number("records")), Time: p.text("received_at")}
	hash := p.text("hash")
	if _, ok := parseTime(r.Time); !ok {
		p.fail("received_at", "is not a time in UTC with milliseconds")
	}
	if err := p.rest(); err != nil {
		return r, err
	}
	if r.Role, err = c.receives(s, r.Party); err != nil {
		return r, err
	}
	r.Name = c.nameOf(r.Party)
	return r, c.receivedBlock(r, hash)
}

// receives says in which role the party received it; the signature must be by
// one of its living keys.
func (c *checker) receives(s signed, id string) (string, error) {
	p := c.register[id]
	if p == nil {
		return "", faultf("receipt.party", "%.40q is not enrolled by the commands in the package", id)
	}
	k, ok := p.keys[s.kid]
	switch {
	case !ok:
		return "", faultf("jws.protected.kid", "the key %.60q is none of the party's", s.kid)
	case k.revoked:
		return "", faultf("jws.protected.kid", "the key %s was revoked", s.kid)
	}
	for _, role := range []string{"court", "regulator", "notary"} {
		if p.roles[role] {
			return role, s.verify(k.key)
		}
	}
	return "", faultf("receipt.party", "%s is neither court nor regulator nor notary", id)
}

// receivedBlock wants the block to be one that the package proves, with as
// many commands as the receipt says.
func (c *checker) receivedBlock(r Received, hash string) error {
	i := slices.IndexFunc(c.commands, func(cmd command) bool { return cmd.head.number == r.Block })
	if i < 0 {
		return faultf("receipt.block", "no command of block %d is in the package", r.Block)
	}
	head := c.commands[i].head
	if head.hash != hash {
		return faultf("receipt.hash", "is not that of block %d", r.Block)
	}
	if all, valid := c.recordsOf(head); r.Records != all && r.Records != valid {
		return faultf("receipt.records", "are %d, the block has %d", r.Records, all)
	}
	return nil
}

// recordsOf is how many commands a block has. Receivers of a consortium's
// blocks once counted those that took effect, by marks that nobody signs.
func (c *checker) recordsOf(h header) (all, valid uint64) {
	if c.founding == nil {
		return h.count, h.count
	}
	b := c.blocks[h.number]
	if b == nil {
		return 0, 0 // told by the check that wants the block
	}
	return b.carried(c.trust.Chaincode)
}

// againstReceipts tells of institutions that signed for a block at a time when
// it was not there: one clock at least is wrong. It names the worst of each.
func (c *checker) againstReceipts() {
	worst := map[string]time.Duration{}
	said := map[string]string{}
	for _, r := range c.Received {
		at, ok := parseTime(r.Time)
		made := c.timeOf(r.Block)
		if early := made.Sub(at); ok && early > worst[r.Party] {
			worst[r.Party] = early
			said[r.Party] = r.Time + " < " + made.Format(timeLayout)
		}
	}
	for _, party := range slices.Sorted(maps.Keys(said)) {
		c.against("receipt-before-block", party, "", said[party])
	}
}

// timeOf is the newest time of what the package has of a block.
func (c *checker) timeOf(block uint64) (newest time.Time) {
	for _, cmd := range c.commands {
		if cmd.head.number == block && cmd.head.time.After(newest) {
			newest = cmd.head.time
		}
	}
	return newest
}

// nameOf is what the ledger last called a party.
func (c *checker) nameOf(id string) string {
	n, err := parseJSON(c.last[partyKey+id])
	if err != nil {
		return ""
	}
	return fieldsOf(n, "").text("name")
}
