package rest

import (
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// maxKnown bounds how many callers are remembered at once.
const maxKnown = 10000

// limits holds one token bucket per caller. A bucket that is full again is
// forgotten when room is needed, which changes nothing for its owner.
type limits struct {
	mu    sync.Mutex
	rate  rate.Limit
	burst int
	now   func() time.Time
	known map[string]*rate.Limiter
}

func newLimits(perSecond float64, now func() time.Time) *limits {
	return &limits{rate: rate.Limit(perSecond), burst: max(1, int(4*perSecond)), now: now, known: map[string]*rate.Limiter{}}
}

func (l *limits) allow(who string) bool {
	b, limited := l.bucket(who)
	return !limited || b != nil && b.AllowN(l.now(), 1)
}

// allowCostly lets in what costs as much as n requests, beside the one that it
// is. It never asks for more than half of what may come at once.
func (l *limits) allowCostly(who string, n int) bool {
	b, limited := l.bucket(who)
	return !limited || b != nil && b.AllowN(l.now(), min(n, l.burst/2))
}

// charge takes n from the caller's allowance, also what is not there yet, and
// says how long until that is paid back.
func (l *limits) charge(who string, n int) time.Duration {
	b, limited := l.bucket(who)
	switch {
	case !limited:
		return 0
	case b == nil:
		return time.Second
	}
	now := l.now()
	return b.ReserveN(now, min(n, l.burst)).DelayFrom(now)
}

// bucket is the caller's; nil when there is no room to remember another.
func (l *limits) bucket(who string) (b *rate.Limiter, limited bool) {
	if l.rate < 0 {
		return nil, false
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	b = l.known[who]
	if b == nil && (len(l.known) < maxKnown || l.forget()) {
		b = rate.NewLimiter(l.rate, l.burst)
		l.known[who] = b
	}
	return b, true
}

func (l *limits) forget() bool {
	now, had := l.now(), len(l.known)
	for who, b := range l.known {
		if b.TokensAt(now) >= float64(l.burst) {
			delete(l.known, who)
		}
	}
	return len(l.known) < had
}

// network is what an address is limited by: itself, or its /64 in IPv6,
// where one customer has that many.
func network(address string) string {
	ip, err := netip.ParseAddr(address)
	if err != nil || ip.Unmap().Is4() {
		return address
	}
	prefix, err := ip.Prefix(64)
	if err != nil {
		return address
	}
	return prefix.String()
}
