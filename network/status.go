package network

import (
	"context"
	"crypto/tls"
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
	Height     uint64       `json:"height"`     // blocks of the channel, the most that a node has
	Imprint    *Imprinting  `json:"imprint,omitempty"`
	Nodes      []NodeStatus `json:"nodes"`
}

// Imprinting is how the channel of checkpoints is, where there is one.
type Imprinting struct {
	Channel string `json:"channel"`
	Height  uint64 `json:"height"`
}

// NodeStatus is how one process is. Height and Imprint are blocks of the two
// channels, of orderers and peers only.
type NodeStatus struct {
	Name    string `json:"name"`
	PID     int    `json:"pid"` // 0: does not run
	Port    int    `json:"port"`
	Height  uint64 `json:"height,omitempty"`
	Imprint uint64 `json:"imprint,omitempty"`
	Well    bool   `json:"well"`
	Detail  string `json:"detail,omitempty"`
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
	if c.Imprint != nil {
		s.Imprint = &Imprinting{Channel: c.Imprint.Channel}
	}
	for _, n := range s.Nodes {
		s.Up, s.Height = s.Up && n.Well, max(s.Height, n.Height)
		if s.Imprint != nil {
			s.Imprint.Height = max(s.Imprint.Height, n.Imprint)
		}
	}
	return s, nil
}

// probe asks one node for its heights, where it has some: one for each
// channel that it is on.
type probe struct {
	name string
	port int
	ask  func(context.Context) ([]uint64, error)
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
	heights, err := p.ask(ctx)
	if err != nil {
		n.Detail = err.Error()
		return n
	}
	heights = append(heights, 0, 0)
	n.Height, n.Imprint, n.Well = heights[0], heights[1], true
	return n
}

func (l layout) probes() []probe {
	var list []probe
	for _, m := range l.consenters() {
		list = append(list, probe{"orderer." + string(m.Role), m.Orderer.Port, l.joined(m.Orderer.Operations, l.channels())})
	}
	for _, m := range l.Members {
		list = append(list, probe{"peer." + string(m.Role), m.Peer.Port, l.joined(m.Peer.Operations, l.ChannelsOf(m))},
			probe{chaincodeName(m), m.Peer.Chaincode, func(ctx context.Context) ([]uint64, error) { return nil, l.greet(ctx, m) }})
	}
	if exists(l.node(s3Name)) {
		list = append(list, probe{s3Name, l.Storage.Port, func(ctx context.Context) ([]uint64, error) { return nil, l.storageHealth(ctx) }})
	}
	return list
}

// joined asks an orderer or a peer whether it is well and has its channels.
func (l layout) joined(operations int, channels []channel) func(context.Context) ([]uint64, error) {
	return func(ctx context.Context) ([]uint64, error) {
		if err := healthz(ctx, operations); err != nil {
			return nil, err
		}
		var heights []uint64
		for _, ch := range channels {
			n, err := height(ctx, operations, ch.Name)
			if err == nil && n == 0 {
				err = fmt.Errorf("has not joined channel %s", ch.Name)
			}
			if err != nil {
				return nil, err
			}
			heights = append(heights, n)
		}
		return heights, nil
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
