package evidence

import (
	"encoding/hex"
	"slices"
)

// committed is a transaction in a block of the package, read once for all of
// its commands that the package is about.
type committed struct {
	*transaction
	head    header
	era     *era
	tx      uint64
	effects effects
	results []result
}

// transactionAt finds the transaction of a place, and notes what is to be
// said of it when it is seen first. Nil when there is none to go on with.
func (c *checker) transactionAt(p place) *committed {
	if t := c.current; t != nil && t.head.number == p.block && t.tx == p.tx {
		return t
	}
	c.forget()
	b := c.blocks[p.block]
	if b == nil || p.tx >= uint64(len(b.txs)) {
		c.note(CheckInclusion, p.file, faultf("tx", "there is no transaction %d of block %d in the package", p.tx, p.block))
		return nil
	}
	e := c.eraOf(b.number)
	if p.block == 0 {
		c.note(CheckInclusion, p.file, faultf("block", "is 0: that one holds the configuration, and no command"))
		return nil
	}
	if e == nil {
		return nil // told by block-signatures
	}
	raw, err := parseTransaction(b.txs[p.tx])
	if !c.note(CheckTransaction, b.file, inTransaction(p.tx, err)) {
		return nil
	}
	t := &committed{transaction: raw, era: e, tx: p.tx, head: header{hash: b.hash, number: b.number,
		prev: hex.EncodeToString(b.prev), chanl: raw.channel, time: raw.time, stamp: raw.time.Format(timeLayout)}}
	if c.judgeTransaction(b, t) {
		c.current = t
	}
	return c.current
}

// forget drops what is no longer needed of the transaction that was read last:
// only what the package's own commands did is kept.
func (c *checker) forget() {
	if c.current != nil {
		c.current.effects, c.current.results = effects{}, nil
	}
	c.current = nil
}

// inTransaction says in which transaction of a block a fault is.
func inTransaction(tx uint64, err error) error {
	if f, ok := err.(*fault); ok {
		return faultf(f.field, "transaction %d: %s", tx, f.detail)
	}
	return err
}

// judgeTransaction makes the checks of one transaction: that it is whole and
// signed by who sent it, of this channel, endorsed as the members agreed,
// marked valid, and that its writes are those of its commands.
func (c *checker) judgeTransaction(b *block, t *committed) bool {
	c.note(CheckChannel, b.file, inTransaction(t.tx, same("payload.header.channel_id", t.channel, c.trust.Channel)))
	c.note(CheckTransaction, b.file, inTransaction(t.tx, firstOf(t.bound(c.trust.Chaincode), t.sent())))
	who, err := t.era.endorsedBy(t.transaction)
	if c.note(CheckEndorsements, b.file, inTransaction(t.tx, err)) {
		for _, m := range who {
			c.voucher(m.MSP).Endorsements++
		}
	}
	c.note(CheckFlag, b.file, inTransaction(t.tx, b.valid(t.tx)))
	t.effects, err = readEffects(t.rwset, c.trust.Chaincode)
	if err == nil {
		err = canonicalValues(t.effects.writes)
	}
	if err == nil && t.function() == "apply" {
		t.results, err = parseResults(t.answer, t.effects.writes)
		if err == nil && len(t.results) != len(t.args)-1 {
			err = faultf("response.payload.results", "are %d for %d commands", len(t.results), len(t.args)-1)
		}
	}
	return c.note(CheckResults, b.file, inTransaction(t.tx, err))
}

// sent says whether a client of a member signed the transaction.
func (t *committed) sent() error {
	m, id, err := t.era.members.who(t.creator)
	if err != nil {
		return faultf("payload.header.creator", "%v", err)
	}
	if !id.signed(t.payload, t.signature) {
		return faultf("envelope.signature", "is not by the client of %s that sent it", m.MSP)
	}
	return nil
}

// valid looks at what the peer that gave the block found. Nobody signs it:
// see attested.
func (b *block) valid(tx uint64) error {
	if len(b.flags) != len(b.txs) {
		return faultf("metadata.flags", "are %d for %d transactions", len(b.flags), len(b.txs))
	}
	if b.flags[tx] != 0 {
		return faultf("metadata.flags", "say that it was found invalid, code %d", b.flags[tx])
	}
	return nil
}

// command is the one at a place of a transaction of commands.
func (t *committed) command(at proof) (command, error) {
	if t.function() != "apply" || at.index >= uint64(len(t.results)) {
		return command{}, faultf("index", "there is no command %d: the transaction calls %.40q of %d arguments", at.index, t.function(), len(t.args))
	}
	r := t.results[at.index]
	cmd := command{proof: at, outcomeID: r.id, recordID: r.recordID, status: r.status, writes: r.writes, in: t}
	var err error
	if cmd.jws, err = parseJWS(string(t.args[1+at.index]), commandType); err != nil {
		return cmd, err
	}
	if err := cmd.readSigned(); err != nil {
		return cmd, err
	}
	return cmd, canonicalValues(r.writes)
}

// attested notes whether members vouch that key was written last by this
// transaction. A peer says so only of a transaction that it found valid: the
// flag in the block is signed by nobody, this is. Keys of commands and of the
// channel are written once and never again, so the word of any later day is
// as good as one of that day.
func (c *checker) attested(p place, t *committed, key string) {
	who, err := c.attesters(p, t, key)
	if c.note(CheckAttested, p.file, err) {
		for _, m := range who {
			c.voucher(m.MSP).Attestations++
		}
	}
}

func (c *checker) attesters(p place, t *committed, key string) ([]*member, error) {
	a, err := parseTransaction(p.attestation)
	if err == nil {
		err = firstOf(a.bound(c.trust.Chaincode), same("payload.header.channel_id", a.channel, c.trust.Channel))
	}
	if err != nil {
		return nil, inAttestation(err)
	}
	e, err := readEffects(a.rwset, c.trust.Chaincode)
	if err != nil {
		return nil, inAttestation(err)
	}
	found, ok := e.versionOf(key)
	switch {
	case a.function() != "get" || len(e.writes) > 0:
		return nil, faultf("attestation", "is not an answer to a question, but a call of %.40q", a.function())
	case !ok:
		return nil, faultf("attestation", "is not about %.200q", key)
	case found != version{p.block, p.tx, true}:
		return nil, faultf("attestation", "the members found block %d transaction %d (there: %t) under %.200q", found.block, found.tx, found.present, key)
	}
	who, err := c.endorsedSince(t.era, a)
	return who, inAttestation(err)
}

// endorsedSince looks at the attestation with the eyes of each configuration
// since the transaction's own: it may have been asked for in any of them.
func (c *checker) endorsedSince(from *era, a *transaction) (who []*member, err error) {
	for _, e := range slices.Backward(c.eras) {
		if who, err = e.endorsedBy(a); err == nil || e == from {
			break
		}
	}
	return who, err
}

func inAttestation(err error) error {
	if f, ok := err.(*fault); ok {
		return faultf("attestation."+f.field, "%s", f.detail)
	}
	return err
}
