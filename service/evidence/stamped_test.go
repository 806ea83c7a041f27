package evidence_test

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"math/big"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/datapledge/datapledge/service/anchor"
	"github.com/datapledge/datapledge/service/evidence"
	"github.com/datapledge/datapledge/service/timestamp/stamptest"
)

// stamped is a ledger all of whose blocks are under one time stamp.
type stamped struct {
	*story
	authority *stamptest.Authority
	run       *anchor.Batch
	token     []byte
	at        uint64 // the block whose time stamp the tests change
}

func newStamped(t testing.TB) *stamped {
	t.Helper()
	s := &stamped{story: newStory(t), authority: stamptest.New(t, stamptest.ECDSA(t), nil), run: anchor.New("pledge"), at: 3}
	for n, b := range s.blocks {
		if err := s.run.Add(uint64(n), hash(b.payload)); err != nil {
			t.Fatal(err)
		}
	}
	s.token = s.authority.Stamp(t, s.run.Root(), nil)
	return s
}

// Parts makes stamped an evidence.Beside.
func (s *stamped) Parts(_ context.Context, block uint64) (map[string][]byte, error) {
	path := []string{}
	for _, sum := range s.run.Path(block) {
		path = append(path, hex.EncodeToString(sum))
	}
	part, err := json.Marshal(map[string]any{"v": 1, "channel": "pledge", "first": s.run.First, "last": s.run.Last, "path": path,
		"token": base64.RawURLEncoding.EncodeToString(s.token)})
	return map[string][]byte{stampFile(block): part}, err
}

func (s *stamped) part(t *testing.T, block uint64) []byte {
	parts, err := s.Parts(t.Context(), block)
	if err != nil {
		t.Fatal(err)
	}
	return parts[stampFile(block)]
}

func stampFile(block uint64) string { return fmt.Sprintf("timestamps/%020d.json", block) }

func (s *stamped) trust() evidence.Trust {
	t := s.story.trust()
	t.TimeStampRoots = []string{s.authority.RootPEM()}
	return t
}

func (s *stamped) build() []byte { return s.buildOf(s.pledge) }

// small is the package of a party, which few commands are about.
func (s *stamped) small() []byte { return s.buildOf(s.owner.party) }

func (s *stamped) buildOf(id string) []byte {
	s.t.Helper()
	src := s.source()
	src.Beside, src.Trust = []evidence.Beside{s}, s.trust()
	var b bytes.Buffer
	if err := evidence.Write(context.Background(), &b, src, id); err != nil {
		s.t.Fatal(err)
	}
	return b.Bytes()
}

func TestTimeStampsInAPackage(t *testing.T) {
	s := newStamped(t)
	trust, err := evidence.ParseTrust(marshal(s.trust()))
	if err != nil {
		t.Fatal(err)
	}
	r := check(t, s.build(), trust)
	if !r.OK() || r.Find(evidence.CheckTimeStamps).Result != evidence.Pass || len(r.TimeStamps) < 3 {
		t.Fatalf("got %s", text(r))
	}
	for _, at := range r.TimeStamps {
		if at.Time != "2026-03-01T12:00:00Z" || at.Authority != "test authority" || at.First != 0 || at.Last != s.run.Last {
			t.Errorf("got %+v", at)
		}
	}
	if got := text(r); !strings.Contains(got, "2026-03-01T12:00:00Z  test authority") || !strings.Contains(got, "可信时间戳") {
		t.Errorf("the printed report does not tell: %s", got)
	}
}

// Without a root there is nobody to believe: no pass, and no fault either.
func TestTimeStampsWithoutRoot(t *testing.T) {
	s := newStamped(t)
	r := check(t, s.build(), s.story.trust())
	found := r.Find(evidence.CheckTimeStamps)
	if !r.OK() || found.Result != evidence.NotPresent || found.Note == nil || len(r.TimeStamps) > 0 {
		t.Errorf("got %+v: %s", found, text(r))
	}
	if !strings.Contains(text(r), "no root to judge them by") {
		t.Error("the printed report does not say why")
	}
}

func TestForgedTimeStamps(t *testing.T) {
	sound := newStamped(t)
	files := unpack(t, sound.small())
	for what, change := range stampAttacks {
		t.Run(what, func(t *testing.T) {
			f := maps.Clone(files)
			change(t, sound, f)
			failsStamp(t, check(t, f.pack(t, sound.exchange), sound.trust()))
		})
	}
}

// A token that is sound proves nothing by an authority that nobody named, and
// spoils nothing; one that contradicts anything does.
func TestWhoStamped(t *testing.T) {
	s := newStamped(t)
	files := unpack(t, s.small())
	for name, c := range wayCases {
		t.Run(name, func(t *testing.T) {
			token, root := c.make(t, s.run.Root())
			f, trust := maps.Clone(files), s.trust()
			s.tokenIn(t, f, token)
			trust.TimeStampRoots = append(trust.TimeStampRoots, pemOf(root))
			if got := s.worthOf(t, check(t, f.pack(t, s.exchange), trust)); got != c.worth {
				t.Errorf("got %s, want %s", got, c.worth)
			}
			if err := evidence.VerifyTimeStamp(token, s.run.Root(), trust.TimeStampRoots); (err == nil) != (c.worth == proven) {
				t.Errorf("the service takes it: %v", err)
			}
		})
	}
}

