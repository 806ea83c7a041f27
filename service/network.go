package service

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/storage"
)

// Network is what anybody may know: which ledger this is, how far it is, who
// its members are, and whose keys sign what.
type Network struct {
	Channel string `json:"channel"`
	Ledger  string `json:"ledger"`
	Head
	Members            []pledge.Member `json:"members"`
	RulesVersion       string          `json:"rules_version"`
	GenesisHash        string          `json:"genesis_hash"`
	Operator           json.RawMessage `json:"operator,omitempty"`
	Custodian          string          `json:"custodian"`
	CustodianRecipient string          `json:"custodian_recipient,omitempty"`
	ServiceKey         json.RawMessage `json:"service_key"`
}

// Network describes the ledger and its members.
func (s *Service) Network(ctx context.Context) (Network, error) {
	head, err := s.o.Ledger.Head(ctx)
	if err != nil {
		return Network{}, fmt.Errorf("reading the head: %w", err)
	}
	return Network{
		Channel: s.info.Channel, Ledger: s.info.Kind, Head: head, Members: s.info.Genesis.Members,
		RulesVersion: pledge.RulesVersion, GenesisHash: s.info.GenesisHash, Operator: s.info.Operator,
		Custodian: s.o.Custodian.Party(), CustodianRecipient: s.o.Custodian.Recipient(), ServiceKey: s.o.Custodian.Public(),
	}, nil
}

// maxLag is how many blocks the index may be behind before the service says
// that it is not ready.
const maxLag = 1000

// Check is one thing that readiness depends on, and why it fails. Details
// are for strangers too: they name no address and no path.
type Check struct {
	Name   string `json:"name"`
	OK     bool   `json:"ok"`
	Detail string `json:"detail"`
}

// Ready says whether ledger and bucket can be reached and the index follows.
func (s *Service) Ready(ctx context.Context) []Check {
	return []Check{s.ledgerReady(ctx), s.bucketReady(ctx), s.indexReady(ctx)}
}

func (s *Service) ledgerReady(ctx context.Context) Check {
	head, err := s.o.Ledger.Head(ctx)
	if err != nil {
		return s.notReady(ctx, "ledger", "the ledger cannot be read", err)
	}
	// None to submit: a ledger that takes no more commands says so all the same.
	if _, err := s.o.Ledger.Submit(ctx, nil); err != nil {
		return s.notReady(ctx, "ledger", "the ledger takes no commands", err)
	}
	return Check{"ledger", true, fmt.Sprintf("height %d", head.Height)}
}

func (s *Service) bucketReady(ctx context.Context) Check {
	if s.o.Probe == nil {
		return Check{"bucket", true, "not probed"}
	}
	err := s.o.Probe(ctx)
	var found storage.FindingsError
	switch {
	case errors.As(err, &found):
		// The remedy names no addresses; the cause is for the log.
		return s.notReady(ctx, "bucket", "the bucket is not usable: "+found[0].Check+": "+found[0].Remedy, err)
	case errors.Is(err, storage.ErrNoSpace):
		return s.notReady(ctx, "bucket", "the disk or the bucket is full", err)
	case err != nil:
		return s.notReady(ctx, "bucket", "the bucket cannot be reached", err)
	}
	return Check{"bucket", true, "reachable"}
}

func (s *Service) indexReady(ctx context.Context) Check {
	if r := s.o.Index.Regressed(); r != nil {
		return s.notReady(ctx, "index", fmt.Sprintf("the ledger lacks block %d, which was seen on it before", r.Lost.Height), ErrRegressed)
	}
	lag, err := s.Lag(ctx)
	if err != nil {
		return s.notReady(ctx, "index", "the index cannot be read", err)
	}
	detail := fmt.Sprintf("%d blocks behind the ledger", lag)
	return Check{"index", lag <= maxLag, detail}
}

func (s *Service) notReady(ctx context.Context, name, detail string, err error) Check {
	s.o.Logger.ErrorContext(ctx, "not ready", "check", name, "error", err)
	var trouble *Trouble
	if errors.As(err, &trouble) {
		detail += ": " + trouble.Cause + "; " + trouble.Remedy
	}
	return Check{name, false, detail}
}

// Lag is how many blocks the index is behind the ledger.
func (s *Service) Lag(ctx context.Context) (uint64, error) {
	head, err := s.o.Ledger.Head(ctx)
	if err != nil {
		return 0, err
	}
	indexed, err := s.o.Index.Head(ctx)
	if err != nil {
		return 0, err
	}
	return head.Height - min(head.Height, indexed.Height), nil
}
