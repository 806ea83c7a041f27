package fabric

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/datapledge/datapledge/internal/needs"
	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
)

// TestClockFinding holds whose clock is said to be wrong.
func TestClockFinding(t *testing.T) {
	fine, off, away := error(pledge.Errorf(pledge.Malformed, "no command")), error(pledge.Errorf(pledge.Stale, "dated tomorrow")), errors.New("away")
	for _, test := range []struct {
		name    string
		answers []error
		ok      bool
		cause   string
	}{
		{"all agree", []error{fine, fine, fine}, true, "3 members"},
		{"ours", []error{off, off, off}, false, "this machine's clock differs from those of A, B, C: dated tomorrow"},
		{"ours, one away", []error{off, away, off}, false, "this machine's clock differs from those of A, C"},
		{"one of theirs", []error{fine, off, fine}, false, "the clocks of B differ"},
		{"nobody answers", []error{away, away, away}, false, "no member could compare"},
	} {
		f := clockFinding([]string{"A", "B", "C"}, test.answers)
		if f.OK != test.ok || !strings.Contains(f.Cause, test.cause) || !f.OK && f.Remedy == "" {
			t.Errorf("%s: got %+v", test.name, f)
		}
	}
}

// TestComparingFinding holds which answers to a false checkpoint are good.
func TestComparingFinding(t *testing.T) {
	for say, test := range map[string]struct {
		err error
		ok  bool
	}{
		"its own peer":           {pledge.Errorf(pledge.Forked, "hash"), true},
		"of its own peer":        {pledge.Errorf(pledge.NotFound, "only 3 are here yet"), true},
		"blocks of its own peer": {pledge.Errorf(pledge.SequenceChanged, "block 9 comes next"), true},
		"about the clock":        {pledge.Errorf(pledge.Stale, "dated tomorrow"), false},
		"endorses a false":       {nil, false},
		"-msp-cert":              {errors.New("internal error"), false},
		"about the peers":        {service.ErrUnavailable, false},
	} {
		f := comparingFinding("checkpoints", test.err)
		if f.OK != test.ok || !strings.Contains(f.Cause+f.Remedy, say) {
			t.Errorf("%v: got %+v", test.err, f)
		}
	}
}

// TestReasons holds that known texts of errors have their own remedy.
func TestReasons(t *testing.T) {
	for _, r := range reasons {
		got := remedyFor(fmt.Errorf("dialing: %s: and so on", r.text), "orderer")
		if got == "see the orderer's log" || strings.Contains(got, "%") {
			t.Errorf("%q: got %q", r.text, got)
		}
	}
	if got := remedyFor(errors.New("something new"), "peer"); got != "see the peer's log" {
		t.Errorf("got %q", got)
	}
}

// TestDiagnoseOffline holds that a bad profile is found before the network is asked.
func TestDiagnoseOffline(t *testing.T) {
	p := newPKI(t)
	path := p.profile()
	found := Diagnose(t.Context(), Diagnosis{Profile: path})
	if err := failed(found); err == nil || !strings.Contains(err.Error(), "no orderers are listed") {
		t.Errorf("got %v", err)
	}
}

// TestDiagnoseNobody holds what is found when no node is there, or a stranger is.
func TestDiagnoseNobody(t *testing.T) {
	p := newPKI(t)
	stranger := newPKI(t).listen(took)
	path := p.profile(p.listen(took).addr, needs.Address(t), stranger.addr, needs.Address(t))
	err := failed(Diagnose(t.Context(), Diagnosis{Profile: path}))
	if err == nil {
		t.Fatal("all is well without a network")
	}
	for _, want := range []string{
		"nobody listens there: start the orderer", "the profile's tlsCACerts is not the CA of this orderer",
		"1 of 4 can be reached, 3 are needed", "nobody listens there: start the peer", "see the findings about the peers",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("nothing says %q:\n%v", want, err)
		}
	}
}
