package evidence_test

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/sha256"
	"encoding/asn1"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
)

// key is a party's key, Ed25519 or, when curve is set, P-256; the name seeds
// it, so that tests repeat.
type key struct {
	private ed25519.PrivateKey
	curve   *ecdsa.PrivateKey
	highS   bool // sign with the other, forbidden half of s
	party   string
}

func newKey(name, party string) key {
	seed := sha256.Sum256([]byte(name))
	return key{private: ed25519.NewKeyFromSeed(seed[:]), party: party}
}

func newCurveKey(name, party string) key {
	d := sha256.Sum256([]byte(name))
	private, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), d[:])
	if err != nil {
		panic(err)
	}
	return key{curve: private, party: party}
}

func (k key) jwk() json.RawMessage {
	e := base64.RawURLEncoding
	if k.curve != nil {
		point, err := k.curve.PublicKey.Bytes()
		if err != nil {
			panic(err)
		}
		return json.RawMessage(`{"crv":"P-256","kty":"EC","x":"` + e.EncodeToString(point[1:33]) + `","y":"` + e.EncodeToString(point[33:]) + `"}`)
	}
	x := e.EncodeToString(k.private.Public().(ed25519.PublicKey))
	return json.RawMessage(`{"crv":"Ed25519","kty":"OKP","x":"` + x + `"}`)
}

func (k key) alg() string {
	if k.curve != nil {
		return "ES256"
	}
	return "EdDSA"
}

func (k key) raw(input string) []byte {
	if k.curve == nil {
		return ed25519.Sign(k.private, []byte(input))
	}
	sum := sha256.Sum256([]byte(input))
	der, err := k.curve.Sign(nil, sum[:], crypto.SHA256) // RFC 6979: repeats
	if err != nil {
		panic(err)
	}
	var sig struct{ R, S *big.Int }
	if _, err := asn1.Unmarshal(der, &sig); err != nil {
		panic(err)
	}
	n := elliptic.P256().Params().N
	if high := sig.S.Cmp(new(big.Int).Rsh(n, 1)) > 0; high != k.highS {
		sig.S.Sub(n, sig.S)
	}
	out := make([]byte, 64)
	sig.R.FillBytes(out[:32])
	sig.S.FillBytes(out[32:])
	return out
}

