package secondreader

import (
	"bytes"
	"crypto/sha256"
	"encoding/asn1"
	"encoding/hex"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strconv"
	"strings"
)

// chain is what a package has of a Fabric channel.
type chain struct {
	trust  object
	blocks []*block
	txs    map[place]*tx
	eras   []*era
}

type block struct {
	file     string
	number   int64
	prev     []byte
	dataHash []byte
	data     [][]byte
	metadata [][]byte
	der      []byte
	hash     string
	config   bool
	bad      error
}

// era is the time under one configuration.
type era struct {
	from       int64
	sequence   int64
	channel    string
	consenters []consenter
	members    map[string]member
}

type consenter struct {
	id       int64
	msp, pem string
}

type member struct {
	roots, intermediates []string
	peerOU               string
}

func newChain(trust object, files map[string][]byte, dir string) *chain {
	c := &chain{trust: trust, txs: map[place]*tx{}}
	for name, data := range files {
		if strings.HasPrefix(name, dir) {
			b := &block{file: name}
			b.bad = b.read(data)
			if n, err := strconv.ParseInt(inside(name), 10, 64); b.bad == nil && (err != nil || n != b.number) {
				b.bad = errors.New("under another number")
			}
			c.blocks = append(c.blocks, b)
		}
	}
	slices.SortFunc(c.blocks, func(a, b *block) int { return strings.Compare(a.file, b.file) })
	for _, b := range c.blocks {
		if e := b.configuration(); e != nil {
			b.config, e.from = true, b.number
			c.eras = append(c.eras, e)
		}
	}
	return c
}

func (b *block) read(data []byte) (err error) {
	m := open(data, &err)
	h := m.message(1)
	b.number, b.prev, b.dataHash = h.number(1), h.bytes(2), h.bytes(3)
	b.data, b.metadata = m.message(2).all(1), m.message(3).all(1)
	if err != nil {
		return err
	}
	b.der, err = asn1.Marshal(struct {
		N    *big.Int
		P, D []byte
	}{new(big.Int).SetUint64(uint64(b.number)), b.prev, b.dataHash})
	b.hash = sum(b.der)
	all := sha256.Sum256(slices.Concat(b.data...))
	if err != nil || len(b.data) == 0 || !bytes.Equal(all[:], b.dataHash) || b.number > 0 && len(b.prev) != 32 {
		return errors.New("the data is not what the header says")
	}
	for _, e := range b.data {
		if err := envelopeCut(e); err != nil {
			return err
		}
	}
	return nil
}

// envelopeCut wants the start of an entry to be the start of an envelope.
func envelopeCut(e []byte) (err error) {
	m := open(e, &err)
	if err != nil || e[0] != 0x0a || len(e) > 16<<20 || len(m.bytes(1)) == 0 {
		return fmt.Errorf("an entry that is no envelope: %v", err)
	}
	return must(len(m.of(1, false)) == 1 && len(m.of(2, false)) <= 1, "a payload or signature twice")
}

func (c *chain) block(n int64) *block {
	for _, b := range c.blocks {
		if b.number == n && b.bad == nil {
			return b
		}
	}
	return nil
}

func (b *block) configuration() *era {
	if b.bad != nil || len(b.data) != 1 {
		return nil
	}
	var err error
	payload := open(b.data[0], &err).message(1)
	ch := payload.message(1).message(1)
	if err != nil || ch.number(1) != 1 {
		return nil
	}
	config := payload.message(2).message(1)
	e := &era{sequence: config.number(1), channel: ch.text(4), members: map[string]member{}}
	root := config.message(2)
	for _, m := range root.entry(2, "Orderer").entry(3, "Orderers").message(2).messages(1) {
		e.consenters = append(e.consenters, consenter{m.number(1), m.text(4), m.text(5)})
	}
	for _, org := range root.entry(2, "Application").messages(2) {
		e.add(org.message(2).entry(3, "MSP").message(2).message(2))
	}
	if err != nil {
		return nil
	}
	return e
}

func (e *era) add(m message) {
	var in member
	for _, b := range m.all(2) {
		in.roots = append(in.roots, string(b))
	}
	for _, b := range m.all(3) {
		in.intermediates = append(in.intermediates, string(b))
	}
	if ous := m.message(11); ous.number(1) == 1 {
		in.peerOU = ous.message(3).text(2)
	}
	e.members[m.text(1)] = in
}

