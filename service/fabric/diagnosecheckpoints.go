package fabric

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/datapledge/datapledge/pledge"
)

// comparing finds out whether members' chaincode can compare a checkpoint with
// the blocks of their own peers: each is asked for a false one of the block
// that comes next. Nothing is ordered.
func (e *examiner) comparing(ctx context.Context) []Finding {
	members := e.w.Members()
	answers := make([]error, len(members))
	var all sync.WaitGroup
	for i, m := range members {
		all.Go(func() { answers[i] = falseCheckpoint(ctx, e.w, m, e.of) })
	}
	all.Wait()
	var found []Finding
	for i, m := range members {
		found = append(found, comparingFinding("checkpoints at "+m, answers[i]))
	}
	return append(found, clockFinding(members, answers))
}

// falseCheckpoint is what a member says to one.
func falseCheckpoint(ctx context.Context, w wire, member, of string) error {
	point := pledge.Checkpoint{Channel: of, Hash: strings.Repeat("0", 64), Root: strings.Repeat("0", 64)}
	raw, err := w.Query(ctx, member, [][]byte{[]byte("checkpoints")})
	switch {
	case errors.Is(err, pledge.NotFound):
	case err != nil:
		return err
	default:
		newest, err := pledge.ParseCheckpoint(raw)
		if err != nil {
			return fmt.Errorf("reading the newest checkpoint: %v", err)
		}
		point.First, point.Last = newest.Last+1, newest.Last+1
	}
	text, err := pledge.CanonicalJSON(point)
	if err == nil {
		_, err = w.Query(ctx, member, [][]byte{[]byte("checkpoint"), text})
	}
	return err
}

// comparingFinding reads the refusal: it should be that of the false
// checkpoint, or of a block that does not exist yet.
func comparingFinding(check string, err error) Finding {
	switch {
	case errors.Is(err, pledge.Forked), errors.Is(err, pledge.NotFound), errors.Is(err, pledge.SequenceChanged):
		return Finding{Check: check, OK: true, Cause: "compared with the blocks of its own peer"}
	case errors.Is(err, pledge.Stale):
		return Finding{check, false, plain(err), "see the finding about the clock"}
	case err == nil:
		return Finding{check, false, "it endorses a false checkpoint", "have the member run the chaincode of this release"}
	case isUnreachable(err):
		return Finding{check, false, plain(err), "see the findings about the peers"}
	}
	return Finding{check, false, plain(err), "see the log of the member's chaincode; it must be started with -peer, -peer-ca, -msp-id, -msp-cert and -msp-key"}
}
