package network

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
)

// Status is how a network is.
type Status struct {
	Dir        string       `json:"dir"`
	Channel    string       `json:"channel"`
	Supervisor int          `json:"supervisor"` // process, 0: none
	Up         bool         `json:"up"`         // every node is well
	Height     uint64       `json:"height"`     // blocks of the channel, the most that a peer has
	Nodes      []NodeStatus `json:"nodes"`
}

// NodeStatus is how one process is. Height is in blocks, of orderers and
// peers only.
type NodeStatus struct {
	Name   string `json:"name"`
	PID    int    `json:"pid"` // 0: does not run
	Port   int    `json:"port"`
	Height uint64 `json:"height,omitempty"`
	Well   bool   `json:"well"`
	Detail string `json:"detail,omitempty"`
}

// Examine asks every node of the network in a folder how it is.
func Examine(ctx context.Context, dir string) (Status, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return Status{}, err
	}
	c, err := Load(filepath.Join(dir, "consortium.json"))
	if err != nil {
		return Status{}, fmt.Errorf("there is no network in %s: %w", dir, err)
	}
	l := layout{c, dir}
	s := Status{Dir: dir, Channel: c.Channel, Supervisor: readPID(supervisorFile(dir)), Up: true, Nodes: l.examine(ctx)}
	for _, n := range s.Nodes {
		s.Up = s.Up && n.Well
		if n.Height > s.Height {
			s.Height = n.Height
		}
	}
	return s, nil
}

// probe asks one node for its height, where it has one.
type probe struct {
	name string
	port int
	ask  func(context.Context) (uint64, error)
}

func (l layout) examine(ctx context.Context) []NodeStatus {
	list := l.probes()
	out := make([]NodeStatus, len(list))
	var wg sync.WaitGroup
	for i, p := range list {
		wg.Go(func() { out[i] = l.examineOne(ctx, p) })
	}
	wg.Wait()
	return out
}

func (l layout) examineOne(ctx context.Context, p probe) NodeStatus {
	n := NodeStatus{Name: p.name, Port: p.port, PID: readPID(l.node(p.name, "pid"))}
	if n.PID == 0 {
		n.Detail = "does not run"
		return n
	}
	height, err := p.ask(ctx)
	if err != nil {
		n.Detail = err.Error()
		return n
	}
	n.Height, n.Well = height, true
	return n
}

func (l layout) probes() []probe {
	var list []probe
	for _, m := range l.consenters() {
		list = append(list, probe{"orderer." + string(m.Role), m.Orderer.Port, l.joined(m.Orderer.Operations)})
	}
	for _, m := range l.Members {
		list = append(list, probe{"peer." + string(m.Role), m.Peer.Port, l.joined(m.Peer.Operations)},
			probe{chaincodeName(m), m.Peer.Chaincode, func(ctx context.Context) (uint64, error) { return 0, l.greet(ctx, m) }})
	}
	if exists(l.node(s3Name)) {
		list = append(list, probe{s3Name, l.Storage.Port, func(ctx context.Context) (uint64, error) { return 0, l.storageHealth(ctx) }})
	}
	return list
}

// joined asks an orderer or a peer whether it is well and has the channel.
func (l layout) joined(operations int) func(context.Context) (uint64, error) {
	return func(ctx context.Context) (uint64, error) {
		if err := healthz(ctx, operations); err != nil {
			return 0, err
		}
		n, err := height(ctx, operations, l.Channel)
		if err == nil && n == 0 {
			err = errors.New("has not joined the channel")
		}
		return n, err
	}
}

// greet connects to a member's chaincode as its peer does.
func (l layout) greet(ctx context.Context, m Member) error {
	conf, err := l.tlsConfig(m, l.node(chaincodeName(m), "tls", "client"))
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	c, err := (&tls.Dialer{Config: conf}).DialContext(ctx, "tcp", local(m.Peer.Chaincode))
	if err != nil {
		return err
	}
	return c.Close()
}
