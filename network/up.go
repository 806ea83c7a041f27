package network

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"time"

	"github.com/datapledge/datapledge/pledge"
)

// Options say what network to run, and where.
type Options struct {
	Dir        string // everything is kept here
	Consortium Consortium
	Genesis    pledge.Genesis // what the ledger starts from
	Tools      string         // a folder with ready-made programs; "": they are built once and kept
	Log        io.Writer      // what is going on, in lines
	WithoutS3  bool
}

// Up makes a network, or starts the one that is in the folder, and returns
// when its chaincode answers. The ledger of a folder is continued, whatever
// became of the last start.
func Up(ctx context.Context, o Options) (*Running, error) {
	if o.Log == nil {
		o.Log = io.Discard
	}
	dir, err := filepath.Abs(o.Dir)
	if err != nil {
		return nil, err
	}
	r := &Running{l: layout{o.Consortium, dir}, genesis: o.Genesis, log: o.Log, nodes: map[string]*process{}, spawner: newSpawner(), unlock: func() {}}
	if err := r.up(ctx, o); err != nil {
		return nil, errors.Join(err, r.Down())
	}
	return r, nil
}

func (r *Running) up(ctx context.Context, o Options) error {
	for _, s := range []struct {
		what string
		do   func(context.Context) error
	}{
		{"", func(context.Context) error { return r.claim() }},
		{"", func(ctx context.Context) error { return r.findTools(ctx, o) }},
		{"checking that the ports are free", func(context.Context) error { return r.portsFree(!o.WithoutS3) }},
		{"making the members' keys and certificates", r.makeKeys},
		{"making the channel's first block", r.makeBlock},
		{"starting the nodes", func(context.Context) error { return r.startAll(!o.WithoutS3) }},
		{"joining the orderers to the channel", r.joinOrderers},
		{"joining the peers to the channel", r.joinPeers},
		{"installing, approving and committing the chaincode", r.define},
		{"waiting for every member's chaincode to answer", r.answering},
		{"writing the ledger's genesis", r.begin},
		{"waiting for the storage", func(ctx context.Context) error { return r.storage(ctx, !o.WithoutS3) }},
	} {
		if err := r.step(ctx, s.what, s.do); err != nil {
			return err
		}
	}
	return nil
}

// step does one thing and tells how long it took.
func (r *Running) step(ctx context.Context, what string, do func(context.Context) error) error {
	if what == "" {
		return do(ctx)
	}
	began := time.Now()
	if err := do(ctx); err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	r.say("%-55s %5.1f s", what, time.Since(began).Seconds())
	return nil
}

// claim takes the folder, and writes down what the network is made from.
func (r *Running) claim() error {
	if err := r.l.Check(); err != nil {
		return fmt.Errorf("the consortium: %w", err)
	}
	if err := os.MkdirAll(r.l.dir, 0o700); err != nil {
		return err
	}
	text, err := r.l.text()
	if err != nil {
		return err
	}
	genesis, err := json.MarshalIndent(r.genesis, "", "  ")
	if err != nil {
		return err
	}
	return files{"consortium.json": text, "genesis.json": append(genesis, '\n')}.write(r.l.dir)
}

func (r *Running) findTools(ctx context.Context, o Options) (err error) {
	if o.Tools != "" {
		r.tools, err = toolsIn(o.Tools, !o.WithoutS3)
	} else {
		r.tools, err = r.buildTools(ctx, !o.WithoutS3)
	}
	return err
}

// portsFree tells every port that somebody else listens on.
func (r *Running) portsFree(withS3 bool) error {
	var taken []error
	for _, p := range r.l.ports() {
		if p.node == s3Name && !withS3 {
			continue
		}
		c, err := net.Listen("tcp", local(p.number))
		if err != nil {
			taken = append(taken, fmt.Errorf("%s cannot have port %d (%s): %w", p.node, p.number, p.use, err))
			continue
		}
		_ = c.Close()
	}
	return errors.Join(taken...)
}

func (r *Running) startAll(withS3 bool) error {
	if err := r.write(withS3); err != nil {
		return err
	}
	if err := r.programs(withS3); err != nil {
		return err
	}
	for _, name := range r.Names() {
		if err := r.Start(name); err != nil {
			return err
		}
	}
	return nil
}

// write renders what the nodes read. It depends on consortium.json and the
// keys only: every start writes the same.
func (r *Running) write(withS3 bool) error {
	out, err := r.l.nodeFiles()
	if err != nil {
		return err
	}
	scripts, err := builderFiles()
	if err != nil {
		return err
	}
	if err := errors.Join(out.write(r.l.dir), scripts.write(r.l.dir)); err != nil {
		return err
	}
	for _, m := range r.l.Members {
		if err := r.l.chaincodePairs(m); err != nil {
			return err
		}
	}
	if withS3 {
		return r.l.s3Files()
	}
	return nil
}

func (r *Running) storage(ctx context.Context, withS3 bool) error {
	if !withS3 {
		return nil
	}
	return r.await(ctx, s3Name, r.l.storageHealth)
}
