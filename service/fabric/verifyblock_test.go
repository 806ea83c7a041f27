package fabric

import (
	"errors"
	"slices"
	"testing"

	"github.com/hyperledger/fabric-protos-go/common"

	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/service/ledgertest/actors"
)

// altered is what a lying peer may do to block 2 of a mint.
var altered = map[string]func(m *mint, b *common.Block){
	"number":           func(_ *mint, b *common.Block) { b.Header.Number++ },
	"previous hash":    func(_ *mint, b *common.Block) { b.Header.PreviousHash[3] ^= 1 },
	"data hash":        func(_ *mint, b *common.Block) { b.Header.DataHash[3] ^= 1 },
	"no header":        func(_ *mint, b *common.Block) { b.Header = nil },
	"no data":          func(_ *mint, b *common.Block) { b.Data = nil },
	"no metadata":      func(_ *mint, b *common.Block) { b.Metadata = nil },
	"data":             func(_ *mint, b *common.Block) { b.Data.Data[0][40] ^= 1 },
	"one less":         func(_ *mint, b *common.Block) { b.Data.Data = b.Data.Data[:1] },
	"other order":      func(_ *mint, b *common.Block) { slices.Reverse(b.Data.Data) },
	"run together":     func(_ *mint, b *common.Block) { b.Data.Data = [][]byte{slices.Concat(b.Data.Data...)} },
	"cut otherwise":    func(_ *mint, b *common.Block) { b.Data.Data = cutOtherwise(b.Data.Data) },
	"one verdict less": func(_ *mint, b *common.Block) { b.Metadata.Metadata[2] = []byte{0} },
	"too few":          func(m *mint, b *common.Block) { b.Metadata.Metadata[0] = m.signed(b.Header, m.config, []int{0, 1}) },
	"nobody":           func(m *mint, b *common.Block) { b.Metadata.Metadata[0] = m.signed(b.Header, m.config, nil) },
	"one twice": func(m *mint, b *common.Block) {
		b.Metadata.Metadata[0] = m.signed(b.Header, m.config, []int{0, 1, 1, 0})
	},
	"other config":     func(m *mint, b *common.Block) { b.Metadata.Metadata[0] = m.signed(b.Header, 1, []int{0, 1, 2, 3}) },
	"other block":      func(m *mint, b *common.Block) { b.Metadata.Metadata[0] = m.blocks[1].Metadata.Metadata[0] },
	"stranger":         func(m *mint, b *common.Block) { b.Metadata.Metadata[0] = stranger(m, b, 3) },
	"stranger, new id": func(m *mint, b *common.Block) { b.Metadata.Metadata[0] = stranger(m, b, 9) },
	"signature bytes": func(_ *mint, b *common.Block) {
		changeSignatures(b, func(s *common.MetadataSignature) { s.Signature[9] ^= 1 })
	},
	"nonce": func(_ *mint, b *common.Block) {
		changeSignatures(b, func(s *common.MetadataSignature) { s.IdentifierHeader[9] ^= 1 })
	},
	"no identity": func(_ *mint, b *common.Block) {
		changeSignatures(b, func(s *common.MetadataSignature) { s.IdentifierHeader = nil })
	},
	"signatures: noise": func(_ *mint, b *common.Block) { b.Metadata.Metadata[0] = []byte{0xff} },
}

// cutOtherwise makes one transaction of the first two: the last payload and
// signature win, and the hash over all stays the same.
func cutOtherwise(data [][]byte) [][]byte {
	return append([][]byte{slices.Concat(data[0], data[1][:2])}, data[1][2:])
}

// stranger signs in the place of the third consenter, with another key.
func stranger(m *mint, b *common.Block, id uint32) []byte {
	var md common.Metadata
	if err := unmarshal(m.signed(b.Header, m.config, []int{0, 1}), &md); err != nil {
		panic(err)
	}
	md.Signatures = append(md.Signatures, signature(id, otherKey(), md.Value, b.Header))
	return must(&md)
}

func changeSignatures(b *common.Block, change func(*common.MetadataSignature)) {
	var md common.Metadata
	if err := unmarshal(b.Metadata.Metadata[0], &md); err != nil {
		panic(err)
	}
	change(md.Signatures[0])
	b.Metadata.Metadata[0] = must(&md)
}

