package network

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
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

	supervisor bool // this process is found by the folder's supervisor.pid
}

// Up makes a network, or starts the one that is in the folder, and returns
// when its chaincode answers. A folder's ledger is continued, and so is a
// start that was cut off.
func Up(ctx context.Context, o Options) (*Running, error) {
	l, err := o.layout()
	if err != nil {
		return nil, err
	}
	unlock, err := l.claim()
	if err != nil {
		return nil, err
	}
	r := &Running{l: l, log: o.Log, genesis: o.Genesis, nodes: map[string]*process{}, spawner: newSpawner(), unlock: unlock}
	if r.log == nil {
		r.log = io.Discard
	}
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
		{"", func(context.Context) error { return r.announce(o.supervisor) }},
		{"", func(context.Context) error { return r.l.writeDown(o.Genesis) }},
		{"", func(ctx context.Context) error { return r.findTools(ctx, o) }},
		{"checking that the ports are free", func(context.Context) error { return r.l.portsFree(!o.WithoutS3) }},
		{"making the members' keys and certificates", r.makeKeys},
		{"making the channels' first blocks", r.makeBlocks},
		{"starting the nodes", func(context.Context) error { return r.startAll(!o.WithoutS3) }},
		{"joining the orderers to the channels", r.joinOrderers},
		{"joining the peers to the channels", r.joinPeers},
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

// announce lets others find the process that runs the network.
func (r *Running) announce(supervisor bool) error {
	if !supervisor {
		return nil
	}
	unlock := r.unlock
	r.unlock = func() { _ = gone(supervisorFile(r.l.dir)); unlock() }
	return writePID(supervisorFile(r.l.dir), os.Getpid())
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

func (r *Running) findTools(ctx context.Context, o Options) (err error) {
	if o.Tools != "" {
		r.tools, err = toolsIn(o.Tools, !o.WithoutS3)
	} else {
		r.tools, err = r.buildTools(ctx, !o.WithoutS3)
	}
	return err
}
