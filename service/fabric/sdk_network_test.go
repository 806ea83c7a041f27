package fabric

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/hyperledger/fabric-protos-go/common"
	"github.com/hyperledger/fabric-protos-go/peer"

	"github.com/datapledge/datapledge/network"
	"github.com/datapledge/datapledge/network/networktest"
	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/service/ledgertest/actors"
)

// site is a real consortium with a wire of the exchange into it.
type site struct {
	*testing.T
	*actors.Cast
	net  *network.Running
	wire *sdkWire

	mu   sync.Mutex
	seen map[string][]peer.TxValidationCode // by transaction id
	next uint64
	more chan struct{}
}

func (s *site) options() sdkOptions {
	return sdkOptions{Profile: s.net.Profile("exchange"), AckTimeout: 5 * time.Second, Patience: time.Second,
		Logger: slog.New(slog.NewTextHandler(s.Output(), &slog.HandlerOptions{Level: slog.LevelWarn}))}.withDefaults()
}

func newSite(t *testing.T) *site {
	s := &site{T: t, Cast: actors.NewCast("pledge"), seen: map[string][]peer.TxValidationCode{}, more: make(chan struct{})}
	s.net = networktest.Start(t, s.Genesis(), func(o *network.Options) { o.WithoutS3 = true })
	s.wire = s.open(s.options())
	done, ctx := make(chan struct{}), s.Context()
	go func() { defer close(done); s.follow(ctx) }()
	t.Cleanup(func() { <-done })
	return s
}

func (s *site) open(o sdkOptions) *sdkWire {
	s.Helper()
	w, err := openSDKWire(context.Background(), o)
	if err != nil {
		s.Fatal(err)
	}
	s.Cleanup(w.Close)
	return w
}

// follow notes the verdicts of all blocks, whatever happens to the peers.
func (s *site) follow(ctx context.Context) {
	for ctx.Err() == nil {
		err := s.wire.Blocks(ctx, s.next, s.note)
		if ctx.Err() == nil {
			s.Logf("blocks from %d: %v", s.next, err)
			time.Sleep(100 * time.Millisecond)
		}
	}
}

func (s *site) note(b *common.Block) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if b.Header.Number != s.next {
		s.Errorf("got block %d after %d", b.Header.Number, s.next)
	}
	s.next++
	for i, raw := range b.Data.Data {
		id, err := txID(raw)
		if err != nil {
			return err
		}
		code := peer.TxValidationCode(b.Metadata.Metadata[common.BlockMetadataIndex_TRANSACTIONS_FILTER][i])
		s.seen[id] = append(s.seen[id], code)
	}
	close(s.more)
	s.more = make(chan struct{})
	return nil
}

func txID(envelope []byte) (string, error) {
	e, p, h := &common.Envelope{}, &common.Payload{}, &common.ChannelHeader{}
	err := errors.Join(unmarshal(envelope, e), unmarshal(e.Payload, p))
	if err != nil {
		return "", err
	}
	return h.TxId, unmarshal(p.Header.ChannelHeader, h)
}

// verdicts waits until a transaction is in a block.
func (s *site) verdicts(id string) []peer.TxValidationCode {
	s.Helper()
	late := time.After(3 * time.Minute)
	for {
		s.mu.Lock()
		v, more := s.seen[id], s.more
		s.mu.Unlock()
		if v != nil {
			return v
		}
		select {
		case <-more:
		case <-late:
			s.Fatalf("transaction %s is in no block", id)
		}
	}
}

// enrolment is a command that applies: another party each time.
func (s *site) enrolment() string {
	return s.Enroll(actors.NewActor(int(time.Now().UnixNano()%1e6), pledge.RoleEnterprise))
}

func (s *site) endorse(commands ...string) endorsed {
	s.Helper()
	e, err := s.tryEndorse(commands...)
	if err != nil {
		s.Fatal(err)
	}
	return e
}

// tryEndorse tries again while peers stand at different heights.
func (s *site) tryEndorse(commands ...string) (endorsed, error) {
	args := [][]byte{[]byte("apply")}
	for _, c := range commands {
		args = append(args, []byte(c))
	}
	for end := time.Now().Add(time.Minute); ; time.Sleep(50 * time.Millisecond) {
		e, err := s.wire.Endorse(s.Context(), args)
		if !errors.Is(err, service.ErrConflict) || time.Now().After(end) {
			return e, err
		}
	}
}

// commits sends a fresh command and waits for it.
func (s *site) commits() {
	s.Helper()
	began := time.Now()
	e := s.endorse(s.enrolment())
	endorsed := time.Now()
	if err := s.wire.Broadcast(s.Context(), e.Envelope); err != nil {
		s.Fatal(err)
	}
	sent := time.Now()
	s.valid(e)
	s.Logf("endorsed in %s, sent in %s, in a block after %s", endorsed.Sub(began), sent.Sub(endorsed), time.Since(sent))
}

func (s *site) valid(e endorsed) {
	s.Helper()
	if v := s.verdicts(e.TxID); v[0] != peer.TxValidationCode_VALID {
		s.Errorf("transaction %s: %v", e.TxID, v)
	}
}

func (s *site) stop(names ...string) {
	s.Helper()
	for _, n := range names {
		if err := s.net.Stop(n); err != nil {
			s.Fatal(err)
		}
	}
}

func (s *site) start(names ...string) {
	s.Helper()
	for _, n := range names {
		if err := s.net.Start(n); err != nil {
			s.Fatal(err)
		}
	}
}

// pause stops a node without ending it: its connections stay open, silent.
func (s *site) pause(name string) (resume func()) {
	s.Helper()
	pid := s.net.PID(name)
	if pid == 0 {
		s.Fatalf("%s does not run", name)
	}
	if err := syscall.Kill(pid, syscall.SIGSTOP); err != nil {
		s.Fatal(err)
	}
	return func() { _ = syscall.Kill(pid, syscall.SIGCONT) }
}
