package network

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"os"
	"strings"

	"golang.org/x/sync/errgroup"
)

// joinOrderers makes the consenters the channel's, once they listen.
func (r *Running) joinOrderers(ctx context.Context) error {
	g, ctx := errgroup.WithContext(ctx)
	for _, m := range r.l.consenters() {
		g.Go(func() error { return r.joinOrderer(ctx, m) })
	}
	return g.Wait()
}

func (r *Running) joinOrderer(ctx context.Context, m Member) error {
	name := "orderer." + string(m.Role)
	c, err := r.l.secure(m)
	if err != nil {
		return err
	}
	url := "https://" + local(m.Orderer.Admin) + "/participation/v1/channels"
	status := 0
	if err := r.await(ctx, name, func(ctx context.Context) (err error) {
		status, _, err = fetch(ctx, c, url+"/"+r.l.Channel)
		return err
	}); err != nil {
		return err
	}
	if status == http.StatusNotFound {
		if err := r.post(ctx, c, url); err != nil {
			return fmt.Errorf("joining %s to the channel: %w", name, err)
		}
	}
	return r.await(ctx, name, func(ctx context.Context) error { return active(ctx, c, url+"/"+r.l.Channel) })
}

// post hands an orderer the channel's first block (its channel participation
// API, as osnadmin does).
func (r *Running) post(ctx context.Context, c *http.Client, url string) error {
	block, err := os.ReadFile(r.l.genesisBlock())
	if err != nil {
		return err
	}
	var b bytes.Buffer
	form := multipart.NewWriter(&b)
	part, err := form.CreateFormFile("config-block", "genesis.block")
	if err != nil {
		return err
	}
	_, _ = part.Write(block)
	_ = form.Close()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, &b)
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", form.FormDataContentType())
	return created(c.Do(req))
}

func created(res *http.Response, err error) error {
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusCreated {
		text, _ := io.ReadAll(io.LimitReader(res.Body, 4096))
		return fmt.Errorf("HTTP status %d: %s", res.StatusCode, bytes.TrimSpace(text))
	}
	return nil
}

func active(ctx context.Context, c *http.Client, url string) error {
	_, body, err := fetch(ctx, c, url)
	if err != nil {
		return err
	}
	var info struct{ Status, ConsensusRelation string }
	if err := json.Unmarshal(body, &info); err != nil {
		return err
	}
	if info.Status != "active" || info.ConsensusRelation != "consenter" {
		return fmt.Errorf("the channel is %s, the orderer its %s", info.Status, info.ConsensusRelation)
	}
	return nil
}

// joinPeers makes the peers the channel's, once they are well.
func (r *Running) joinPeers(ctx context.Context) error {
	g, ctx := errgroup.WithContext(ctx)
	for _, m := range r.l.Members {
		g.Go(func() error { return r.joinPeer(ctx, m) })
	}
	return g.Wait()
}

func (r *Running) joinPeer(ctx context.Context, m Member) error {
	name := "peer." + string(m.Role)
	err := r.await(ctx, name, func(ctx context.Context) error {
		return errors.Join(healthz(ctx, m.Peer.Operations), r.serves(ctx, m))
	})
	if err != nil {
		return err
	}
	if n, err := height(ctx, m.Peer.Operations, r.l.Channel); err != nil || n > 0 {
		return err
	}
	_, err = r.peer(ctx, m, "channel", "join", "-b", r.l.genesisBlock())
	return err
}

// serves tells whether a peer takes calls: it is well a moment before.
func (r *Running) serves(ctx context.Context, m Member) error {
	c, err := r.l.secure(m)
	if err != nil {
		return err
	}
	_, _, err = fetch(ctx, c, "https://"+local(m.Peer.Port)+"/")
	if err != nil && strings.Contains(err.Error(), "malformed HTTP response") {
		return nil // gRPC speaks
	}
	return err
}
