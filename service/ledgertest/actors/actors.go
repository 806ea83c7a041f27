// Package actors has the parties that tests and benchmarks of a ledger need:
// their keys, their genesis and a helper for every command that they sign.
//
// Keys come from fixed seeds and are public: they are worth nothing.
package actors

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math/big"
	"strings"
	"sync/atomic"
	"time"

	"github.com/datapledge/datapledge/pledge"
)

// Actor is a party with its private key. Exactly one of the keys is set.
type Actor struct {
	USCC, Name string
	Role       pledge.Role
	// Recipient is the age recipient to enrol it with; may be left empty.
	Recipient string
	Ed25519   ed25519.PrivateKey
	P256      *ecdsa.PrivateKey
}

// Cast is everybody in the play. IPCentre to Bank are members from the
// genesis on; Bank2 (which signs with ES256), Enterprise and Enterprise2
// have to be enrolled first.
type Cast struct {
	Channel string
	// Now dates the commands; nil means time.Now.
	Now func() time.Time

	IPCentre, Notary, Exchange, Court, Regulator, Bank *Actor
	Bank2, Enterprise, Enterprise2                     *Actor

	nonces atomic.Uint64
	seed   [8]byte
}

// NewCast makes the cast of a channel. The parties and keys are always the
// same; what they sign differs from one cast to the next.
func NewCast(channel string) *Cast {
	c := &Cast{
		Channel:     channel,
		IPCentre:    actor(withCheck("12330100MB0000001"), "杭州市知识产权研究与服务中心", pledge.RoleIPCentre),
		Notary:      actor(withCheck("12330100MB0000002"), "杭州互联网公证处", pledge.RoleNotary),
		Exchange:    actor(withCheck("91330100MA2000003"), "杭州大数据交易所", pledge.RoleExchange),
		Court:       actor(withCheck("11330100MB0000004"), "杭州互联网法院", pledge.RoleCourt),
		Regulator:   actor(withCheck("11330100MB0000005"), "杭州市市场监督管理局", pledge.RoleRegulator),
		Bank:        actor(withCheck("91330100MA2000006"), "第一银行", pledge.RoleBank),
		Bank2:       actor(withCheck("91330100MA2000007"), "第二银行", pledge.RoleBank),
		Enterprise:  actor(withCheck("91330108MA2000008"), "数据科技有限公司", pledge.RoleEnterprise),
		Enterprise2: actor(withCheck("91330108MA2000009"), "另一家数据有限公司", pledge.RoleEnterprise),
	}
	c.Bank2.Ed25519, c.Bank2.P256 = nil, p256(c.Bank2.USCC)
	_, _ = rand.Read(c.seed[:])
	return c
}

func actor(uscc, name string, role pledge.Role) *Actor {
	seed := sha256.Sum256([]byte("datapledge test key " + uscc))
	return &Actor{USCC: uscc, Name: name, Role: role, Ed25519: ed25519.NewKeyFromSeed(seed[:])}
}

func p256(seed string) *ecdsa.PrivateKey {
	d := sha256.Sum256([]byte("datapledge test key " + seed))
	k, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), d[:])
	if err != nil {
		panic(err) // the seeds are constants
	}
	return k
}

// NewActor makes one more party: the n-th of a role, always the same.
func NewActor(n int, role pledge.Role) *Actor {
	return actor(USCC(n), fmt.Sprintf("第%d企业", n), role)
}

// USCC makes the n-th of a series of valid codes (GB 32100-2015).
func USCC(n int) string { return withCheck(fmt.Sprintf("91330109MA3%06d", n%1_000_000)) }

// withCheck adds the check character to 17 others.
func withCheck(body string) string {
	const set = "0123456789ABCDEFGHJKLMNPQRTUWXY"
	sum, weight := 0, 1
	for _, c := range body {
		sum += strings.IndexRune(set, c) * weight
		weight = weight * 3 % 31
	}
	return body + string(set[(31-sum%31)%31])
}

