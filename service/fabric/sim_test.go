package fabric

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hyperledger/fabric-protos-go/common"
	"github.com/hyperledger/fabric-protos-go/peer"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
)

// simNet is a channel without processes: endorsers that run the rules over
// versioned state, orderers that cut signed blocks, peers that validate them.
type simNet struct {
	channel string
	cut     time.Duration // from the first transaction of a block to the block
	orderer simOrderer

	mu      sync.Mutex
	changed chan struct{} // closed and replaced at every block
	blocks  []*common.Block
	pending [][]byte
	seen    map[string]bool // transaction ids in blocks
	runs    map[string]*simRun
	history map[string][]simValue // by key, oldest first
	applied map[string]int        // how often a command took effect
}

// simValue is a value from a block and transaction on.
type simValue struct {
	block uint64
	tx    int
	raw   []byte
}

// simRun is what the endorsers saw and wrote in one transaction.
type simRun struct {
	reads   []simRead
	writes  []pledge.Write
	applied []string
	policy  bool // endorsed by too few
}

type simRead struct {
	key   string
	block uint64
	tx    int
	found bool
}

func newSim(t *testing.T, g pledge.Genesis) *simNet {
	t.Helper()
	n := &simNet{channel: g.Channel, cut: time.Millisecond, orderer: newSimOrderer(t), changed: make(chan struct{}),
		seen: map[string]bool{}, runs: map[string]*simRun{}, history: map[string][]simValue{}, applied: map[string]int{}}
	n.blocks = append(n.blocks, n.orderer.configBlock(g.Channel))
	writes, err := g.Writes()
	if err != nil {
		t.Fatal(err)
	}
	raw, err := json.Marshal(g)
	if err != nil {
		t.Fatal(err)
	}
	e := simEnvelope(n.channel, [][]byte{[]byte("genesis"), raw}, &simRun{writes: writes}, nil)
	n.runs[e.TxID] = &simRun{writes: writes}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.pending = append(n.pending, e.Envelope)
	n.cutBlock()
	return n
}

// order takes an envelope for the next block.
func (n *simNet) order(envelope []byte) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.pending = append(n.pending, envelope); len(n.pending) == 1 {
		time.AfterFunc(n.cut, func() {
			n.mu.Lock()
			defer n.mu.Unlock()
			n.cutBlock()
		})
	}
}

// cutBlock puts what waits into a block, validated as a peer does.
func (n *simNet) cutBlock() {
	number := uint64(len(n.blocks))
	filter := make([]byte, len(n.pending))
	for i, raw := range n.pending {
		filter[i] = byte(n.validate(raw, number, i))
	}
	n.blocks = append(n.blocks, n.orderer.block(n.blocks[number-1], n.pending, filter))
	n.pending = nil
	close(n.changed)
	n.changed = make(chan struct{})
}

func (n *simNet) validate(raw []byte, block uint64, tx int) peer.TxValidationCode {
	h, _, err := openEnvelope(raw)
	id := h.channel.GetTxId()
	r := n.runs[id]
	switch {
	case err != nil || r == nil:
		return peer.TxValidationCode_BAD_PAYLOAD
	case n.seen[id]:
		return peer.TxValidationCode_DUPLICATE_TXID
	}
	n.seen[id] = true
	if r.policy {
		return peer.TxValidationCode_ENDORSEMENT_POLICY_FAILURE
	}
	for _, read := range r.reads {
		v, ok := n.at(read.key, block)
		if ok != read.found || ok && (v.block != read.block || v.tx != read.tx) {
			return peer.TxValidationCode_MVCC_READ_CONFLICT
		}
	}
	for _, w := range r.writes {
		n.history[w.Key] = append(n.history[w.Key], simValue{block, tx, w.Value})
	}
	for _, id := range r.applied {
		n.applied[id]++
	}
	return peer.TxValidationCode_VALID
}

// at is a key's value as of a height.
func (n *simNet) at(key string, height uint64) (simValue, bool) {
	for _, v := range slices.Backward(n.history[key]) {
		if v.block <= height {
			return v, true
		}
	}
	return simValue{}, false
}

func (n *simNet) height() uint64 {
	n.mu.Lock()
	defer n.mu.Unlock()
	return uint64(len(n.blocks) - 1)
}

