package chaincode

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/datapledge/datapledge/pledge"
)

func TestApply(t *testing.T) {
	m := started(t)
	one, two := enrol(2), enrol(3)
	payload := m.must(200, "apply", one, two)
	rs, err := pledge.UnmarshalResults([]byte(payload), m.writes())
	if err != nil || len(rs) != 2 {
		t.Fatalf("%v: %s", err, payload)
	}
	for i, r := range rs {
		if r.Outcome.Status != pledge.Applied || r.Outcome.RecordID != usccOf(i+2) || len(r.Writes) != 2 {
			t.Errorf("%d: %+v, %d writes", i, r.Outcome, len(r.Writes))
		}
	}
	if len(m.kv) != 2+4 || m.batch {
		t.Errorf("%d keys on the channel; batch open: %v", len(m.kv), m.batch)
	}
}

// writes are those of the last call, as a block holds them; they have to be
// put in key order already.
func (m *member) writes() []pledge.Write {
	m.t.Helper()
	if !slices.IsSorted(m.written) || len(m.written) != len(m.pending) {
		m.t.Errorf("written in the order %v", m.written)
	}
	var ws []pledge.Write
	for _, k := range slices.Sorted(maps.Keys(m.pending)) {
		ws = append(ws, pledge.Write{Key: k, Value: m.pending[k]})
	}
	return ws
}

// TestLoneRefusal: the client reads it from the answer, and nothing is ordered.
func TestLoneRefusal(t *testing.T) {
	m := started(t)
	jws := enrol(2)
	m.must(200, "apply", jws)
	again := enrol(2)
	r := m.refuse(409, pledge.Duplicate, "apply", again)
	if c, _ := pledge.ParseCommand(again); r.CommandID != c.ID || !strings.Contains(r.Detail, usccOf(2)) {
		t.Errorf("%+v", r)
	}
	if len(m.pending) != 0 {
		t.Errorf("a refused command wrote %v", m.pending)
	}
	if r := m.refuse(400, pledge.Malformed, "apply", "x"); r.CommandID != "" {
		t.Errorf("%+v", r)
	}
	m.refuse(401, pledge.Unsigned, "apply", again[:len(again)-9]+"AAAAAAAAA")
	m.refuse(413, pledge.TooLarge, "apply", strings.Repeat("x", pledge.MaxCommand+1))
	if !strings.Contains(m.log.String(), `"msg":"call refused","tx":"tx1","code":"duplicate"`) {
		t.Errorf("the log lacks the refusal:\n%s", m.log.String())
	}
}

