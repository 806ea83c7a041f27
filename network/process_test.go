package network

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.uber.org/goleak"
)

// sleeping is a network of one node that does nothing.
func sleeping(t *testing.T) *Running {
	t.Helper()
	r := &Running{l: layout{dir: t.TempDir()}, log: logger{t}, nodes: map[string]*process{}, spawner: newSpawner(), unlock: func() {}}
	r.add(program{name: "one", path: os.Args[0], env: []string{sleeper + "=1"}})
	if err := os.MkdirAll(r.l.node("one"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := r.Start("one"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Down() })
	return r
}

func TestKilledIsStartedAgainStoppedIsNot(t *testing.T) {
	r := sleeping(t)
	first := r.PID("one")
	if err := r.Kill("one"); err != nil {
		t.Fatal(err)
	}
	eventually(t, func() error {
		if pid := r.PID("one"); pid == 0 || pid == first {
			return errors.New("was not started again")
		}
		return nil
	})
	if err := r.Stop("one"); err != nil {
		t.Fatal(err)
	}
	if pid := r.PID("one"); pid != 0 || readPID(r.l.node("one", "pid")) != 0 {
		t.Errorf("process %d runs", pid)
	}
	if r.nodes["one"].wanted {
		t.Error("it is about to be started again")
	}
	if err := r.Kill("one"); err == nil {
		t.Error("killed what does not run")
	}
	if err := r.Start("one"); err != nil || r.PID("one") == 0 {
		t.Error(err)
	}
}

func TestDownEndsEverything(t *testing.T) {
	defer goleak.VerifyNone(t)
	r := sleeping(t)
	pid := r.PID("one")
	if err := r.Down(); err != nil {
		t.Fatal(err)
	}
	if _, err := startTime(pid); !errors.Is(err, errEnded) {
		t.Errorf("process %d runs", pid)
	}
	if err := r.Down(); err != nil {
		t.Errorf("the second time: %v", err)
	}
}

func TestUnknownNode(t *testing.T) {
	r := sleeping(t)
	for _, err := range []error{r.Start("two"), r.Stop("two"), r.Kill("two")} {
		if err == nil || !strings.Contains(err.Error(), `no node "two"; there are [one]`) {
			t.Errorf("got %v", err)
		}
	}
}

// What dies at once is not waited for; the error shows what it said.
func TestDyingNodeIsNoticed(t *testing.T) {
	r := sleeping(t)
	r.add(program{name: "bad", path: "/bin/sh", args: []string{"-c", "echo this port is haunted; exit 3"}})
	if err := os.MkdirAll(r.l.node("bad"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := r.Start("bad"); err != nil {
		t.Fatal(err)
	}
	err := r.await(t.Context(), "bad", healthNever)
	if err == nil || !strings.Contains(err.Error(), "bad keeps dying") || !strings.Contains(err.Error(), "haunted") {
		t.Errorf("got %v", err)
	}
}

// A number that was used again is nobody's to kill.
func TestPIDOfAnotherProcessIsNotTaken(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pid")
	if err := writePID(path, os.Getpid()); err != nil || readPID(path) != os.Getpid() {
		t.Fatal(err, readPID(path))
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	fields := strings.Fields(string(text))
	for _, other := range []string{
		fmt.Sprintf("%s %s1 %s\n", fields[0], fields[1], fields[2]), fmt.Sprintf("%s %s x%s\n", fields[0], fields[1], fields[2]),
		fmt.Sprintf("1 %s %s\n", fields[1], fields[2]), fields[0], "0", "", "-1 x",
	} {
		if err := os.WriteFile(path, []byte(other), 0o600); err != nil {
			t.Fatal(err)
		}
		if pid := readPID(path); pid != 0 {
			t.Errorf("%q was taken for %d", other, pid)
		}
	}
}

func healthNever(context.Context) error { return errors.New("not yet") }
