package network

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/sync/errgroup"
)

// define installs the chaincode with every member, has every member approve
// it for its channels, and commits the definitions; what is done already stays.
func (r *Running) define(ctx context.Context) error {
	if done, err := r.allDefined(ctx); err != nil || done {
		return err
	}
	g, part := errgroup.WithContext(ctx)
	for i, m := range r.l.Members {
		g.Go(func() error { return r.agree(part, i, m) })
	}
	if err := g.Wait(); err != nil {
		return err
	}
	return r.each(ctx, func(ctx context.Context, ch channel) error {
		return insist(ctx, func(ctx context.Context) error { return r.commit(ctx, ch) })
	})
}

// agree has one member install the chaincode, and approve it.
func (r *Running) agree(ctx context.Context, nth int, m Member) error {
	if err := r.install(ctx, m); err != nil {
		return err
	}
	g, ctx := errgroup.WithContext(ctx)
	for _, ch := range r.l.ChannelsOf(m) {
		g.Go(func() error {
			return insist(ctx, func(ctx context.Context) error { return r.approve(ctx, nth, m, ch) })
		})
	}
	return g.Wait()
}

// commit puts the definition in force.
func (r *Running) commit(ctx context.Context, ch channel) error {
	if done, err := r.defined(ctx, ch); err != nil || done {
		return err
	}
	args := append([]string{"lifecycle", "chaincode", "commit"}, r.definition(ch)...)
	_, err := r.peer(ctx, ch.Members[0], append(append(args, r.ordererFlags(0)...), r.everyPeer(ch)...)...)
	return err
}

func (r *Running) allDefined(ctx context.Context) (bool, error) {
	all := make(chan bool, len(r.l.channels()))
	err := r.each(ctx, func(ctx context.Context, ch channel) error {
		done, err := r.defined(ctx, ch)
		all <- done
		return err
	})
	for range r.l.channels() {
		if err != nil || !<-all {
			return false, err
		}
	}
	return true, nil
}

// defined tells whether the definition that consortium.json asks for is in
// force.
func (r *Running) defined(ctx context.Context, ch channel) (bool, error) {
	out, err := r.peer(ctx, ch.Members[0], "lifecycle", "chaincode", "querycommitted", "-C", ch.Name, "-O", "json")
	if err != nil {
		return false, err
	}
	var list struct {
		Definitions []struct {
			Name     string `json:"name"`
			Version  string `json:"version"`
			Sequence int    `json:"sequence"`
		} `json:"chaincode_definitions"`
	}
	if err := json.Unmarshal(out, &list); err != nil {
		return false, fmt.Errorf("reading the committed definitions: %w", err)
	}
	for _, d := range list.Definitions {
		if d.Name == ch.Chaincode {
			return d.Version == r.l.Chaincode.Version && d.Sequence == r.l.Chaincode.Sequence, nil
		}
	}
	return false, nil
}

// definition are the flags that every member must give alike.
func (r *Running) definition(ch channel) []string {
	rule, _ := ch.rule() // Check has
	c := r.l.Chaincode
	return []string{"-C", ch.Name, "-n", ch.Chaincode, "-v", c.Version, "--sequence", strconv.Itoa(c.Sequence), "--signature-policy", rule}
}

func (r *Running) install(ctx context.Context, m Member) error {
	pkg, err := r.l.ccPackage(m)
	if err != nil {
		return err
	}
	path := r.l.node(chaincodeName(m), "package.tar.gz")
	if err := writeFile(path, pkg.Data, 0o600); err != nil {
		return err
	}
	_, err = r.peer(ctx, m, "lifecycle", "chaincode", "install", path)
	if err != nil && strings.Contains(err.Error(), "already successfully installed") {
		return nil
	}
	return err
}

func (r *Running) approve(ctx context.Context, nth int, m Member, ch channel) error {
	pkg, err := r.l.ccPackage(m)
	if err != nil {
		return err
	}
	args := append([]string{"lifecycle", "chaincode", "approveformyorg", "--package-id", pkg.ID}, r.definition(ch)...)
	_, err = r.peer(ctx, m, append(args, r.ordererFlags(nth)...)...)
	// A start that was cut off had got so far.
	if err != nil && strings.Contains(err.Error(), "unchanged content") {
		return nil
	}
	return err
}
