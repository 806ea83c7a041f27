package chaincode

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/datapledge/datapledge/pledge"
)

// statuses is the table, once more and by hand.
var statuses = map[int32][]pledge.Code{
	400: {"malformed"},
	401: {"unsigned", "unknown_party", "unknown_key", "revoked_key"},
	403: {"wrong_role", "wrong_channel", "not_owner"},
	404: {"not_found"},
	409: {"stale", "duplicate", "disputed", "terms_mismatch", "sequence_changed", "already_pledged", "wrong_state", "frozen", "objection_open", "fenced", "forked", "overlap_found", "not_due", "amendment_barred", "inconsistent", "closing_only"},
	410: {"expired"},
	413: {"too_large"},
	422: {"declaration_incomplete", "custody_missing", "maturity_too_late", "check_missing", "consent_missing", "title_missing", "sum_mismatch"},
}

func TestStatusOfEveryCode(t *testing.T) {
	listed := 0
	for want, codes := range statuses {
		for _, code := range codes {
			listed++
			if got := refused(&refusal{Code: code}).Status; got != want {
				t.Errorf("%s: got %d, want %d", code, got, want)
			}
		}
	}
	for _, code := range pledge.Codes() {
		if s := refused(&refusal{Code: code}).Status; s < 400 || s >= 500 {
			t.Errorf("%s has status %d: it would be endorsed, or pass for a fault", code, s)
		}
	}
	if s := refused(&refusal{Code: "new"}).Status; s != 500 {
		t.Errorf("an unknown code has status %d", s)
	}
	if listed != len(pledge.Codes()) || len(status) != listed {
		t.Errorf("%d codes here, %d in the table, %d in the rules", listed, len(status), len(pledge.Codes()))
	}
}

func TestGenesis(t *testing.T) {
	m := newMember(t)
	m.must(200, "genesis", text(genesis()))
	want, err := genesis().Writes()
	if err != nil {
		t.Fatal(err)
	}
	if got := m.writes(); !slices.EqualFunc(got, want, sameWrite) {
		t.Errorf("got %d writes, want %d", len(got), len(want))
	}
	m.refuse(409, pledge.Duplicate, "genesis", text(genesis()))
}

func TestWrongGenesis(t *testing.T) {
	m := newMember(t)
	other, elsewhere, nobody := genesis(), genesis(), genesis()
	other.Members[0].Name = "somebody else"
	elsewhere.Channel = "elsewhere"
	nobody.Members = nil
	m.refuse(409, pledge.TermsMismatch, "genesis", text(other))
	m.refuse(403, pledge.WrongChannel, "genesis", text(elsewhere))
	m.refuse(400, pledge.Malformed, "genesis", text(nobody))
	m.refuse(400, pledge.Malformed, "genesis")
	m.refuse(400, pledge.Malformed, "genesis", "{}")
	m.refuse(400, pledge.Malformed, "genesis", text(genesis())+" x")
	m.refuse(400, pledge.Malformed, "genesis", text(genesis()), text(genesis()))
	m.channel = "elsewhere"
	m.refuse(403, pledge.WrongChannel, "genesis", text(genesis()))
	if len(m.kv) != 0 {
		t.Errorf("refused, and wrote %d keys", len(m.kv))
	}
}

func TestNewWantsAGenesis(t *testing.T) {
	if c, err := New("v", pledge.Genesis{}, nil, nil); err == nil || c != nil {
		t.Errorf("got %v, %v", c, err)
	}
}

// TestClock: the process's clock refuses a transaction's time, and that is
// all it does.
func TestClock(t *testing.T) {
	for off, fine := range map[time.Duration]bool{
		0: true, 4*time.Minute + 59*time.Second: true, -4*time.Minute - 59*time.Second: true, 5 * time.Minute: true, -5 * time.Minute: true,
		5*time.Minute + time.Second: false, -5*time.Minute - time.Second: false, 5*time.Minute + 1: false, 24 * time.Hour: false, -24 * time.Hour: false,
	} {
		m := started(t)
		payload := m.must(200, "apply", enrol(2))
		m.clock = func() time.Time { return now.Add(off) }
		if !fine {
			r := m.refuse(409, pledge.Stale, "apply", enrol(3))
			if !strings.Contains(r.Detail, "clock of the client") || (off < 0) != strings.Contains(r.Detail, "ahead") {
				t.Errorf("%s: %s", off, r.Detail)
			}
			m.refuse(409, pledge.Stale, "genesis", text(genesis()))
		} else if m.must(200, "apply", enrol(3)) == payload {
			t.Errorf("%s: two commands with one answer", off)
		}
		m.must(200, "info")
		m.must(200, "get", pledge.KeyChannel())
	}
}

