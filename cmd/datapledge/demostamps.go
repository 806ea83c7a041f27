package main

import (
	"context"
	"errors"
	"net"
	"net/http"
	"path/filepath"
	"time"

	"github.com/datapledge/datapledge/service/node"
	"github.com/datapledge/datapledge/service/timestamp/local"
)

// demoAuthority is a time-stamping authority in this process, below a folder.
type demoAuthority struct {
	*local.Authority
	url, roots string
	server     *http.Server
	ended      chan error
}

func startAuthority(dir, listen string) (*demoAuthority, error) {
	a, err := local.Open(dir, time.Now)
	if err != nil {
		return nil, err
	}
	l, err := net.Listen("tcp", listen)
	if err != nil {
		return nil, err
	}
	d := &demoAuthority{Authority: a, url: "http://" + l.Addr().String(), roots: local.RootFile(dir), ended: make(chan error, 1),
		server: &http.Server{Handler: a, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 30 * time.Second}}
	go func() { d.ended <- d.server.Serve(l) }()
	return d, nil
}

// stamping is how a demonstration's service asks it: often, for nobody minds.
func (d *demoAuthority) stamping() node.TimeStamps {
	return node.TimeStamps{URL: d.url, RootsFile: d.roots, Every: node.Duration(200 * time.Millisecond)}
}

func (d *demoAuthority) stop(ctx context.Context) error {
	err := d.server.Shutdown(context.WithoutCancel(ctx))
	if ended := <-d.ended; !errors.Is(ended, http.ErrServerClosed) {
		err = errors.Join(err, ended)
	}
	return err
}

func authorityDir(data string) string { return filepath.Join(data, "authority") }
