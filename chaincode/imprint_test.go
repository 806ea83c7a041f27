package chaincode

import (
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/datapledge/datapledge/pledge"
)

// onImprint is a member on the channel of courts and regulators.
func onImprint(t *testing.T) *member {
	t.Helper()
	m := newMember(t)
	m.channel = "imprint"
	return m
}

func point(last uint64, digit string) string {
	hash := strings.Repeat(digit, 64)
	out, err := pledge.CanonicalJSON(pledge.Checkpoint{Channel: channel, First: last, Last: last, Hash: hash, Root: hash})
	if err != nil {
		panic(err)
	}
	return string(out)
}

func TestCheckpointIsKeptOnce(t *testing.T) {
	m := onImprint(t)
	for range 2 { // the second is a repetition
		if got := m.must(200, "checkpoint", point(0, "a")); got != point(0, "a") {
			t.Errorf("got %s", got)
		}
	}
	if len(m.pending) != 0 || len(m.kv) != 2 {
		t.Errorf("a repetition wrote %d keys; %d are held", len(m.pending), len(m.kv))
	}
	m.must(200, "checkpoint", point(1, "b"))
	if r := m.refuse(409, pledge.Forked, "checkpoint", point(0, "c")); !strings.Contains(r.Detail, strings.Repeat("a", 64)) {
		t.Errorf("the held value is not told: %s", r.Detail)
	}
	m.refuse(409, pledge.SequenceChanged, "checkpoint", point(7, "c"))
	m.refuse(400, pledge.Malformed, "checkpoint", strings.Replace(point(2, "c"), `,`, `, `, 1))
	m.refuse(400, pledge.Malformed, "checkpoint")
	m.refuse(400, pledge.Malformed, "checkpoint", point(2, "c"), point(3, "c"))
	m.refuse(403, pledge.WrongChannel, "checkpoint", strings.Replace(point(2, "c"), channel, "other", 1))
	if len(m.kv) != 3 {
		t.Errorf("%d keys", len(m.kv))
	}
}

func TestCheckpointsAreRead(t *testing.T) {
	m := onImprint(t)
	m.refuse(404, pledge.NotFound, "checkpoints")
	m.must(200, "checkpoint", point(0, "a"))
	m.must(200, "checkpoint", point(1, "b"))
	for _, c := range []struct{ want, last string }{{point(1, "b"), ""}, {point(0, "a"), "0"}, {point(1, "b"), "1"}} {
		args := []string{"checkpoints"}
		if c.last != "" {
			args = append(args, c.last)
		}
		if got := m.must(200, args...); got != c.want {
			t.Errorf("%q: got %s, want %s", c.last, got, c.want)
		}
	}
	m.refuse(404, pledge.NotFound, "checkpoints", "2")
	m.refuse(400, pledge.Malformed, "checkpoints", "-1")
	m.refuse(400, pledge.Malformed, "checkpoints", "1", "2")
	if got := m.must(200, "get", pledge.KeyCheckpoint(channel, 1)); got != "["+point(1, "b")+"]" {
		t.Errorf("got %s", got)
	}
}

// TestEachChannelHasItsOwn: what belongs to one channel is refused on the other.
func TestEachChannelHasItsOwn(t *testing.T) {
	home, m := started(t), onImprint(t)
	home.refuse(403, pledge.WrongChannel, "checkpoint", point(0, "a"))
	home.refuse(403, pledge.WrongChannel, "checkpoints")
	m.refuse(403, pledge.WrongChannel, "genesis", text(genesis()))
	m.refuse(403, pledge.WrongChannel, "apply", enrol(2))
	elsewhere := genesis()
	elsewhere.Channel = "imprint"
	m.refuse(409, pledge.TermsMismatch, "genesis", text(elsewhere))
	if len(m.kv) != 0 {
		t.Errorf("refused, and wrote %d keys", len(m.kv))
	}
}

// TestCheckpointIsDatedToday: nobody dates one as it likes.
func TestCheckpointIsDatedToday(t *testing.T) {
	m := onImprint(t)
	m.at = timestamppb.New(now.Add(-maxSkew - time.Second))
	m.refuse(409, pledge.Stale, "checkpoint", point(0, "a"))
}
