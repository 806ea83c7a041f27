package faultrun

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/datapledge/datapledge/pledge"
)

// blockFlipped: one bit of a block in a peer's file. The service takes that
// block from another peer, and a copy that begins anew does, too.
func (s *site) blockFlipped() {
	asset := s.asset()
	own := s.member(pledge.RoleExchange)
	path := s.node("peer."+string(own.Role), "data", "ledgersData", "chains", "chains", s.net.Consortium().Channel, "blockfile_000000")
	s.stop("peer." + string(own.Role))
	text, err := os.ReadFile(path)
	if err != nil {
		s.Fatal(err)
	}
	s.write(path, flipped(s, text, asset))
	s.startPeer(own)
	s.evidenceBeside(asset)
	s.fromNothing()
	s.stop("peer." + string(own.Role))
	s.write(path, text)
	s.startPeer(own)
	s.peersAgree()
	*s.runs = append(*s.runs, Tally{Name: "bit flipped in a block"})
}

// evidenceBeside asks for evidence until the damaged block was met, which a
// peer that was just down is not asked for at once.
func (s *site) evidenceBeside(asset string) {
	s.Helper()
	logged := len(s.service.log(0))
	for end := time.Now().Add(mustSettle); !strings.Contains(s.service.log(logged), altered); time.Sleep(time.Second) {
		if time.Now().After(end) {
			s.Fatalf("the log does not say that a block was altered: %s", s.lastWords())
		}
		ctx, cancel := context.WithTimeout(s.Context(), 20*time.Second)
		var evidence bytes.Buffer
		err := s.client(s.service, s.Regulator).Evidence(ctx, asset, &evidence)
		cancel()
		if err != nil {
			s.Fatalf("evidence beside a damaged block: %v; the service's log ends: %s", err, s.lastWords())
		}
		s.stands(evidence.Bytes())
	}
}

// altered is what the log says of a block whose data is not what its header
// vouches for.
const altered = "its data was altered"

// stands checks an evidence package as anybody can, without the service.
func (s *site) stands(evidence []byte) {
	s.Helper()
	path := filepath.Join(s.TempDir(), "evidence.zip")
	s.write(path, evidence)
	s.run("evidence", "check", path, "-trust", s.trust)
}

// flipped has one bit of the notarization's name changed. It stands in the
// block once in the command, and the record is in the writes.
func flipped(s *site, text []byte, asset string) []byte {
	s.Helper()
	i := bytes.Index(text, []byte(asset))
	if i < 0 {
		s.Fatalf("%s is not in the block file", asset)
	}
	out := bytes.Clone(text)
	out[i+5] ^= 1
	return out
}

func (s *site) write(path string, text []byte) {
	s.Helper()
	if err := os.WriteFile(path, text, 0o600); err != nil {
		s.Fatal(err)
	}
}

// fromNothing starts a service without data: it copies the whole channel, and
// tells the same as the one that saw it all.
func (s *site) fromNothing() {
	s.Helper()
	v := s.replica(pledge.RoleExchange)
	began := time.Now()
	if err := v.start(); err != nil {
		s.Errorf("a service without data does not start: %v", err)
		return
	}
	defer v.kill()
	s.upToDate(v)
	s.Logf("a service without data told everything after %.1f s", time.Since(began).Seconds())
	if !strings.Contains(v.log(0), altered) {
		s.Errorf("its log does not say that a block was altered: %s", v.lastWords())
	}
	s.sameLedger(v)
}

func (s *site) sameLedger(v *replica) {
	s.Helper()
	here, there := s.ledger(), s.ledgerOf(v)
	if len(here) != len(there) {
		s.Errorf("%d commands took effect, the copy made anew has %d", len(here), len(there))
	}
	for id, p := range here {
		if len(p) != 1 || len(there[id]) != 1 || p[0] != there[id][0] {
			s.Errorf("%s is at %v, in the copy made anew at %v", id, p, there[id])
		}
	}
}

// otherMember: a service of the bank, which reads from the bank's peer, tells
// the same as the exchange's.
func (s *site) otherMember() {
	v := s.replica(pledge.RoleBank)
	v.mustStart()
	defer v.kill()
	s.sameLedger(v)
	s.Logf("%d commands took effect in all, each once", len(s.ledger()))
}
