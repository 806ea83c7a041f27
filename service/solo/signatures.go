package solo

import (
	"encoding/json"
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/datapledge/datapledge/pledge"
)

// checkSignatures parses the commands that wait and verifies their
// signatures on all cores, while the committer is busy with those before.
// It decides nothing: the rules look again, and find the work done.
func (l *Ledger) checkSignatures() {
	defer l.done.Done()
	defer l.ready.close()
	for {
		room := l.options.limits.commands / 4
		parts := l.inbox.take(func(p *part) bool { room -= len(p.jws); return room >= 0 })
		if len(parts) == 0 {
			return
		}
		l.checkParts(parts)
		l.ready.put(parts...)
	}
}

func (l *Ledger) checkParts(parts []*part) {
	var todo []task
	for _, p := range parts {
		if p.fate.Load() == withdrawn {
			continue
		}
		for i := range p.jws {
			todo = append(todo, task{p, i})
		}
	}
	inParallel(len(todo), func(i int) { l.check(todo[i]) })
}

// inParallel calls fn for 0 to n-1 on all cores, a few at a time.
func inParallel(n int, fn func(i int)) {
	const atOnce = 8
	var next atomic.Int64
	work := func() {
		for {
			to := int(next.Add(atOnce))
			for i := to - atOnce; i < min(to, n); i++ {
				fn(i)
			}
			if to >= n {
				return
			}
		}
	}
	var others sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), (n+atOnce-1)/atOnce) - 1 {
		others.Go(work)
	}
	work()
	others.Wait()
}

// task is one command of a part.
type task struct {
	part *part
	i    int
}

func (t task) command() *pledge.Command { return t.part.commands[t.i] }

func (l *Ledger) check(t task) {
	c, err := pledge.ParseCommand(t.part.jws[t.i])
	if err != nil {
		t.part.outcomes[t.i] = refused(t.part.jws[t.i], err)
		return
	}
	t.part.commands[t.i] = c
	l.preVerify(c)
	if r := c.Custodian(); r != nil {
		l.preVerify(r)
	}
}

// preVerify remembers in c whether its signature is good, when its key is
// known by now.
func (l *Ledger) preVerify(c *pledge.Command) {
	jwk := l.keys.get(c.KID)
	if jwk == nil {
		if jwk = l.learn(c.Payload.By, c.KID); jwk == nil {
			return
		}
	}
	_ = c.Verify(jwk)
}

// learn reads the keys of a party from the ledger.
func (l *Ledger) learn(party, kid string) json.RawMessage {
	raw, err := l.current(pledge.KeyParty(party))
	if err != nil || raw == nil {
		return nil
	}
	p, err := pledge.DecodeParty(raw)
	if err != nil {
		return nil
	}
	var found json.RawMessage
	for _, k := range p.Keys {
		l.keys.put(k.KID, k.JWK)
		if k.KID == kid {
			found = k.JWK
		}
	}
	return found
}

// keyring remembers public keys by thumbprint. A thumbprint never stands for
// another key, so nothing here gets old; whether a key may sign is not said.
type keyring struct {
	mu   sync.RWMutex
	keys map[string]json.RawMessage
}

const keyringSize = 1 << 15

func (k *keyring) get(kid string) json.RawMessage {
	k.mu.RLock()
	defer k.mu.RUnlock()
	return k.keys[kid]
}

func (k *keyring) put(kid string, jwk json.RawMessage) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.keys == nil || len(k.keys) >= keyringSize {
		k.keys = map[string]json.RawMessage{}
	}
	k.keys[kid] = jwk
}
