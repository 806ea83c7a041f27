package fabric

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	fabcontext "github.com/hyperledger/fabric-sdk-go/pkg/common/providers/context"
	sdkcontext "github.com/hyperledger/fabric-sdk-go/pkg/context"
	"github.com/hyperledger/fabric-sdk-go/pkg/core/config"
	"github.com/hyperledger/fabric-sdk-go/pkg/fabsdk"
)

// sdkOptions say which network to join, and as whom. Only Profile is needed.
type sdkOptions struct {
	Profile   string // path of a connection profile of fabric-sdk-go, YAML
	User      string // a user of the profile's client organization; "service"
	Channel   string // "pledge"
	Chaincode string // "datapledge"
	// EndorseTimeout bounds one Endorse, all fail-overs together; 10 s.
	EndorseTimeout time.Duration
	// AckTimeout bounds the wait for the orderers' answers; 10 s.
	AckTimeout time.Duration
	// Patience is how long an endorser may think before another one is asked
	// beside it; 2 s.
	Patience time.Duration
	Logger   *slog.Logger
}

func (o sdkOptions) withDefaults() sdkOptions {
	set(&o.User, "service")
	set(&o.Channel, "pledge")
	set(&o.Chaincode, "datapledge")
	set(&o.EndorseTimeout, 10*time.Second)
	set(&o.AckTimeout, 10*time.Second)
	set(&o.Patience, 2*time.Second)
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return o
}

func set[T comparable](v *T, byDefault T) {
	if zero := *new(T); *v == zero {
		*v = byDefault
	}
}

// sdkWire is the wire over fabric-sdk-go: its configuration, identities,
// connections, proposals and membership. Its channel client is not used:
// that one reads the channel's configuration from the own member's peer only,
// so that without it nothing works, waits for the slowest endorser, sends to
// one orderer, and drops events that are not fetched within 500 ms.
type sdkWire struct {
	o      sdkOptions
	sdk    *fabsdk.FabricSDK
	client fabcontext.Client
	peers  []*member // the own member's first, then as the profile lists them
	own    string    // the own member's MSP id
	lanes  []*lane   // one for each orderer
	quorum int       // of orderers' acknowledgements
	view   channelView

	stop   context.Context
	cancel context.CancelFunc
	mu     sync.Mutex // guards closed, and busy against who comes while Close waits
	closed bool
	busy   sync.WaitGroup
}

// newSDKWire checks the profile and prepares the connections. It does not
// wait for the network: calls fail with service.ErrUnavailable until it is
// there. ctx bounds the life of the wire, as Close does.
func newSDKWire(ctx context.Context, o sdkOptions) (wire, error) {
	return openSDKWire(ctx, o.withDefaults())
}

func openSDKWire(ctx context.Context, o sdkOptions) (*sdkWire, error) {
	if err := failed(checkProfile(o.Profile, o.User, o.Channel, time.Now())); err != nil {
		return nil, err
	}
	logSDK(o.Logger)
	sdk, err := fabsdk.New(config.FromFile(o.Profile), fabsdk.WithCorePkg(&sdkCore{}), fabsdk.WithLoggerPkg(sdkLogs{}))
	if err != nil {
		return nil, fmt.Errorf("connection profile %s: %w", o.Profile, err)
	}
	w := &sdkWire{o: o, sdk: sdk}
	w.stop, w.cancel = context.WithCancel(ctx)
	if err := w.join(); err != nil {
		w.Close()
		return nil, fmt.Errorf("connection profile %s: %w", o.Profile, err)
	}
	return w, nil
}

// join makes what the profile describes: who we are, the peers, the orderers.
func (w *sdkWire) join() error {
	client, err := w.sdk.Context(fabsdk.WithUser(w.o.User))()
	if err != nil {
		return fmt.Errorf("user %s: %w", w.o.User, err)
	}
	w.client, w.own = client, client.Identifier().MSPID
	if w.peers, err = membersOf(client, w.o.Channel); err != nil {
		return err
	}
	if w.lanes, err = w.openLanes(); err != nil {
		return err
	}
	w.quorum = quorumOf(len(w.lanes))
	return nil
}

// request is a context that the SDK's calls accept. It ends with the wire.
func (w *sdkWire) request(ctx context.Context, timeout time.Duration) (context.Context, context.CancelFunc) {
	ctx, cancel := sdkcontext.NewRequest(w.client, sdkcontext.WithParent(ctx), sdkcontext.WithTimeout(timeout))
	stop := context.AfterFunc(w.stop, cancel)
	return ctx, func() { stop(); cancel() }
}

// Members implements wire.
func (w *sdkWire) Members() []string {
	var ids []string
	for _, m := range w.peers {
		if queries(m.may) && (len(ids) == 0 || ids[len(ids)-1] != m.msp) {
			ids = append(ids, m.msp)
		}
	}
	return ids
}

// Close implements wire. Calls under way end with an error.
func (w *sdkWire) Close() {
	w.cancel()
	w.mu.Lock()
	w.closed = true
	w.mu.Unlock()
	w.busy.Wait()
	w.sdk.Close()
}

// spawn starts what Close waits for. What comes after Close finds its context
// ended and is over soon: nobody waits for it.
func (w *sdkWire) spawn(do func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		go do()
		return
	}
	w.busy.Go(do)
}
