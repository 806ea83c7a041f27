package chaincode

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/datapledge/datapledge/pledge"
)

// fake is a channel, and the call that is under way on it.
type fake struct {
	kv      map[string][]byte
	channel string
	at      *timestamppb.Timestamp
	args    [][]byte
	pending map[string][]byte
	written []string
	batch   bool
	reads   int // messages for it
	fail    error
	panics  bool
}

func (f *fake) GetArgs() [][]byte    { return f.args }
func (f *fake) GetTxID() string      { return "tx1" }
func (f *fake) GetChannelID() string { return f.channel }

func (f *fake) GetTxTimestamp() (*timestamppb.Timestamp, error) { return f.at, f.fail }

func (f *fake) GetState(key string) ([]byte, error) {
	if f.panics {
		panic("the state is on fire")
	}
	f.reads++
	return f.kv[key], f.fail
}

func (f *fake) GetMultipleStates(keys ...string) ([][]byte, error) {
	if f.panics {
		panic("the state is on fire")
	}
	f.reads++
	var out [][]byte
	for _, k := range keys {
		out = append(out, f.kv[k])
	}
	return out, f.fail
}

func (f *fake) StartWriteBatch() { f.batch = true }

func (f *fake) PutState(key string, value []byte) error {
	f.written = append(f.written, key)
	f.pending[key] = value
	return f.fail
}

func (f *fake) FinishWriteBatch() error {
	f.batch = false
	return f.fail
}

// member is one member's chaincode beside a channel.
type member struct {
	*Chaincode
	*fake
	t   *testing.T
	log bytes.Buffer
}

var (
	now    = time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)
	centre = ed25519.NewKeyFromSeed(make([]byte, 32))
)

const (
	channel = "pledge"
)

func genesis() pledge.Genesis {
	return pledge.Genesis{V: 1, Channel: channel, Created: "2026-11-01T00:00:00Z", Members: []pledge.Member{
		{Party: usccOf(1), Name: "IP centre", Roles: []pledge.Role{pledge.RoleIPCentre}, Keys: []pledge.KeyGrant{{JWK: jwk(centre), Scope: pledge.ScopeAdmin}}},
	}}
}

// newMember starts on a channel without a genesis.
func newMember(t *testing.T) *member {
	t.Helper()
	m := &member{t: t, fake: &fake{kv: map[string][]byte{}, channel: channel, at: timestamppb.New(now)}}
	c, err := New("v1.2.3", genesis(), nil, slog.New(slog.NewJSONHandler(&m.log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	c.clock = func() time.Time { return now }
	m.Chaincode = c
	return m
}

// started has the genesis.
func started(t *testing.T) *member {
	t.Helper()
	m := newMember(t)
	m.must(200, "genesis", text(genesis()))
	return m
}

// call is one transaction: its writes count if it is endorsed.
func (m *member) call(args ...string) (status int32, payload, message string) {
	m.args, m.pending, m.written, m.reads = nil, map[string][]byte{}, nil, 0
	for _, a := range args {
		m.args = append(m.args, []byte(a))
	}
	r := m.invoke(m.fake)
	if r.Status < 400 {
		for k, v := range m.pending {
			m.kv[k] = v
		}
	}
	return r.Status, string(r.Payload), r.Message
}

func (m *member) must(want int32, args ...string) (payload string) {
	m.t.Helper()
	status, payload, message := m.call(args...)
	if status != want {
		m.t.Fatalf("%.60q: got %d %s, want %d", args, status, message, want)
	}
	return payload
}

// refuse expects a refusal and returns it.
func (m *member) refuse(want int32, code pledge.Code, args ...string) refusal {
	m.t.Helper()
	status, payload, message := m.call(args...)
	var r refusal
	err := pledge.StrictUnmarshal([]byte(message), &r)
	if status != want || err != nil || r.Code != code || r.Detail == "" || payload != "" {
		m.t.Errorf("%.60q: got %d %s (%v), want %d %s", args, status, message, err, want, code)
	}
	return r
}

func text(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // structs of this module
	}
	return string(b)
}

func b64(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

func jwk(k ed25519.PrivateKey) json.RawMessage {
	return fmt.Appendf(nil, `{"crv":"Ed25519","kty":"OKP","x":"%s"}`, b64(k.Public().(ed25519.PublicKey)))
}

var nonces int

// sign makes a command of the IP centre.
func sign(act pledge.Act, body any) string {
	nonces++
	nonce := sha256.Sum256(fmt.Append(nil, nonces))
	kid := sha256.Sum256(jwk(centre))
	payload := text(pledge.Payload{Act: act, By: usccOf(1), On: channel, At: now.Format(time.RFC3339), Nonce: b64(nonce[:16]), Body: json.RawMessage(text(body))})
	in := b64(fmt.Appendf(nil, `{"alg":"EdDSA","kid":"%s","typ":"datapledge+jws"}`, b64(kid[:]))) + "." + b64([]byte(payload))
	return in + "." + b64(ed25519.Sign(centre, []byte(in)))
}

// enrol makes a command that enrols the n-th party.
func enrol(n int) string {
	return sign(pledge.PartyEnroll, pledge.EnrollBody{Party: usccOf(n), Name: fmt.Sprint("party ", n), Roles: []pledge.Role{pledge.RoleEnterprise},
		Keys: []pledge.KeyGrant{{JWK: jwk(ed25519.NewKeyFromSeed(fmt.Appendf(nil, "%032d", n))), Scope: pledge.ScopeAdmin}}})
}

// usccOf makes the n-th of a series of valid codes.
func usccOf(n int) string {
	const set = "0123456789ABCDEFGHJKLMNPQRTUWXY"
	body, sum, weight := fmt.Sprintf("91330108%09d", n), 0, 1
	for i := range 17 {
		sum += int(body[i]-'0') * weight
		weight = weight * 3 % 31
	}
	return body + string(set[(31-sum%31)%31])
}
