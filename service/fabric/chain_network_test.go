package fabric

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/hyperledger/fabric-protos-go/common"

	"github.com/datapledge/datapledge/network"
	"github.com/datapledge/datapledge/network/networktest"
	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service/ledgertest/actors"
)

// TestRealChannel copies the channel of a running consortium: its orderers'
// signatures are believed, its peers agree, and what was taken from it and
// altered is refused.
func TestRealChannel(t *testing.T) {
	cast := actors.NewCast("pledge")
	r := networktest.Start(t, cast.Genesis(), func(o *network.Options) { o.WithoutS3 = true })
	w, err := newSDKWire(t.Context(), sdkOptions{Profile: r.Profile("exchange")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.Close)
	o := labOptions(t)
	o.AgreeWithin = 10 * time.Second
	c, _ := running(t, o, w)
	eventually(t, func() error {
		_, _, ok, err := c.genesis()
		if err == nil && !ok {
			err = errors.New("no genesis yet")
		}
		return err
	})
	c.realCommands(t, w, cast)
	c.realProofs(t)
	blocks := captured(t, w, c)
	if _, _, err := walk("pledge", blocks...); err != nil {
		t.Fatalf("captured blocks: %v", err)
	}
	forgedReal(t, blocks)
}

// realCommands has commands ordered, watches them, and reads what they did.
func (c *chain) realCommands(t *testing.T, w wire, cast *actors.Cast) {
	t.Helper()
	a, b := cast.Notarize(cast.Enterprise, actors.NewDataset("real", 2)), cast.Notarize(cast.Bank2, actors.NewDataset("refused", 1))
	for _, commands := range [][]string{{cast.Enroll(cast.Enterprise), cast.Enroll(cast.Bank2)}, {a, b}} {
		v := ordered(t, c, w, commands)
		if v.Code != 0 || len(v.Results) != 2 || v.Results[0].Outcome.Position == nil {
			t.Fatalf("verdict: %+v", v)
		}
		got, ok, err := c.outcome(payloadOf(t, commands[0]).By, actors.CommandID(commands[0]))
		if err != nil || !ok || *got.Position != (pledge.Position{Block: v.Block, Tx: v.Tx}) || !bytes.Equal(got.Record, v.Results[0].Outcome.Record) {
			t.Errorf("outcome: %+v %t %v, the verdict was %+v", got, ok, err, v.Results[0].Outcome)
		}
	}
	values, head, err := c.agreed(t.Context(), pledge.KeyAsset(actors.AssetID(a)), pledge.KeyChannel(), pledge.KeyAsset("none"))
	if err != nil || values[0] == nil || values[1] == nil || values[2] != nil || head.Height == 0 {
		t.Errorf("agreed: %s at %+v, %v", values, head, err)
	}
}

func payloadOf(t *testing.T, jws string) pledge.Payload {
	t.Helper()
	c, err := pledge.ParseCommand(jws)
	if err != nil {
		t.Fatal(err)
	}
	return c.Payload
}

// ordered has commands endorsed and ordered, and waits for their verdict.
func ordered(t *testing.T, c *chain, w wire, commands []string) verdict {
	t.Helper()
	var e endorsed
	eventually(t, func() (err error) { e, err = w.Endorse(t.Context(), applyOf(commands)); return err })
	told, end := c.watch(e.TxID)
	defer end()
	eventually(t, func() error { return w.Broadcast(t.Context(), e.Envelope) })
	select {
	case v := <-told:
		return v
	case <-time.After(time.Minute):
		t.Fatal("no verdict")
		return verdict{}
	}
}

func (c *chain) realProofs(t *testing.T) {
	t.Helper()
	head, err := c.head()
	if err != nil {
		t.Fatal(err)
	}
	if _, doc := proven(t, c, pledge.Position{}); len(doc.Config) != 1 {
		t.Errorf("%d configurations", len(doc.Config))
	}
	last, err := c.block(t.Context(), head.Height)
	if err != nil || len(last.Commands) == 0 {
		t.Fatalf("block %d: %+v, %v", head.Height, last, err)
	}
	if b, _ := proven(t, c, *last.Commands[0].Outcome.Position); b.Header.Number != head.Height {
		t.Errorf("proof of block %d, want %d", b.Header.Number, head.Height)
	}
}

// captured are all blocks, as the peers gave them.
func captured(t *testing.T, w wire, c *chain) (blocks []*common.Block) {
	t.Helper()
	head, err := c.head()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	err = w.Blocks(ctx, 0, func(b *common.Block) error {
		if blocks = append(blocks, b); b.Header.Number == head.Height {
			return errEnough
		}
		return nil
	})
	if !errors.Is(err, errEnough) {
		t.Fatal(err)
	}
	return blocks
}

// forgedReal alters the last of the blocks in every way that needs no key.
func forgedReal(t *testing.T, blocks []*common.Block) {
	t.Helper()
	n := len(blocks) - 1
	for name, alter := range map[string]func(b *common.Block){
		"number":        func(b *common.Block) { b.Header.Number++ },
		"previous hash": func(b *common.Block) { b.Header.PreviousHash[0] ^= 1 },
		"data hash":     func(b *common.Block) { b.Header.DataHash[0] ^= 1 },
		"data":          func(b *common.Block) { b.Data.Data[0][100] ^= 1 },
		"more data":     func(b *common.Block) { b.Data.Data = append(b.Data.Data, b.Data.Data[0]) },
		"two signers":   func(b *common.Block) { keepSignatures(b, 0, 1) },
		"one thrice":    func(b *common.Block) { keepSignatures(b, 0, 0, 0) },
		"other block's": func(b *common.Block) { b.Metadata.Metadata[0] = blocks[n-1].Metadata.Metadata[0] },
		"one signature": func(b *common.Block) {
			keepSignatures(b, 0, 1, 2)
			changeSignatures(b, func(s *common.MetadataSignature) { s.Signature[20] ^= 1 })
		},
		"verdicts": func(b *common.Block) { b.Metadata.Metadata[2] = nil },
	} {
		b := clone(blocks[n])
		alter(b)
		if _, _, err := walk("pledge", append(slices.Clone(blocks[:n]), b)...); !errors.Is(err, errForged) {
			t.Errorf("%s: %v, want %v", name, err, errForged)
		}
	}
}

func keepSignatures(b *common.Block, which ...int) {
	var md common.Metadata
	if err := unmarshal(b.Metadata.Metadata[0], &md); err != nil {
		panic(err)
	}
	var kept []*common.MetadataSignature
	for _, i := range which {
		kept = append(kept, md.Signatures[i])
	}
	md.Signatures = kept
	b.Metadata.Metadata[0] = must(&md)
}
