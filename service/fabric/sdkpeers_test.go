package fabric

import (
	"context"
	"testing"
	"time"

	"github.com/hyperledger/fabric-sdk-go/pkg/common/providers/fab"
)

// Whoever leaves before a peer has answered learns nothing about the peer.
func TestCallerLeaves(t *testing.T) {
	p := newPKI(t)
	w, err := openSDKWire(t.Context(), sdkOptions{Profile: p.profile("127.0.0.1:1")}.withDefaults())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.Close)
	w.view.view = &view{membership: believing{}, enough: func(m map[string]bool) bool { return len(m) > 0 }, read: time.Now()}
	for _, m := range w.peers {
		m.Peer = voter{name: m.URL(), answer: "down"}
	}
	for name, call := range map[string]func(context.Context) error{
		"query":  func(ctx context.Context) error { _, err := w.Query(ctx, w.own, [][]byte{[]byte("info")}); return err },
		"view":   func(ctx context.Context) error { _, err := w.readView(ctx); return err },
		"blocks": func(ctx context.Context) error { return w.Blocks(ctx, 0, nil) },
		"endorse": func(ctx context.Context) error {
			_, err := w.newBallot(w.view.view, fab.ProcessProposalRequest{}).run(ctx)
			return err
		},
	} {
		gone, leave := context.WithCancel(t.Context())
		leave()
		if err := call(gone); err == nil || w.peers[0].avoided() {
			t.Errorf("%s, called off: %v; avoided: %t", name, err, w.peers[0].avoided())
		}
		if err := call(t.Context()); err == nil || !w.peers[0].avoided() {
			t.Errorf("%s, of a peer that is down: %v; avoided: %t", name, err, w.peers[0].avoided())
		}
		w.peers[0].forgive()
	}
}