func twoTransactions(t testing.TB) (*mint, *common.Block) {
	t.Helper()
	m, cast := begun(t)
	one, _ := m.apply(t, cast.Enroll(cast.Enterprise))
	two, _ := m.apply(t, cast.Notarize(cast.Enterprise, actors.NewDataset("a", 1)))
	return m, m.add([]byte{0, 0}, one, two)
}

func TestForgedBlocks(t *testing.T) {
	m, b := twoTransactions(t)
	if _, _, err := walk("pledge", m.blocks...); err != nil {
		t.Fatalf("the true blocks: %v", err)
	}
	for name, alter := range altered {
		forged := clone(b)
		alter(m, forged)
		if _, _, err := walk("pledge", m.blocks[0], m.blocks[1], forged); !errors.Is(err, errForged) {
			t.Errorf("%s: %v, want %v", name, err, errForged)
		}
	}
}

// TestEveryByteCounts: no byte of header or data can be changed.
func TestEveryByteCounts(t *testing.T) {
	m, b := twoTransactions(t)
	f, _, err := walk("pledge", m.blocks[:2]...)
	if err != nil {
		t.Fatal(err)
	}
	for i, raw := range b.Data.Data {
		for at := range raw {
			forged, front := clone(b), *f
			forged.Data.Data[i][at] ^= 1 << (at % 8)
			if _, err := front.next(forged); !errors.Is(err, errForged) {
				t.Fatalf("tx %d, byte %d: %v, want %v", i, at, err, errForged)
			}
		}
	}
}

