package fabric

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
)

// Diagnosis says what Diagnose is to look at. Only Profile is needed; the
// rest is as in Options.
type Diagnosis struct {
	Profile, User, Channel, Chaincode string
	// ChaincodeVersion is the version that must be committed; empty takes any.
	ChaincodeVersion string
	// Of is set for a channel of checkpoints: the channel that they are of.
	Of     string
	Logger *slog.Logger
}

// Diagnose checks a connection profile, then every orderer and peer that it
// names, the channel, the chaincode and this machine's clock. It changes
// nothing. What it can find out without the network it finds out first, and
// stops there when that is bad. ctx bounds it; a node has five seconds to answer.
func Diagnose(ctx context.Context, d Diagnosis) []Finding {
	o := sdkOptions{Profile: d.Profile, User: d.User, Channel: d.Channel, Chaincode: d.Chaincode, Logger: d.Logger}.withDefaults()
	findings := CheckProfile(o.Profile, o.User, o.Channel)
	if failed(findings) != nil {
		return findings
	}
	w, err := openSDKWire(ctx, o)
	if err != nil {
		return append(findings, Finding{"profile", false, err.Error(), "correct the connection profile"})
	}
	defer w.Close()
	e := &examiner{w: w, want: d.ChaincodeVersion, of: d.Of}
	findings = append(findings, e.orderers(ctx)...)
	findings = append(findings, e.peers(ctx)...)
	return append(findings, e.chaincode(ctx)...)
}

// examiner asks the nodes of a network.
type examiner struct {
	w    *sdkWire
	want string // chaincode version
	of   string // the channel that checkpoints are of; empty: commands apply
}

// each examines n things at once, and keeps the findings in order.
func each(n int, examine func(int) Finding) []Finding {
	out := make([]Finding, n)
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() { out[i] = examine(i) })
	}
	all.Wait()
	return out
}

// orderers tells which can be reached, and whether they are a quorum.
func (e *examiner) orderers(context.Context) []Finding {
	found := each(len(e.w.lanes), func(i int) Finding {
		l := e.w.lanes[i]
		s, err := l.open()
		if err != nil {
			return unreached("orderer "+l.config.URL, "orderer", err)
		}
		s.cancel()
		return Finding{Check: "orderer " + l.config.URL, OK: true}
	})
	up := 0
	for _, f := range found {
		if f.OK {
			up++
		}
	}
	quorum := Finding{Check: "orderers", OK: true, Cause: fmt.Sprintf("%d of %d can be reached, %d are needed", up, len(found), e.w.quorum)}
	if up < e.w.quorum {
		quorum.OK, quorum.Remedy = false, "bring more orderers up: until then nothing can be written"
	}
	return append(found, quorum)
}

// peers tells which can be reached, are on the channel, and keep up.
func (e *examiner) peers(ctx context.Context) []Finding {
	heights := make([]uint64, len(e.w.peers))
	found := each(len(e.w.peers), func(i int) Finding {
		m, err := e.w.peers[i], error(nil)
		if heights[i], err = e.w.height(ctx, m, queryTimeout); err != nil {
			return e.unanswered(m, err)
		}
		return Finding{Check: "peer " + m.URL() + " of " + m.msp, OK: true, Cause: fmt.Sprintf("%d blocks", heights[i])}
	})
	var top uint64
	for _, h := range heights {
		top = max(top, h)
	}
	for i, h := range heights {
		if found[i].OK && h+behind < top {
			found[i].OK, found[i].Cause = false, fmt.Sprintf("it has %d blocks, another peer %d", h, top)
			found[i].Remedy = "wait until it has caught up; if it does not, see in its log whether it reaches an orderer"
		}
	}
	return found
}

// behind is how many blocks a peer may lack while others take a new one.
const behind = 10
