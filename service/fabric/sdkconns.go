package fabric

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/hyperledger/fabric-sdk-go/pkg/common/providers/core"
	"github.com/hyperledger/fabric-sdk-go/pkg/common/providers/fab"
	"github.com/hyperledger/fabric-sdk-go/pkg/core/cryptosuite/bccsp/sw"
	"github.com/hyperledger/fabric-sdk-go/pkg/fabsdk/factory/defcore"
	"github.com/hyperledger/fabric-sdk-go/pkg/fabsdk/provider/fabpvdr"
	"google.golang.org/grpc"
	"google.golang.org/grpc/backoff"
)

// redial is how connections come back: soon, because a member's node that
// was restarted must not cost the others time.
var redial = grpc.ConnectParams{
	Backoff:           backoff.Config{BaseDelay: 100 * time.Millisecond, Multiplier: 1.6, Jitter: 0.2, MaxDelay: 2 * time.Second},
	MinConnectTimeout: 3 * time.Second,
}

// conns keeps one connection to every node for the life of the wire. The
// SDK's own cache waits for a connection that went idle until its timeout,
// whenever a peer was restarted; gRPC reconnects by itself.
type conns struct {
	mu sync.Mutex
	by map[string]*grpc.ClientConn // nil after close
}

// DialContext implements fab.CommManager. It does not wait for the node.
func (c *conns) DialContext(_ context.Context, target string, opts ...grpc.DialOption) (*grpc.ClientConn, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.by == nil {
		return nil, errors.New("closed")
	}
	if conn := c.by[target]; conn != nil {
		return conn, nil
	}
	// Never wait for a node that is down: there are others.
	failFast := grpc.WithDefaultCallOptions(grpc.WaitForReady(false))
	conn, err := grpc.NewClient("passthrough:///"+target, append(opts, grpc.WithConnectParams(redial), failFast)...)
	if err == nil {
		c.by[target] = conn
	}
	return conn, err
}

// ReleaseConn implements fab.CommManager: connections are kept.
func (c *conns) ReleaseConn(*grpc.ClientConn) {}

func (c *conns) close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, conn := range c.by {
		_ = conn.Close()
	}
	c.by = nil
}

// sdkCore makes the SDK use conns, and keep keys in memory instead of writing
// them to a folder of its choice.
type sdkCore struct{ defcore.ProviderFactory }

func (sdkCore) CreateCryptoSuiteProvider(core.CryptoSuiteConfig) (core.CryptoSuite, error) {
	return sw.GetSuiteWithDefaultEphemeral()
}

func (sdkCore) CreateInfraProvider(config fab.EndpointConfig) (fab.InfraProvider, error) {
	return &infra{InfraProvider: fabpvdr.New(config), conns: &conns{by: map[string]*grpc.ClientConn{}}}, nil
}

type infra struct {
	*fabpvdr.InfraProvider
	conns *conns
}

func (i *infra) CommManager() fab.CommManager { return i.conns }

func (i *infra) Close() {
	i.conns.close()
	i.InfraProvider.Close()
}