// configured is trust-genesis, as far as it is about blocks.
func (c *chain) configured() error {
	b := c.block(0)
	if b == nil || b.hash != c.trust.text("genesis_hash") || len(c.eras) == 0 || c.eras[0].from != 0 {
		return errors.New("another block 0")
	}
	for i, e := range c.eras {
		if e.channel != c.trust.text("channel") || i > 0 && e.sequence != c.eras[i-1].sequence+1 {
			return fmt.Errorf("block %d: a configuration of another channel, or of a later number", e.from)
		}
	}
	return errors.Join(c.eras[0].consentersAre(c.trust), c.eras[0].membersAre(c.trust))
}

func (e *era) consentersAre(trust object) error {
	list := trust.objects("consenters")
	for _, t := range list {
		if !slices.ContainsFunc(e.consenters, func(k consenter) bool {
			return k.id == t.number("id") && k.msp == t.text("msp") && sameCertificates([]string{k.pem}, []string{t.text("certificate")})
		}) {
			return errors.New("other consenters")
		}
	}
	return must(len(list) == len(e.consenters), "more or fewer consenters")
}

func (e *era) membersAre(trust object) error {
	list := trust.objects("members")
	for _, t := range list {
		m, ok := e.members[t.text("msp")]
		if !ok || m.peerOU != t.text("peer_ou") || !sameCertificates(m.roots, t.texts("root_certificates")) ||
			!sameCertificates(m.intermediates, t.texts("intermediate_certificates")) {
			return fmt.Errorf("%s: another member", t.text("msp"))
		}
	}
	return must(len(list) == len(e.members), "more or fewer members")
}

// at is the configuration in force for a block: the newest one before it.
func (c *chain) at(n int64) *era {
	in := c.eras[0]
	for _, e := range c.eras {
		if e.from < n {
			in = e
		}
	}
	return in
}

func (c *chain) wellFormed() error {
	for _, b := range c.blocks {
		if b.bad != nil {
			return fmt.Errorf("%s: %w", b.file, b.bad)
		}
	}
	return nil
}

func (c *chain) signedAll() error {
	for _, b := range c.blocks {
		if err := c.quorum(b); b.number > 0 && err != nil {
			return fmt.Errorf("%s: %w", b.file, err)
		}
	}
	return nil
}

func (c *chain) quorum(b *block) (err error) {
	if len(b.metadata) == 0 {
		return errors.New("no signatures")
	}
	m, in := open(b.metadata[0], &err), c.at(b.number)
	if last := m.message(1).message(1).number(1); err != nil || last != in.from && !(b.config && last == b.number) {
		return fmt.Errorf("another last configuration: %v", err)
	}
	good := map[string]bool{}
	for _, s := range m.messages(2) {
		var odd error
		id := open(s.bytes(3), &odd).number(1)
		for _, k := range in.consenters {
			if k.id == id && verifies(k.pem, s.bytes(2), m.bytes(1), s.bytes(3), b.der) {
				good[k.pem] = true
			}
		}
	}
	n := len(in.consenters)
	f := (n - 1) / 3
	return errors.Join(err, must(len(good) >= (n+f+2)/2, "signed by %d of %d consenters", len(good), n))
}

func (c *chain) linked(asOf object) error {
	for i, b := range c.blocks {
		if i > 0 && c.blocks[i-1].number == b.number-1 && c.blocks[i-1].hash != hex.EncodeToString(b.prev) {
			return fmt.Errorf("%s: it follows another block", b.file)
		}
		if asOf != nil && (b.number > asOf.number("height") || b.number == asOf.number("height") && b.hash != asOf.text("hash")) {
			return fmt.Errorf("%s: after as_of, or another block", b.file)
		}
	}
	return nil
}

func sameCertificates(a, b []string) bool {
	return sameSet(raw(a), raw(b))
}

// raw are certificates without their PEM; what is none stays as it is.
func raw(texts []string) (out []string) {
	for _, t := range texts {
		if cert, err := certificate(t); err == nil {
			t = string(cert.Raw)
		}
		out = append(out, t)
	}
	return out
}
