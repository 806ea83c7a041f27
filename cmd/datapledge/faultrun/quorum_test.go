package faultrun

import (
	"context"
	"fmt"
	mathrand "math/rand/v2"
	"time"
)

// quorumLost: two of four ordering nodes are down, so that nothing can be
// ordered. Nothing is acknowledged meanwhile, what was under way is unknown,
// and nothing that was called without effect has one later.
func (s *site) quorumLost() {
	leader := s.leader()
	names := []string{"orderer." + string(leader.Role)}
	for _, m := range s.orderers() {
		if m.Role != leader.Role && len(names) < 2 {
			names = append(names, "orderer."+string(m.Role))
		}
	}
	l := s.begin()
	for _, name := range names {
		s.stop(name)
	}
	l.quiet() // what a quorum had seen before may still commit
	acked, silent := l.book.Count(Applied), time.Now()
	l.flood()
	time.Sleep(commitTimeout + 4*time.Second)
	if n := l.book.Count(Applied) - acked; n > 0 {
		l.Errorf("%d commands were acknowledged while nothing could be ordered", n)
	}
	l.unknownMeanwhile(silent)
	for _, name := range names {
		s.start(name)
	}
	l.resumed(time.Now(), mustSettle)
	l.end("two orderers of four")
}

// quiet waits until nothing was acknowledged for five seconds: a busy machine pauses
// for less.
func (l *load) quiet() {
	l.Helper()
	acked, since := l.book.Count(Applied), time.Now()
	l.until(mustSettle, "an end of the acknowledgements", func(context.Context) error {
		if n := l.book.Count(Applied); n > acked {
			acked, since = n, time.Now()
		}
		if time.Since(since) < 5*time.Second {
			return fmt.Errorf("%d commands are acknowledged", acked)
		}
		return nil
	})
}

// flood sends many commands at once, whose answers are awaited by the end.
func (l *load) flood() {
	for range choose(1, 4) {
		var commands []string
		for i := range choose(50, 250) {
			commands = append(commands, l.next(2+i%6))
		}
		l.running.Go(func() { l.book.Note(sendLines(context.Background(), l.service.url(), commands)...) })
	}
}

// unknownMeanwhile: what was sent and not seen in a block is answered so, and
// the answer says where to ask.
func (l *load) unknownMeanwhile(since time.Time) {
	l.Helper()
	l.until(mustSettle, "an unknown outcome", func(context.Context) error {
		if l.book.Count(Unknown) == 0 {
			return fmt.Errorf("nothing was answered unknown in %.0f s without a quorum", time.Since(since).Seconds())
		}
		return nil
	})
	for _, e := range l.book.Open() {
		if e.Detail == "" || e.Code != "" {
			l.Errorf("unknown without a word, or as a refusal: %v", e)
		}
	}
}

// serviceKilled: signal 9 for the service at random moments, again and again.
func (s *site) serviceKilled() {
	kills, seed := choose(8, 105), uint64(time.Now().UnixNano())
	s.Logf("%d kills, seed %d", kills, seed)
	random := mathrand.New(mathrand.NewPCG(seed, 0))
	l := s.begin()
	var slowest time.Duration
	for range kills {
		time.Sleep(time.Duration(random.IntN(choose(1000, 500))) * time.Millisecond)
		s.service.kill()
		began := time.Now()
		s.service.mustStart()
		slowest = max(slowest, time.Since(began))
	}
	l.resumed(time.Now(), mustSettle)
	s.Logf("%d starts, the slowest took %.1f s", kills, slowest.Seconds())
	l.end("service, again and again")
}

// storageDies: signal 9 for the S3 server while content is uploaded. What the
// custodian signed for is there afterwards, whole.
func (s *site) storageDies() {
	l := s.begin()
	u := s.uploads()
	for range choose(2, 5) {
		u.midway()
		s.outage("s3", seconds(2, 4))
		u.one()
	}
	u.end()
	l.end("s3")
	s.verifyAll(u.sealed)
}
