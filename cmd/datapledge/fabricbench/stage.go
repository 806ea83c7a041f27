package fabricbench

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"path/filepath"
	"time"

	"github.com/datapledge/datapledge/network"
	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service/client"
	"github.com/datapledge/datapledge/service/fabric"
	"github.com/datapledge/datapledge/service/ledgertest/actors"
	"github.com/datapledge/datapledge/service/node"
)

// aloneInFlight is how many transactions of one command are under way at once.
const aloneInFlight = 96

// stage is a network with the SDK's own client. Of the two services, one of
// which sends every command in a transaction of its own, only the one that is
// measured runs: each would follow the blocks of the other.
type stage struct {
	o     Options
	net   *network.Running
	cast  *actors.Cast
	made  int // numbers commands, so that no two are alike
	key   *client.Key
	plain *fabric.Plain
	ends  []func() error
}

// setting is how a service sends commands; its name is its folder.
type setting struct {
	name                  string
	maxCommands, inFlight int
}

var (
	grouped = setting{"group", 0, 0}
	single  = setting{"single", 1, aloneInFlight}
)

func newStage(ctx context.Context, o Options) (_ *stage, err error) {
	s := &stage{o: o, cast: actors.NewCast(o.Consortium.Channel)}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.close())
		}
	}()
	s.net, err = network.Up(ctx, network.Options{Dir: filepath.Join(o.Dir, "network"), Consortium: o.Consortium, Genesis: s.cast.Genesis(),
		Tools: o.Tools, Log: o.Log, WithoutS3: true})
	if err != nil {
		return s, err
	}
	s.ends = append(s.ends, s.net.Down)
	if s.key, err = client.New(client.Ed25519, s.cast.Exchange.USCC, pledge.ScopeAdmin); err != nil {
		return s, err
	}
	if err := s.key.Save(s.keyFile(), ""); err != nil {
		return s, err
	}
	if err := s.enrol(ctx); err != nil {
		return s, err
	}
	return s, s.openPlain(ctx)
}

func (s *stage) keyFile() string { return filepath.Join(s.o.Dir, "exchange.jwk") }

func (s *stage) enrol(ctx context.Context) error {
	return s.serving(ctx, grouped, func(c *client.Client) error {
		_, err := cleared(c.SubmitAll(ctx, []string{s.cast.Enroll(s.cast.Enterprise)}))
		return err
	})
}

func (s *stage) openPlain(ctx context.Context) (err error) {
	var targets []string
	for _, role := range []pledge.Role{pledge.RoleIPCentre, pledge.RoleNotary} {
		m, _ := s.o.Consortium.Member(role)
		targets = append(targets, m.Peer.Host)
	}
	s.plain, err = fabric.OpenPlain(fabric.Options{Profile: s.net.Profile(pledge.RoleExchange), Channel: s.o.Consortium.Channel,
		Chaincode: s.o.Consortium.Chaincode.Name, Logger: slog.New(slog.DiscardHandler)}, targets...)
	if err != nil {
		return err
	}
	s.ends = append(s.ends, func() error { s.plain.Close(); return nil })
	return s.warm(ctx)
}

// warm has the SDK open its connections before anything is timed.
func (s *stage) warm(ctx context.Context) (err error) {
	for try := range 10 {
		if err = s.plain.Submit(ctx, s.signed(kinds()[0], 1)[0]); err == nil || ctx.Err() != nil {
			return err
		}
		time.Sleep(time.Duration(try) * 200 * time.Millisecond)
	}
	return fmt.Errorf("the SDK's own client: %w", err)
}

func (s *stage) config(w setting) node.Config {
	c := node.Default()
	c.Channel, c.Data, c.Keys.CustodianFile = s.o.Consortium.Channel, filepath.Join(s.o.Dir, w.name), s.keyFile()
	c.Limits.RatePerAddress, c.Limits.RatePerParty = -1, -1
	c.Ledger = node.Ledger{Kind: "fabric", ProfileFile: s.net.Profile(pledge.RoleExchange), MaxCommands: w.maxCommands, MaxInFlight: w.inFlight, CommitTimeout: node.Duration(time.Minute)}
	return c
}

// serving runs a service, and do with a client of its API.
func (s *stage) serving(ctx context.Context, w setting, do func(*client.Client) error) (err error) {
	n, err := node.Open(ctx, s.config(w), slog.New(slog.DiscardHandler))
	if err != nil {
		return fmt.Errorf("starting the service %q: %w", w.name, err)
	}
	defer func() { err = errors.Join(err, n.Close(context.WithoutCancel(ctx))) }()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	running, stop := context.WithCancel(context.WithoutCancel(ctx))
	ended := make(chan error, 1)
	go func() { ended <- n.Serve(running, l, time.Second) }()
	defer func() { stop(); err = errors.Join(err, <-ended) }()
	c, err := client.Dial("http://"+l.Addr().String(), s.key, client.Options{Now: time.Now})
	if err != nil {
		return err
	}
	return do(c)
}

// close ends everything, the last that was started first.
func (s *stage) close() error {
	var faults []error
	for i := len(s.ends) - 1; i >= 0; i-- {
		faults = append(faults, s.ends[i]())
	}
	return errors.Join(faults...)
}

// cleared makes an error of any outcome that is not applied for the first time.
func cleared(out []pledge.Outcome, err error) (int, error) {
	if err != nil {
		return 0, err
	}
	for _, o := range out {
		if o.Status != pledge.Applied || o.Duplicate {
			return 0, fmt.Errorf("command %s: %s %s %s", o.CommandID, o.Status, o.Code, o.Detail)
		}
	}
	return len(out), nil
}
