package evidence_test

import (
	"bytes"
	"context"
	"crypto/x509"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service/anchor"
	"github.com/datapledge/datapledge/service/evidence"
	"github.com/datapledge/datapledge/service/solo"
	"github.com/datapledge/datapledge/service/timestamp/stamptest"
)

// kept is a real solo ledger in a folder, which follows a story.
type kept struct {
	*story
	dir    string
	ledger *solo.Ledger
	at     time.Time
	done   int // blocks of the story that are in the ledger
}

// open starts the ledger, as after a restart of its operator.
func (k *kept) open() {
	k.t.Helper()
	var err error
	k.ledger, err = solo.Open(solo.Options{Path: filepath.Join(k.dir, "ledger"), Genesis: k.genesis, Operator: solo.NewOperator(k.operator.private),
		Now: func() time.Time { return k.at }, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		k.t.Fatal(err)
	}
}

// follow submits what the story has more.
func (k *kept) follow() {
	k.t.Helper()
	for ; k.done < len(k.blocks); k.done++ {
		b := k.blocks[k.done]
		k.at = b.time
		outcomes, err := k.ledger.Submit(context.Background(), b.jws)
		if err != nil {
			k.t.Fatal(err)
		}
		for _, o := range outcomes {
			if o.Status != pledge.Applied {
				k.t.Fatalf("got %+v", o)
			}
		}
	}
}

// packages of every kind of record, each with what stands beside its blocks.
func (k *kept) packages(signer key, beside ...evidence.Beside) (all [][]byte) {
	k.t.Helper()
	src := evidence.Source{Ledger: k.ledger, Index: k.chain, Signer: signer, Beside: beside, Now: func() time.Time { return madeAt }}
	report := searchJWS(k.t, signer, k.searchOf(k.asset, k.kin))
	src.Search = func(context.Context, string) (string, error) { return report, nil }
	for _, id := range []string{k.asset, k.pledge, k.released, k.owner.party, searchNumber} {
		var b bytes.Buffer
		if err := evidence.Write(context.Background(), &b, src, id); err != nil {
			k.t.Fatal(err)
		}
		all = append(all, b.Bytes())
	}
	return all
}

// rotate gives a party a new key, which then revokes the old one.
func (s *story) rotate(old key, commit func(...string) string) key {
	s.t.Helper()
	next := newKey("next of "+old.kid(), old.party)
	commit(s.sign(old, pledge.PartyAddKey, pledge.AddKeyBody{Party: old.party, Key: pledge.KeyGrant{JWK: next.jwk(), Scope: pledge.ScopeAdmin}}))
	commit(s.sign(next, pledge.PartyRevokeKey, pledge.RevokeKeyBody{Party: old.party, KID: old.kid(), Reason: "ROTATED"}))
	return next
}

// rotateOwner replaces a key that may not replace itself: the IP centre does.
func (s *story) rotateOwner(old, registrar key, commit func(...string) string) {
	s.t.Helper()
	next := newKey("next of "+old.kid(), old.party)
	commit(s.sign(registrar, pledge.PartyAddKey, pledge.AddKeyBody{Party: old.party, Key: pledge.KeyGrant{JWK: next.jwk(), Scope: pledge.ScopeAdmin}}))
	commit(s.sign(registrar, pledge.PartyRevokeKey, pledge.RevokeKeyBody{Party: old.party, KID: old.kid(), Reason: "ROTATED"}))
}

// shortLived is an authority whose certificate ended an hour after its stamps.
func shortLived(t *testing.T) *stamptest.Authority {
	return stamptest.New(t, stamptest.ECDSA(t), func(c *x509.Certificate) { c.NotAfter = stamptest.At.Add(time.Hour) })
}

func (s *story) stampedBy(a *stamptest.Authority) *stamped {
	s.t.Helper()
	st := &stamped{story: s, authority: a, run: anchor.New("pledge")}
	for n, b := range s.blocks {
		if err := st.run.Add(uint64(n), hash(b.payload)); err != nil {
			s.t.Fatal(err)
		}
	}
	st.token = a.Stamp(s.t, st.run.Root(), nil)
	return st
}

// until gives the parts of the blocks that there were, and none for later ones.
type until struct {
	evidence.Beside
	last uint64
}

func (u until) Parts(ctx context.Context, block uint64) (map[string][]byte, error) {
	if block > u.last {
		return nil, nil
	}
	return u.Beside.Parts(ctx, block)
}

// What was made today stands when every key was replaced, the authority's
// certificate is over and the ledger is gone: the trust file of today is all
// that it takes. What is made afterwards stands against the same file.
func TestPackagesOutliveKeysAndLedger(t *testing.T) {
	s := newStory(t)
	court := newKey("court", uscc(44))
	s.commit(s.sign(s.ipcentre, pledge.PartyEnroll, pledge.EnrollBody{Party: court.party, Name: "互联网法院", Roles: []pledge.Role{pledge.RoleCourt},
		Keys: []pledge.KeyGrant{{JWK: court.jwk(), Scope: pledge.ScopeAdmin}}}))
	k := &kept{story: s, dir: filepath.Join(t.TempDir(), "node"), done: 1}
	if err := os.Mkdir(k.dir, 0o700); err != nil {
		t.Fatal(err)
	}
	k.open()
	k.follow()
	stamps := until{s.stampedBy(shortLived(t)), uint64(len(s.blocks) - 1)}
	pinned := pinnedTrust(t, s.trust(), stamps.Beside.(*stamped).authority)
	before := k.packages(s.exchange, stamps, received{s, []key{court, s.notary}})
	if err := k.ledger.Close(); err != nil {
		t.Fatal(err)
	}

	k.open()
	nextIP := s.rotate(s.ipcentre, s.commit)
	nextExchange, nextCourt := s.rotate(s.exchange, s.commit), s.rotate(court, s.commit)
	for _, old := range []key{s.notary, s.bank, s.other} {
		s.rotate(old, s.commit)
	}
	s.rotateOwner(s.owner2, nextIP, s.commit)
	k.follow()
	after := k.packages(nextExchange, stamps, received{s, []key{court, nextCourt}})
	if err := k.ledger.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(k.dir); err != nil {
		t.Fatal(err)
	}
	standAll(t, "made before", before, pinned, court.party, s.notary.party)
	standAll(t, "made after", after, pinned, court.party)
}

// pinnedTrust is what somebody wrote down before anything was replaced.
func pinnedTrust(t *testing.T, trust evidence.Trust, a *stamptest.Authority) evidence.Trust {
	t.Helper()
	trust.TimeStampRoots = []string{a.RootPEM()}
	pinned, err := evidence.ParseTrust(marshal(trust))
	if err != nil {
		t.Fatal(err)
	}
	return pinned
}

// standAll wants each package to stand, with its time stamps and receipts.
func standAll(t *testing.T, when string, packages [][]byte, trust evidence.Trust, received ...string) {
	t.Helper()
	for i, data := range packages {
		r := check(t, data, trust)
		if !r.OK() || len(r.TimeStamps) == 0 || len(r.Received) == 0 {
			t.Fatalf("%s, number %d: %s", when, i, text(r))
		}
		got := ""
		for _, by := range r.Received {
			got += by.Party + " "
		}
		for _, party := range received {
			if !strings.Contains(got, party) {
				t.Errorf("%s, number %d: no receipt of %s, got %s", when, i, party, got)
			}
		}
	}
}
