package fabric

import (
	"context"
	"fmt"
	"time"

	"github.com/hyperledger/fabric-sdk-go/pkg/client/channel"
	"github.com/hyperledger/fabric-sdk-go/pkg/common/providers/fab"
	"github.com/hyperledger/fabric-sdk-go/pkg/core/config"
	"github.com/hyperledger/fabric-sdk-go/pkg/fabsdk"
)

// Plain submits commands as programs with fabric-sdk-go commonly do: each in
// a transaction of its own, through the SDK's channel client as it comes.
// It is what benchmarks compare the Ledger with; it survives no crash.
type Plain struct {
	sdk     *fabsdk.FabricSDK
	client  *channel.Client
	o       Options
	targets []string
}

// plainWait bounds a plain submission: the SDK sends to one orderer, which may
// drop it, and waits for a block that never comes.
const plainWait = 15 * time.Second

// OpenPlain uses Profile, User, Channel and Chaincode of the options. Targets
// name the peers that endorse, as the profile does.
func OpenPlain(o Options, targets ...string) (*Plain, error) {
	o.setDefaults()
	logSDK(o.Logger)
	sdk, err := fabsdk.New(config.FromFile(o.Profile), fabsdk.WithLoggerPkg(sdkLogs{}))
	if err != nil {
		return nil, fmt.Errorf("connection profile %s: %w", o.Profile, err)
	}
	client, err := channel.New(sdk.ChannelContext(o.Channel, fabsdk.WithUser(o.User)))
	if err != nil {
		sdk.Close()
		return nil, fmt.Errorf("channel client: %w", err)
	}
	return &Plain{sdk, client, o, targets}, nil
}

// Submit returns when the command's transaction is committed and valid.
func (p *Plain) Submit(ctx context.Context, command string) error {
	_, err := p.client.Execute(channel.Request{ChaincodeID: p.o.Chaincode, Fcn: "apply", Args: [][]byte{[]byte(command)}},
		channel.WithParentContext(ctx), channel.WithTargetEndpoints(p.targets...), channel.WithTimeout(fab.Execute, plainWait))
	return err
}

// Close ends its connections.
func (p *Plain) Close() { p.sdk.Close() }
