package network

import (
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// One story, as starting a network is dear: it comes up, survives crashes,
// goes down without a trace, and comes up again with the same ledger.
func TestLifeOfANetwork(t *testing.T) {
	ctx, o := t.Context(), trial(t)
	if err := Prepare(o); err != nil {
		t.Fatal(err)
	}
	launchTrial(t, o)
	first := wellNetwork(t, o.Dir)
	if first.Height < 4 || first.Imprint.Height < 3 || first.Supervisor == 0 || len(first.Nodes) != 17 {
		t.Errorf("%+v", first)
	}
	t.Run("a second start is refused", func(t *testing.T) {
		if r, err := Up(ctx, o); !errors.Is(err, ErrRunning) {
			t.Errorf("got %v, %v", r, err)
		}
		wellNetwork(t, o.Dir)
	})
	t.Run("what is killed is started again", func(t *testing.T) {
		for _, name := range []string{"peer.bank", "orderer.court", "chaincode.notary", s3Name} {
			killed(t, o.Dir, name)
		}
	})
	t.Run("down leaves nothing", func(t *testing.T) { goesDown(t, o, first) })
	launchTrial(t, o)
	t.Run("up again goes on", func(t *testing.T) {
		if s := wellNetwork(t, o.Dir); s.Height != first.Height || *s.Imprint != *first.Imprint {
			t.Errorf("height %d and %+v, was %d and %+v", s.Height, *s.Imprint, first.Height, *first.Imprint)
		}
	})
	t.Run("a killed supervisor takes all with it", func(t *testing.T) {
		s := wellNetwork(t, o.Dir)
		if err := syscall.Kill(s.Supervisor, syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		eventually(t, func() error { return noneRuns(s) })
	})
}

// launchTrial starts the network with this test binary as its supervisor.
func launchTrial(t *testing.T, o Options) {
	t.Helper()
	t.Setenv(superviseDir, o.Dir)
	needTools(t, Launch(t.Context(), o.Dir, []string{os.Args[0]}, o.Log))
	t.Cleanup(func() {
		if _, err := Shutdown(context.Background(), o.Dir); err != nil {
			t.Error(err)
		}
	})
}

func wellNetwork(t *testing.T, dir string) (s Status) {
	t.Helper()
	eventually(t, func() (err error) {
		if s, err = Examine(t.Context(), dir); err == nil && !s.Up {
			err = errors.New("not well")
		}
		return err
	})
	return s
}

// killed ends a node and waits for its successor.
func killed(t *testing.T, dir, name string) {
	t.Helper()
	path := filepath.Join(dir, "nodes", name, "pid")
	old := readPID(path)
	if err := syscall.Kill(old, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	eventually(t, func() error {
		if pid := readPID(path); pid == 0 || pid == old {
			return errors.New(name + " was not started again")
		}
		return nil
	})
	wellNetwork(t, dir)
}

func goesDown(t *testing.T, o Options, s Status) {
	if found, err := Shutdown(t.Context(), o.Dir); err != nil || !found {
		t.Errorf("%v %v", found, err)
	}
	if err := noneRuns(s); err != nil {
		t.Error(err)
	}
	if err := (layout{Consortium: o.Consortium}).portsFree(true); err != nil {
		t.Error(err)
	}
	after, err := Examine(t.Context(), o.Dir)
	if err != nil || after.Up || after.Supervisor != 0 || after.Nodes[0].Detail != "does not run" {
		t.Errorf("%v %+v", err, after)
	}
	if found, err := Shutdown(t.Context(), o.Dir); err != nil || found {
		t.Errorf("the second time: %v %v", found, err)
	}
}

// noneRuns checks by number: the processes were seen a moment ago.
func noneRuns(s Status) error {
	for _, n := range s.Nodes {
		if _, err := startTime(n.PID); !errors.Is(err, errEnded) {
			return errors.New(n.Name + " still runs")
		}
	}
	return nil
}

func eventually(t *testing.T, ask func() error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		err := ask()
		if err == nil {
			return
		}
		select {
		case <-ctx.Done():
			t.Fatal(err)
		case <-tick.C:
		}
	}
}

func TestTakenPortIsNamedBeforeAnythingStarts(t *testing.T) {
	o := trial(t)
	o.Tools = fakeTools(t)
	l, err := net.Listen("tcp", local(o.Consortium.Members[3].Orderer.Admin))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, err = Up(t.Context(), o)
	if !errors.Is(err, ErrPortTaken) || !strings.Contains(err.Error(), "orderer.court needs "+l.Addr().String()[len("127.0.0.1:"):]+" for admin") {
		t.Errorf("got %v", err)
	}
	if exists(filepath.Join(o.Dir, "crypto")) || exists(filepath.Join(o.Dir, "nodes")) {
		t.Error("something was made")
	}
}

// fakeTools are programs that must never be run.
func fakeTools(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	var list tools
	for name := range list.all() {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\nexit 97\n"), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}
