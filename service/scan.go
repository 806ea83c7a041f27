package service

import (
	"context"
	"fmt"

	"github.com/datapledge/datapledge/pledge"
)

// ScanReport is what a duplicate scan of a pledge found as of a block: all that
// goes into its digest, which is the SHA-256 of its canonical JSON (RFC 8785).
// Overlaps are what pledge.scan must state, Required the least result that the
// rules then take: clean, reviewed or waived.
type ScanReport struct {
	V        int                     `json:"v"`
	Channel  string                  `json:"channel"`
	PledgeID string                  `json:"pledge_id"`
	AssetID  string                  `json:"asset_id"`
	AsOf     Head                    `json:"as_of"`
	Content  *ContentAnswer          `json:"content"`
	Overlaps []pledge.ContentOverlap `json:"overlaps"`
	Required string                  `json:"required"`
	Why      Text                    `json:"why"`
}

// Scan is a report with its digest, "sha256:" and hex.
type Scan struct {
	Report   string     `json:"report"`
	Document ScanReport `json:"document"`
}

// ScanPledge compares the content of a pledged asset with all that is
// registered. An IP centre's report is kept under its digest: the command
// pledge.scan names it. ErrUnavailable when content can be compared, but not now.
func (s *Service) ScanPledge(ctx context.Context, c Caller, pledgeID string) (Scan, error) {
	r, err := s.scanPledge(ctx, c, pledgeID)
	s.auditAct(ctx, "scan", c, err, "pledge_id", pledgeID, "report", r.Report, "required", r.Document.Required)
	return r, err
}

func (s *Service) scanPledge(ctx context.Context, c Caller, pledgeID string) (Scan, error) {
	r := ScanReport{V: 1, Channel: s.Channel(), PledgeID: pledgeID}
	look, err := s.lookAt(ctx, pledgeID, nil)
	if err != nil {
		return Scan{}, err
	}
	if err := look.seenBy(c, pledgeID); err != nil {
		return Scan{}, err
	}
	if look.asset == nil {
		return Scan{}, fmt.Errorf("scanning %s: its asset is not on the ledger", pledgeID)
	}
	if err := look.unavailable(s.o.Custodian.Party()); err != nil {
		return Scan{}, err
	}
	r.AssetID, r.AsOf = look.asset.ID, look.head
	r.Content = look.likes.answer(sketchOf(look.asset), look.matches)
	r.Overlaps = stated(look.foremost())
	r.Required, r.Why = look.required()
	return s.keepScan(ctx, c, r)
}

// look is what a scan reads, at one head.
type look struct {
	pledge  *pledge.Pledge
	asset   *pledge.Asset
	matches []Match
	likes   likeness
	head    Head
}

// lookAt reads a pledge, its asset and what is like it. Unless wanted agrees,
// nothing is compared.
func (s *Service) lookAt(ctx context.Context, pledgeID string, wanted func(v *view) (bool, error)) (l look, err error) {
	compare := true
	l.likes, l.head, err = s.compared(ctx, s.o.Ledger, func(v *view, like []Similar) (err error) {
		if wanted != nil {
			if compare, err = wanted(v); err != nil {
				return err
			}
		}
		l.asset = nil
		if l.pledge, err = v.pledge(pledgeID); err != nil || l.pledge == nil {
			return err
		}
		if l.asset, err = v.asset(l.pledge.AssetID); err != nil {
			return err
		}
		l.matches, err = v.told(like)
		return err
	}, func(head Head) (likeness, error) {
		if l.asset == nil || !compare {
			return likeness{why: &whyNoSketch}, nil
		}
		return s.likeAsset(ctx, l.asset, head)
	})
	return l, err
}

func (l look) seenBy(c Caller, id string) error {
	if l.pledge == nil {
		return pledge.Errorf(pledge.NotFound, "no pledge %s", id)
	}
	return c.may(UseScan, "a scan of "+id, c.toPledge(*l.pledge, "")...)
}

// unavailable: what another custodian holds it can compare, and we cannot; what
// is ours must be compared before anybody says that it is clean.
func (l look) unavailable(custodian string) error {
	if l.likes.why != &whyUnavailable && (l.likes.why != &whySketchGone || l.asset.Custodian != custodian) {
		return nil
	}
	return &Trouble{Cause: "the content of " + l.asset.ID + " could not be compared: " + l.likes.why.EN,
		Remedy: "scan again in a while; when that does not help, the operator rebuilds the index of content", Err: ErrUnavailable}
}
