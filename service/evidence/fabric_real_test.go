package evidence_test

import (
	"bytes"
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/datapledge/datapledge/network"
	"github.com/datapledge/datapledge/network/networktest"
	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service/evidence"
	"github.com/datapledge/datapledge/service/fabric"
	"github.com/datapledge/datapledge/service/imprint"
)

// TestRealConsortium tells the story on a real network and checks its
// packages: what the synthetic channel of these tests says of Fabric is
// what Fabric does.
func TestRealConsortium(t *testing.T) {
	s := newStoryAt(t, time.Now().UTC().Add(-time.Minute).Truncate(time.Second))
	net := networktest.Start(t, s.consortium(), func(o *network.Options) { o.WithoutS3 = true })
	ledger, err := fabric.Open(t.Context(), fabric.Options{Profile: net.Profile("exchange"), Dir: t.TempDir(), Logger: slog.New(slog.DiscardHandler),
		CommitTimeout: 2 * time.Minute, EndorseTimeout: 2 * time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	defer ledger.Close()
	for _, b := range s.blocks[1:] {
		submit(t, ledger, b.jws)
	}
	src := evidence.Source{Ledger: ledger, Index: project(t, ledger), Signer: s.exchange, Trust: realTrust(t, net, s), Now: time.Now,
		Beside: []evidence.Beside{imprintedBy(t, net, ledger, pledge.RoleCourt)}}
	for _, id := range []string{s.asset, s.kin, s.pledge, s.released, s.owner.party, s.bank.party} {
		examine(t, src, s, id)
	}
}

func examine(t *testing.T, src evidence.Source, s *story, id string) {
	t.Helper()
	var b bytes.Buffer
	began := time.Now()
	if err := evidence.Write(t.Context(), &b, src, id); err != nil {
		t.Fatalf("%s: %v", id, err)
	}
	wrote := time.Since(began)
	data := b.Bytes()
	r := check(t, data, src.Trust)
	if !r.OK() || len(r.Institutions) < 3 {
		t.Fatal(text(r))
	}
	if len(r.History) > 0 && (r.Find(evidence.CheckImprintChannel).Result != evidence.Pass || len(r.Imprinted) == 0 || len(r.Imprinted[0].Members) != 2) {
		t.Errorf("no checkpoint: %s", text(r))
	}
	t.Logf("%s: %d commands, %d bytes, made in %s, checked in %s", r.RecordKind, len(r.History), len(data), wrote, time.Since(began)-wrote)
	if dir := os.Getenv("DATAPLEDGE_TEST_KEEP"); dir != "" {
		keep(t, dir, r.RecordKind, data, src.Trust)
	}
	for i := 0; i < len(data)*8; i += len(data) {
		damaged := slices.Clone(data)
		damaged[i/8] ^= 1 << (i % 8)
		if check(t, damaged, src.Trust).OK() {
			t.Fatalf("%s: bit %d changed and passed", id, i)
		}
	}
}

// keep writes a package and its trust file, to look at.
func keep(t *testing.T, dir, kind string, data []byte, trust evidence.Trust) {
	t.Helper()
	for name, content := range map[string][]byte{kind + ".zip": data, "trust.json": marshal(trust)} {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// realTrust is made of the block that the peers joined with, as a member would.
func realTrust(t *testing.T, net *network.Running, s *story) evidence.Trust {
	t.Helper()
	block, err := os.ReadFile(filepath.Join(net.Dir(), "genesis.block"))
	if err != nil {
		t.Fatal(err)
	}
	var members, imprinters []evidence.TrustMember
	for _, m := range net.Consortium().Members {
		i := slices.IndexFunc(s.consortium().Members, func(p pledge.Member) bool { return p.Roles[0] == m.Role })
		member := evidence.TrustMember{Party: s.consortium().Members[i].Party, MSP: m.MSP, Name: m.Name, Roles: []string{string(m.Role)}}
		members = append(members, member)
		if slices.Contains(net.Consortium().Imprint.Members, m.Role) {
			imprinters = append(imprinters, member)
		}
	}
	trust, err := evidence.TrustOfBlock(block, net.Consortium().Chaincode.Name, net.Consortium().Policies.Endorsement, members)
	if err != nil {
		t.Fatal(err)
	}
	if block, err = os.ReadFile(filepath.Join(net.Dir(), "imprint.block")); err != nil {
		t.Fatal(err)
	}
	of, err := evidence.TrustOfBlock(block, net.Consortium().Imprint.Chaincode, net.Consortium().Imprint.Policies.Endorsement, imprinters)
	if err != nil {
		t.Fatal(err)
	}
	return trust.WithImprint(of)
}

// imprintedBy has a member of the second channel hold checkpoints of all
// blocks that there are.
func imprintedBy(t *testing.T, net *network.Running, ledger *fabric.Ledger, role pledge.Role) *imprint.Imprints {
	t.Helper()
	c, err := fabric.OpenCheckpoints(t.Context(), fabric.CheckpointOptions{Profile: net.Profile(role), Dir: t.TempDir(), Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	sink := imprint.NewChannel(imprint.ChannelOptions{Name: "imprint", Checkpoints: c, Ledger: ledger})
	f, err := imprint.NewFollower(imprint.Options{Ledger: ledger, Sink: sink, Dir: t.TempDir(), Logger: slog.New(slog.NewTextHandler(t.Output(), nil))})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); f.Run(ctx) }()
	t.Cleanup(func() { cancel(); <-done; _ = c.Close() })
	for end := time.Now().Add(2 * time.Minute); f.Status(ctx).LagBlocks != 0; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("the checkpoints do not come: %+v", f.Status(ctx))
		}
	}
	return imprint.New(f)
}
