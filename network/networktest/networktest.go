// Package networktest starts a real consortium for the tests of others.
package networktest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/datapledge/datapledge/internal/needs"
	"github.com/datapledge/datapledge/network"
	"github.com/datapledge/datapledge/pledge"
)

// upTime is how long a network may take to start, not counting what must be
// built first.
const upTime = 10 * time.Minute

// Start runs a consortium in a temporary folder on free ports, and ends it
// with the test. Without the programs for it the test is skipped, or fails
// when DATAPLEDGE_TEST_REQUIRE names fabric; DATAPLEDGE_TEST_TOOLS names a
// folder with ready-made ones.
func Start(t testing.TB, g pledge.Genesis, options ...func(*network.Options)) *network.Running {
	t.Helper()
	c, err := network.Default()
	if err != nil {
		t.Fatal(err)
	}
	o := network.Options{Dir: t.TempDir(), Consortium: c, Genesis: g, Tools: os.Getenv("DATAPLEDGE_TEST_TOOLS"), Log: writer{t}}
	for _, f := range options {
		f(&o)
	}
	r := up(t, o)
	t.Cleanup(func() {
		if err := r.Down(); err != nil {
			t.Errorf("ending the network: %v", err)
		}
	})
	return r
}

// Use is Start for tests that break nothing: when DATAPLEDGE_TEST_NETWORK
// names the folder of a network that runs, they share that one. Its genesis
// is its own.
func Use(t testing.TB, g pledge.Genesis) *network.Running {
	t.Helper()
	dir := os.Getenv("DATAPLEDGE_TEST_NETWORK")
	if dir == "" {
		return Start(t, g)
	}
	r, err := network.Attach(dir)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// up tries again when another test was faster to take the ports.
func up(t testing.TB, o network.Options) *network.Running {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), upTime)
	defer cancel()
	base, dir := o.Consortium, o.Dir
	for try := range 5 {
		o.Consortium, o.Dir = Free(t, base), filepath.Join(dir, fmt.Sprint(try))
		r, err := network.Up(ctx, o)
		if err == nil {
			return r
		}
		if !errors.Is(err, network.ErrPortTaken) {
			unavailable(t, err)
		}
	}
	t.Fatal("the ports are taken again and again")
	return nil
}

// unavailable skips only when the programs are missing: a network that does
// not start is a failure.
func unavailable(t testing.TB, err error) {
	t.Helper()
	if network.NoTools(err) {
		needs.Missing(t, "fabric", err)
	}
	t.Fatal(err)
}

// Free is the consortium on ports that nobody listens on now.
func Free(t testing.TB, c network.Consortium) network.Consortium {
	t.Helper()
	c, err := c.OnFreePorts()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

type writer struct{ t testing.TB }

func (w writer) Write(p []byte) (int, error) {
	w.t.Log(strings.TrimSuffix(string(p), "\n"))
	return len(p), nil
}
