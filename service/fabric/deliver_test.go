package fabric

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/hyperledger/fabric-protos-go/common"
	"github.com/hyperledger/fabric-protos-go/peer"

	"github.com/datapledge/datapledge/service"
)

func feedFrom(t *testing.T, next uint64) *feed {
	t.Helper()
	_, w := voters(t, map[string]string{"O": "a"})
	return &feed{w: w, from: w.peers[0], next: next}
}

func delivered(number uint64) received {
	return received{msg: &peer.DeliverResponse{Type: &peer.DeliverResponse_Block{Block: &common.Block{Header: &common.BlockHeader{Number: number}}}}}
}

func saidStatus(s common.Status) received {
	return received{msg: &peer.DeliverResponse{Type: &peer.DeliverResponse_Status{Status: s}}}
}

// TestTake holds what a subscription makes of a peer's messages: blocks in
// order are passed on, everything else ends it and has another peer tried.
func TestTake(t *testing.T) {
	for _, test := range []struct {
		name string
		got  received
		want string // nothing: the block is passed on
	}{
		{"next block", delivered(7), ""},
		{"a block twice", delivered(6), "block 6 instead of 7"},
		{"a gap", delivered(8), "block 8 instead of 7"},
		{"the stream broke", received{msg: &peer.DeliverResponse{}, err: io.EOF}, "EOF"},
		{"wrong clock", saidStatus(common.Status_BAD_REQUEST), "clock"},
		{"may not read", saidStatus(common.Status_FORBIDDEN), "certificate has expired"},
		{"not on the channel", saidStatus(common.Status_NOT_FOUND), "not on the channel"},
		{"any other status", saidStatus(common.Status_INTERNAL_SERVER_ERROR), "INTERNAL_SERVER_ERROR"},
		{"nothing", received{msg: &peer.DeliverResponse{}}, "UNKNOWN"},
	} {
		f, passed := feedFrom(t, 7), 0
		err := f.take(test.got, func(*common.Block) error { passed++; return nil })
		if good := test.want == ""; (err == nil) != good || (passed == 1) != good || f.from.avoided() == good {
			t.Errorf("%s: got %v, %d blocks passed on, avoided %v", test.name, err, passed, f.from.avoided())
		}
		if err != nil && (!errors.Is(err, service.ErrUnavailable) || !strings.Contains(err.Error(), test.want)) {
			t.Errorf("%s: got %v, want it to say %q", test.name, err, test.want)
		}
	}
}

// The reader's own error comes back as it is, and is not the peer's fault.
func TestReaderFails(t *testing.T) {
	f, own := feedFrom(t, 7), errors.New("disk full")
	if err := f.take(delivered(7), func(*common.Block) error { return own }); err != own || f.from.avoided() {
		t.Errorf("got %v, avoided %v", err, f.from.avoided())
	}
}

// A block that is none of the channel's is the peer's fault: another one is
// tried, and the error says who gave it.
func TestForgedBlock(t *testing.T) {
	f, found := feedFrom(t, 7), fmt.Errorf("block 7: its data was altered: %w", errForged)
	err := f.take(delivered(7), func(*common.Block) error { return found })
	if !errors.Is(err, errForged) || !f.from.avoided() || !strings.Contains(err.Error(), f.from.msp) {
		t.Errorf("got %v, avoided %v", err, f.from.avoided())
	}
}

// TestMissingBlocks holds that a stream which stays silent while others have
// newer blocks is given up, but not at the first sign.
func TestMissingBlocks(t *testing.T) {
	f := feedFrom(t, 7)
	for i := 1; i < patience; i++ {
		if err := f.found(errMissing); err != nil {
			t.Fatalf("given up after %d probes: %v", i, err)
		}
	}
	if err := f.found(nil); err != nil {
		t.Fatal(err)
	}
	for i := 1; i < patience; i++ {
		if err := f.found(errMissing); err != nil {
			t.Fatalf("an earlier silence is counted: %v", err)
		}
	}
	if err := f.found(errMissing); !errors.Is(err, service.ErrUnavailable) || !f.from.avoided() {
		t.Errorf("got %v", err)
	}
}

// A block clears what the probes found before.
func TestBlockClearsProbes(t *testing.T) {
	f := feedFrom(t, 7)
	for i := 1; i < patience; i++ {
		_ = f.found(errMissing)
	}
	if err := f.take(delivered(7), func(*common.Block) error { return nil }); err != nil {
		t.Fatal(err)
	}
	if err := f.found(errMissing); err != nil {
		t.Errorf("given up: %v", err)
	}
}