// worthOf says what became of the one stamp that was changed, all others being
// proven.
func (s *stamped) worthOf(t *testing.T, r evidence.Report) string {
	t.Helper()
	found := r.Find(evidence.CheckTimeStamps)
	unproven := slices.ContainsFunc(r.Negative, func(f evidence.Fact) bool { return f.Code == "time-stamp-unproven" })
	here := slices.ContainsFunc(r.TimeStamps, func(b evidence.StampedBlock) bool { return b.Block == s.at })
	switch {
	case r.OK() && here && !unproven && found.Note == nil:
		return proven
	case r.OK() && !here && unproven && found.Result == evidence.Pass && strings.Contains(text(r), "there are 1 by authorities"):
		return unjudged
	case !r.OK() && !here:
		failsStamp(t, r)
		return wrong
	}
	return text(r)
}

// Stamps that this reader does not know the authorities of are not told as
// proven anywhere.
func TestUnknownAuthority(t *testing.T) {
	s := newStamped(t)
	trust := s.trust()
	trust.TimeStampRoots = []string{pemOf(authorityBelow(t, nil).root)}
	r := check(t, s.build(), trust)
	if found := r.Find(evidence.CheckTimeStamps); !r.OK() || found.Result != evidence.NotPresent || found.Note == nil || len(r.TimeStamps) > 0 {
		t.Errorf("got %+v: %s", found, text(r))
	}
	if bare := check(t, s.build(), s.story.trust()); !reflect.DeepEqual(r.Scorecard, bare.Scorecard) || !reflect.DeepEqual(r.Parts, bare.Parts) {
		t.Error("parts or scorecard differ from those of a reader without roots")
	}
}

// To lead a token to a root costs signatures, so that the number of different
// sets of certificates has an end.
func TestManyAuthorities(t *testing.T) {
	a, others := stamptest.New(t, stamptest.ECDSA(t), nil), []*x509.Certificate{}
	for range 2 {
		others = append(others, stamptest.New(t, stamptest.ECDSA(t), func(c *x509.Certificate) { c.SerialNumber = big.NewInt(9) }).Cert)
	}
	verify := evidence.StampsOfOnePackage(t, a.RootPEM())
	for set := range 258 {
		token := a.Stamp(t, stampedRoot, func(p *stamptest.Token) {
			for bit := range 9 {
				p.Certs = append(p.Certs, others[set>>bit&1])
			}
		})
		for range 2 {
			if err := verify(token, stampedRoot); (err == nil) != (set < 256) {
				t.Fatalf("set %d: %v", set, err)
			}
		}
	}
}

// A package with thousands of bad time stamps must not keep the checker busy
// longer than one with a few.
func TestManyBadTimeStamps(t *testing.T) {
	s := newStamped(t)
	f := unpack(t, s.build())
	for n := range uint64(100) {
		f[stampFile(n)] = []byte("{}")
	}
	if found := check(t, f.pack(t, s.exchange), s.trust()).Find(evidence.CheckTimeStamps); found.Result != evidence.Fail || found.Failed != 20 {
		t.Errorf("got %+v", found)
	}
}

func failsStamp(t *testing.T, r evidence.Report) {
	t.Helper()
	found := r.Find(evidence.CheckTimeStamps)
	if r.OK() || found.Result != evidence.Fail || len(found.Failures) != 1 || !strings.HasPrefix(found.Failures[0].File, "timestamps/") {
		t.Errorf("got %s", text(r))
	}
}

// No byte of a token can change unseen.
func TestEveryByteOfATokenCounts(t *testing.T) {
	s := newStamped(t)
	roots := []string{s.authority.RootPEM()}
	if err := evidence.VerifyTimeStamp(s.token, s.run.Root(), roots); err != nil {
		t.Fatal(err)
	}
	for i := range s.token {
		for _, mask := range []byte{0x01, 0x20, 0x80} {
			bad := bytes.Clone(s.token)
			bad[i] ^= mask
			if evidence.VerifyTimeStamp(bad, s.run.Root(), roots) == nil {
				t.Errorf("byte %d: %02x passes for %02x", i, bad[i], s.token[i])
			}
		}
	}
	for _, n := range []int{0, 1, len(s.token) / 2, len(s.token) - 1} {
		if evidence.VerifyTimeStamp(s.token[:n], s.run.Root(), roots) == nil {
			t.Errorf("the first %d bytes pass", n)
		}
	}
	if evidence.VerifyTimeStamp(append(bytes.Clone(s.token), 0), s.run.Root(), roots) == nil {
		t.Error("a byte more passes")
	}
}

func TestBadTimeStampTrust(t *testing.T) {
	s := newStamped(t)
	for name, roots := range map[string][]string{"no PEM": {"x"}, "two in one": {s.authority.RootPEM() + s.authority.RootPEM()},
		"too many": make([]string, 65)} {
		trust := s.trust()
		trust.TimeStampRoots = roots
		if _, err := evidence.ParseTrust(marshal(trust)); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
	empty := bytes.Replace(marshal(s.trust()), marshal(s.trust().TimeStampRoots), []byte("[]"), 1)
	if _, err := evidence.ParseTrust(empty); err == nil {
		t.Error("an empty list was taken")
	}
}

// FuzzTimeStamp: only the sound token passes, and nothing panics.
func FuzzTimeStamp(f *testing.F) {
	a := stamptest.New(f, stamptest.ECDSA(f), nil)
	roots, root := []string{a.RootPEM()}, [32]byte{7}
	sound := a.Stamp(f, root, nil)
	f.Add(sound)
	f.Add(a.Stamp(f, root, func(p *stamptest.Token) { p.Signers = 2 }))
	f.Add([]byte{0x30, 0x80, 0x06})
	f.Fuzz(func(t *testing.T, token []byte) {
		if err := evidence.VerifyTimeStamp(token, root, roots); (err == nil) != bytes.Equal(token, sound) {
			t.Errorf("got %v", err)
		}
	})
}
