package network

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestPrepareTwiceIsTheSame(t *testing.T) {
	o := trial(t)
	for range 2 {
		if err := Prepare(o); err != nil {
			t.Fatal(err)
		}
	}
	c, g, err := Made(o.Dir)
	if err != nil || len(g.Members) != 6 || c.Members[0].Peer != o.Consortium.Members[0].Peer {
		t.Errorf("%v %v %v", err, g, c)
	}
}

func TestFolderOfAnotherNetworkIsRefused(t *testing.T) {
	o := trial(t)
	if err := Prepare(o); err != nil {
		t.Fatal(err)
	}
	other := o
	other.Consortium = o.Consortium.Shifted(1)
	refused(t, Prepare(other), "made from another consortium.json")
	other = o
	other.Genesis.Created = "2026-11-02T00:00:00Z"
	refused(t, Prepare(other), "made from another genesis.json")
}

func TestFolderOfSomethingElseIsRefused(t *testing.T) {
	o := trial(t)
	for _, name := range []string{"keys", "holiday.jpg"} {
		if err := os.WriteFile(filepath.Join(o.Dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	refused(t, Prepare(o), "holds holiday.jpg, but no consortium.json")
}

func TestLostPartsAreNotMadeAnew(t *testing.T) {
	for lost, there := range map[string]string{"its keys (crypto) are gone": "genesis.block", "first block (genesis.block) is gone": "nodes"} {
		o := trial(t)
		if err := Prepare(o); err != nil {
			t.Fatal(err)
		}
		if err := os.Mkdir(filepath.Join(o.Dir, there), 0o700); err != nil {
			t.Fatal(err)
		}
		refused(t, Prepare(o), lost)
	}
}

func TestWrongConsortiumIsRefused(t *testing.T) {
	o := trial(t)
	o.Consortium.Members = o.Consortium.Members[:3]
	_, err := Up(t.Context(), o)
	refused(t, err, "at least 4 must")
}

func TestFolderIsOneProcess(t *testing.T) {
	o := trial(t)
	l, err := o.layout()
	if err != nil {
		t.Fatal(err)
	}
	unlock, err := l.claim()
	if err != nil {
		t.Fatal(err)
	}
	if err := Prepare(o); !errors.Is(err, ErrRunning) {
		t.Errorf("got %v", err)
	}
	unlock()
	if err := Prepare(o); err != nil {
		t.Error(err)
	}
}

func refused(t *testing.T, err error, why string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), why) {
		t.Errorf("got %v, want %s", err, why)
	}
}