// TestEnoughSignatures: a wrong signature harms no good ones.
func TestEnoughSignatures(t *testing.T) {
	m, b := twoTransactions(t)
	for name, who := range map[string][]int{"exactly": {1, 2, 3}, "all": {0, 1, 2, 3}, "one twice": {0, 2, 0, 3}} {
		good := clone(b)
		good.Metadata.Metadata[0] = m.signed(b.Header, m.config, who)
		if _, _, err := walk("pledge", m.blocks[0], m.blocks[1], good); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	good := clone(b)
	good.Metadata.Metadata[0] = m.signed(b.Header, m.config, []int{2, 0, 1, 3})
	changeSignatures(good, func(s *common.MetadataSignature) { s.Signature[9] ^= 1 })
	if _, _, err := walk("pledge", m.blocks[0], m.blocks[1], good); err != nil {
		t.Errorf("three good ones and a bad one: %v", err)
	}
}

func TestQuorum(t *testing.T) {
	for n, want := range map[int]int{1: 1, 2: 2, 3: 2, 4: 3, 5: 4, 6: 4, 7: 5, 10: 7, 13: 9} {
		if got := quorumOf(n); got != want {
			t.Errorf("quorum of %d: got %d, want %d", n, got, want)
		}
	}
}

// TestOneCertificateCountsOnce: a consenter under two ids is one consenter.
func TestOneCertificateCountsOnce(t *testing.T) {
	m := newMint(t, "pledge")
	m.certs[3], m.keys[3] = m.certs[0], m.keys[0]
	m.blocks = nil
	m.add([]byte{0}, m.configuration(m.simOrderer))
	b := m.sealed([]byte{11}, []int{0, 1, 3}, must(&common.Envelope{Payload: []byte("p"), Signature: []byte("s")}))
	if _, _, err := walk("pledge", m.blocks[0], b); !errors.Is(err, errForged) {
		t.Errorf("got %v, want %v", err, errForged)
	}
}

// TestNewConsenters: a configuration is signed by the old ones, and what
// follows by the new.
func TestNewConsenters(t *testing.T) {
	m, _ := begun(t)
	next := newSigners(t, 7)
	old := m.simOrderer
	m.add([]byte{0}, m.configuration(next))
	noise := must(&common.Envelope{Payload: []byte("p"), Signature: []byte("s")})
	m.simOrderer = next
	bySeven := m.sealed([]byte{11}, []int{0, 2, 4, 5, 6}, noise)
	if _, _, err := walk("pledge", append(slices.Clone(m.blocks), bySeven)...); err != nil {
		t.Errorf("by the new ones: %v", err)
	}
	for name, b := range map[string]*common.Block{
		"four of seven": m.sealed([]byte{11}, []int{0, 1, 2, 3}, noise),
		"the old ones":  func() *common.Block { m.simOrderer = old; return m.sealed([]byte{11}, []int{0, 1, 2, 3}, noise) }(),
	} {
		if _, _, err := walk("pledge", append(slices.Clone(m.blocks), b)...); !errors.Is(err, errForged) {
			t.Errorf("%s: %v, want %v", name, err, errForged)
		}
	}
	usurped, _ := begun(t)
	usurped.simOrderer = newSigners(t, 4)
	usurped.add([]byte{0}, usurped.configuration(usurped.simOrderer))
	if _, _, err := walk("pledge", usurped.blocks...); !errors.Is(err, errForged) {
		t.Errorf("a configuration by strangers: %v, want %v", err, errForged)
	}
}

// TestOtherChannel: the blocks of another channel of the same orderers, or
// of a network that was started anew, are not ours.
func TestOtherChannel(t *testing.T) {
	m, _ := begun(t)
	other := newMint(t, "other")
	if _, _, err := walk("pledge", other.blocks...); !errors.Is(err, errForged) {
		t.Errorf("block 0 of another channel: %v, want %v", err, errForged)
	}
	if _, err := readConfig(other.blocks[0], "pledge"); !errors.Is(err, errForged) {
		t.Errorf("the configuration of another channel: %v, want %v", err, errForged)
	}
	foreign := m.sealed([]byte{0}, []int{0, 1, 2}, simEnvelopeAt("other", nil, &simRun{}, nil, m.now).Envelope)
	if _, _, err := walk("pledge", append(slices.Clone(m.blocks), foreign)...); !errors.Is(err, errForged) {
		t.Errorf("a transaction of another channel: %v, want %v", err, errForged)
	}
	f := newFront("pledge")
	f.seen = &seen{known: true, mark: seenMark{Genesis: headerHash(newMint(t, "pledge").blocks[0].Header)}}
	if _, err := f.next(m.blocks[0]); !errors.Is(err, errForged) {
		t.Errorf("another block 0: %v, want %v", err, errForged)
	}
}

// TestSignedFork: when the orderers themselves signed another history, that
// is not the peer's lie.
func TestSignedFork(t *testing.T) {
	m, b := twoTransactions(t)
	twin := *m
	twin.blocks = slices.Clone(m.blocks[:2])
	fork := twin.add([]byte{11}, must(&common.Envelope{Payload: []byte("p"), Signature: []byte("s")}))
	f, _, err := walk("pledge", m.blocks...)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.same(b); err != nil {
		t.Errorf("the same block: %v", err)
	}
	if err := f.same(fork); !errors.Is(err, service.ErrRegressed) {
		t.Errorf("another block, signed: %v, want %v", err, service.ErrRegressed)
	}
	after := twin.add([]byte{11}, must(&common.Envelope{Payload: []byte("q"), Signature: []byte("s")}))
	if _, err := f.next(after); !errors.Is(err, service.ErrRegressed) {
		t.Errorf("the block after another one: %v, want %v", err, service.ErrRegressed)
	}
	forged := clone(fork)
	changeSignatures(forged, func(s *common.MetadataSignature) { s.Signature[9] ^= 1 })
	if err := f.same(forged); !errors.Is(err, errForged) {
		t.Errorf("another block, not signed: %v, want %v", err, errForged)
	}
	fresh := newFront("pledge")
	fresh.seen = &seen{known: true, mark: seenMark{Genesis: headerHash(m.blocks[0].Header), Head: service.Head{Height: 2, Hash: headerHash(b.Header)}}}
	for i, b := range []*common.Block{m.blocks[0], m.blocks[1], fork} {
		if _, err := fresh.next(b); (i == 2) != errors.Is(err, service.ErrRegressed) {
			t.Errorf("block %d where another was seen: %v", i, err)
		}
	}
}

// TestUnknownFields: an orderer passes on what it does not know of an
// envelope, so it must not stop the copy of the channel.
func TestUnknownFields(t *testing.T) {
	m, cast := begun(t)
	one, _ := m.apply(t, cast.Enroll(cast.Enterprise))
	two, _ := m.apply(t, cast.Notarize(cast.Enterprise, actors.NewDataset("a", 1)))
	m.add([]byte{0, 0}, slices.Concat(one, []byte{0x7a, 3, 'a', 'b', 'c', 0x08, 1, 0x7b, 0x7c}), two)
	_, all, err := walk("pledge", m.blocks...)
	if err != nil || len(all[2].block.Commands) != 2 {
		t.Errorf("%v, want two commands", err)
	}
}
