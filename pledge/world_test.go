package pledge_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/datapledge/datapledge/pledge"
)

// memory is a State for tests. It counts what it is asked.
type memory struct {
	kv   map[string][]byte
	puts int
	fail error
}

func newMemory() *memory { return &memory{kv: map[string][]byte{}} }

func (m *memory) Get(key string) ([]byte, error) { return m.kv[key], m.fail }

func (m *memory) Put(key string, value []byte) error {
	m.puts++
	m.kv[key] = value
	return m.fail
}

func (m *memory) clone() *memory { return &memory{kv: maps.Clone(m.kv)} }

// digest names a state: equal digests, equal states.
func (m *memory) digest() string {
	h := sha256.New()
	for _, k := range slices.Sorted(maps.Keys(m.kv)) {
		fmt.Fprintf(h, "%d %s %d %s\n", len(k), k, len(m.kv[k]), m.kv[k])
	}
	return hex.EncodeToString(h.Sum(nil))
}

// actor is a party with a key. Keys come from the name, so that golden files
// do not change.
type actor struct {
	uscc string
	role pledge.Role
	ed   ed25519.PrivateKey
	ec   *ecdsa.PrivateKey
}

func newActor(uscc string, role pledge.Role) *actor {
	seed := sha256.Sum256([]byte(uscc))
	return &actor{uscc: uscc, role: role, ed: ed25519.NewKeyFromSeed(seed[:])}
}

// es256 is the same party with a P-256 key.
func (a *actor) es256() *actor {
	b := *a
	seed := sha256.Sum256([]byte(a.uscc + "p256"))
	k, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), seed[:])
	if err != nil {
		panic(err)
	}
	b.ec = k
	return &b
}

var b64 = base64.RawURLEncoding

func (a *actor) jwk() json.RawMessage {
	if a.ec != nil {
		p, err := a.ec.PublicKey.Bytes()
		if err != nil {
			panic(err)
		}
		return json.RawMessage(`{"crv":"P-256","kty":"EC","x":"` + b64.EncodeToString(p[1:33]) + `","y":"` + b64.EncodeToString(p[33:]) + `"}`)
	}
	return json.RawMessage(`{"crv":"Ed25519","kty":"OKP","x":"` + b64.EncodeToString(a.ed.Public().(ed25519.PublicKey)) + `"}`)
}

func (a *actor) kid() string {
	sum := sha256.Sum256(a.jwk())
	return b64.EncodeToString(sum[:])
}

func (a *actor) grant() pledge.KeyGrant {
	return pledge.KeyGrant{JWK: a.jwk(), Scope: pledge.ScopeAdmin}
}

// signRaw makes a JWS over any header and payload.
func (a *actor) signRaw(header, payload string) string {
	in := b64.EncodeToString([]byte(header)) + "." + b64.EncodeToString([]byte(payload))
	if a.ec == nil {
		return in + "." + b64.EncodeToString(ed25519.Sign(a.ed, []byte(in)))
	}
	sum := sha256.Sum256([]byte(in))
	der, err := a.ec.Sign(nil, sum[:], crypto.SHA256) // nil: RFC 6979, the same every time
	if err != nil {
		panic(err)
	}
	r, s := pointsOf(der)
	if half := new(big.Int).Rsh(elliptic.P256().Params().N, 1); s.Cmp(half) > 0 {
		s.Sub(elliptic.P256().Params().N, s)
	}
	return in + "." + b64.EncodeToString(append(r.FillBytes(make([]byte, 32)), s.FillBytes(make([]byte, 32))...))
}

// pointsOf reads an ASN.1 signature with short lengths.
func pointsOf(der []byte) (r, s *big.Int) {
	n := int(der[3])
	return new(big.Int).SetBytes(der[4 : 4+n]), new(big.Int).SetBytes(der[6+n:])
}

func (a *actor) header() string {
	alg := "EdDSA"
	if a.ec != nil {
		alg = "ES256"
	}
	return `{"alg":"` + alg + `","kid":"` + a.kid() + `","typ":"datapledge+jws"}`
}

// world is a ledger with one party of every kind, and a clock.
type world struct {
	t     testing.TB
	st    *memory
	now   time.Time
	nonce int
	ahead time.Duration // of the parties' clocks

	centre, notary, exchange, court, regulator *actor
	owner, other, bank, bank2, exchange2       *actor
}

var start = time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC) // a Monday

const channel = "pledge"

// uscc makes a valid code from a number.
func uscc(n int) string {
	const set = "0123456789ABCDEFGHJKLMNPQRTUWXY"
	body := fmt.Sprintf("91330108%09d", n)
	sum, w := 0, 1
	for i := range 17 {
		sum += strings.IndexByte(set, body[i]) * w
		w = w * 3 % 31
	}
	return body + string(set[(31-sum%31)%31])
}

func newWorld(t testing.TB) *world {
	t.Helper()
	w := &world{t: t, st: newMemory(), now: start,
		centre: newActor(uscc(1), pledge.RoleIPCentre), notary: newActor(uscc(2), pledge.RoleNotary),
		exchange: newActor(uscc(3), pledge.RoleExchange), court: newActor(uscc(4), pledge.RoleCourt),
		regulator: newActor(uscc(5), pledge.RoleRegulator), owner: newActor(uscc(6), pledge.RoleEnterprise),
		other: newActor(uscc(7), pledge.RoleEnterprise), bank: newActor(uscc(8), pledge.RoleBank),
		bank2: newActor(uscc(9), pledge.RoleBank), exchange2: newActor(uscc(10), pledge.RoleExchange),
	}
	writes, err := w.genesis().Writes()
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range writes {
		w.st.kv[x.Key] = x.Value
	}
	return w
}

