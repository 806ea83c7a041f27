package evidence_test

import (
	"context"
	"strings"
	"testing"

	"github.com/datapledge/datapledge/service/evidence"
	"github.com/datapledge/datapledge/service/evidence/internal/secondreader"
)

// receipted gives the court's receipt for each block of a channel.
type receipted struct {
	*channel
	records func(block uint64) int
	at      string
}

func (r receipted) Parts(_ context.Context, block uint64) (map[string][]byte, error) {
	court := newKey("court", uscc(7))
	jws, err := court.SignJWS(imprintType, []byte(canonical(r.t, map[string]any{"block": block, "channel": r.chain.channel, "hash": r.hash(int(block)),
		"party": court.party, "received_at": r.at, "records": r.records(block), "v": 1})))
	if err != nil {
		return nil, err
	}
	name, data := nameOfReceipt(jws)
	return map[string][]byte{name: data}, nil
}

// carried is how many commands a block's transactions carry, and how many of
// them are in valid ones.
func (c *channel) carried(block uint64) (all, valid int) {
	for i, tx := range c.cuts[block].txs {
		if tx.results == nil || string(tx.args[0]) != "apply" {
			continue
		}
		all += len(tx.results)
		if c.cuts[block].flags[i] == 0 {
			valid += len(tx.results)
		}
	}
	return all, valid
}

// The number of records in a receipt is that of the block in the package: of
// all that its transactions carry, which the orderers signed, or, as receivers
// once counted, of what is marked valid. Any other is a false receipt.
func TestRecordsOfAConsortiumsReceipt(t *testing.T) {
	c := newChannel(t)
	c.cuts[3].txs[1] = c.cuts[3].txs[0] // given twice: marked invalid
	c.seal()
	if all, valid := c.carried(3); all == valid || valid == 0 {
		t.Fatalf("block 3 carries %d, and %d in valid transactions", all, valid)
	}
	for name, want := range map[string]struct {
		ok      bool
		records func(uint64) int
	}{
		"carried": {true, func(n uint64) int { all, _ := c.carried(n); return all }},
		"valid":   {true, func(n uint64) int { _, valid := c.carried(n); return valid }},
		"more":    {false, func(n uint64) int { all, _ := c.carried(n); return all + 1 }},
		"none":    {false, func(uint64) int { return 0 }},
	} {
		src := c.source()
		src.Beside = []evidence.Beside{receipted{c, want.records, "2026-11-22T09:00:00.123Z"}}
		data, err := src.Build(t.Context(), c.asset)
		if err != nil {
			t.Fatal(err)
		}
		r := check(t, data, c.trust())
		found := r.Find(evidence.CheckImprintReceipts)
		if r.OK() != want.ok || want.ok && len(r.Received) == 0 || !want.ok && !strings.Contains(found.Failures[0].Field, "records") {
			t.Errorf("%s: got %+v", name, found)
		}
		second, err := secondreader.Read(data, marshal(c.trust()))
		if err != nil || second.Stands != want.ok || !want.ok && second.Fails != evidence.CheckImprintReceipts {
			t.Errorf("%s, the second reader: got %+v, %v", name, second, err)
		}
		if want.ok && (r.Received[0].Records == 0 || fact(r, "receipt-before-block") != nil) {
			t.Errorf("%s: got %+v, %+v", name, r.Received, r.Negative)
		}
	}
}

func fact(r evidence.Report, code string) *evidence.Fact {
	for i := range r.Negative {
		if r.Negative[i].Code == code {
			return &r.Negative[i]
		}
	}
	return nil
}

// A receipt from before its block tells of a wrong clock: the package stands, and
// says so, on either kind of ledger.
func TestReceiptFromBeforeTheBlock(t *testing.T) {
	c := newChannel(t)
	src := c.source()
	src.Beside = []evidence.Beside{receipted{c, func(n uint64) int { all, _ := c.carried(n); return all }, "2026-01-01T00:00:00.000Z"}}
	data, err := src.Build(t.Context(), c.asset)
	if err != nil {
		t.Fatal(err)
	}
	tellsEarly(t, check(t, data, c.trust()), uscc(7), "2026-01-01T00:00:00.000Z < 2026-11-")
	s, court, f := imprinted(t)
	last := uint64(len(s.blocks) - 1)
	at := s.blocks[last].time
	for early, stamp := range map[bool]string{true: at.Add(-1e6).Format(stampLayout), false: at.Format(stampLayout)} {
		g := contents{}
		for name, data := range f {
			g[name] = data
		}
		name, data := s.receiptFile(court, last, func(m map[string]any) { m["received_at"] = stamp })
		g[name] = data
		r := check(t, g.pack(t, s.exchange), s.trust())
		if early {
			tellsEarly(t, r, court.party, stamp+" < "+at.Format(stampLayout))
		} else if !r.OK() || fact(r, "receipt-before-block") != nil {
			t.Errorf("at the block's own time: got %s", text(r))
		}
	}
}

const stampLayout = "2006-01-02T15:04:05.000Z"

func tellsEarly(t *testing.T, r evidence.Report, party, detail string) {
	t.Helper()
	found := fact(r, "receipt-before-block")
	if !r.OK() || found == nil || found.RecordID != party || !strings.Contains(found.EN, detail) || !strings.Contains(found.ZH, "时钟") {
		t.Errorf("got %+v, want %q\n%s", found, detail, text(r))
	}
}
