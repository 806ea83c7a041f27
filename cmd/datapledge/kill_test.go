package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	mathrand "math/rand/v2"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/service/client"
	"github.com/datapledge/datapledge/storage"
)

// TestKilledServiceLosesNothing kills the real service again and again, with
// signal 9 and under load. No acknowledged command may be lost, none may take
// effect twice, and uploads go on where they broke. DATAPLEDGE_TEST_KILLS
// says how often; the seed is printed.
func TestKilledServiceLosesNothing(t *testing.T) {
	kills := 20
	if text := os.Getenv("DATAPLEDGE_TEST_KILLS"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil {
			t.Fatal(err)
		}
		kills = n
	}
	if testing.Short() {
		t.Skip("kills the real service; not with -short")
	}
	v := newVictim(t)
	l := &load{t: t, v: v, tripwire: make(chan chan struct{}), acked: map[string]pledge.Outcome{}}
	l.begin()
	v.killAgainAndAgain(kills, l.tripwire)
	l.end()
	l.check(kills)
}

// load is what the service has to do meanwhile.
type load struct {
	t       *testing.T
	v       *victim
	company *client.Client

	stop     context.CancelFunc
	running  sync.WaitGroup
	tripwire chan chan struct{} // an upload is half done, and waits until this is closed

	mu      sync.Mutex
	acked   map[string]pledge.Outcome
	unknown []string // the commands
	assets  []string // written by one goroutine only

	resumed atomic.Int64
}

func (l *load) begin() {
	key, err := client.New(client.P256, "91330108MA2DEMXA01", pledge.ScopeAdmin)
	if err != nil {
		l.t.Fatal(err)
	}
	_, err = l.v.member("ipcenter").Act(l.t.Context(), pledge.PartyEnroll, pledge.EnrollBody{
		Party: key.Party(), Name: "acme", Roles: []pledge.Role{pledge.RoleEnterprise}, Recipient: key.Recipient(),
		Keys: []pledge.KeyGrant{{JWK: key.Public(), Scope: pledge.ScopeAdmin}},
	})
	if err != nil {
		l.t.Fatal(err)
	}
	l.company = l.v.dial(key)
	ctx, stop := context.WithCancel(l.t.Context())
	l.stop = stop
	for range 3 {
		l.running.Go(func() { l.repeat(ctx, l.one) })
	}
	l.running.Go(func() { l.repeat(ctx, l.batch) })
	l.running.Go(func() { l.repeat(ctx, l.notarize) })
}

// end lets an upload come to its end first: between two kills a slow machine
// may not finish one.
func (l *load) end() {
	for late := time.Now().Add(3 * time.Minute); l.notarized() == 0 && !l.t.Failed() && time.Now().Before(late); {
		time.Sleep(50 * time.Millisecond)
	}
	l.stop()
	l.running.Wait()
}

func (l *load) notarized() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.assets)
}

func (l *load) repeat(ctx context.Context, do func(context.Context) error) {
	for ctx.Err() == nil {
		if err := do(ctx); err != nil && ctx.Err() == nil {
			l.t.Errorf("under load: %v", err)
			return
		}
	}
}

// sign makes a command that nothing else depends on.
func (l *load) sign(ctx context.Context) (string, error) {
	random := make([]byte, 32)
	_, _ = rand.Read(random)
	return l.company.Sign(ctx, pledge.CommandFence, pledge.FenceBody{CommandID: "cmd_" + hex.EncodeToString(random)})
}

func (l *load) note(jws string, out pledge.Outcome, err error) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case err == nil && out.Status == pledge.Applied:
		l.acked[client.CommandID(jws)] = out
	case err != nil && !errors.Is(err, service.ErrUnknownOutcome) && !errors.Is(err, service.ErrUnavailable) && !errors.Is(err, context.Canceled):
		return err
	default:
		l.unknown = append(l.unknown, jws)
	}
	return nil
}

func (l *load) one(ctx context.Context) error {
	jws, err := l.sign(ctx)
	if err != nil {
		return err
	}
	out, err := l.company.Submit(ctx, jws)
	return l.note(jws, out, err)
}

// batch sends many at once, and sends them again as they are when the answer
// breaks off.
func (l *load) batch(ctx context.Context) error {
	var commands []string
	for range 20 {
		jws, err := l.sign(ctx)
		if err != nil {
			return err
		}
		commands = append(commands, jws)
	}
	out, err := l.company.SubmitAll(ctx, commands)
	if err != nil {
		if _, err := l.company.Network(ctx); err != nil { // waits until it is back
			return ignoreOutage(err)
		}
	}
	for i, jws := range commands {
		if out[i].Status == pledge.Refused {
			return fmt.Errorf("refused: %+v", out[i])
		}
		if err := l.note(jws, out[i], nil); err != nil {
			return err
		}
	}
	return nil
}

// slow hands content out and notes where reading begins. Several connections
// may read it, one of them dead already.
type slow struct {
	io.ReaderAt
	ctx  context.Context
	l    *load
	last atomic.Int64
}