func (w *world) actors() []*actor {
	return []*actor{w.centre, w.notary, w.exchange, w.court, w.regulator, w.owner, w.other, w.bank, w.bank2, w.exchange2}
}

func (w *world) genesis() pledge.Genesis {
	g := pledge.Genesis{V: 1, Channel: channel, Created: "2026-11-01T00:00:00Z"}
	for _, a := range w.actors() {
		g.Members = append(g.Members, pledge.Member{Party: a.uscc, Name: string(a.role) + " " + a.uscc, Roles: []pledge.Role{a.role}, Keys: []pledge.KeyGrant{a.grant()}})
	}
	return g
}

// payload prints a command's payload; every one has its own nonce.
func (w *world) payload(a *actor, act pledge.Act, body any) string {
	return w.payloadIn("", a, act, body)
}

// signIn signs a step of a closing.
func (w *world) signIn(plan string, s pledge.Step) string {
	for _, a := range w.actors() {
		if a.uscc == s.By {
			return a.signRaw(a.header(), w.payloadIn(plan, a, s.Act, s.Body))
		}
	}
	w.t.Fatalf("nobody is %s", s.By)
	return ""
}

func (w *world) payloadIn(plan string, a *actor, act pledge.Act, body any) string {
	w.nonce++
	raw, err := json.Marshal(body)
	if err != nil {
		w.t.Fatal(err)
	}
	var nonce [16]byte
	copy(nonce[:], fmt.Sprint(w.nonce))
	p, err := json.Marshal(pledge.Payload{Act: act, By: a.uscc, On: channel, At: w.now.Add(w.ahead).Format(time.RFC3339), Nonce: b64.EncodeToString(nonce[:]), Body: raw, Closing: plan})
	if err != nil {
		w.t.Fatal(err)
	}
	return string(p)
}

func (w *world) sign(a *actor, act pledge.Act, body any) string {
	return a.signRaw(a.header(), w.payload(a, act, body))
}

func (w *world) parse(jws string) *pledge.Command {
	w.t.Helper()
	c, err := pledge.ParseCommand(jws)
	if err != nil {
		w.t.Fatalf("parsing: %v", err)
	}
	return c
}

func (w *world) command(a *actor, act pledge.Act, body any) *pledge.Command {
	w.t.Helper()
	return w.parse(w.sign(a, act, body))
}

func (w *world) tx() pledge.Tx { return pledge.Tx{Channel: channel, Time: w.now} }

func (w *world) apply(cs ...*pledge.Command) []pledge.Result {
	w.t.Helper()
	rs, err := pledge.Apply(w.st, w.tx(), cs)
	if err != nil {
		w.t.Fatalf("fault: %v", err)
	}
	return rs
}

// do signs and applies one command; it must be applied. It returns the record id.
func (w *world) do(a *actor, act pledge.Act, body any) string {
	w.t.Helper()
	out := w.apply(w.command(a, act, body))[0].Outcome
	if out.Status != pledge.Applied {
		w.t.Fatalf("%s by %s: %s: %s", act, a.role, out.Code, out.Detail)
	}
	return out.RecordID
}

// refuse signs and applies one command; it must be refused with the code,
// at parsing or by the rules, and leave nothing.
func (w *world) refuse(want pledge.Code, a *actor, act pledge.Act, body any) pledge.Error {
	w.t.Helper()
	got := w.try(w.sign(a, act, body))
	if got.Code != want {
		w.t.Errorf("%s: got %s (%s), want %s", act, orApplied(got.Code), got.Detail, want)
	}
	if got.Detail == "" {
		w.t.Errorf("%s: refused with %s and no detail", act, got.Code)
	}
	return got
}

func orApplied(c pledge.Code) string {
	if c == "" {
		return "applied"
	}
	return string(c)
}

// try gives the refusal of a JWS, or a zero Error when it was applied.
func (w *world) try(jws string) pledge.Error {
	w.t.Helper()
	c, err := pledge.ParseCommand(jws)
	var e *pledge.Error
	if errors.As(err, &e) {
		return *e
	}
	before := w.st.digest()
	r := w.apply(c)[0]
	if r.Outcome.Status == pledge.Applied {
		return pledge.Error{}
	}
	if len(r.Writes) > 0 || w.st.digest() != before {
		w.t.Errorf("%s was refused and left %d writes", c.Payload.Act, len(r.Writes))
	}
	return pledge.Error{Code: r.Outcome.Code, Detail: r.Outcome.Detail}
}

func (w *world) asset(id string) pledge.Asset {
	w.t.Helper()
	a, err := pledge.DecodeAsset(w.st.kv[pledge.KeyAsset(id)])
	if err != nil {
		w.t.Fatalf("asset %s: %v", id, err)
	}
	return a
}

func (w *world) pledge(id string) pledge.Pledge {
	w.t.Helper()
	p, err := pledge.DecodePledge(w.st.kv[pledge.KeyPledge(id)])
	if err != nil {
		w.t.Fatalf("pledge %s: %v", id, err)
	}
	return p
}

// set stores a changed record, for what no act can do yet.
func (w *world) set(key string, v any) {
	w.t.Helper()
	raw, err := pledge.CanonicalJSON(v)
	if err != nil {
		w.t.Fatal(err)
	}
	w.st.kv[key] = raw
}
