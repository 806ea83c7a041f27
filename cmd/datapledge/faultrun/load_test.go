package faultrun

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service/ledgertest/actors"
)

// load is what the service has to do while something breaks: commands of all
// parties, alone and many at once, each of which nothing else depends on.
type load struct {
	*site
	book Book
	from time.Time // of the fault

	stop    context.CancelFunc
	running sync.WaitGroup
	serial  atomic.Int64
}

// workers send one command each at a time, and batchers many.
const (
	workers   = 8
	batchers  = 1
	batchSize = 20
)

func (s *site) begin() *load {
	s.Helper()
	ctx, stop := context.WithCancel(context.Background())
	l := &load{site: s, stop: stop}
	for i := range workers {
		l.running.Go(func() { l.singles(ctx, i) })
	}
	for range batchers {
		l.running.Go(func() { l.batches(ctx) })
	}
	l.warm()
	l.from = time.Now()
	return l
}

// warm waits until the load runs.
func (l *load) warm() {
	l.until(60*time.Second, "load", func(context.Context) error {
		if l.book.Count(Applied) < 2*workers {
			return errors.New("few commands are acknowledged")
		}
		return nil
	})
}

func (l *load) singles(ctx context.Context, i int) {
	for ctx.Err() == nil {
		l.note(ctx, send(context.Background(), l.service.url(), l.next(i)))
	}
}

func (l *load) batches(ctx context.Context) {
	for ctx.Err() == nil {
		var commands []string
		for i := range batchSize {
			commands = append(commands, l.next(i))
		}
		l.note(ctx, sendLines(context.Background(), l.service.url(), commands)...)
	}
}

// note rests for a moment when there is no service.
func (l *load) note(ctx context.Context, entries ...Entry) {
	l.book.Note(entries...)
	if entries[len(entries)-1].Fate == Untaken {
		select {
		case <-ctx.Done():
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// next signs a command: fences of every party, enrolments, notarizations.
func (l *load) next(i int) string {
	n := l.serial.Add(1)
	fencers := []*actors.Actor{l.Notary, l.Court, l.Regulator, l.Bank, l.Enterprise}
	switch i % 8 {
	case 0:
		return l.Enroll(actors.NewActor(newcomers.next(), pledge.RoleEnterprise))
	case 1:
		owner := []*actors.Actor{l.Enterprise, l.Enterprise2}[n%2]
		return l.Notarize(owner, actors.NewDataset(l.Own(random(8)), 2))
	}
	return l.Fence(fencers[i%len(fencers)], "cmd_"+random(32))
}

// newcomers numbers the parties that are enrolled, in all runs.
var newcomers counter

type counter struct{ n atomic.Int64 }

func (c *counter) next() int { return int(c.n.Add(1)) }

func random(n int) string {
	raw := make([]byte, n)
	_, _ = rand.Read(raw)
	return hex.EncodeToString(raw)
}

// resumed waits until something is acknowledged that came after a moment.
func (l *load) resumed(after time.Time, limit time.Duration) {
	l.Helper()
	l.until(limit, "the first acknowledgement afterwards", func(context.Context) error {
		if !l.book.Told(after) {
			return errors.New("nothing is acknowledged")
		}
		return nil
	})
}
