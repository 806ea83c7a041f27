package imprint

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/service/anchor"
)

// holding is the document of a Channel's receipt: the checkpoint, where it
// stands, and the hashes of its blocks.
type holding struct {
	V          int               `json:"v"`
	Channel    string            `json:"channel"` // that holds it
	Checkpoint pledge.Checkpoint `json:"checkpoint"`
	Block      uint64            `json:"block"`
	Tx         int               `json:"tx"`
	Hashes     []string          `json:"hashes"`
}

func (s *Channel) document(h service.HeldCheckpoint, b *anchor.Batch) (string, error) {
	d := holding{V: Version, Channel: s.o.Checkpoints.Channel(), Checkpoint: h.Checkpoint, Block: h.At.Block, Tx: h.At.Tx}
	for n := b.First; n <= b.Last; n++ {
		d.Hashes = append(d.Hashes, b.Hash(n))
	}
	text, err := pledge.CanonicalJSON(d)
	return string(text), err
}

// part is imprint/checkpoints/<block>.json of an evidence package.
type part struct {
	Attestation    string   `json:"attestation"` // base64url
	Block          uint64   `json:"block"`
	Channel        string   `json:"channel"`
	First          uint64   `json:"first"`
	ImprintChannel string   `json:"imprint_channel"`
	Last           uint64   `json:"last"`
	Path           []string `json:"path"`
	Tx             int      `json:"tx"`
	V              int      `json:"v"`
}

// provingTime bounds the wait for members' peers.
const provingTime = 10 * time.Second

// Parts implements Parter: the way from the block to the checkpoint, and the
// blocks of the other channel that show it. Members that cannot be reached
// now must not keep anybody from evidence: it is then written without.
func (s *Channel) Parts(ctx context.Context, block uint64, hash string, r Receipt) (map[string][]byte, error) {
	var d holding
	if err := pledge.StrictUnmarshal([]byte(r.Document), &d); err != nil {
		return nil, fmt.Errorf("reading the receipt of block %d: %w", block, err)
	}
	p, err := d.part(block, hash)
	if err != nil {
		return nil, err
	}
	proof, err := s.prove(ctx, d)
	if errors.Is(err, service.ErrUnavailable) || errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil {
		s.o.Logger.WarnContext(ctx, "imprint: evidence is written without the checkpoint", slog.String("sink", s.o.Name), slog.Uint64("block", block), slog.Any("error", err))
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("proving the checkpoint of block %d: %w", block, err)
	}
	return lay(block, p, proof)
}

// part finds the way of a block to the root.
func (d holding) part(block uint64, hash string) (part, error) {
	b, c := anchor.New(d.Checkpoint.Channel), d.Checkpoint
	for i, h := range d.Hashes {
		if err := b.Add(c.First+uint64(i), h); err != nil {
			return part{}, err
		}
	}
	if pointOf(c.Channel, b) != c || b.Hash(block) != hash {
		return part{}, fmt.Errorf("the receipt of block %d is not about it: %w", block, &Fork{Number: block, Ours: hash, Theirs: b.Hash(block)})
	}
	p := part{Block: d.Block, Channel: c.Channel, First: c.First, ImprintChannel: d.Channel, Last: c.Last, Path: []string{}, Tx: d.Tx, V: Version}
	for _, sum := range b.Path(block) {
		p.Path = append(p.Path, hex.EncodeToString(sum))
	}
	return p, nil
}

func lay(block uint64, p part, proof service.CheckpointProof) (map[string][]byte, error) {
	p.Attestation = base64.RawURLEncoding.EncodeToString(proof.Attestation)
	text, err := pledge.CanonicalJSON(p)
	if err != nil {
		return nil, err
	}
	files := map[string][]byte{fmt.Sprintf("imprint/checkpoints/%020d.json", block): text}
	for number, raw := range proof.Blocks {
		files[fmt.Sprintf("imprint/blocks/%020d.block", number)] = raw
	}
	return files, nil
}

// provenAtMost bounds the proofs that are kept: many records stand in blocks
// of the same few checkpoints, and what members attest never changes.
const provenAtMost = 64

func (s *Channel) prove(ctx context.Context, d holding) (service.CheckpointProof, error) {
	at := pledge.Position{Block: d.Block, Tx: d.Tx}
	s.mu.Lock()
	p, ok := s.proofs[at]
	s.mu.Unlock()
	if ok {
		return p, nil
	}
	ctx, cancel := context.WithTimeout(ctx, provingTime)
	defer cancel()
	p, err := s.o.Checkpoints.Prove(ctx, service.HeldCheckpoint{Checkpoint: d.Checkpoint, At: at})
	if err != nil {
		return p, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.proofs) >= provenAtMost {
		clear(s.proofs)
	}
	s.proofs[at] = p
	return p, nil
}
