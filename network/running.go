package network

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"os/exec"
	"slices"
	"sync"

	"github.com/datapledge/datapledge/pledge"
)

// Running is a network that this process keeps running: a program that dies
// is started again, and all of them end with this process.
type Running struct {
	l       layout
	tools   tools
	genesis pledge.Genesis
	log     io.Writer
	spawner *spawner
	nodes   map[string]*process
	unlock  func()
	once    sync.Once
}

// Dir is the network's folder.
func (r *Running) Dir() string { return r.l.dir }

// Consortium is what the network was made from.
func (r *Running) Consortium() Consortium { return r.l.Consortium }

// Genesis is what its ledger began with.
func (r *Running) Genesis() pledge.Genesis { return r.genesis }

// Names are the nodes: orderer.<role>, peer.<role>, chaincode.<role>, s3.
func (r *Running) Names() []string { return slices.Sorted(maps.Keys(r.nodes)) }

// Profile is the path of a member's connection profile.
func (r *Running) Profile(role pledge.Role) string {
	return r.l.path("profile", string(role)+".yaml")
}

func (r *Running) named(name string, do func(*process) error) error {
	p := r.nodes[name]
	if p == nil {
		return fmt.Errorf("there is no node %q; there are %v", name, r.Names())
	}
	return do(p)
}

// Stop kills a node (SIGKILL); it stays down until Start.
func (r *Running) Stop(name string) error {
	return r.named(name, func(p *process) error { return p.stop(false) })
}

// Start starts a node again that Stop ended.
func (r *Running) Start(name string) error {
	return r.named(name, (*process).start)
}

// Kill kills a node (SIGKILL); it is started again, as after any crash.
func (r *Running) Kill(name string) error {
	return r.named(name, (*process).kill)
}

// PID is the process of a node, 0 when it does not run.
func (r *Running) PID(name string) int {
	if p := r.nodes[name]; p != nil {
		return p.pid()
	}
	return 0
}

// Down ends all nodes, gently, and leaves their data for the next Up.
func (r *Running) Down() error {
	var list []error
	r.once.Do(func() {
		ends := make(chan error)
		for _, p := range r.nodes {
			go func() { ends <- p.stop(true) }()
		}
		for range r.nodes {
			list = append(list, <-ends)
		}
		r.spawner.close()
		r.unlock()
	})
	return errors.Join(list...)
}

func (r *Running) say(format string, args ...any) { fmt.Fprintf(r.log, format+"\n", args...) }

// add makes a node, which is not started yet.
func (r *Running) add(p program) {
	p.dir = r.l.node(p.name)
	r.nodes[p.name] = &process{program: p, spawn: func(c *exec.Cmd) error { return r.spawner.start(c) }}
}