func (k key) kid() string {
	sum := sha256.Sum256(k.jwk())
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

func (k key) Party() string { return k.party }

// SignJWS makes a compact JWS; with it a key is an evidence.Signer.
func (k key) SignJWS(typ string, payload []byte) (string, error) {
	return k.signAs(fmt.Sprintf(`{"alg":"%s","kid":"%s","typ":"%s"}`, k.alg(), k.kid(), typ), payload), nil
}

// signAs signs under any protected header.
func (k key) signAs(head string, payload []byte) string {
	e := base64.RawURLEncoding
	input := e.EncodeToString([]byte(head)) + "." + e.EncodeToString(payload)
	return input + "." + e.EncodeToString(k.raw(input))
}

// uscc makes a GB 32100-2015 code with its check digit.
func uscc(serial int) string {
	const digits = "0123456789ABCDEFGHJKLMNPQRTUWXY"
	weights := []int{1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28}
	body := fmt.Sprintf("91330100MA%07d", serial)
	sum := 0
	for i, w := range weights {
		sum += strings.IndexByte(digits, body[i]) * w
	}
	return body + string(digits[(31-sum%31)%31])
}

type block struct {
	header  string // JWS
	payload string
	entries []string
	writes  [][]pledge.Write
	jws     []string
	time    time.Time
}

// chain is a solo ledger in memory, written from FORMAT.md alone, with an
// index that scans it. It is not safe for concurrent use.
type chain struct {
	t        testing.TB
	channel  string
	operator key
	genesis  pledge.Genesis
	blocks   []block
	state    map[string][]byte
	now      time.Time
	nonce    int
}

type mapState map[string][]byte

func (m mapState) Get(key string) ([]byte, error)     { return m[key], nil }
func (m mapState) Put(key string, value []byte) error { m[key] = value; return nil }

func newChain(t testing.TB, genesis pledge.Genesis, operator key) *chain {
	t.Helper()
	created, err := time.Parse(time.RFC3339, genesis.Created)
	if err != nil {
		t.Fatal(err)
	}
	c := &chain{t: t, channel: genesis.Channel, operator: operator, genesis: genesis, state: map[string][]byte{}, now: created}
	writes, err := genesis.Writes()
	if err != nil {
		t.Fatal(err)
	}
	c.append([]string{canonical(t, map[string]any{"genesis": genesis, "writes": writes})}, [][]pledge.Write{writes}, []string{""})
	return c
}

// canonical prints v as RFC 8785 JSON by way of sorted Go maps.
func canonical(t testing.TB, v any) string {
	t.Helper()
	var plain any
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	d := json.NewDecoder(strings.NewReader(string(raw)))
	d.UseNumber()
	if err := d.Decode(&plain); err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(plain); err != nil {
		t.Fatal(err)
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// sign makes a command of k; each has another nonce, from a counter.
func (c *chain) sign(k key, act pledge.Act, body any) string {
	c.t.Helper()
	c.nonce++
	nonce := sha256.Sum256(fmt.Append(nil, c.nonce))
	raw, err := json.Marshal(body)
	if err != nil {
		c.t.Fatal(err)
	}
	payload, err := json.Marshal(pledge.Payload{Act: act, By: k.party, On: c.channel, At: c.now.Format(time.RFC3339),
		Nonce: base64.RawURLEncoding.EncodeToString(nonce[:16]), Body: raw})
	if err != nil {
		c.t.Fatal(err)
	}
	jws, _ := k.SignJWS("datapledge+jws", payload)
	return jws
}

// commit applies commands in one block, a second later; all must apply.
// It returns the record id of the last.
func (c *chain) commit(commands ...string) string {
	c.t.Helper()
	c.now = c.now.Add(1500 * time.Millisecond)
	var parsed []*pledge.Command
	for _, jws := range commands {
		cmd, err := pledge.ParseCommand(jws)
		if err != nil {
			c.t.Fatal(err)
		}
		parsed = append(parsed, cmd)
	}
	results, err := pledge.Apply(mapState(c.state), pledge.Tx{Channel: c.channel, Time: c.now}, parsed)
	if err != nil {
		c.t.Fatal(err)
	}
	var entries []string
	var writes [][]pledge.Write
	id := ""
	for i, r := range results {
		if r.Outcome.Status != pledge.Applied {
			c.t.Fatalf("%s: %s %s", parsed[i].Payload.Act, r.Outcome.Code, r.Outcome.Detail)
		}
		id = r.Outcome.RecordID
		outcome := map[string]string{"command_id": r.Outcome.CommandID, "status": "applied", "record_id": id}
		entries = append(entries, canonical(c.t, map[string]any{"command": commands[i], "outcome": outcome, "writes": r.Writes}))
		writes = append(writes, r.Writes)
	}
	c.append(entries, writes, commands)
	return id
}

func (c *chain) append(entries []string, writes [][]pledge.Write, jws []string) {
	c.t.Helper()
	prev := strings.Repeat("0", 64)
	if n := len(c.blocks); n > 0 {
		prev = hash(c.blocks[n-1].payload)
	}
	payload := canonical(c.t, map[string]any{"v": 1, "channel": c.channel, "number": len(c.blocks), "prev": prev,
		"time": c.now.Format("2006-01-02T15:04:05.000Z"), "count": len(entries), "root": hex.EncodeToString(treeHash(entries))})
	header, _ := c.operator.SignJWS("datapledge-block+jws", []byte(payload))
	c.blocks = append(c.blocks, block{header, payload, entries, writes, jws, c.now})
	for _, list := range writes {
		for _, w := range list {
			c.state[w.Key] = w.Value
		}
	}
}

func hash(s string) string { sum := sha256.Sum256([]byte(s)); return hex.EncodeToString(sum[:]) }

// treeHash and treePath are RFC 9162, sections 2.1.1 and 2.1.3.1, as written.
func treeHash(leaves []string) []byte {
	if len(leaves) == 1 {
		sum := sha256.Sum256([]byte("\x00" + leaves[0]))
		return sum[:]
	}
	k := split(len(leaves))
	sum := sha256.Sum256(slices.Concat([]byte{1}, treeHash(leaves[:k]), treeHash(leaves[k:])))
	return sum[:]
}

func split(n int) int {
	k := 1
	for k*2 < n {
		k *= 2
	}
	return k
}

func treePath(m int, leaves []string) []string {
	if len(leaves) == 1 {
		return []string{}
	}
	if k := split(len(leaves)); m < k {
		return append(treePath(m, leaves[:k]), hex.EncodeToString(treeHash(leaves[k:])))
	} else {
		return append(treePath(m-k, leaves[k:]), hex.EncodeToString(treeHash(leaves[:k])))
	}
}

// The rest makes chain an evidence.Ledger and an evidence.Index.

func (c *chain) Info() service.LedgerInfo {
	return service.LedgerInfo{Kind: "solo", Channel: c.channel, Genesis: c.genesis, GenesisHash: hash(c.blocks[0].payload), Operator: c.operator.jwk()}
}

func (c *chain) Get(_ context.Context, keys ...string) ([][]byte, service.Head, error) {
	var values [][]byte
	for _, k := range keys {
		values = append(values, c.state[k])
	}
	head, err := c.Head(context.Background())
	return values, head, err
}

func (c *chain) Head(context.Context) (service.Head, error) {
	n := len(c.blocks) - 1
	return service.Head{Height: uint64(n), Hash: hash(c.blocks[n].payload)}, nil
}

func (c *chain) Prove(_ context.Context, p pledge.Position) (json.RawMessage, error) {
	if p.Block >= uint64(len(c.blocks)) || p.Index >= len(c.blocks[p.Block].entries) {
		return nil, service.ErrNotFound
	}
	b := c.blocks[p.Block]
	return json.Marshal(map[string]any{"kind": "solo", "header": b.header, "index": p.Index, "count": len(b.entries),
		"path": treePath(p.Index, b.entries), "entry": b.entries[p.Index]})
}

func (c *chain) Record(_ context.Context, key string, height uint64) (service.Revision, error) {
	return latest(c.revisions(key), height)
}

func (c *chain) History(_ context.Context, key string, p service.Page) ([]service.Revision, string, error) {
	return firstPage(c.revisions(key), p)
}

// actOf is the act of a command; "" of the genesis.
func actOf(jws string) pledge.Act {
	cmd, err := pledge.ParseCommand(jws)
	if err != nil {
		return ""
	}
	return cmd.Payload.Act
}

func (c *chain) revisions(key string) (out []service.Revision) {
	for n, b := range c.blocks {
		for i, list := range b.writes {
			for _, w := range list {
				if w.Key == key {
					out = append(out, service.Revision{Position: pledge.Position{Block: uint64(n), Index: i}, Act: actOf(b.jws[i]), Record: w.Value})
				}
			}
		}
	}
	return out
}
