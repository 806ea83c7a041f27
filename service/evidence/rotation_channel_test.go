package evidence_test

import (
	"bytes"
	"context"
	"testing"
	"time"

	"github.com/datapledge/datapledge/service/evidence"
)

// replaceCertificates is a configuration in which every member has another
// authority, and every consenter another certificate. The old ones sign it.
func (c *channel) replaceCertificates(sequence uint64) {
	k := &cut{flags: []byte{0}, signers: c.cuts[len(c.cuts)-1].signers, last: uint64(len(c.cuts))}
	for i, o := range c.orgs {
		c.orgs[i] = newOrg(c.t, o.role, o.party, o.msp)
	}
	k.config = c.config(sequence, c.consenters())
	c.rotated = c.orgs[0].orderer
	c.cuts = append(c.cuts, k)
	c.goOn()
}

// commit puts commands on the channel, in one transaction.
func (c *channel) commit(jws ...string) string {
	c.t.Helper()
	c.now = c.now.Add(time.Second)
	c.story.blocks = append(c.story.blocks, block{jws: jws, time: c.now})
	c.add(&cut{txs: []*call{c.execute(len(c.story.blocks) - 1)}})
	c.goOn()
	return ""
}

func (c *channel) packages(signer key, search string) (all [][]byte) {
	c.t.Helper()
	src := c.source()
	src.Signer = signer
	src.Search = func(context.Context, string) (string, error) { return search, nil }
	for _, id := range []string{c.asset, c.pledge, c.released, c.owner.party, searchNumber} {
		var b bytes.Buffer
		if err := evidence.Write(context.Background(), &b, src, id); err != nil {
			c.t.Fatal(err)
		}
		all = append(all, b.Bytes())
	}
	return all
}

func (c *channel) search(k key) string {
	c.t.Helper()
	report := c.searchOf(c.asset, c.kin)
	head, err := c.Head(c.t.Context())
	if err != nil {
		c.t.Fatal(err)
	}
	report["as_of"] = map[string]any{"height": head.Height, "hash": head.Hash, "at": "2026-11-22T09:00:00Z"}
	return searchJWS(c.t, k, report)
}

// The same on a consortium's channel, all of whose certificates, authorities
// and keys are replaced. Here the ledger is in memory: only bytes are left of it.
func TestChannelPackagesOutliveCertificates(t *testing.T) {
	c := newChannel(t)
	pinned, err := evidence.ParseTrust(marshal(c.trust()))
	if err != nil {
		t.Fatal(err)
	}
	before := c.packages(c.exchange, c.search(c.exchange))
	c.replaceCertificates(2)
	between := c.packages(c.exchange, c.search(c.exchange))
	nextIP := c.story.rotate(c.ipcentre, c.commit)
	nextExchange := c.story.rotate(c.exchange, c.commit)
	for _, old := range []key{c.notary, c.bank, c.other, newKey("court", uscc(7)), newKey("regulator", uscc(8))} {
		c.story.rotate(old, c.commit)
	}
	c.rotateOwner(c.owner2, nextIP, c.commit)
	after := c.packages(nextExchange, c.search(nextExchange))
	c.cuts, c.blocks, c.values = nil, nil, nil
	for when, list := range map[string][][]byte{"before": before, "after the certificates": between, "after the keys": after} {
		for i, data := range list {
			if r := check(t, data, pinned); !r.OK() {
				t.Errorf("made %s, number %d: %s", when, i, text(r))
			}
		}
	}
}

// Nor do checkpoints end with the certificates of the channel that holds them.
func TestCheckpointsOutliveCertificates(t *testing.T) {
	i := newCheckpointed(t)
	pinned, before := i.trust(), i.build()
	i.on.replaceCertificates(1)
	for when, data := range map[string][]byte{"before": before, "after": i.build()} {
		if r := check(t, data, pinned); !r.OK() || len(r.Imprinted) < 3 {
			t.Errorf("made %s: %s", when, text(r))
		}
	}
}
