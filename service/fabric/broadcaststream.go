package fabric

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/hyperledger/fabric-protos-go/orderer"
	"github.com/hyperledger/fabric-sdk-go/pkg/common/providers/fab"
	"github.com/hyperledger/fabric-sdk-go/pkg/fab/comm"
)

// openTimeout is for an orderer to be reached.
const openTimeout = 3 * time.Second

var errWithdrawn = errors.New("withdrawn")

// stream is an open broadcast stream. Orderers answer in the order in which
// they were asked.
type stream struct {
	l      *lane
	rpc    orderer.AtomicBroadcast_BroadcastClient
	cancel context.CancelFunc
	stuck  *time.Timer // ends a stream that does not answer

	mu      sync.Mutex
	pending []*parcel // sent, not answered
	spoke   bool      // it answered something
	ended   bool
}

// open reaches the orderer and starts a stream.
func (l *lane) open() (*stream, error) {
	conn, err := comm.NewConnection(l.w.client, l.config.URL, comm.OptsFromPeerConfig((*fab.PeerConfig)(&l.config))...)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(l.w.stop)
	giveUp := time.AfterFunc(openTimeout, cancel)
	rpc, err := orderer.NewAtomicBroadcastClient(conn.ClientConn()).Broadcast(ctx)
	if !giveUp.Stop() && err == nil {
		err = context.DeadlineExceeded
	}
	if err != nil {
		cancel()
		return nil, err
	}
	s := &stream{l: l, rpc: rpc, cancel: cancel, stuck: time.AfterFunc(time.Hour, cancel)}
	s.stuck.Stop()
	l.w.spawn(s.receive)
	return s, nil
}

func (s *stream) over() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ended
}

// send writes a parcel. After an error nothing of it was written: gRPC takes
// a message whole or not at all.
func (s *stream) send(p *parcel) error {
	again := p.state.Load() == sent
	if !again && !p.state.CompareAndSwap(waiting, sent) {
		return errWithdrawn
	}
	if !s.expect(p) {
		return s.unsend(p, again, io.EOF)
	}
	if err := s.rpc.Send(p.env); err != nil {
		if s.forget(p) {
			return s.unsend(p, again, err)
		}
	}
	return nil
}

// unsend notes that a parcel was not sent after all.
func (s *stream) unsend(p *parcel, again bool, err error) error {
	if !again {
		p.state.Store(waiting)
	}
	return err
}

// expect puts p behind the others that wait for an answer.
func (s *stream) expect(p *parcel) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ended {
		return false
	}
	if len(s.pending) == 0 {
		s.stuck.Reset(s.l.w.o.AckTimeout)
	}
	s.pending = append(s.pending, p)
	return true
}

// forget takes p, the last one, back. It is false when receive has it already.
func (s *stream) forget(p *parcel) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	last := len(s.pending) - 1
	if last < 0 || s.pending[last] != p {
		return false
	}
	s.pending = s.pending[:last]
	return true
}

// receive hands out the orderer's answers until the stream ends.
func (s *stream) receive() {
	for {
		r, err := s.rpc.Recv()
		if err != nil {
			s.end(err)
			return
		}
		if p := s.first(); p != nil {
			s.answer(p, r)
		}
	}
}

// first takes the parcel that waits longest.
func (s *stream) first() *parcel {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.pending) == 0 {
		return nil
	}
	p := s.pending[0]
	s.spoke = true
	if s.pending = s.pending[1:]; len(s.pending) == 0 {
		s.stuck.Stop()
	} else {
		s.stuck.Reset(s.l.w.o.AckTimeout)
	}
	return p
}

func (s *stream) answer(p *parcel, r *orderer.BroadcastResponse) {
	err := judge(r)
	s.l.report(err)
	if err != nil {
		p.receipts <- receipt{unsent, fmt.Errorf("orderer %s: %w", s.l.config.URL, err)}
		return
	}
	p.receipts <- receipt{fate: acknowledged}
}

// end gives parcels without an answer back to the lane: an orderer hangs up
// after every "no", and has then not read what came behind it. Sending an
// envelope twice is harmless. A stream that ended without any answer has not
// brought us forward, so that is done three times only.
func (s *stream) end(err error) {
	s.mu.Lock()
	s.ended = true
	left, spoke := s.pending, s.spoke
	s.pending = nil
	s.stuck.Stop()
	s.mu.Unlock()
	s.cancel()
	for _, p := range left {
		if !spoke {
			p.tries++
		}
		if p.tries < 3 {
			s.l.post(p)
		} else {
			s.l.fail(p, err)
		}
	}
}
