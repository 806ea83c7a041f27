package timestamp_test

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/service/timestamp"
	"github.com/datapledge/datapledge/service/timestamp/local"
)

func answerOf(t testing.TB, a *authority, r *http.Request) []byte {
	t.Helper()
	query, err := io.ReadAll(r.Body)
	if err != nil {
		t.Error(err)
	}
	data, err := a.Reply(query)
	if err != nil {
		t.Error(err)
	}
	return data
}

func TestPolicyAndClock(t *testing.T) {
	a := newAuthority(t)
	trust := a.trust()
	for policy, good := range map[string]bool{"": true, local.Policy.String(): true, "1.2.3.4": false} {
		trust.Policy = policy
		c, err := timestamp.NewClient(a.server.URL, trust, nil, time.Now)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.Stamp(t.Context(), root); (err == nil) != good {
			t.Errorf("policy %q: got %v", policy, err)
		}
	}
	token, err := a.client(t).Stamp(t.Context(), root)
	if err != nil {
		t.Fatal(err)
	}
	trust.Policy = "1.2.3.4"
	if _, err := trust.Verify(token.DER, root); !errors.Is(err, timestamp.ErrToken) {
		t.Errorf("another policy passes: %v", err)
	}
	if _, err := a.trust().Verify(token.DER, [32]byte{1}); !errors.Is(err, timestamp.ErrToken) {
		t.Errorf("another imprint passes: %v", err)
	}
	for _, off := range []time.Duration{-time.Hour, time.Hour} {
		c, err := timestamp.NewClient(a.server.URL, a.trust(), nil, func() time.Time { return time.Now().Add(off) })
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.Stamp(t.Context(), root); !errors.Is(err, timestamp.ErrToken) || !strings.Contains(err.Error(), "clock") {
			t.Errorf("a clock that is %s off: %v", off, err)
		}
	}
}

func TestNobodyThere(t *testing.T) {
	a := newAuthority(t)
	c := a.client(t)
	a.server.Close()
	if _, err := c.Stamp(t.Context(), root); !errors.Is(err, service.ErrUnavailable) {
		t.Errorf("got %v, want %v", err, service.ErrUnavailable)
	}
}

func TestBadConfiguration(t *testing.T) {
	a := newAuthority(t)
	bad, none := a.trust(), a.trust()
	bad.Policy, none.Roots = "1..2", nil
	for name, try := range map[string]func() (*timestamp.Client, error){
		"no address": func() (*timestamp.Client, error) { return timestamp.NewClient("", a.trust(), nil, time.Now) },
		"a file":     func() (*timestamp.Client, error) { return timestamp.NewClient("file:///tsa", a.trust(), nil, time.Now) },
		"no policy":  func() (*timestamp.Client, error) { return timestamp.NewClient(a.server.URL, bad, nil, time.Now) },
		"no roots":   func() (*timestamp.Client, error) { return timestamp.NewClient(a.server.URL, none, nil, time.Now) },
	} {
		if _, err := try(); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
	for _, text := range []string{"", "x", string(a.RootPEM()) + "x", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"} {
		if _, err := timestamp.ParseRoots([]byte(text)); err == nil {
			t.Errorf("%q was taken for roots", text)
		}
	}
}

// The trial authority is the same after a restart.
func TestAuthorityOfAFolder(t *testing.T) {
	dir := t.TempDir()
	first, err := local.Open(dir, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	second, err := local.Open(dir, time.Now)
	if err != nil || !second.Root().Equal(first.Root()) {
		t.Errorf("got another authority, %v", err)
	}
}
