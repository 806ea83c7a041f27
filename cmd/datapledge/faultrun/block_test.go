package faultrun

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/datapledge/datapledge/network"
	"github.com/datapledge/datapledge/pledge"
)

// blockFlipped: one bit of a block in a peer's file. The service takes that
// block from another peer, and a copy that begins anew does, too.
func (s *site) blockFlipped() {
	asset := s.asset()
	own := s.member(pledge.RoleExchange)
	s.stop("peer." + string(own.Role))
	path, text := s.blockFile(own, asset)
	s.write(path, flipped(text, asset))
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

// blockFile is the file of a member's peer that has a block with an asset.
func (s *site) blockFile(m network.Member, asset string) (path string, text []byte) {
	s.Helper()
	dir := s.node("peer."+string(m.Role), "data", "ledgersData", "chains", "chains", s.net.Consortium().Channel)
	paths, _ := filepath.Glob(filepath.Join(dir, "blockfile_*"))
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			s.Fatal(err)
		}
		if bytes.Contains(text, []byte(asset)) {
			return path, text
		}
	}
	s.Fatalf("%s is in no block file of %s", asset, m.Role)
	return "", nil
}

// flipped has one bit of the asset's id changed, as its block has it.
func flipped(text []byte, asset string) []byte {
	out := bytes.Clone(text)
	out[bytes.Index(text, []byte(asset))+5] ^= 1
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