// block returns a block as soon as it is there.
func (n *simNet) block(ctx context.Context, number uint64) (*common.Block, error) {
	for {
		n.mu.Lock()
		changed := n.changed
		if number < uint64(len(n.blocks)) {
			b := n.blocks[number]
			n.mu.Unlock()
			return b, nil
		}
		n.mu.Unlock()
		select {
		case <-changed:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// simState is the state of one peer, which may lag, with a memory of reads.
type simState struct {
	net    *simNet
	height uint64
	run    simRun
}

func (s *simState) Get(key string) ([]byte, error) {
	s.net.mu.Lock()
	defer s.net.mu.Unlock()
	v, ok := s.net.at(key, s.height)
	s.run.reads = append(s.run.reads, simRead{key, v.block, v.tx, ok})
	return v.raw, nil
}

func (s *simState) Put(string, []byte) error { return nil }

// simWire is one client of the channel, with its own faults.
type simWire struct {
	net *simNet
	// lag is how many blocks each of the two endorsers is behind.
	lag [2]atomic.Int64
	// endorse and send come before the real thing; an error replaces it.
	endorse func() error
	// send says how often an envelope is ordered, and what the client is told.
	send func(envelope []byte) (times int, err error)
	// most is how many commands the endorsers find small enough; 0: any number.
	most atomic.Int64
	// skewed makes the members' clocks differ from the client's.
	skewed atomic.Bool
	// policy makes the endorsements too few.
	policy atomic.Bool
	// late holds blocks back from this client.
	late time.Duration

	cutOff atomic.Bool // from the orderers
	dead   atomic.Bool
	sent   atomic.Int64
}

var errSim = errors.New("a fault that was ordered")

func (n *simNet) client() *simWire { return &simWire{net: n} }

func (w *simWire) Members() []string { return []string{"ExchangeMSP", "IPCentreMSP", "NotaryMSP"} }
func (w *simWire) Close()            { w.dead.Store(true) }

// Endorse implements wire.
func (w *simWire) Endorse(ctx context.Context, args [][]byte) (endorsed, error) {
	if err := w.alive(ctx); err != nil {
		return endorsed{}, err
	}
	if w.endorse != nil {
		if err := w.endorse(); err != nil {
			return endorsed{}, err
		}
	}
	if err := w.refuses(args); err != nil {
		return endorsed{}, err
	}
	var runs [2]simRun
	var answers [2][]byte
	now := time.Now().UTC()
	for i := range runs {
		h := w.net.height()
		s := &simState{net: w.net, height: h - min(h-1, uint64(w.lag[i].Load()))}
		var err error
		if answers[i], err = s.call(args, now); err != nil {
			return endorsed{}, err
		}
		runs[i] = s.run
	}
	return w.agreed(args, runs, answers, now)
}

// refuses is how the chaincode refuses a call as a whole.
func (w *simWire) refuses(args [][]byte) error {
	switch most := int(w.most.Load()); {
	case string(args[0]) != "apply":
		return nil
	case w.skewed.Load():
		return pledge.Errorf(pledge.Stale, "more than 5 minutes ahead of this member's clock")
	case most > 0 && len(args)-1 > most:
		return pledge.Errorf(pledge.TooLarge, "send fewer commands at once")
	}
	return nil
}

func (w *simWire) agreed(args [][]byte, runs [2]simRun, answers [2][]byte, now time.Time) (endorsed, error) {
	if !bytes.Equal(answers[0], answers[1]) || !slices.Equal(runs[0].reads, runs[1].reads) {
		return endorsed{}, fmt.Errorf("endorsers differ: %w", service.ErrConflict)
	}
	if err := loneRefusal(args, answers[0], runs[0].writes); err != nil {
		return endorsed{}, err
	}
	runs[0].policy = w.policy.Load()
	e := simEnvelopeAt(w.net.channel, args, &runs[0], answers[0], now)
	w.net.mu.Lock()
	defer w.net.mu.Unlock()
	w.net.runs[e.TxID] = &runs[0]
	return e, nil
}

// loneRefusal is how the chaincode refuses a command that came alone.
func loneRefusal(args [][]byte, answer []byte, writes []pledge.Write) error {
	if string(args[0]) != "apply" || len(args) != 2 {
		return nil
	}
	results, err := pledge.UnmarshalResults(answer, writes)
	if err == nil && results[0].Outcome.Status == pledge.Refused {
		err = pledge.Errorf(results[0].Outcome.Code, "%s", results[0].Outcome.Detail)
	}
	return err
}

func (s *simState) call(args [][]byte, now time.Time) ([]byte, error) {
	switch string(args[0]) {
	case "apply":
		return s.apply(args[1:], now)
	case "checkpoint":
		return s.checkpoint(args[1])
	}
	values := make([]json.RawMessage, len(args)-1)
	for i, key := range args[1:] {
		values[i], _ = s.Get(string(key))
	}
	return json.Marshal(values)
}

// checkpoint is what the chaincode does with one.
func (s *simState) checkpoint(text []byte) ([]byte, error) {
	point, err := pledge.ParseCheckpoint(text)
	if err == nil {
		s.run.writes, err = point.Record(s.Get)
	}
	return text, err
}

// apply is what the chaincode does with commands.
func (s *simState) apply(args [][]byte, now time.Time) ([]byte, error) {
	commands := make([]*pledge.Command, len(args))
	for i, a := range args {
		c, err := pledge.ParseCommand(string(a))
		if err != nil {
			return nil, fmt.Errorf("the service sent what does not parse: %w", errSim)
		}
		commands[i] = c
	}
	results, err := pledge.Apply(s, pledge.Tx{Channel: s.net.channel, Time: now}, commands)
	if err != nil {
		return nil, err
	}
	s.run.writes = pledge.TxWrites(results)
	for _, r := range results {
		if len(r.Writes) > 0 {
			s.run.applied = append(s.run.applied, r.Outcome.CommandID)
		}
	}
	return pledge.MarshalResults(results)
}

// Broadcast implements wire.
func (w *simWire) Broadcast(ctx context.Context, envelope []byte) error {
	if err := w.alive(ctx); err != nil {
		return err
	}
	times, err := 1, error(nil)
	if w.send != nil {
		times, err = w.send(envelope)
	}
	for range times {
		w.sent.Add(1)
		w.net.order(envelope)
	}
	return err
}

// Query implements wire.
func (w *simWire) Query(ctx context.Context, _ string, args [][]byte) ([]byte, error) {
	if err := w.alive(ctx); err != nil {
		return nil, err
	}
	if err := w.refuses(args); err != nil {
		return nil, err
	}
	n := w.net
	n.mu.Lock()
	defer n.mu.Unlock()
	if string(args[0]) == "info" {
		v, _ := n.at(pledge.KeyChannel(), uint64(len(n.blocks)))
		info := chaincodeInfo{Chaincode: "1", RulesVersion: pledge.RulesVersion, Channel: n.channel}
		if v.raw != nil {
			sum := sha256.Sum256(v.raw)
			info.Genesis = "sha256:" + hex.EncodeToString(sum[:])
		}
		return json.Marshal(info)
	}
	values := make([]json.RawMessage, len(args)-1)
	for i, key := range args[1:] {
		v, _ := n.at(string(key), uint64(len(n.blocks)))
		values[i] = v.raw
	}
	return json.Marshal(values)
}

// Blocks implements wire.
func (w *simWire) Blocks(ctx context.Context, from uint64, fn func(*common.Block) error) error {
	for ; ; from++ {
		b, err := w.net.block(ctx, from)
		if err == nil && w.late > 0 {
			err = sleep(ctx, w.late)
		}
		if err == nil {
			err = w.alive(ctx)
		}
		if err == nil {
			err = fn(b)
		}
		if err != nil {
			return err
		}
	}
}

// newest implements prober.
func (w *simWire) newest(ctx context.Context) (uint64, error) { return w.net.height(), w.alive(ctx) }

// reach implements prober.
func (w *simWire) reach(ctx context.Context) error {
	if w.cutOff.Load() {
		return errNotSent
	}
	return w.alive(ctx)
}

func (w *simWire) alive(ctx context.Context) error {
	if w.dead.Load() {
		return fmt.Errorf("the client is gone: %w", service.ErrUnavailable)
	}
	return ctx.Err()
}
