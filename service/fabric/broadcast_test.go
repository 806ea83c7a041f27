package fabric

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hyperledger/fabric-protos-go/common"
	"github.com/hyperledger/fabric-protos-go/orderer"

	"github.com/datapledge/datapledge/internal/needs"
)

func parcelOf(t *testing.T, payload string) []byte {
	t.Helper()
	raw, err := marshal(&common.Envelope{Payload: []byte(payload), Signature: []byte("s")})
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func TestBroadcastQuorum(t *testing.T) {
	for n, want := range map[int]int{1: 1, 2: 2, 3: 2, 4: 3, 5: 4, 6: 4, 7: 5, 10: 7} {
		if got := quorumOf(n); got != want {
			t.Errorf("quorum of %d: got %d, want %d", n, got, want)
		}
	}
}

// TestBroadcast holds what Broadcast makes of four orderers' answers.
func TestBroadcast(t *testing.T) {
	exists := saying(common.Status_SERVICE_UNAVAILABLE, "failed to submit request: request already exists")
	processed := saying(common.Status_SERVICE_UNAVAILABLE, "failed to submit request: request already processed")
	forbidden := saying(common.Status_FORBIDDEN, "implicit policy evaluation failed")
	over := make(chan struct{})
	defer close(over)
	silent := func(int, string) *orderer.BroadcastResponse { <-over; return nil }
	hangup := func(int, string) *orderer.BroadcastResponse { return nil }
	var down func(int, string) *orderer.BroadcastResponse // nobody listens
	type says = func(int, string) *orderer.BroadcastResponse
	for _, test := range []struct {
		name      string
		orderers  [4]says
		ok        bool
		notSent   bool
		mentioned string
	}{
		{"AllTake", [4]says{took, took, took, took}, true, false, ""},
		{"OneDown", [4]says{took, down, took, took}, true, false, ""},
		{"OneSilent", [4]says{silent, took, took, took}, true, false, ""},
		{"OneSaysNo", [4]says{took, took, took, forbidden}, true, false, ""},
		{"TheyHaveIt", [4]says{exists, processed, exists, down}, true, false, ""},
		{"TwoDown", [4]says{took, down, down, took}, false, false, "2 of 4 orderers"},
		{"ThreeDown", [4]says{down, took, down, down}, false, false, "connection refused"},
		{"AllDown", [4]says{down, down, down, down}, false, true, "connection refused"},
		{"AllSayNo", [4]says{forbidden, forbidden, forbidden, forbidden}, false, true, "implicit policy evaluation failed"},
		{"AllSilent", [4]says{silent, silent, silent, silent}, false, false, "did not answer in time"},
		{"OneSilentRestDown", [4]says{down, silent, down, down}, false, false, "did not answer in time"},
		{"AllHangUp", [4]says{hangup, hangup, hangup, hangup}, false, false, "EOF"},
		{"TwoTakeTwoSayNo", [4]says{took, took, forbidden, forbidden}, false, false, "FORBIDDEN"},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := newPKI(t)
			var addrs []string
			for _, say := range test.orderers {
				if say == nil {
					addrs = append(addrs, needs.Address(t))
				} else {
					addrs = append(addrs, p.listen(say).addr)
				}
			}
			ack := time.Minute
			if test.mentioned == "did not answer in time" {
				ack = 8 * time.Second // the others must have answered until then
			}
			err := p.within(ack, addrs...).Broadcast(t.Context(), parcelOf(t, "x"))
			if (err == nil) != test.ok || errors.Is(err, errNotSent) != test.notSent {
				t.Errorf("got %v", err)
			}
			if err != nil && !strings.Contains(err.Error(), test.mentioned) {
				t.Errorf("got %v, want it to mention %q", err, test.mentioned)
			}
		})
	}
}

// TestStreamsAreKept holds that many envelopes share one stream, and that an
// envelope behind one that was refused is sent again.
func TestStreamsAreKept(t *testing.T) {
	p := newPKI(t)
	picky := func(_ int, payload string) *orderer.BroadcastResponse {
		if strings.HasSuffix(payload, "7") {
			return saying(common.Status_BAD_REQUEST, "no sevens")(0, "")
		}
		return took(0, "")
	}
	o := p.listen(picky)
	w := p.to(o.addr)
	var all sync.WaitGroup
	for i := range 50 {
		all.Go(func() {
			err := w.Broadcast(t.Context(), parcelOf(t, fmt.Sprint(i)))
			if seven := i%10 == 7; (err != nil) != seven {
				t.Errorf("%d: got %v", i, err)
			}
		})
	}
	all.Wait()
	if n, streams := o.count(); n < 50 || streams > 8 {
		t.Errorf("%d messages over %d streams", n, streams)
	}
}

// TestOrdererComesBack holds that a lane finds its orderer again by itself.
func TestOrdererComesBack(t *testing.T) {
	p := newPKI(t)
	var once sync.Once
	o := p.listen(func(int, string) *orderer.BroadcastResponse {
		first := false
		once.Do(func() { first = true })
		if first {
			return nil
		}
		return took(0, "")
	})
	w := p.to(o.addr)
	for i := range 3 {
		if err := w.Broadcast(t.Context(), parcelOf(t, "x")); err != nil {
			t.Errorf("%d: %v", i, err)
		}
	}
}

// TestCalledOff holds that what was called off before it was sent is said to
// be not sent, and is not sent afterwards.
func TestCalledOff(t *testing.T) {
	p := newPKI(t)
	o := p.listen(func(int, string) *orderer.BroadcastResponse { return took(0, "") })
	w := p.to(o.addr)
	w.cancel() // the lanes end: nothing is sent any more
	w.busy.Wait()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := w.Broadcast(ctx, parcelOf(t, "x")); !errors.Is(err, errNotSent) {
		t.Errorf("got %v, want %v", err, errNotSent)
	}
	if n, _ := o.count(); n != 0 {
		t.Errorf("%d messages were sent", n)
	}
}

func TestNoEnvelope(t *testing.T) {
	p := newPKI(t)
	if err := p.to(needs.Address(t)).Broadcast(t.Context(), []byte{0xff}); !errors.Is(err, errNotSent) {
		t.Errorf("got %v", err)
	}
}
