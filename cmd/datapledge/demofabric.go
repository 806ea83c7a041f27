package main

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"path/filepath"
	"time"

	"github.com/datapledge/datapledge/cmd/datapledge/demo"
	"github.com/datapledge/datapledge/network"
	"github.com/datapledge/datapledge/service/certificate"
	"github.com/datapledge/datapledge/service/node"
)

// startConsortium starts a consortium and its storage as processes of this
// machine, and a service beside them.
func (a *app) startConsortium(ctx context.Context, dir, tools string) (demo.Server, error) {
	c, err := freeConsortium()
	if err != nil {
		return demo.Server{}, err
	}
	keys := filepath.Join(dir, "keys")
	genesis, err := newNetworkGenesis(keys, c)
	if err != nil {
		return demo.Server{}, err
	}
	r, err := network.Up(ctx, network.Options{Dir: dir, Consortium: c, Genesis: genesis, Tools: tools, Log: sayer{a}})
	if err != nil {
		return demo.Server{}, networkHint(err)
	}
	server, err := serveBeside(ctx, dir, c, keys)
	if err != nil {
		return server, errors.Join(err, r.Down())
	}
	stop := server.Stop
	server.Stop = func() error { return errors.Join(stop(), r.Down()) }
	return server, nil
}

// serveBeside starts a service on a network that runs in dir.
func serveBeside(ctx context.Context, dir string, c network.Consortium, keys string) (demo.Server, error) {
	if err := writeConsortiumTrust(dir, c); err != nil {
		return demo.Server{}, err
	}
	server, err := startService(ctx, serviceFor(dir, c, true), keys)
	server.Trust = trustFile(dir)
	return server, err
}

// freeConsortium is the one that ships, on ports that nobody listens on now.
func freeConsortium() (network.Consortium, error) {
	c, err := network.Default()
	if err != nil {
		return c, err
	}
	return c.OnFreePorts()
}

// startService starts a service on a free port of this machine, and a court
// that receives its records, and an authority that stamps its blocks.
func startService(ctx context.Context, config node.Config, keys string) (demo.Server, error) {
	court, err := startCourt()
	if err != nil {
		return demo.Server{}, err
	}
	stamps, err := startAuthority(authorityDir(config.Data), "127.0.0.1:0")
	if err != nil {
		return demo.Server{}, errors.Join(err, court.stop(ctx))
	}
	config.Imprint.Sinks = append(config.Imprint.Sinks, court.sink())
	config.TimeStamps = stamps.stamping()
	server, err := startImprinted(ctx, config, keys, court)
	if err != nil {
		return server, errors.Join(err, court.stop(ctx), stamps.stop(ctx))
	}
	server.StampRoots = []string{string(stamps.RootPEM())}
	stop := server.Stop
	server.Stop = func() error { return errors.Join(stop(), court.stop(ctx), stamps.stop(ctx)) }
	return server, nil
}

func startImprinted(ctx context.Context, config node.Config, keys string, court *demoCourt) (demo.Server, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return demo.Server{}, err
	}
	config.PublicURL = "http://" + l.Addr().String()
	haveFont(ctx)
	n, err := node.Open(ctx, config, slog.New(slog.DiscardHandler))
	if err != nil {
		return demo.Server{}, errors.Join(err, l.Close())
	}
	trust, err := trustOf(config, n)
	if err == nil {
		err = court.open(filepath.Join(config.Data, "court"), keys, trust)
	}
	if err != nil {
		return demo.Server{}, errors.Join(err, n.Close(ctx), l.Close())
	}
	serving, stop := context.WithCancel(context.WithoutCancel(ctx))
	ended := make(chan error, 1)
	go func() { ended <- n.Serve(serving, l, time.Second) }()
	return demo.Server{
		URL: config.PublicURL, Keys: keys,
		Stop: func() error {
			stop()
			return errors.Join(<-ended, n.Close(context.WithoutCancel(ctx)))
		},
	}, nil
}

// haveFont fetches a font with Chinese where this machine has none. Without
// one the demonstration says why it prints no certificate.
func haveFont(ctx context.Context) {
	if _, err := certificate.CheckFonts(nil); err != nil {
		_, _ = certificate.FetchFont(ctx)
	}
}
