package evidence_test

import (
	"bytes"
	"context"
	"errors"
	"testing"
	"time"

	"github.com/datapledge/datapledge/service/evidence"
)

// silent is asked and never answers.
type silent struct{ asked int }

func (s *silent) Parts(ctx context.Context, _ uint64) (map[string][]byte, error) {
	s.asked++
	<-ctx.Done()
	return nil, ctx.Err()
}

func (s *stamped) writeBeside(ctx context.Context, elsewhere evidence.Beside) ([]byte, error) {
	src := s.source()
	src.Beside, src.Elsewhere, src.Trust = []evidence.Beside{s}, []evidence.Beside{elsewhere}, s.trust()
	var b bytes.Buffer
	err := evidence.Write(ctx, &b, src, s.pledge)
	return b.Bytes(), err
}

// Who does not answer keeps a package waiting once, not for each block, and
// nothing of what the service has itself is missing.
func TestSilentElsewhere(t *testing.T) {
	evidence.SetPatience(t, 10*time.Millisecond)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	s, far := newStamped(t), &silent{}
	data, err := s.writeBeside(ctx, far)
	if err != nil {
		t.Fatal(err)
	}
	r := check(t, data, s.trust())
	if far.asked != 1 || !r.OK() || len(r.TimeStamps) < 3 {
		t.Errorf("asked %d times, %d time stamps: %s", far.asked, len(r.TimeStamps), text(r))
	}
}

// What others give in time stands in the package, and their faults are faults.
func TestElsewhere(t *testing.T) {
	s := newStory(t)
	src := s.source()
	src.Elsewhere = []evidence.Beside{received{s, []key{s.notary}}}
	var b bytes.Buffer
	if err := evidence.Write(t.Context(), &b, src, s.pledge); err != nil {
		t.Fatal(err)
	}
	if r := check(t, b.Bytes(), s.trust()); !r.OK() || len(r.Received) == 0 {
		t.Errorf("got %s", text(r))
	}
	src.Elsewhere = []evidence.Beside{faulty{}}
	if err := evidence.Write(t.Context(), &b, src, s.pledge); !errors.Is(err, errFaulty) {
		t.Errorf("got %v", err)
	}
}

// A package that nobody waits for is not written.
func TestElsewhereEnded(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	s := newStamped(t)
	if _, err := s.writeBeside(ctx, ending(cancel)); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

var errFaulty = errors.New("faulty")

type faulty struct{}

func (faulty) Parts(context.Context, uint64) (map[string][]byte, error) { return nil, errFaulty }

// ending is a client that leaves while another is asked.
type ending context.CancelFunc

func (e ending) Parts(ctx context.Context, _ uint64) (map[string][]byte, error) {
	e()
	return nil, ctx.Err()
}
