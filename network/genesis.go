package network

import (
	"context"
	"encoding/json"
	"fmt"
	"os"

	"golang.org/x/sync/errgroup"
)

// info is what a member's chaincode says about itself.
type info struct {
	Chaincode    string `json:"chaincode"`
	RulesVersion string `json:"rules_version"`
	Channel      string `json:"channel"`
	Genesis      string `json:"genesis"`
}

// ask has a member's chaincode, through its peer, say what it is on a channel.
func (r *Running) ask(ctx context.Context, m Member, ch channel) (info, error) {
	out, err := r.peer(ctx, m, "chaincode", "query", "-C", ch.Name, "-n", ch.Chaincode, "-c", `{"Args":["info"]}`)
	if err != nil {
		return info{}, err
	}
	var i info
	if err := json.Unmarshal(out, &i); err != nil {
		return i, fmt.Errorf("the chaincode of %s answers %q: %w", m.Role, out, err)
	}
	return i, nil
}

// answering waits for every member's chaincode.
func (r *Running) answering(ctx context.Context) error {
	g, ctx := errgroup.WithContext(ctx)
	for _, m := range r.l.Members {
		for _, ch := range r.l.ChannelsOf(m) {
			g.Go(func() error {
				return r.await(ctx, chaincodeName(m), func(ctx context.Context) error {
					_, err := r.ask(ctx, m, ch)
					return err
				})
			})
		}
	}
	return g.Wait()
}

// begin writes the ledger's genesis, once. Every member endorses it: each
// compares it with its own copy.
func (r *Running) begin(ctx context.Context) error {
	text, err := os.ReadFile(r.l.path("genesis.json"))
	if err != nil {
		return err
	}
	call, err := json.Marshal(map[string][]string{"Args": {"genesis", string(text)}})
	if err != nil {
		return err
	}
	return insist(ctx, func(ctx context.Context) error {
		if begun, err := r.begun(ctx); err != nil || begun {
			return err
		}
		args := []string{"chaincode", "invoke", "-C", r.l.Channel, "-n", r.l.Chaincode.Name, "-c", string(call), "--waitForEvent"}
		_, err := r.peer(ctx, r.l.Members[0], append(append(args, r.ordererFlags(0)...), r.everyPeer(r.l.home())...)...)
		return err
	})
}

func (r *Running) begun(ctx context.Context) (bool, error) {
	i, err := r.ask(ctx, r.l.Members[0], r.l.home())
	return i.Genesis != "", err
}
