package main

import (
	"bytes"
	"context"
	"encoding/json"
	mathrand "math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/datapledge/datapledge/internal/needs"
	"github.com/datapledge/datapledge/service/client"
)

// victim is the service that gets killed. It always comes back at the same
// address with the same data.
type victim struct {
	t    *testing.T
	dir  string
	addr string
	cmd  *exec.Cmd
	log  *bytes.Buffer
}

func newVictim(t *testing.T) *victim {
	t.Helper()
	v := &victim{t: t, dir: t.TempDir(), addr: needs.Address(t)}
	v.start()
	t.Cleanup(func() { _ = v.cmd.Process.Kill(); _ = v.cmd.Wait() })
	return v
}

func (v *victim) start() {
	v.cmd = exec.Command(os.Args[0], "serve", "-json", "-listen", v.addr, "-data", filepath.Join(v.dir, "node"))
	v.cmd.Env = append(os.Environ(), runMain+"=1")
	v.log = &bytes.Buffer{}
	v.cmd.Stderr = v.log
	out, err := v.cmd.StdoutPipe()
	if err == nil {
		err = v.cmd.Start()
	}
	if err != nil {
		v.t.Fatal(err)
	}
	var up struct{ URL string }
	if err := json.NewDecoder(out).Decode(&up); err != nil {
		_ = v.cmd.Wait()
		v.t.Fatalf("the service did not come back: %v: %s", err, v.log)
	}
}

// killAgainAndAgain kills at random moments, and every other time while an
// upload is half done, which waits for it.
func (v *victim) killAgainAndAgain(kills int, tripwire <-chan chan struct{}) {
	seed := uint64(time.Now().UnixNano())
	v.t.Logf("%d kills, seed %d", kills, seed)
	random := mathrand.New(mathrand.NewPCG(seed, 0))
	for i := range kills {
		wire, pause := tripwire, 20*time.Second
		if i%2 == 0 {
			wire, pause = nil, time.Duration(50+random.IntN(500))*time.Millisecond
		}
		var killed chan struct{}
		select {
		case killed = <-wire:
		case <-time.After(pause):
		}
		v.kill()
		if killed != nil {
			close(killed)
		}
		v.start()
	}
}

func (v *victim) kill() {
	if err := v.cmd.Process.Signal(syscall.SIGKILL); err != nil {
		v.t.Fatal(err)
	}
	_ = v.cmd.Wait()
}

func (v *victim) dial(key *client.Key) *client.Client {
	c, err := client.Dial("http://"+v.addr, key, client.Options{
		Tries: 1000,
		Wait: func(ctx context.Context, _ time.Duration) error {
			select {
			case <-time.After(10 * time.Millisecond):
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		},
	})
	if err != nil {
		v.t.Fatal(err)
	}
	return c
}

func (v *victim) member(role string) *client.Client {
	key, err := client.Load(filepath.Join(v.dir, "node", "keys", role+".jwk"), nil)
	if err != nil {
		v.t.Fatal(err)
	}
	return v.dial(key)
}
