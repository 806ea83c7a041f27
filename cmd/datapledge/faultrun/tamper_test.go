package faultrun

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"strings"
	"time"

	"github.com/datapledge/datapledge/network"
	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/service/client"
	"github.com/datapledge/datapledge/service/ledgertest/actors"
)

// falseOwner edits the state database of a member's peer by hand: the asset
// that it returns belongs to company two there.
func (s *site) falseOwner(m network.Member) string {
	s.Helper()
	for range 5 { // a record may just have left the log, or stand across two blocks of it
		asset := s.asset()
		s.stop("peer." + string(m.Role))
		n := editDatabase(s, s.node("peer."+string(m.Role), "data", "ledgersData", "stateLeveldb"), pledge.KeyAsset(asset),
			`"owner":"`+s.Enterprise.USCC, `"owner":"`+s.Enterprise2.USCC)
		s.startPeer(m)
		if n > 0 {
			return asset
		}
	}
	s.Fatal("found no record to edit")
	return ""
}

func (s *site) startPeer(m network.Member) {
	s.Helper()
	s.start("peer." + string(m.Role))
	s.until(mustSettle, "the peer of "+string(m.Role), func(ctx context.Context) error {
		_, err := s.chainOf(ctx, m)
		return err
	})
}

// rebuild drops the databases of a peer; it makes them anew from its blocks.
func (s *site) rebuild(m network.Member) {
	s.Helper()
	program := s.peerProgram()
	s.stop("peer." + string(m.Role))
	if _, err := s.runPeer(s.Context(), program, m, "node", "rebuild-dbs"); err != nil {
		s.Fatal(err)
	}
	s.startPeer(m)
	s.peersAgree()
}

// stateEdited: one peer lies about one record. What it says is never told,
// and what it endorses never becomes a record.
func (s *site) stateEdited() {
	own, ipcentre := s.member(pledge.RoleExchange), s.member(pledge.RoleIPCentre)
	logged := len(s.service.log(0))
	asset := s.falseOwner(own)
	s.neverTold(asset, own.MSP, logged)
	s.rebuild(own)
	s.toldAgain(asset)
	asset = s.falseOwner(ipcentre)
	s.neverRecorded(asset)
	s.rebuild(ipcentre)
	s.toldAgain(asset)
	*s.runs = append(*s.runs, Tally{Name: "state database edited"})
}

func (s *site) asset() string {
	s.Helper()
	notarize := s.Notarize(s.Enterprise, actors.NewDataset(s.Own(random(8)), 3))
	s.must(notarize)
	s.peersAgree()
	return actors.AssetID(notarize)
}

// neverTold reads until the peer that lies is asked: the answer is 503 then,
// and the log names the member.
func (s *site) neverTold(asset, member string, logged int) {
	s.Helper()
	refused := 0
	for end := time.Now().Add(mustSettle); refused < choose(1, 5) && time.Now().Before(end); {
		if err := s.trulyTold(asset); errors.Is(err, service.ErrUnavailable) {
			refused++
		} else if err != nil {
			s.Fatalf("reading beside a peer that lies: %v", err)
		}
	}
	log := s.service.log(logged)
	if refused == 0 || !strings.Contains(log, "ALARM") || !strings.Contains(log, member) {
		s.Errorf("%d answers were refused; the log does not say that %s lies: %s", refused, member, log)
	}
	s.Logf("%d reads refused while %s lied", refused, member)
}

// trulyTold asks for an asset in every way that gives its owner. An answer
// that names company two is the false one.
func (s *site) trulyTold(asset string) error {
	s.Helper()
	as := s.client(s.service, s.Regulator)
	a, err := as.Asset(s.Context(), asset, "")
	v, verr := as.Verify(s.Context(), client.VerifyQuery{AssetID: asset, ClaimedOwner: s.Enterprise2.USCC})
	f, ferr := as.Search(s.Context(), client.SearchQuery{AssetID: asset})
	if err == nil && a.Value.Owner != s.Enterprise.USCC || verr == nil && (v.Value.Owned.Answer == nil || *v.Value.Owned.Answer) ||
		ferr == nil && (len(f.Value.Assets) != 1 || f.Value.Assets[0].Owner != s.Enterprise.USCC) {
		s.Errorf("the false value was told: %s, %s, %s", a.Raw, v.Raw, f.Raw)
	}
	return errors.Join(err, verr, ferr)
}

// toldAgain: all is well after the peer was rebuilt.
func (s *site) toldAgain(asset string) {
	s.Helper()
	s.until(mustSettle, "true answers again", func(context.Context) error { return s.trulyTold(asset) })
}

// neverRecorded: company two, which one endorser takes for the owner, cannot
// pledge, and the owner still can.
func (s *site) neverRecorded(asset string) {
	s.Helper()
	terms := s.Terms()
	var mine, theirs Entry
	for end := time.Now().Add(seconds(5, 30)); time.Now().Before(end); time.Sleep(time.Second) {
		theirs = send(s.Context(), s.service.url(), s.Propose(s.Enterprise2, asset, s.Bank, terms))
		if theirs.Fate == Applied || theirs.Fate == Unknown {
			s.Fatalf("one peer that lies was enough: %v", theirs)
		}
		mine = send(s.Context(), s.service.url(), s.Propose(s.Enterprise, asset, s.Bank, terms))
		if mine.Fate == Refused {
			s.Fatalf("one peer that lies kept the owner out: %v", mine)
		}
	}
	s.Logf("beside an endorser that lies, the owner's proposal: %v; the other company's: %v", mine, theirs)
	if mine.Fate != Applied {
		s.Errorf("members that agree are not enough to write: %v", mine)
	}
}

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
	logged := len(s.service.log(0))
	took := s.until(mustSettle, "evidence beside a damaged block", func(ctx context.Context) error {
		return s.client(s.service, s.Regulator).Evidence(ctx, asset, io.Discard)
	})
	s.Logf("evidence after %.1f s", took.Seconds())
	if !strings.Contains(s.service.log(logged), "altered") {
		s.Errorf("the log does not say that a block was altered: %s", s.service.log(logged))
	}
	s.fromNothing()
	s.stop("peer." + string(own.Role))
	s.write(path, text)
	s.startPeer(own)
	s.peersAgree()
	*s.runs = append(*s.runs, Tally{Name: "bit flipped in a block"})
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
	v := newReplica(s, s.program, s.net, pledge.RoleExchange, s.custodian)
	began := time.Now()
	if err := v.start(); err != nil {
		s.Errorf("a service without data does not start: %v", err)
		return
	}
	defer v.kill()
	s.upToDate(v)
	s.Logf("a service without data told everything after %.1f s", time.Since(began).Seconds())
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
	v := newReplica(s, s.program, s.net, pledge.RoleBank, s.custodian)
	v.mustStart()
	defer v.kill()
	s.sameLedger(v)
	s.Logf("%d commands took effect in all, each once", len(s.ledger()))
}
