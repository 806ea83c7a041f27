package ledgertest

import (
	"reflect"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service/ledgertest/actors"
)

// preflight: what a custodian found is on the record, and nobody's silence is
// an answer to it.
func preflight(s *stage) {
	found := actors.Found("exclusion/cn.mobile/0123456789ab", "quality/completeness/00ff00ff00ff")
	body := s.ExaminedBody(s.Enterprise, actors.NewDataset(s.name("a"), 2), found)
	silent := body
	silent.Declaration.Overrides = body.Declaration.Overrides[:1]
	s.refuse(pledge.DeclarationIncomplete, s.Sign(s.Enterprise, pledge.AssetNotarize, silent))
	command := s.Sign(s.Enterprise, pledge.AssetNotarize, body)
	s.apply(command)
	a := s.asset(actors.AssetID(command))
	if a.V != pledge.PreflightVersion || a.Preflight == nil || !reflect.DeepEqual(*a.Preflight, found) || !reflect.DeepEqual(a.Declaration, body.Declaration) {
		s.Errorf("got %+v", a)
	}
}

// likeContent: two of one owner's assets are alike and both scans say so.
// Whichever is pledged second needs a person who answers for it.
func likeContent(s *stage) {
	first, one, p, terms := s.Story(s.name("one"), s.Enterprise, s.Bank)
	second, two, q, _ := s.Story(s.name("two"), s.Enterprise, s.Bank2)
	s.apply(first...)
	s.apply(second...)
	like := pledge.ContentOverlap{AssetID: one, Share: 8001, OtherShare: 17}
	s.apply(s.ScanFound(p, pledge.ScanClean, pledge.ContentOverlap{AssetID: two, Share: 17, OtherShare: 8001}))
	s.apply(s.ScanFound(q, pledge.ScanClean, like))
	s.apply(s.Register(s.Bank, p, terms, 0))
	s.refuse(pledge.OverlapFound, s.Register(s.Bank2, q, terms, 0))
	s.refuse(pledge.OverlapFound, s.ScanFound(q, pledge.ScanReviewed, like))
	s.apply(s.ScanFound(q, pledge.ScanWaived, like))
	s.apply(s.Register(s.Bank2, q, terms, 0))
	if got := s.pledge(q); got.V != pledge.ScanVersion || got.Scan.WaivedBy != s.IPCentre.KID() || !reflect.DeepEqual(got.Scan.Overlaps, []pledge.ContentOverlap{like}) {
		s.Errorf("got %+v", got.Scan)
	}
}

func (s *stage) asset(id string) pledge.Asset {
	s.Helper()
	values, _ := s.get(pledge.KeyAsset(id))
	a, err := pledge.DecodeAsset(values[0])
	if err != nil {
		s.Fatalf("reading %s: %v", id, err)
	}
	return a
}
