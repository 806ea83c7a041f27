package main

import (
	"context"
	"crypto/sha256"
	"encoding/asn1"
	"encoding/hex"
	"fmt"
	"io"
	"math/big"
	"slices"
	"sync"
	"time"

	"github.com/hyperledger/fabric-protos-go-apiv2/common"
	"github.com/hyperledger/fabric-protos-go-apiv2/peer"
	"google.golang.org/grpc"
)

// home is the ledger's channel as this member's own peer has it. A peer does
// not let chaincode read blocks (its qscc refuses calls from other chaincode),
// so it is asked as any client asks it: by its deliver service.
type home struct {
	channel string
	conn    *grpc.ClientConn
	who     identity
	within  time.Duration // for one question

	mu     sync.Mutex
	first  uint64
	hashes []string // of block first and those after it, as they were read last
}

// reading bounds one question. What was read until then is kept: whoever asks
// again gets further.
const reading = 5 * time.Second

// Hashes implements chaincode.Home.
func (h *home) Hashes(first, last uint64) ([]string, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.startAt(first)
	if next := first + uint64(len(h.hashes)); next <= last {
		if err := h.read(next, last); err != nil {
			return nil, fmt.Errorf("reading blocks %d to %d of channel %s at the peer: %w", next, last, h.channel, err)
		}
	}
	return slices.Clone(h.hashes[:min(uint64(len(h.hashes)), last-first+1)]), nil
}

// startAt forgets what is before a block; blocks never change.
func (h *home) startAt(first uint64) {
	if first < h.first || first-h.first > uint64(len(h.hashes)) {
		h.first, h.hashes = first, nil
		return
	}
	h.hashes = slices.Clone(h.hashes[first-h.first:])
	h.first = first
}

// read takes blocks until last, until the peer has no more, or until the time
// is over.
func (h *home) read(next, last uint64) error {
	ctx, cancel := context.WithTimeout(context.Background(), h.within)
	defer cancel()
	stream, err := h.seek(ctx, next, last)
	for err == nil && next <= last {
		var hash string
		if hash, err = receive(stream, next); err != nil {
			break
		}
		h.hashes = append(h.hashes, hash)
		next++
	}
	if err == io.EOF || ctx.Err() != nil && len(h.hashes) > 0 {
		return nil
	}
	return err
}

func (h *home) seek(ctx context.Context, next, last uint64) (peer.Deliver_DeliverClient, error) {
	question, err := h.who.seek(h.channel, next, last)
	if err != nil {
		return nil, err
	}
	stream, err := peer.NewDeliverClient(h.conn).Deliver(ctx)
	if err != nil {
		return nil, err
	}
	return stream, stream.Send(question)
}

// receive takes the block of a number; io.EOF: the peer has no more.
func receive(stream peer.Deliver_DeliverClient, number uint64) (string, error) {
	answer, err := stream.Recv()
	if err != nil {
		return "", noEOF(err)
	}
	header := answer.GetBlock().GetHeader()
	switch {
	case header == nil && answer.GetStatus() == common.Status_NOT_FOUND:
		return "", io.EOF
	case header == nil:
		return "", fmt.Errorf("the peer answers %s", answer.GetStatus())
	case header.GetNumber() != number:
		return "", fmt.Errorf("the peer gives block %d instead of %d", header.GetNumber(), number)
	}
	return hashOf(header)
}

// noEOF: a stream that ends without a status says nothing of the peer's blocks.
func noEOF(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

// hashOf is the SHA-256 of a header's ASN.1 form, lowercase hex, as the header
// of the next block has it.
func hashOf(h *common.BlockHeader) (string, error) {
	raw, err := asn1.Marshal(struct {
		Number                 *big.Int
		PreviousHash, DataHash []byte
	}{new(big.Int).SetUint64(h.GetNumber()), h.GetPreviousHash(), h.GetDataHash()})
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:]), err
}