// TestRefusedAmongOthers: each place has its own result, and the neighbours
// of a refused one write as if it were not there.
func TestRefusedAmongOthers(t *testing.T) {
	m := started(t)
	good := enrol(2)
	payload := m.must(200, "apply", "not a command", good, enrol(2), strings.Repeat("x", pledge.MaxCommand+1), good)
	rs, err := pledge.UnmarshalResults([]byte(payload), m.writes())
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range rs {
		got = append(got, fmt.Sprintf("%s %s %v %d", r.Outcome.Status, r.Outcome.Code, r.Outcome.Duplicate, len(r.Writes)))
	}
	want := []string{"refused malformed false 0", "applied  false 2", "refused duplicate false 0", "refused too_large false 0", "applied  true 0"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestNothingApplied(t *testing.T) {
	m := started(t)
	jws := enrol(2)
	m.must(200, "apply", jws)
	for _, calls := range [][]string{{jws}, {jws, jws}, {"x", "y"}, {jws, "x", enrol(2)}} {
		payload := m.must(200, append([]string{"apply"}, calls...)...)
		rs, err := pledge.UnmarshalResults([]byte(payload), nil)
		if err != nil || len(rs) != len(calls) || len(m.pending) != 0 {
			t.Errorf("%d commands: %d results, %v, %d writes", len(calls), len(rs), err, len(m.pending))
		}
	}
}

func TestSizes(t *testing.T) {
	m := started(t)
	m.refuse(400, pledge.Malformed, "apply")
	many := slices.Repeat([]string{"x"}, pledge.MaxTxCommands)
	m.must(200, append([]string{"apply"}, many...)...)
	m.refuse(413, pledge.TooLarge, append([]string{"apply", "x"}, many...)...)
	large := slices.Repeat([]string{strings.Repeat("x", pledge.MaxCommand)}, pledge.MaxTxBytes/pledge.MaxCommand)
	m.must(200, append([]string{"apply"}, large...)...)
	m.refuse(413, pledge.TooLarge, append([]string{"apply", "x"}, large...)...)
}

// TestEffectIsBounded: small commands can rewrite large records; a block of
// more than 10 MB would never be ordered.
func TestEffectIsBounded(t *testing.T) {
	ws := []pledge.Write{{Key: "k", Value: make([]byte, maxEffect-101)}}
	if err := checkEffect(100, ws); err != nil {
		t.Error(err)
	}
	if err := checkEffect(101, ws); !errors.Is(err, pledge.TooLarge) {
		t.Errorf("got %v", err)
	}
}

// TestReadsAtOnce: a batch is read in one message, whatever its size up to
// readAtOnce keys.
func TestReadsAtOnce(t *testing.T) {
	m := started(t)
	var all []string
	for n := range 120 {
		all = append(all, enrol(n+2))
	}
	m.must(200, append([]string{"apply"}, all...)...)
	if m.reads != 1 { // the centre, and for each command its own key and the party's
		t.Errorf("241 keys were read in %d messages", m.reads)
	}
	m.must(200, append([]string{"apply", enrol(500), enrol(501), enrol(502), enrol(503), enrol(504), enrol(505), enrol(506), enrol(507), enrol(508)}, all...)...)
	if m.reads != 2 {
		t.Errorf("259 keys were read in %d messages", m.reads)
	}
}

func TestWhatIsNoFunction(t *testing.T) {
	m := started(t)
	m.refuse(400, pledge.Malformed)
	for _, name := range []string{"", "Apply", "init", "apply ", "\xff", strings.Repeat("x", 1000)} {
		if r := m.refuse(404, pledge.NotFound, name); len(r.Detail) > 300 {
			t.Errorf("the detail echoes %d bytes", len(r.Detail))
		}
	}
}

// TestFaultsAreOpaque: what went wrong is for the operator.
func TestFaultsAreOpaque(t *testing.T) {
	m := started(t)
	m.fail = errors.New("secret of the peer")
	for _, args := range [][]string{{"apply", enrol(2)}, {"genesis", text(genesis())}, {"get", pledge.KeyChannel()}, {"record", usccOf(1)}, {"info"}} {
		status, payload, message := m.call(args...)
		if status != 500 || payload != "" || strings.Contains(message, "secret") || !strings.Contains(message, "tx1") {
			t.Errorf("%s: got %d %q %q", args[0], status, payload, message)
		}
	}
	if n := strings.Count(m.log.String(), `"level":"ERROR","msg":"call failed","tx":"tx1"`); n != 5 {
		t.Errorf("%d faults in the log:\n%s", n, m.log.String())
	}
}

// TestDamagedRecordIsAFault: it must not pass for somebody's refusal.
func TestDamagedRecordIsAFault(t *testing.T) {
	m := started(t)
	m.kv[pledge.KeyParty(usccOf(1))] = []byte(`{"id":1}`)
	m.must(500, "apply", enrol(2))
	m.must(500, "apply", enrol(2), enrol(3))
}

// TestPanicIsOneCall: the process lives, and tells its operator where it was.
func TestPanicIsOneCall(t *testing.T) {
	m := started(t)
	jws := enrol(2)
	m.panics = true
	for _, args := range [][]string{{"apply", jws}, {"get", pledge.KeyChannel()}, {"info"}} {
		status, _, message := m.call(args...)
		if status != 500 || strings.Contains(message, "fire") {
			t.Errorf("%s: got %d %q", args[0], status, message)
		}
	}
	if log := m.log.String(); !strings.Contains(log, "the state is on fire") || !strings.Contains(log, "fake_test.go") {
		t.Errorf("the log lacks cause or stack:\n%s", log)
	}
	m.panics = false
	m.must(200, "apply", jws)
}
