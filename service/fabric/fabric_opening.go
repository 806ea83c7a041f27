package fabric

import (
	"context"
	"errors"
	"fmt"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
)

// checkNetwork fails with words that say what to do when the channel is not
// ready to be used.
func (l *Ledger) checkNetwork(ctx context.Context) error {
	info, err := l.membersInfo(ctx)
	want := l.options.ChaincodeVersion
	switch {
	case err != nil:
		return fmt.Errorf("chaincode %s: %w", l.options.Chaincode, err)
	case info.Channel != l.options.Channel:
		return fmt.Errorf("chaincode %s answers for channel %q", l.options.Chaincode, info.Channel)
	case info.RulesVersion != pledge.RulesVersion:
		return fmt.Errorf("the chaincode has version %q of the rules, this service %q: upgrade the older one", info.RulesVersion, pledge.RulesVersion)
	case want != "" && info.Chaincode != want:
		return fmt.Errorf("the chaincode has version %q, %q is wanted", info.Chaincode, want)
	case info.Genesis == "":
		return fmt.Errorf("the channel has no genesis record yet: a member submits the chaincode's genesis transaction first")
	}
	return nil
}

// identify reads which ledger this is from the verified copy.
func (l *Ledger) identify(ctx context.Context) error {
	if err := l.attached(ctx); err != nil {
		return err
	}
	for {
		// Before the genesis: the block that brings it is then still to come.
		head, herr := l.chain.head()
		g, _, ok, err := l.chain.genesis()
		if ok && err == nil {
			l.info = service.LedgerInfo{Kind: "fabric", Channel: l.options.Channel, Genesis: g, GenesisHash: l.chain.genesisHash()}
			return nil
		}
		if err != nil && !errors.Is(err, service.ErrUnavailable) {
			return err
		}
		next := head.Height + 1
		if herr != nil {
			next = 0
		}
		if werr := l.chain.waitFor(ctx, next); werr != nil {
			return fmt.Errorf("no block with the genesis record was read: %w", errors.Join(werr, err))
		}
	}
}

// attached returns when the copy knows whom to ask: a read before that would
// be refused.
func (l *Ledger) attached(ctx context.Context) error {
	for {
		_, grown, _ := l.chain.look()
		if l.chain.currentWire() != nil {
			return nil
		}
		select {
		case <-grown:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
