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

// joinOrderers makes the consenters the channels', once they listen.
func (r *Running) joinOrderers(ctx context.Context) error {
	g, ctx := errgroup.WithContext(ctx)
	for _, m := range r.l.consenters() {
		for _, ch := range r.l.channels() {
			g.Go(func() error { return r.joinOrderer(ctx, m, ch) })
		}
	}
	return g.Wait()
}

func (r *Running) joinOrderer(ctx context.Context, m Member, ch channel) error {
	name := "orderer." + string(m.Role)
	c, err := r.l.secure(m)
	if err != nil {
		return err
	}
	url := "https://" + local(m.Orderer.Admin) + "/participation/v1/channels"
	status := 0
	if err := r.await(ctx, name, func(ctx context.Context) (err error) {
		status, _, err = fetch(ctx, c, url+"/"+ch.Name)
		return err
	}); err != nil {
		return err
	}
	if status == http.StatusNotFound {
		if err := r.post(ctx, c, url, ch); err != nil {
			return fmt.Errorf("joining %s to channel %s: %w", name, ch.Name, err)
		}
	}
	return r.await(ctx, name, func(ctx context.Context) error { return active(ctx, c, url+"/"+ch.Name) })
}

// post hands an orderer the channel's first block (its channel participation
// API, as osnadmin does).
func (r *Running) post(ctx context.Context, c *http.Client, url string, ch channel) error {
	block, err := os.ReadFile(r.l.firstBlock(ch))
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

// joinPeers makes the peers the channels', once they are well.
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
	g, ctx := errgroup.WithContext(ctx)
	for _, ch := range r.l.ChannelsOf(m) {
		g.Go(func() error { return r.joinChannel(ctx, m, ch) })
	}
	return g.Wait()
}

func (r *Running) joinChannel(ctx context.Context, m Member, ch channel) error {
	n, err := height(ctx, m.Peer.Operations, ch.Name)
	if err != nil || n > 0 {
		return err
	}
	_, err = r.peer(ctx, m, "channel", "join", "-b", r.l.firstBlock(ch))
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