func (s *slow) ReadAt(p []byte, off int64) (int, error) {
	if last := s.last.Swap(off); off < last && off > 0 {
		s.l.resumed.Add(1)
	}
	if off > 14<<20 {
		s.halt()
	}
	return s.ReaderAt.ReadAt(p, off)
}

// halt waits for the kill, when one waits for an upload: the rest might be
// over before it comes.
func (s *slow) halt() {
	killed := make(chan struct{})
	select {
	case s.l.tripwire <- killed:
	default:
		return
	}
	select {
	case <-killed:
	case <-s.ctx.Done():
	}
}

// notarize uploads a dataset of its own and notarizes it.
func (l *load) notarize(ctx context.Context) error {
	const size = 24 << 20
	content := make([]byte, size)
	_, _ = mathrand.NewChaCha8([32]byte{byte(len(l.assets)), byte(len(l.assets) >> 8)}).Read(content)
	d := storage.NewDigester()
	_, _ = d.Write(content)
	m, err := storage.NewManifest([]storage.File{d.File("data.bin")})
	if err != nil {
		return err
	}
	u, err := l.company.BeginUpload(ctx, "load")
	if err != nil {
		return ignoreOutage(err)
	}
	file := m.Files()[0]
	err = l.company.PutFile(ctx, u.ID, client.Source{Path: file.Path, Size: size, SHA256: file.SHA256,
		Content: &slow{ReaderAt: bytes.NewReader(content), ctx: ctx, l: l}})
	if err != nil {
		return ignoreOutage(err)
	}
	sealed, err := l.company.SealUpload(ctx, u.ID)
	if err != nil {
		return ignoreOutage(err)
	}
	if err := agree(m, sealed, l.company.Key().Party()); err != nil {
		return err
	}
	jws, err := l.company.Sign(ctx, pledge.AssetNotarize, pledge.NotarizeBody{
		Name: "load", Fingerprint: sealed.Fingerprint, Files: sealed.Files, Source: "public", CustodyReceipt: sealed.CustodyReceipt,
		Declaration: l.declaration(sealed)})
	if err != nil {
		return err
	}
	out, err := l.company.Submit(ctx, jws)
	if err := l.note(jws, out, err); err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.assets = append(l.assets, out.RecordID)
	return nil
}

// ignoreOutage: a request that is not repeated by itself found nobody.
func ignoreOutage(err error) error {
	if refused := (*pledge.Error)(nil); errors.As(err, &refused) {
		return err
	}
	if fault := (*client.Fault)(nil); errors.As(err, &fault) && fault.Status == 500 {
		return err
	}
	return nil
}

// declaration takes over what the custodian found.
func (l *load) declaration(sealed client.Sealed) pledge.Declaration {
	d := sealed.Preflight.Declaration
	d.Consent = pledge.Consent{Basis: "made up", Documents: []string{sealed.Fingerprint}}
	d.Exclusion.SignedBy = l.company.Key().KID()
	return d
}

// check holds what the service says now to what it said before.
func (l *load) check(kills int) {
	ctx := l.t.Context()
	for _, jws := range l.unknown {
		out, err := l.company.Submit(ctx, jws)
		if err != nil || out.Status != pledge.Applied {
			l.t.Fatalf("an unknown command did not come to an end: %+v, %v", out, err)
		}
		l.acked[client.CommandID(jws)] = out
	}
	seen := map[string]pledge.Position{}
	err := l.company.Events(ctx, "", false, func(e client.Doc[service.Event]) error {
		if at, twice := seen[e.Value.CommandID]; twice {
			l.t.Errorf("%s took effect twice: at %v and %v", e.Value.CommandID, at, e.Value.Position)
		}
		seen[e.Value.CommandID] = e.Value.Position
		return nil
	})
	if err != nil {
		l.t.Fatal(err)
	}
	for id, out := range l.acked {
		if at, ok := seen[id]; !ok || out.Position == nil || at != *out.Position {
			l.t.Errorf("%s was acknowledged at %v and is at %v (%v)", id, out.Position, at, ok)
		}
	}
	l.checkAssets(ctx)
	l.t.Logf("%d kills: %d commands acknowledged, %d of them unknown for a while, %d assets, %d uploads resumed",
		kills, len(l.acked), len(l.unknown), len(l.assets), l.resumed.Load())
	if len(l.acked) < kills || len(l.assets) == 0 || kills >= 10 && l.resumed.Load() == 0 {
		l.t.Error("that was no load: the test shows nothing")
	}
}

// checkAssets reads all that was sealed.
func (l *load) checkAssets(ctx context.Context) {
	bank := l.v.member("bank")
	for _, id := range l.assets {
		if id == "" {
			continue // unknown at the time; the events were checked
		}
		v, err := bank.Verify(ctx, client.VerifyQuery{AssetID: id, Depth: "full"})
		if err != nil || !v.Value.Notarized.Answer || v.Value.Intact.Answer == nil || !*v.Value.Intact.Answer {
			l.t.Errorf("%s does not verify: %s, %v", id, v.Raw, err)
		}
	}
}
