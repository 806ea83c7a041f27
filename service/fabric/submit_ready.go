package fabric

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/datapledge/datapledge/service"
)

// fresh is how long an answer about readiness is good for.
const fresh = 2 * time.Second

// readiness remembers when commands were last found to be taken.
type readiness struct {
	mu  sync.Mutex
	at  time.Time
	err error
}

// takesCommands tells whether commands are taken now: the journal takes
// rows, enough orderers can be reached, enough members answer, and they agree
// with this machine about the time.
func (l *Ledger) takesCommands(ctx context.Context) error {
	l.ready.mu.Lock()
	defer l.ready.mu.Unlock()
	if time.Since(l.ready.at) < fresh {
		return l.ready.err
	}
	err := l.explain(ctx, l.probe(ctx))
	if ctx.Err() == nil {
		l.ready.at, l.ready.err = time.Now(), err
	}
	return err
}

func (l *Ledger) probe(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	if err := l.journal.fault(); err != nil {
		return unable("the journal", err)
	}
	if n := len(l.journal.open()); n >= l.options.limits.openRows {
		return unable(fmt.Sprintf("%d transactions have no verdict yet", n), service.ErrUnavailable)
	}
	if _, err := l.chain.head(); err != nil {
		return err
	}
	if r, ok := l.wire.(prober); ok {
		if err := r.reach(ctx); err != nil {
			return unable("reaching the orderers", err)
		}
	}
	if _, err := l.membersInfo(ctx); err != nil {
		return err
	}
	return l.clockAgrees(ctx)
}

// chaincodeInfo is what the chaincode says about itself.
type chaincodeInfo struct {
	Chaincode    string `json:"chaincode"`
	RulesVersion string `json:"rules_version"`
	Channel      string `json:"channel"`
	Genesis      string `json:"genesis"`
}

// membersInfo asks members at once and returns the answer of Readers of them,
// as soon as they agree. The others are not called off: that would look as if
// they had failed.
func (l *Ledger) membersInfo(ctx context.Context) (chaincodeInfo, error) {
	type reply struct {
		info chaincodeInfo
		err  error
	}
	members := l.wire.Members()
	answers := make(chan reply, len(members))
	for _, m := range members {
		l.background.Go(func() {
			bounded, cancel := context.WithTimeout(l.ctx, 5*time.Second)
			defer cancel()
			info, err := l.infoOf(bounded, m)
			answers <- reply{info, err}
		})
	}
	votes := map[chaincodeInfo]int{}
	var errs []error
	for range members {
		var a reply
		select {
		case a = <-answers:
		case <-ctx.Done():
			a.err = ctx.Err()
		}
		if a.err != nil {
			errs = append(errs, a.err)
		} else if votes[a.info]++; votes[a.info] >= min(l.options.Readers, len(members)) {
			return a.info, nil
		}
	}
	if len(errs) == 0 {
		errs = append(errs, fmt.Errorf("they answer differently: %v", votes))
	}
	return chaincodeInfo{}, unable(fmt.Sprintf("asking for the answer of %d members", l.options.Readers), errors.Join(errs...))
}

func (l *Ledger) infoOf(ctx context.Context, member string) (chaincodeInfo, error) {
	var info chaincodeInfo
	raw, err := l.wire.Query(ctx, member, [][]byte{[]byte("info")})
	if err != nil {
		return info, fmt.Errorf("%s: %w", member, err)
	}
	if err := json.Unmarshal(raw, &info); err != nil {
		return info, fmt.Errorf("%s: decoding its answer to info: %v", member, err)
	}
	return info, nil
}
