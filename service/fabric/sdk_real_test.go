package fabric

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/hyperledger/fabric-protos-go/common"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
)

// TestWire runs the wire against real peers and orderers, healthy ones
// first, and breaks them one way after the other.
func TestWire(t *testing.T) {
	s := newSite(t)
	for _, part := range []struct {
		name string
		run  func(*site)
	}{
		{"EndorsedAndOrdered", endorsedAndOrdered},
		{"RefusalOfTwoEndorsers", refusalOfTwo},
		{"NothingToWrite", nothingToWrite},
		{"SameEnvelopeCommitsOnce", sameEnvelope},
		{"AnswersOfEveryMember", everyMember},
		{"SlowReaderMissesNothing", slowReader},
		{"Diagnose", wellAndIll},
		{"WrongClock", wrongClock},
		{"PeerDown", peerDown},
		{"PeerPaused", peerPaused},
		{"OwnPeerDown", ownPeerDown},
		{"ChaincodeDown", chaincodeDown},
		{"OrdererPaused", ordererPaused},
		{"OrdererDown", ordererDown},
		{"NoQuorumOfOrderers", noQuorum},
		{"NoOrderer", noOrderer},
	} {
		t.Run(part.name, func(t *testing.T) {
			outer := s.T
			s.T = t
			defer func() { s.T = outer }()
			for _, m := range s.wire.peers {
				m.forgive()
			}
			began := time.Now()
			part.run(s)
			t.Logf("took %s", time.Since(began))
		})
	}
}

func endorsedAndOrdered(s *site) {
	e := s.endorse(s.enrolment())
	if !e.Writes || e.TxID == "" || len(e.Envelope) == 0 {
		s.Errorf("got %+v", e)
	}
	if err := s.wire.Broadcast(s.Context(), e.Envelope); err != nil {
		s.Fatal(err)
	}
	s.valid(e)
	for range 10 {
		s.commits()
	}
}

func refusalOfTwo(s *site) {
	_, err := s.tryEndorse(s.Attest("pl_00000000000000000000000000000000"))
	var refused *pledge.Error
	if !errors.As(err, &refused) {
		s.Fatalf("got %v, want a refusal", err)
	}
	if refused.Code != pledge.NotFound && refused.Code != pledge.Malformed || refused.Detail == "" {
		s.Errorf("got %v", refused)
	}
	_, err = s.tryEndorse("no command")
	if !errors.Is(err, pledge.Malformed) {
		s.Errorf("got %v, want %v", err, pledge.Malformed)
	}
}

func nothingToWrite(s *site) {
	e := s.endorse("no command", "nor this")
	if e.Writes {
		s.Error("two refused commands write something")
	}
}

func sameEnvelope(s *site) {
	e := s.endorse(s.enrolment())
	for range 3 {
		if err := s.wire.Broadcast(s.Context(), e.Envelope); err != nil {
			s.Fatal(err)
		}
	}
	s.valid(e)
	if err := s.wire.Broadcast(s.Context(), e.Envelope); err != nil {
		s.Errorf("after it committed: %v", err)
	}
	s.commits()
	valid := 0
	for _, v := range s.verdicts(e.TxID) {
		if v == 0 {
			valid++
		}
	}
	if valid != 1 {
		s.Errorf("it took effect %d times: %v", valid, s.verdicts(e.TxID))
	}
}

func everyMember(s *site) {
	members := s.wire.Members()
	if len(members) != 6 || members[0] != "ExchangeMSP" {
		s.Errorf("members %v", members)
	}
	for _, m := range members {
		raw, err := s.wire.Query(s.Context(), m, [][]byte{[]byte("info")})
		var info struct {
			Channel string `json:"channel"`
		}
		if err != nil || json.Unmarshal(raw, &info) != nil || info.Channel != "pledge" {
			s.Errorf("%s answers %s, %v", m, raw, err)
		}
	}
	if _, err := s.wire.Query(s.Context(), "NobodyMSP", [][]byte{[]byte("info")}); err == nil {
		s.Error("a stranger answered")
	}
	_, err := s.wire.Query(s.Context(), members[0], [][]byte{[]byte("record"), []byte("as_nothing")})
	if r := (*pledge.Error)(nil); !errors.As(err, &r) {
		s.Errorf("got %v, want a refusal", err)
	}
}

// failing expects that what stands in the way is worked around in time.
func (s *site) within(limit time.Duration, what func()) {
	s.Helper()
	began := time.Now()
	what()
	if took := time.Since(began); took > limit {
		s.Errorf("took %s, want at most %s", took, limit)
	}
}

