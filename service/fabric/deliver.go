package fabric

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/hyperledger/fabric-protos-go/common"
	"github.com/hyperledger/fabric-protos-go/peer"
	"github.com/hyperledger/fabric-sdk-go/pkg/fab/chconfig"
	"github.com/hyperledger/fabric-sdk-go/pkg/fab/comm"
	"github.com/hyperledger/fabric-sdk-go/pkg/fab/events/deliverclient/connection"
	"github.com/hyperledger/fabric-sdk-go/pkg/fab/events/deliverclient/seek"
	"google.golang.org/grpc"

	"github.com/datapledge/datapledge/service"
)

// Blocks implements wire.
func (w *sdkWire) Blocks(ctx context.Context, from uint64, fn func(*common.Block) error) error {
	m, err := w.source(ctx, from)
	if err != nil {
		return err
	}
	conn, err := w.subscribe(m, from)
	if err != nil {
		w.avoid(ctx, m, err)
		return fmt.Errorf("%w: blocks from peer %s: %w", service.ErrUnavailable, m.URL(), err)
	}
	defer conn.Close()
	f := &feed{w: w, from: m, next: from}
	return f.pump(ctx, conn.Stream(), fn)
}

// source is the peer to read blocks from: the first that answers and is not
// behind; when all are behind, the first that answers.
func (w *sdkWire) source(ctx context.Context, from uint64) (*member, error) {
	var behind *member
	var errs []error
	for _, m := range w.preferred(delivers) {
		height, err := w.height(ctx, m, probeTimeout)
		switch {
		case err != nil:
			w.avoid(ctx, m, err)
			errs = append(errs, err)
		case height >= from:
			return m, nil
		case behind == nil:
			behind = m
		}
		if ctx.Err() != nil {
			break
		}
	}
	if behind != nil {
		return behind, nil
	}
	return nil, fmt.Errorf("%w: no peer delivers blocks: %w", service.ErrUnavailable, errors.Join(errs...))
}

// subscribe asks a peer for all blocks from a number on.
func (w *sdkWire) subscribe(m *member, from uint64) (*connection.DeliverConnection, error) {
	channel := chconfig.NewChannelCfg(w.o.Channel)
	conn, err := connection.New(w.client, channel, connection.Deliver, m.URL(), comm.OptsFromPeerConfig(&m.config)...)
	if err != nil {
		return nil, err
	}
	if conn.StreamConnection == nil {
		return nil, errors.New("the peer's certificate is not known")
	}
	if err := conn.Send(seek.InfoFrom(from)); err != nil {
		conn.Close()
		return nil, err
	}
	return conn, nil
}

// feed is a running subscription. The number of the next block is only
// touched by pump.
type feed struct {
	w      *sdkWire
	from   *member
	next   uint64
	probe  chan error // nil: none under way
	health health
}

// pump passes blocks on until something ends it. While fn works, nothing is
// read, and gRPC's flow control holds the peer back.
func (f *feed) pump(ctx context.Context, stream grpc.ClientStream, fn func(*common.Block) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	in := f.receive(ctx, stream)
	idle := time.NewTicker(probeEvery)
	defer idle.Stop()
	for {
		var err error
		select {
		case r := <-in:
			if err = f.take(r, fn); err == nil {
				idle.Reset(probeEvery)
			}
		case <-idle.C:
			f.look(ctx)
		case found := <-f.probe:
			f.probe = nil
			err = f.found(found)
		case <-ctx.Done():
			err = ctx.Err()
		case <-f.w.stop.Done():
			err = f.w.stop.Err()
		}
		if err != nil {
			return err
		}
	}
}

// received is a message of the peer, or the end of its stream.
type received struct {
	msg *peer.DeliverResponse
	err error
}

func (f *feed) receive(ctx context.Context, stream grpc.ClientStream) <-chan received {
	out := make(chan received)
	f.w.spawn(func() {
		for {
			r := received{msg: &peer.DeliverResponse{}}
			r.err = stream.RecvMsg(r.msg)
			select {
			case out <- r:
			case <-ctx.Done():
				return
			}
			if r.err != nil {
				return
			}
		}
	})
	return out
}

// take passes one block on.
func (f *feed) take(r received, fn func(*common.Block) error) error {
	block := r.msg.GetBlock()
	switch {
	case r.err != nil:
		return f.broken(r.err)
	case block == nil:
		return f.broken(declined(r.msg.GetStatus()))
	case block.GetHeader().GetNumber() != f.next:
		return f.broken(fmt.Errorf("it sent block %d instead of %d", block.GetHeader().GetNumber(), f.next))
	}
	f.next++
	f.health = health{}
	err := fn(block)
	if errors.Is(err, errForged) {
		return f.broken(err)
	}
	return err
}

// broken ends the subscription, and has the next one try another peer.
func (f *feed) broken(err error) error {
	f.w.avoid(f.w.stop, f.from, err)
	return fmt.Errorf("%w: blocks from peer %s of %s: %w", service.ErrUnavailable, f.from.URL(), f.from.msp, err)
}

// declined explains a status in place of a block.
func declined(s common.Status) error {
	switch s {
	case common.Status_BAD_REQUEST:
		return errors.New("BAD_REQUEST: the channel's name is wrong, or this machine's clock is off by more than 15 minutes")
	case common.Status_FORBIDDEN:
		return errors.New("FORBIDDEN: the user's certificate has expired, was revoked, or may not read the channel")
	case common.Status_NOT_FOUND:
		return errors.New("NOT_FOUND: the peer is not on the channel")
	}
	return errors.New(s.String())
}
