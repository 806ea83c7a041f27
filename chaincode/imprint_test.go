package chaincode

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/datapledge/datapledge/pledge"
)

// copied is what a member's peer has of the channel of the genesis: of each
// block a digit, which its hash is made of.
type copied struct {
	digits string
	asked  [][2]uint64
	fail   error
}

func (c *copied) Hashes(first, last uint64) (list []string, err error) {
	c.asked = append(c.asked, [2]uint64{first, last})
	for n := first; n <= last && n < uint64(len(c.digits)); n++ {
		list = append(list, strings.Repeat(c.digits[n:n+1], 64))
	}
	return list, c.fail
}

// onImprint is a member on the channel of courts and regulators, whose peer
// has the blocks.
func onImprint(t *testing.T, digits string) *member {
	t.Helper()
	m := newMember(t)
	m.channel = "imprint"
	m.copied = &copied{digits: digits}
	return m
}

// point is the checkpoint of one block.
func point(last uint64, digit string) string {
	hash := strings.Repeat(digit, 64)
	root := sha256.Sum256(append([]byte{0}, pledge.BlockLeaf(channel, last, hash)...))
	out, err := pledge.CanonicalJSON(pledge.Checkpoint{Channel: channel, First: last, Last: last, Hash: hash, Root: hex.EncodeToString(root[:])})
	if err != nil {
		panic(err)
	}
	return string(out)
}

func TestCheckpointIsKeptOnce(t *testing.T) {
	m := onImprint(t, "ab")
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
	m := onImprint(t, "ab")
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
	home, m := started(t), onImprint(t, "a")
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
	m := onImprint(t, "a")
	m.at = timestamppb.New(now.Add(-maxSkew - time.Second))
	m.refuse(409, pledge.Stale, "checkpoint", point(0, "a"))
}

// TestCheckpointIsComparedWithOwnBlocks: what a client says of them is refused
// when this member's peer has others, and put off when it has none yet.
func TestCheckpointIsComparedWithOwnBlocks(t *testing.T) {
	m := onImprint(t, "ab")
	own := m.copied.(*copied)
	if r := m.refuse(409, pledge.Forked, "checkpoint", point(0, "c")); !strings.Contains(r.Detail, strings.Repeat("a", 64)) {
		t.Errorf("what the peer has is not told: %s", r.Detail)
	}
	m.must(200, "checkpoint", point(0, "a"))
	m.must(200, "checkpoint", point(0, "a")) // held already: nothing to compare
	m.refuse(409, pledge.SequenceChanged, "checkpoint", point(7, "c"))
	if want := [][2]uint64{{0, 0}, {0, 0}}; !slices.Equal(own.asked, want) {
		t.Errorf("the peer was asked for %v, want %v", own.asked, want)
	}
	own.digits = "a"
	m.refuse(404, pledge.NotFound, "checkpoint", point(1, "b"))
	own.digits = "ab"
	m.must(200, "checkpoint", point(1, "b"))
	if len(m.kv) != 3 {
		t.Errorf("%d keys", len(m.kv))
	}
}

// TestCheckpointWithoutOwnBlocks: who cannot compare endorses nothing.
func TestCheckpointWithoutOwnBlocks(t *testing.T) {
	m := onImprint(t, "a")
	m.copied.(*copied).fail = errors.New("the peer is away")
	m.must(500, "checkpoint", point(0, "a"))
	m.copied = nil
	m.must(500, "checkpoint", point(0, "a"))
	for _, want := range []string{"the peer is away", "start it with -peer"} {
		if !strings.Contains(m.log.String(), want) {
			t.Errorf("the log does not say %q: %s", want, &m.log)
		}
	}
	if len(m.kv) != 0 {
		t.Errorf("%d keys", len(m.kv))
	}
}
