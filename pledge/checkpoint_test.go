package pledge_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/datapledge/datapledge/pledge"
)

// imprinted is a channel that checkpoints are written to.
type imprinted map[string][]byte

func (s imprinted) get(key string) ([]byte, error) { return s[key], nil }

func (s imprinted) record(t *testing.T, c pledge.Checkpoint) (writes int, err error) {
	t.Helper()
	list, err := c.Record(s.get)
	for _, w := range list {
		s[w.Key] = w.Value
	}
	return len(list), err
}

func checkpoint(first, last uint64, history string) pledge.Checkpoint {
	return pledge.Checkpoint{Channel: "pledge", First: first, Last: last, Hash: sha(history + " hash"), Root: sha(history + " root")}
}

func TestCheckpoints(t *testing.T) {
	s := imprinted{}
	other := checkpoint(0, 9, "x")
	other.Root = sha("another root")
	for _, step := range []struct {
		what   string
		c      pledge.Checkpoint
		writes int
		code   pledge.Code
	}{
		{"not from the beginning", checkpoint(1, 9, "x"), 0, pledge.SequenceChanged},
		{"too many", checkpoint(0, 256, "x"), 0, pledge.TooLarge},
		{"the first", checkpoint(0, 9, "x"), 2, ""},
		{"again", checkpoint(0, 9, "x"), 0, ""},
		{"another hash", checkpoint(0, 9, "y"), 0, pledge.Forked},
		{"another root", other, 0, pledge.Forked},
		{"another hash, cut otherwise", checkpoint(4, 9, "y"), 0, pledge.Forked},
		{"cut otherwise", checkpoint(0, 4, "x"), 0, pledge.SequenceChanged},
		{"a gap", checkpoint(11, 12, "x"), 0, pledge.SequenceChanged},
		{"overlapping", checkpoint(9, 12, "x"), 0, pledge.SequenceChanged},
		{"the next", checkpoint(10, 10, "z"), 2, ""},
		{"the first, once more", checkpoint(0, 9, "x"), 0, ""},
		{"the first, otherwise", checkpoint(0, 9, "y"), 0, pledge.Forked},
	} {
		writes, err := s.record(t, step.c)
		if writes != step.writes || (err == nil) != (step.code == "") || step.code != "" && !errors.Is(err, step.code) {
			t.Errorf("%s: %d writes, %v", step.what, writes, err)
		}
	}
	same := checkpoint(4, 9, "x") // another root, for it is of fewer blocks
	if _, err := s.record(t, same); !errors.Is(err, pledge.SequenceChanged) {
		t.Errorf("other blocks that end alike: %v", err)
	}
	if len(s) != 3 || string(s[pledge.KeyNewestCheckpoint("pledge")]) != string(s[pledge.KeyCheckpoint("pledge", 10)]) {
		t.Errorf("held: %q", s)
	}
}

// TestForkNamesBoth: people need the held value and the other one.
func TestForkNamesBoth(t *testing.T) {
	s := imprinted{}
	held, told := checkpoint(0, 9, "x"), checkpoint(0, 9, "y")
	if _, err := s.record(t, held); err != nil {
		t.Fatal(err)
	}
	_, err := s.record(t, told)
	for _, want := range []string{held.Hash, held.Root, told.Hash, told.Root, "0 to 9"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v does not say %s", err, want)
		}
	}
}

func TestCheckpointOfOneSpelling(t *testing.T) {
	good := `{"channel":"pledge","first":0,"hash":"` + sha("h") + `","last":7,"root":"` + sha("r") + `"}`
	if c, err := pledge.ParseCheckpoint([]byte(good)); err != nil || c.Last != 7 || c.Root != sha("r") {
		t.Errorf("%+v, %v", c, err)
	}
	for old, bad := range map[string]string{
		`"first":0`: `"first":8`, `"last":7`: `"last":-7`, `,"last"`: `, "last"`, `pledge`: `Pledge!`, `"pledge"`: `""`,
		sha("h"): strings.ToUpper(sha("h")), sha("r"): sha("r")[2:], `{`: `{"at":1,`, `}`: `}}`, `"first":0,`: ``,
	} {
		text := strings.Replace(good, old, bad, 1)
		if _, err := pledge.ParseCheckpoint([]byte(text)); !errors.Is(err, pledge.Malformed) {
			t.Errorf("%s: %v", text, err)
		}
	}
	if _, err := (pledge.Checkpoint{}).Record(imprinted{}.get); !errors.Is(err, pledge.Malformed) {
		t.Errorf("an empty one: %v", err)
	}
}

// TestDamagedCheckpointIsAFault, and no refusal that could be endorsed.
func TestDamagedCheckpointIsAFault(t *testing.T) {
	var refusal *pledge.Error
	s := imprinted{pledge.KeyNewestCheckpoint("pledge"): []byte("{}")}
	if _, err := s.record(t, checkpoint(0, 9, "x")); err == nil || errors.As(err, &refusal) {
		t.Errorf("got %v", err)
	}
	lost := errors.New("lost")
	if _, err := checkpoint(0, 9, "x").Record(func(string) ([]byte, error) { return nil, lost }); !errors.Is(err, lost) {
		t.Errorf("got %v", err)
	}
}
