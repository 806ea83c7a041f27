package faultrun

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/datapledge/datapledge/network"
	"github.com/datapledge/datapledge/network/networktest"
	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service/client"
	"github.com/datapledge/datapledge/service/ledgertest/actors"
)

// long says that the runs take their time, and their numbers are large.
var long = os.Getenv("DATAPLEDGE_FAULTS") == "long"

// choose is the small value in CI.
func choose[T any](short, large T) T {
	if long {
		return large
	}
	return short
}

// site is a consortium, its storage and a service, all of them real.
type site struct {
	*testing.T
	*cast
	net       *network.Running
	program   string
	custodian string // files: the key of the exchange, and what evidence is checked against
	trust     string
	service   *replica
	bank2     bool // is enrolled
	runs      *[]Tally
}

func newSite(t *testing.T) *site {
	t.Helper()
	def, err := network.Default()
	if err != nil {
		t.Fatal(err)
	}
	c := newCast(t, def)
	g := pledge.Genesis{V: pledge.Version, Channel: def.Channel, Created: time.Now().UTC().Format(time.RFC3339)}
	for _, m := range def.Members {
		for a := range c.parties {
			if a.USCC == m.Party {
				g.Members = append(g.Members, a.Member())
			}
		}
	}
	s := &site{T: t, cast: c, net: networktest.Start(t, g), program: build(t), runs: &[]Tally{}}
	s.custodian = c.custodian(t, t.TempDir())
	s.trust = filepath.Join(t.TempDir(), "trust.json")
	s.run("evidence", "trust", "-block", filepath.Join(s.net.Dir(), "genesis.block"), "-out", s.trust)
	s.service = s.replica(pledge.RoleExchange)
	s.service.mustStart()
	s.must(c.Enroll(c.Enterprise), c.Enroll(c.Enterprise2))
	return s
}

// in is the site for a subtest.
func (s *site) in(t *testing.T) *site {
	sub := *s
	sub.T = t
	return &sub
}

// build makes the program itself.
func build(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "datapledge")
	if out, err := exec.Command("go", "build", "-o", path, "github.com/datapledge/datapledge/cmd/datapledge").CombinedOutput(); err != nil {
		t.Fatalf("building datapledge: %v: %s", err, out)
	}
	return path
}

// run runs the program itself, to its end.
func (s *site) run(args ...string) {
	s.Helper()
	if out, err := exec.Command(s.program, args...).CombinedOutput(); err != nil {
		s.Fatalf("datapledge %v: %v: %s", args, err, out)
	}
}

// must has commands applied, in order.
func (s *site) must(commands ...string) []Entry {
	s.Helper()
	out := sendLines(s.Context(), s.service.url(), commands)
	for i, e := range out {
		if e.Fate != Applied {
			s.Fatalf("command %d of %d: %v; the service's log ends: %s", i, len(out), e, s.service.lastWords())
		}
	}
	return out
}

// client speaks to a replica for a party. It tries once: what is asked is
// what is answered.
func (s *site) client(v *replica, a *actors.Actor) *client.Client {
	s.Helper()
	c, err := client.Dial(v.url(), s.parties[a].key, client.Options{Tries: 1})
	if err != nil {
		s.Fatal(err)
	}
	return c
}

// until asks again and again, for a bounded time.
func (s *site) until(limit time.Duration, what string, ask func(context.Context) error) time.Duration {
	s.Helper()
	began := time.Now()
	for {
		ctx, cancel := context.WithTimeout(s.Context(), 20*time.Second)
		err := ask(ctx)
		cancel()
		if err == nil {
			return time.Since(began)
		}
		if time.Since(began) > limit {
			s.Fatalf("%s: not within %s: %v; the service's log ends: %s", what, limit, err, s.lastWords())
		}
		time.Sleep(100 * time.Millisecond)
	}
}

func seconds(short, large int) time.Duration {
	return time.Duration(choose(short, large)) * time.Second
}

// lastWords is the end of the service's log, if there is one yet.
func (s *site) lastWords() []byte {
	if s.service == nil {
		return nil
	}
	return s.service.lastWords()
}