// JWK is the actor's public key, with the members of its thumbprint only.
func (a *Actor) JWK() json.RawMessage {
	if a.P256 != nil {
		point, err := a.P256.PublicKey.Bytes()
		if err != nil {
			panic(err) // the key was made on this curve
		}
		return fmt.Appendf(nil, `{"crv":"P-256","kty":"EC","x":"%s","y":"%s"}`, b64(point[1:33]), b64(point[33:]))
	}
	return fmt.Appendf(nil, `{"crv":"Ed25519","kty":"OKP","x":"%s"}`, b64(a.Ed25519.Public().(ed25519.PublicKey)))
}

// KID is the RFC 7638 thumbprint.
func (a *Actor) KID() string {
	sum := sha256.Sum256(a.JWK())
	return b64(sum[:])
}

// Member is the actor as the genesis names it, with an admin key.
func (a *Actor) Member() pledge.Member {
	return pledge.Member{Party: a.USCC, Name: a.Name, Roles: []pledge.Role{a.Role}, Recipient: a.Recipient,
		Keys: []pledge.KeyGrant{{JWK: a.JWK(), Scope: pledge.ScopeAdmin}}}
}

// Genesis is where every ledger of this cast starts.
func (c *Cast) Genesis() pledge.Genesis {
	g := pledge.Genesis{V: 1, Channel: c.Channel, Created: "2026-01-01T00:00:00Z"}
	for _, a := range []*Actor{c.IPCentre, c.Notary, c.Exchange, c.Court, c.Regulator, c.Bank} {
		g.Members = append(g.Members, a.Member())
	}
	return g
}

func b64(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

func (c *Cast) now() time.Time {
	if c.Now != nil {
		return c.Now().UTC()
	}
	return time.Now().UTC()
}

func (c *Cast) nonce() string {
	sum := sha256.Sum256(binary.BigEndian.AppendUint64(c.seed[:], c.nonces.Add(1)))
	return b64(sum[:16])
}

// Own makes a name that no other cast uses, for content of its own.
func (c *Cast) Own(name string) string { return fmt.Sprintf("%x/%s", c.seed, name) }

// Sign makes a command: a compact JWS of the act with the body.
func (c *Cast) Sign(a *Actor, act pledge.Act, body any) string {
	return a.Sign(c.Payload(a, act, body))
}

// Payload is what Sign signs, for tests that change something first.
func (c *Cast) Payload(a *Actor, act pledge.Act, body any) pledge.Payload {
	raw, err := json.Marshal(body)
	if err != nil {
		panic(err) // bodies are structs of this module
	}
	return pledge.Payload{Act: act, By: a.USCC, On: c.Channel, At: c.now().Format(time.RFC3339), Nonce: c.nonce(), Body: raw}
}

// Sign signs a payload as it stands.
func (a *Actor) Sign(payload pledge.Payload) string {
	raw, err := json.Marshal(payload)
	if err != nil {
		panic(err) // the body was marshalled before
	}
	alg := "EdDSA"
	if a.P256 != nil {
		alg = "ES256"
	}
	head := fmt.Sprintf(`{"alg":"%s","kid":"%s","typ":"datapledge+jws"}`, alg, a.KID())
	input := b64([]byte(head)) + "." + b64(raw)
	return input + "." + b64(a.signature([]byte(input)))
}

func (a *Actor) signature(input []byte) []byte {
	if a.P256 == nil {
		return ed25519.Sign(a.Ed25519, input)
	}
	sum := sha256.Sum256(input)
	r, s, err := ecdsa.Sign(rand.Reader, a.P256, sum[:])
	if err != nil {
		panic(err) // only when there is no randomness
	}
	n := elliptic.P256().Params().N
	if s.Cmp(new(big.Int).Rsh(n, 1)) > 0 { // the rules take low-S only
		s.Sub(n, s)
	}
	return append(r.FillBytes(make([]byte, 32)), s.FillBytes(make([]byte, 32))...)
}
