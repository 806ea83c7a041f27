package network

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/datapledge/datapledge/internal/needs"
	"github.com/datapledge/datapledge/pledge"
)

// The test binary acts as the supervisor of the network in this folder, or
// only sleeps, when it is told to.
const (
	superviseDir = "DATAPLEDGE_TEST_SUPERVISE"
	sleeper      = "DATAPLEDGE_TEST_SLEEP"
)

func TestMain(m *testing.M) {
	if os.Getenv(superviseDir)+os.Getenv(sleeper) == "" {
		os.Exit(m.Run())
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	go orphaned(stop)
	if os.Getenv(sleeper) != "" {
		<-ctx.Done()
		return
	}
	if err := Supervise(ctx, os.Getenv(superviseDir), os.Getenv(readyTools)); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// orphaned ends the process with the test run that started it.
func orphaned(stop func()) {
	for parent := os.Getppid(); os.Getppid() == parent; {
		time.Sleep(200 * time.Millisecond)
	}
	stop()
}

// readyTools names a folder with ready-made programs; without it they are
// built.
const readyTools = "DATAPLEDGE_TEST_TOOLS"

// needTools skips without the programs of a network, unless they are required.
func needTools(t *testing.T, err error) {
	t.Helper()
	if NoTools(err) {
		needs.Missing(t, "fabric", err)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// trial are options for a network of its own, on free ports.
func trial(t *testing.T) Options {
	t.Helper()
	c := standard(t)
	g := pledge.Genesis{V: pledge.Version, Channel: c.Channel, Created: "2026-11-01T00:00:00Z"}
	for _, m := range c.Members {
		g.Members = append(g.Members, pledge.Member{Party: m.Party, Name: m.Name, Roles: []pledge.Role{m.Role}, Keys: []pledge.KeyGrant{{
			JWK: []byte(`{"kty":"OKP","crv":"Ed25519","x":"0ko-pbc8Zfvny6hDrKx7MUNg_o1YnXR6GBskrBTsWW4"}`), Scope: pledge.ScopeAdmin}}})
	}
	return Options{Dir: t.TempDir(), Consortium: freePorts(t, c), Genesis: g, Tools: os.Getenv(readyTools), Log: logger{t}}
}

// freePorts moves the consortium to where nobody listens now.
func freePorts(t *testing.T, c Consortium) Consortium {
	t.Helper()
	c, err := c.OnFreePorts()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

type logger struct{ t *testing.T }

func (l logger) Write(p []byte) (int, error) {
	l.t.Log(strings.TrimRight(string(p), "\n"))
	return len(p), nil
}