func peerDown(s *site) {
	s.stop("peer.ipcenter")
	s.within(2*time.Minute, s.commits)
	s.within(time.Minute, s.commits)
	if _, err := s.wire.Query(s.Context(), "IPCentreMSP", [][]byte{[]byte("info")}); !errors.Is(err, service.ErrUnavailable) {
		s.Errorf("got %v, want %v", err, service.ErrUnavailable)
	}
	s.start("peer.ipcenter")
	s.answers("IPCentreMSP")
}

// answers waits until a member's peer is back.
func (s *site) answers(member string) {
	s.Helper()
	eventually(s.T, func() error {
		_, err := s.wire.Query(s.Context(), member, [][]byte{[]byte("info")})
		return err
	})
}

func peerPaused(s *site) {
	resume := s.pause("peer.ipcenter")
	s.within(2*time.Minute, s.commits)
	s.within(time.Minute, s.commits)
	resume()
	s.answers("IPCentreMSP")
}

func ownPeerDown(s *site) {
	resume := s.pause("peer.exchange")
	s.within(2*time.Minute, s.commits)
	resume()
	s.answers("ExchangeMSP")
	s.stop("peer.exchange")
	fresh := s.open(s.options())
	s.within(2*time.Minute, func() {
		if _, err := fresh.Endorse(s.Context(), [][]byte{[]byte("apply"), []byte(s.enrolment())}); err != nil {
			s.Errorf("a client that starts now: %v", err)
		}
	})
	s.commits()
	s.start("peer.exchange")
	s.answers("ExchangeMSP")
}

func chaincodeDown(s *site) {
	s.stop("chaincode.ipcenter")
	s.within(2*time.Minute, s.commits)
	s.start("chaincode.ipcenter")
	s.answers("IPCentreMSP")
}

// The orderer is the same as in ordererPaused: one that missed blocks takes
// its time to catch up, and until then a second fault stops the others.
func ordererDown(s *site) {
	s.stop("orderer.court")
	s.commits()
	s.commits()
	s.start("orderer.court")
	s.takes()
}

// takes waits until all orderers take transactions.
func (s *site) takes() {
	s.Helper()
	eventually(s.T, func() error {
		w := s.open(s.options())
		defer w.Close()
		for _, l := range w.lanes {
			if _, err := l.open(); err != nil {
				return fmt.Errorf("an orderer does not come back: %w", err)
			}
		}
		return nil
	})
}

func ordererPaused(s *site) {
	resume := s.pause("orderer.court")
	defer resume()
	s.commits()
	s.commits()
}

func noQuorum(s *site) {
	e := s.endorse(s.enrolment())
	s.stop("orderer.court", "orderer.notary")
	err := s.wire.Broadcast(s.Context(), e.Envelope)
	if err == nil || errors.Is(err, errNotSent) {
		s.Errorf("got %v, want an error that leaves the outcome open", err)
	}
	s.start("orderer.court", "orderer.notary")
	s.retry(e)
	s.valid(e)
}

// retry sends an envelope until a quorum takes it.
func (s *site) retry(e endorsed) {
	s.Helper()
	eventually(s.T, func() error { return s.wire.Broadcast(s.Context(), e.Envelope) })
}

func noOrderer(s *site) {
	all := []string{"orderer.ipcenter", "orderer.notary", "orderer.exchange", "orderer.court"}
	e := s.endorse(s.enrolment())
	s.stop(all...)
	time.Sleep(200 * time.Millisecond)
	if err := s.wire.Broadcast(s.Context(), e.Envelope); !errors.Is(err, errNotSent) {
		s.Errorf("got %v, want %v", err, errNotSent)
	}
	s.start(all...)
	s.retry(e)
	s.valid(e)
}

// slowReader holds every block back for a while, longer than the SDK's own
// event client would wait, and must still get each of them.
func slowReader(s *site) {
	ctx, cancel := context.WithCancel(s.Context())
	defer cancel()
	var got []uint64
	enough := errors.New("enough")
	err := s.wire.Blocks(ctx, 0, func(b *common.Block) error {
		got = append(got, b.Header.Number)
		time.Sleep(700 * time.Millisecond)
		if len(got) == 6 {
			return enough
		}
		return nil
	})
	if err != enough {
		s.Errorf("got %v, want the reader's own error", err)
	}
	for i, n := range got {
		if n != uint64(i) {
			s.Errorf("got blocks %v", got)
			break
		}
	}
}
