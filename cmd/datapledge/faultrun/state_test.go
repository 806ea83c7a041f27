package faultrun

import (
	"context"
	"errors"
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
	for end := time.Now().Add(mustSettle); refused < choose(1, 2) && time.Now().Before(end); {
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
	for began := time.Now(); ; time.Sleep(time.Second) {
		if took := time.Since(began); took > mustSettle || took > seconds(5, 15) && mine.Fate == Applied {
			break
		}
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
