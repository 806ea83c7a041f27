package index_test

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/gowebpki/jcs"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
)

// fakeLedger keeps blocks in memory. Only what the read model uses works.
type fakeLedger struct {
	service.Ledger
	mu      sync.Mutex
	blocks  []service.Block
	changed chan struct{}
	fault   error // answered by Head
}

func newLedger(blocks ...service.Block) *fakeLedger {
	return &fakeLedger{blocks: blocks, changed: make(chan struct{})}
}

func (l *fakeLedger) Head(context.Context) (service.Head, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.fault != nil || len(l.blocks) == 0 {
		return service.Head{}, errors.Join(errors.New("no head"), l.fault)
	}
	return headOf(l.blocks[len(l.blocks)-1]), nil
}

func headOf(b service.Block) service.Head { return service.Head{Height: b.Number, Hash: b.Hash} }

func (l *fakeLedger) add(blocks ...service.Block) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.blocks = append(l.blocks, blocks...)
	close(l.changed)
	l.changed = make(chan struct{})
}

func (l *fakeLedger) from(n uint64) ([]service.Block, <-chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if n >= uint64(len(l.blocks)) {
		return nil, l.changed
	}
	return slices.Clone(l.blocks[n:]), l.changed
}

func (l *fakeLedger) Follow(ctx context.Context, from uint64, fn func(service.Block) error) error {
	for {
		blocks, changed := l.from(from)
		for _, b := range blocks {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			if err := fn(b); err != nil {
				return err
			}
			from++
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-changed:
		}
	}
}

// maker makes a chain by hand, as if the rules had written it. Everything
// follows from seed and the calls.
type maker struct {
	seed   string
	n      int
	blocks []service.Block
	now    time.Time
	// state is the newest value of every key.
	state map[string]json.RawMessage
}

var epoch = time.Date(2026, 11, 21, 8, 0, 0, 0, time.UTC)

func newMaker(seed string) *maker {
	m := &maker{seed: seed, now: epoch, state: map[string]json.RawMessage{}}
	genesis := []pledge.Write{m.write(pledge.KeyChannel(), pledge.Genesis{V: 1, Channel: "pledge"}), m.write(pledge.KeyParty(centre), pledge.Party{V: 1, ID: centre, Name: "IP centre"})}
	m.blocks = []service.Block{{Hash: digest(seed, 0), Time: m.now, Genesis: genesis}}
	return m
}

const centre = "91350100M000100Y43"

func digest(parts ...any) string {
	sum := sha256.Sum256([]byte(fmt.Sprint(parts...)))
	return hex.EncodeToString(sum[:])
}

// block seals what is given into a block.
func (m *maker) block(commands ...service.Committed) {
	last := m.blocks[len(m.blocks)-1]
	b := service.Block{Number: last.Number + 1, Prev: last.Hash, Time: m.now, Commands: commands}
	for i := range b.Commands {
		b.Commands[i].Outcome.Position = &pledge.Position{Block: b.Number, Index: i}
	}
	b.Hash = digest(m.seed, b.Number, last.Hash)
	m.blocks = append(m.blocks, b)
}

func (m *maker) write(key string, v any) pledge.Write {
	plain, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	raw, err := jcs.Transform(plain)
	if err != nil {
		panic(err)
	}
	m.state[key] = raw
	return pledge.Write{Key: key, Value: raw}
}

// command is a committed command with what it wrote.
func (m *maker) command(act pledge.Act, by, record string, body any, writes ...pledge.Write) service.Committed {
	m.n++
	rawBody, err := json.Marshal(body)
	if err != nil {
		panic(err)
	}
	payload, err := json.Marshal(pledge.Payload{Act: act, By: by, On: "pledge", At: m.now.Format(time.RFC3339), Nonce: fmt.Sprint(m.n), Body: rawBody})
	if err != nil {
		panic(err)
	}
	enc := base64.RawURLEncoding.EncodeToString
	input := enc([]byte(`{"alg":"EdDSA","kid":"k3Yp1bTqfLz2WhZJ0cVd7nXrS9oMgA4uE6tKiBwQxHs","typ":"datapledge+jws"}`)) + "." + enc(payload)
	id := "cmd_" + digest(input, m.seed)
	sig := sha256.Sum256([]byte(id))
	return service.Committed{
		JWS:     input + "." + enc(append(sig[:], sig[:]...)),
		Outcome: pledge.Outcome{CommandID: id, Status: pledge.Applied, RecordID: record},
		Writes:  append([]pledge.Write{{Key: pledge.KeyCommand(by, id), Value: json.RawMessage(`{"v":1}`)}}, writes...),
	}
}