func TestNoTime(t *testing.T) {
	m := started(t)
	for _, at := range []*timestamppb.Timestamp{nil, {Seconds: 1 << 60}, {Nanos: -1}} {
		m.at = at
		m.refuse(400, pledge.Malformed, "apply", enrol(2))
	}
}

func TestGet(t *testing.T) {
	m := started(t)
	key := pledge.KeyParty(usccOf(1))
	payload := m.must(200, "get", key, pledge.KeyParty(usccOf(2)), pledge.KeyChannel(), key)
	var got []json.RawMessage
	if err := pledge.StrictUnmarshal([]byte(payload), &got); err != nil || len(got) != 4 {
		t.Fatalf("%v: %s", err, payload)
	}
	if string(got[0]) != string(m.kv[key]) || string(got[1]) != "null" || string(got[2]) != string(m.kv[pledge.KeyChannel()]) || string(got[3]) != string(got[0]) {
		t.Errorf("got %s", payload)
	}
	if len(m.pending) != 0 {
		t.Errorf("a read wrote %v", m.pending)
	}
}

func TestGetLimits(t *testing.T) {
	m := started(t)
	m.refuse(400, pledge.Malformed, "get")
	for _, bad := range []string{"", "v1", "x", "v1/party/", "\x00v1/party/x", "v1/party/\xff", "v2/party/x"} {
		m.refuse(400, pledge.Malformed, "get", pledge.KeyChannel(), bad)
	}
	var keys []string
	for n := range MaxKeys {
		keys = append(keys, pledge.KeyAsset(fmt.Sprint("as_", n)))
		m.kv[keys[n]] = []byte(`"` + strings.Repeat("x", maxBytes/MaxKeys-2) + `"`)
	}
	payload := m.must(200, append([]string{"get"}, keys...)...)
	if len(payload) < maxBytes-MaxKeys || m.reads != 4 {
		t.Errorf("%d bytes in %d messages", len(payload), m.reads)
	}
	m.refuse(413, pledge.TooLarge, append([]string{"get", keys[0]}, keys...)...)
	m.kv[keys[0]] = []byte(`"` + strings.Repeat("x", maxBytes/2) + `"`)
	m.refuse(413, pledge.TooLarge, append([]string{"get"}, keys...)...)
}

func TestRecord(t *testing.T) {
	m := started(t)
	payload := m.must(200, "record", usccOf(1))
	p := pledge.Party{}
	if err := pledge.StrictUnmarshal([]byte(payload), &p); err != nil || p.ID != usccOf(1) || !strings.HasPrefix(payload, "{\n  \"") {
		t.Errorf("%v: %s", err, payload)
	}
	m.kv[pledge.KeyAsset("as_x")] = []byte(`{"name":"<&>"}`)
	if got := m.must(200, "record", "as_x"); got != "{\n  \"name\": \"<&>\"\n}" {
		t.Errorf("got %s", got)
	}
	for _, id := range []string{"as_y", "pl_y", usccOf(2), "nobody"} {
		if r := m.refuse(404, pledge.NotFound, "record", id); !strings.Contains(r.Detail, id) {
			t.Errorf("%+v", r)
		}
	}
	for _, args := range [][]string{{}, {""}, {"cmd_x"}, {"\xff"}, {"as_x", "as_x"}} {
		m.refuse(400, pledge.Malformed, append([]string{"record"}, args...)...)
	}
}

func TestInfo(t *testing.T) {
	m := newMember(t)
	if got := m.must(200, "info"); got != `{"chaincode":"v1.2.3","rules_version":"4","channel":"pledge","genesis":""}` {
		t.Errorf("got %s", got)
	}
	m.must(200, "genesis", text(genesis()))
	if got := m.must(200, "info"); !strings.Contains(got, `"genesis":"`+digest(m.kv[pledge.KeyChannel()])+`"`) {
		t.Errorf("got %s", got)
	}
	m.refuse(400, pledge.Malformed, "info", "x")
}

func TestFunctionsOfTheProtocol(t *testing.T) {
	if got := slices.Sorted(maps.Keys(functions)); !slices.Equal(got, []string{"apply", "checkpoint", "checkpoints", "genesis", "get", "info", "record"}) {
		t.Errorf("got %v", got)
	}
}
