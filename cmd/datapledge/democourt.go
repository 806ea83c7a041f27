package main

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service/client"
	"github.com/datapledge/datapledge/service/evidence"
	"github.com/datapledge/datapledge/service/imprint"
	"github.com/datapledge/datapledge/service/imprint/receiver"
	"github.com/datapledge/datapledge/service/node"
)

// demoCourt is a court's end of the imprint in this process. What comes before
// it knows which ledger to believe waits: the service is started first.
type demoCourt struct {
	url    string
	server *http.Server
	opened chan struct{}
	inner  http.Handler
	ended  chan error
}

func startCourt() (*demoCourt, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	c := &demoCourt{url: "http://" + l.Addr().String(), opened: make(chan struct{}), ended: make(chan error, 1)}
	c.server = &http.Server{Handler: c, ReadHeaderTimeout: 10 * time.Second}
	go func() { c.ended <- c.server.Serve(l) }()
	return c, nil
}

func (c *demoCourt) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	select {
	case <-c.opened:
		c.inner.ServeHTTP(w, r)
	case <-r.Context().Done():
	}
}

// sink is how the service's configuration names the court. Its key is made
// later, at the first start.
func (c *demoCourt) sink() node.Sink {
	return node.Sink{Name: "court", Kind: "http", URL: c.url, Party: node.TrialParty(pledge.RoleCourt)}
}

// open takes the court's key from the folder of the members' keys.
func (c *demoCourt) open(dir, keys string, trust evidence.Trust) error {
	court, err := client.Load(filepath.Join(keys, "court.jwk"), nil)
	if err != nil {
		return err
	}
	exchange, err := client.Load(filepath.Join(keys, "exchange.jwk"), nil)
	if err != nil {
		return err
	}
	v, err := imprint.NewVerifier([]json.RawMessage{exchange.Public()}, "", freshness, time.Now)
	if err != nil {
		return err
	}
	if c.inner, err = receiver.New(receiver.Options{Dir: dir, Key: court, Trust: trust, Verifier: v}); err == nil {
		close(c.opened)
	}
	return err
}

func (c *demoCourt) stop(ctx context.Context) error {
	wait, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer cancel()
	if err := c.server.Shutdown(wait); err != nil {
		return errors.Join(c.server.Close(), notClosed(<-c.ended))
	}
	return notClosed(<-c.ended)
}

// trustOf is what the court believes: the consortium's trust file, or the
// word of a ledger of one's own.
func trustOf(config node.Config, n *node.Node) (evidence.Trust, error) {
	if config.Ledger.TrustFile == "" {
		return evidence.TrustOf(n.Ledger().Info()), nil
	}
	text, err := os.ReadFile(config.Ledger.TrustFile)
	if err != nil {
		return evidence.Trust{}, err
	}
	return evidence.ParseTrust(text)
}
