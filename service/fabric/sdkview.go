package fabric

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/hyperledger/fabric-protos-go/peer/lifecycle"
	"github.com/hyperledger/fabric-sdk-go/pkg/common/providers/fab"
	"github.com/hyperledger/fabric-sdk-go/pkg/fab/channel/membership"
	"github.com/hyperledger/fabric-sdk-go/pkg/fab/chconfig"
	"github.com/hyperledger/fabric-sdk-go/pkg/fab/resource"
	"github.com/hyperledger/fabric-sdk-go/pkg/fab/txn"

	"github.com/datapledge/datapledge/service"
)

const (
	viewAge     = time.Minute     // afterwards it is read again, beside the calls
	viewTimeout = 3 * time.Second // for one peer to answer
)

// view is what the channel agreed on: who its members are, which chaincode
// they committed, and whose endorsements it takes.
type view struct {
	membership fab.ChannelMembership
	definition *lifecycle.QueryChaincodeDefinitionResult
	enough     policy
	read       time.Time
}

// channelView keeps the newest view. The old one serves while a newer one is
// being read, and for as long as none can be had.
type channelView struct {
	mu      sync.Mutex
	view    *view
	reading bool
}

// look returns the channel's view, read from whichever peer answers.
func (w *sdkWire) look(ctx context.Context) (*view, error) {
	w.view.mu.Lock()
	v, stale := w.view.view, w.view.view == nil || time.Since(w.view.view.read) > viewAge
	mine := stale && v != nil && !w.view.reading
	w.view.reading = w.view.reading || mine
	w.view.mu.Unlock()
	if v == nil {
		return w.readView(ctx)
	}
	if mine {
		w.refreshView()
	}
	return v, nil
}

// refreshView reads the view again while calls go on with the old one.
func (w *sdkWire) refreshView() {
	w.spawn(func() {
		if _, err := w.readView(w.stop); err != nil && w.stop.Err() == nil {
			w.o.Logger.Warn("the channel's configuration could not be read again", slog.String("error", err.Error()))
		}
		w.view.mu.Lock()
		w.view.reading = false
		w.view.mu.Unlock()
	})
}

// readView asks one peer after the other.
func (w *sdkWire) readView(ctx context.Context) (*view, error) {
	var errs []error
	for _, m := range w.preferred(queries) {
		v, err := w.viewOf(ctx, m)
		if err == nil {
			w.view.mu.Lock()
			w.view.view = v
			w.view.mu.Unlock()
			return v, nil
		}
		w.avoid(ctx, m, err)
		if errs = append(errs, err); ctx.Err() != nil {
			break
		}
	}
	return nil, fmt.Errorf("%w: no peer tells the configuration of channel %s: %w", service.ErrUnavailable, w.o.Channel, errors.Join(errs...))
}

func (w *sdkWire) viewOf(ctx context.Context, m *member) (*view, error) {
	ctx, cancel := w.request(ctx, viewTimeout)
	defer cancel()
	members, err := w.membership(ctx, m)
	if err != nil {
		return nil, fmt.Errorf("peer %s: channel %s: %w", m.URL(), w.o.Channel, err)
	}
	d, err := w.definition(ctx, m)
	if err != nil {
		return nil, fmt.Errorf("peer %s: chaincode %s: %w", m.URL(), w.o.Chaincode, err)
	}
	enough, err := endorsementPolicy(d.ValidationParameter, len(w.Members()))
	return &view{membership: members, definition: d, enough: enough, read: time.Now()}, err
}

// membership reads the channel's configuration block from m.
func (w *sdkWire) membership(ctx context.Context, m *member) (fab.ChannelMembership, error) {
	c, err := chconfig.New(w.o.Channel, chconfig.WithPeers([]fab.Peer{m}), chconfig.WithMinResponses(1), chconfig.WithMaxTargets(1))
	if err != nil {
		return nil, err
	}
	cfg, err := c.Query(ctx)
	if err != nil {
		return nil, err
	}
	return membership.New(membership.Context{Providers: w.client, EndpointConfig: w.client.EndpointConfig()}, cfg)
}

// definition is the chaincode definition that the members committed, as m tells it.
func (w *sdkWire) definition(ctx context.Context, m *member) (*lifecycle.QueryChaincodeDefinitionResult, error) {
	header, err := txn.NewHeader(w.client, w.o.Channel)
	if err != nil {
		return nil, err
	}
	req := &resource.QueryCommittedChaincodesRequest{Name: w.o.Chaincode}
	p, err := resource.NewLifecycle().CreateQueryCommittedProposal(header, req)
	if err != nil {
		return nil, err
	}
	r, err := w.ask(ctx, m, p)
	if err != nil {
		return nil, err
	}
	d := &lifecycle.QueryChaincodeDefinitionResult{}
	return d, unmarshal(r.ProposalResponse.GetResponse().GetPayload(), d)
}
