package fabric

import (
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync/atomic"

	"github.com/hyperledger/fabric-protos-go/common"
	"github.com/hyperledger/fabric-protos-go/orderer"
	"github.com/hyperledger/fabric-sdk-go/pkg/common/providers/fab"
)

// laneDepth is how many envelopes may wait for one orderer.
const laneDepth = 64

// The fates of an envelope at one orderer.
type fate int

const (
	unsent       fate = iota // it did not get a byte, or said no
	acknowledged             // it has it
	lost                     // it may have it
)

// receipt is what became of a parcel.
type receipt struct {
	fate fate
	err  error
}

// parcel is an envelope on its way to one orderer.
type parcel struct {
	env      *common.Envelope
	state    atomic.Int32 // waiting, sent or withdrawn
	tries    int
	receipts chan<- receipt // has room for every parcel of a broadcast
}

const (
	waiting int32 = iota
	sent
	withdrawn
)

// withdraw keeps a parcel from being sent, if it was not.
func (p *parcel) withdraw() {
	if p.state.CompareAndSwap(waiting, withdrawn) {
		p.receipts <- receipt{fate: unsent}
	}
}

func (p *parcel) fail(err error) {
	if p.state.CompareAndSwap(waiting, withdrawn) {
		p.receipts <- receipt{unsent, err}
	} else if p.state.Load() == sent {
		p.receipts <- receipt{lost, err}
	}
}

// lane carries envelopes to one orderer, one after the other, over a stream
// that is kept. It does not wait for an answer before it sends the next.
type lane struct {
	w      *sdkWire
	config fab.OrdererConfig
	queue  chan *parcel
	stream *stream // nil: none yet
	down   atomic.Bool
}

// report logs when an orderer stops taking transactions, and when it takes
// them again. Broadcast itself is content with a quorum, so nobody else would.
func (l *lane) report(err error) {
	switch was := l.down.Swap(err != nil); {
	case was == (err != nil) || l.w.stop.Err() != nil:
	case err != nil:
		l.w.o.Logger.Warn("an orderer does not take transactions", slog.String("orderer", l.config.URL), slog.String("error", err.Error()))
	default:
		l.w.o.Logger.Info("an orderer takes transactions again", slog.String("orderer", l.config.URL))
	}
}

// openLanes makes a lane for every orderer of the channel.
func (w *sdkWire) openLanes() ([]*lane, error) {
	orderers := w.client.EndpointConfig().ChannelOrderers(w.o.Channel)
	if len(orderers) == 0 {
		orderers = w.client.EndpointConfig().OrderersConfig()
	}
	if len(orderers) == 0 {
		return nil, fmt.Errorf("no orderers are listed for channel %s", w.o.Channel)
	}
	var lanes []*lane
	for _, o := range orderers {
		l := &lane{w: w, config: o, queue: make(chan *parcel, laneDepth)}
		lanes = append(lanes, l)
		w.spawn(l.run)
	}
	return lanes, nil
}

// post queues a parcel. An orderer that does not keep up misses some, and
// gets them from the others.
func (l *lane) post(p *parcel) {
	select {
	case l.queue <- p:
	default:
		l.fail(p, errors.New("it does not keep up"))
	}
}

func (l *lane) run() {
	for {
		select {
		case p := <-l.queue:
			l.send(p)
		case <-l.w.stop.Done():
			return
		}
	}
}

// send writes a parcel. When the stream broke since its last use, nothing of
// the parcel was written, and another stream is tried once.
func (l *lane) send(p *parcel) {
	var err error
	for range 2 {
		if l.stream == nil || l.stream.over() {
			if l.stream, err = l.open(); err != nil {
				break
			}
		}
		if err = l.stream.send(p); err == nil || errors.Is(err, errWithdrawn) {
			return
		}
		l.stream = nil
	}
	l.fail(p, err)
}

func (l *lane) fail(p *parcel, err error) {
	l.report(err)
	p.fail(fmt.Errorf("orderer %s: %w", l.config.URL, err))
}

// judge reads an orderer's answer. One that has the transaction already says
// so as an error.
func judge(r *orderer.BroadcastResponse) error {
	if r.Status == common.Status_SUCCESS || strings.Contains(r.Info, "request already exists") || strings.Contains(r.Info, "request already processed") {
		return nil
	}
	return fmt.Errorf("%s: %s", r.Status, r.Info)
}