func (m *maker) enroll(uscc, name string) service.Committed {
	return m.command(pledge.PartyEnroll, centre, uscc, pledge.EnrollBody{Party: uscc, Name: name},
		m.write(pledge.KeyParty(uscc), pledge.Party{V: 1, ID: uscc, Name: name}))
}

// notarize makes an asset; its id is told by the outcome.
func (m *maker) notarize(owner, name string, contents ...string) service.Committed {
	files := make([]pledge.File, len(contents))
	for i, c := range contents {
		files[i] = pledge.File{Path: fmt.Sprintf("part-%d.csv", i), Size: int64(len(c)), SHA256: digest(c), Root: digest("root", c)}
	}
	id := "as_" + digest(m.seed, m.n)[:26]
	fp := digest(contents)
	a := pledge.Asset{V: 1, ID: id, Owner: owner, Name: name, Fingerprint: "sha256:" + fp, Files: len(files), Status: pledge.Notarized}
	body := pledge.NotarizeBody{Name: name, Fingerprint: a.Fingerprint, Files: files}
	return m.command(pledge.AssetNotarize, owner, id, body, m.write(pledge.KeyAsset(id), a), m.write(pledge.KeyFingerprint(fp), map[string]any{"v": 1, "assets": []string{id}}))
}

// notarizeSM3 makes an asset with an SM3 fingerprint.
func (m *maker) notarizeSM3(owner, sm3 string) service.Committed {
	id := "as_" + digest(m.seed, m.n)[:26]
	fp := digest(id)
	a := pledge.Asset{V: pledge.AssetVersion, ID: id, Owner: owner, Name: id, Fingerprint: "sha256:" + fp, SM3Fingerprint: sm3, Files: 1, Status: pledge.Notarized}
	body := pledge.NotarizeBody{Name: id, Fingerprint: a.Fingerprint, SM3Fingerprint: sm3}
	return m.command(pledge.AssetNotarize, owner, id, body, m.write(pledge.KeyAsset(id), a))
}

// asset changes an asset by an act that touches only it.
func (m *maker) asset(id string, change func(*pledge.Asset)) service.Committed {
	a := decode[pledge.Asset](m.state[pledge.KeyAsset(id)])
	by := a.Owner
	change(&a)
	return m.command("asset.change", by, id, struct{}{}, m.write(pledge.KeyAsset(id), a))
}

func (m *maker) propose(asset, pledgee string) service.Committed {
	id := "pl_" + digest(m.seed, m.n)[:26]
	a := decode[pledge.Asset](m.state[pledge.KeyAsset(asset)])
	p := pledge.Pledge{V: 1, ID: id, AssetID: asset, Pledgor: a.Owner, Pledgee: pledgee, State: pledge.Proposed, Perfection: pledge.Perfection{State: pledge.PerfectionNone}, Terms: pledge.Terms{Checks: []string{}}}
	return m.command(pledge.PledgePropose, a.Owner, id, pledge.ProposeBody{AssetID: asset, Pledgee: pledgee}, m.write(pledge.KeyPledge(id), p))
}

// pledge changes a pledge, and its asset with it as a registration does.
func (m *maker) pledge(act pledge.Act, id string, change func(*pledge.Pledge)) service.Committed {
	p := decode[pledge.Pledge](m.state[pledge.KeyPledge(id)])
	change(&p)
	a := decode[pledge.Asset](m.state[pledge.KeyAsset(p.AssetID)])
	a.Seq++
	return m.command(act, p.Pledgee, id, pledge.AgreeBody{PledgeID: id}, m.write(pledge.KeyAsset(a.ID), a), m.write(pledge.KeyPledge(id), p))
}

func decode[T any](raw []byte) (v T) {
	if err := json.Unmarshal(raw, &v); err != nil {
		panic(err)
	}
	return v
}
