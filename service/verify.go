package service

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/storage"
)

// VerifyRequest names what is verified: exactly one of AssetID and
// Fingerprint. An empty depth is ledger.
type VerifyRequest struct {
	AssetID      string `json:"asset_id,omitempty"`
	Fingerprint  string `json:"fingerprint,omitempty"`
	ClaimedOwner string `json:"claimed_owner,omitempty"`
	Depth        string `json:"depth,omitempty"`
}

// The three answers of a verification 核验.
type (
	// NotarizedAnswer: is this content notarized 存证?
	NotarizedAnswer struct {
		Answer   bool             `json:"answer"`
		AssetID  string           `json:"asset_id,omitempty"`
		At       string           `json:"at,omitempty"`
		By       string           `json:"by,omitempty"`
		Position *pledge.Position `json:"position,omitempty"`
		Detail   string           `json:"detail"`
		// Version is which of Versions this content is, from 1, and Newest whether
		// it is the last; At, By and Position are those of that version.
		Version  int  `json:"version,omitempty"`
		Versions int  `json:"versions,omitempty"`
		Newest   bool `json:"newest"`
	}
	// OwnedAnswer: is it registered to whom it is said to belong? Null when
	// nobody was claimed or nothing is notarized.
	OwnedAnswer struct {
		Answer  *bool  `json:"answer"`
		Owner   string `json:"owner,omitempty"`
		Claimed string `json:"claimed,omitempty"`
		Detail  string `json:"detail"`
	}
	// IntactAnswer: is what the custodian stores what was notarized? Null when
	// it was not looked at.
	IntactAnswer struct {
		Answer  *bool           `json:"answer"`
		Depth   string          `json:"depth"`
		Bytes   int64           `json:"checked_bytes"`
		Chunks  int64           `json:"checked_chunks"`
		Detail  string          `json:"detail"`
		Failure []IntactFailure `json:"failed"`
	}
	// IntactFailure names what did not verify; Chunk counts 1 MiB chunks from
	// 0 and is -1 for the file as a whole.
	IntactFailure struct {
		Path   string `json:"path"`
		Chunk  int64  `json:"chunk"`
		Detail string `json:"detail"`
	}
)

// Encumbrance is a pledge in force, as a verification shows it.
type Encumbrance struct {
	PledgeID   string            `json:"pledge_id"`
	Pledgee    string            `json:"pledgee"`
	State      string            `json:"state"`
	Rank       int               `json:"rank"`
	Seq        int64             `json:"seq"`
	Mode       string            `json:"mode"`
	SecuredMax pledge.Amount     `json:"secured_max"`
	Matures    string            `json:"matures"`
	Expires    string            `json:"expires"`
	Perfection pledge.Perfection `json:"perfection"`
}

// VerifiedLien is an encumbrance with what else stands against it, or comes
// with it: an order that freezes it, an objection, versions at ranks of their own.
type VerifiedLien struct {
	Encumbrance
	Frozen     bool               `json:"frozen"`
	Objection  string             `json:"objection,omitempty"`
	Increments []pledge.Increment `json:"increments,omitempty"`
}

// LedgerHead is which ledger an answer was read from, and how far it was.
type LedgerHead struct {
	Kind string `json:"kind"`
	Head
}

// Verification is the three answers, and what else a lender must know. Report
// is the same text, signed by the service.
type Verification struct {
	AssetID      string           `json:"asset_id,omitempty"`
	Fingerprint  string           `json:"fingerprint"`
	Notarized    NotarizedAnswer  `json:"notarized"`
	Owned        OwnedAnswer      `json:"owned"`
	Intact       IntactAnswer     `json:"intact"`
	Encumbrances []VerifiedLien   `json:"encumbrances"`
	Disputed     bool             `json:"disputed"`
	DisputedWith []string         `json:"disputed_with"`
	Overlaps     []pledge.Overlap `json:"overlaps"`
	// Similar is what is like the content by LikeShare or more, or has half of its columns; nil where this
	// service compares no content, or nothing is notarized.
	Similar *ContentAnswer `json:"similar,omitempty"`
	Frozen  bool           `json:"frozen"`
	// Objection is what became of what was objected to the asset: OPEN, IN_COURT
	// and so on; empty when nothing was.
	Objection   string     `json:"objection,omitempty"`
	Declaration *Declared  `json:"declaration,omitempty"`
	Ledger      LedgerHead `json:"ledger"`
	At          string     `json:"at"`
	Proves      string     `json:"proves"`
	Report      string     `json:"report,omitempty"`
}

// provesVerification is what a verification says and what not (在线诉讼规则 16-18:
// a ledger shows "unchanged since", not what was true before).
const provesVerification = "The record of this content on the ledger at the stated height, and, where the depth says so, that the custodian's " +
	"stored content matched it when it was read. It does not prove who made the data, that the declaration is true, or that a pledge is " +
	"established by law: that needs the statutory registration. " +
	"本报告证明：在所示区块高度的链上记录；按所示深度，托管内容与记录一致。不证明：数据的形成过程、声明的真实性，亦不代替法定登记。"

// Verify answers the three questions from the ledger's own state and, at the
// depths sample and full, from the stored content. "No" is an answer, never
// an error.
func (s *Service) Verify(ctx context.Context, c Caller, q VerifyRequest) (Verification, error) {
	if err := c.may(UseVerify, "verification"); err != nil {
		return Verification{}, err
	}
	if q.Depth == "" {
		q.Depth = DepthLedger
	}
	if err := q.check(); err != nil {
		return Verification{}, err
	}
	found, err := s.find(ctx, q)
	if err != nil {
		return Verification{}, err
	}
	r := found.verification(q, s.o.FindingName, s.now())
	r.Ledger.Kind, r.At, r.Proves = s.info.Kind, s.stamp(), provesVerification
	if found.asset != nil {
		r.Notarized.Position = s.positionOf(ctx, found.content(q).Recorded.Command)
	}
	if r.Intact, err = s.intact(ctx, found.asset, q.Depth); err != nil {
		return Verification{}, err
	}
	if r.Report, err = s.report(r); err != nil {
		return Verification{}, err
	}
	s.auditAct(ctx, "verify", c, nil, "asset_id", r.AssetID, "fingerprint", r.Fingerprint, "depth", q.Depth,
		"notarized", r.Notarized.Answer, "height", r.Ledger.Height)
	return r, nil
}

func (q VerifyRequest) check() error {
	if (q.AssetID == "") == (q.Fingerprint == "") {
		return pledge.Errorf(pledge.Malformed, "name exactly one of asset_id and fingerprint")
	}
	if q.Fingerprint != "" {
		if _, err := pledge.ParseFingerprint(q.Fingerprint); err != nil {
			return err
		}
	}
	if q.ClaimedOwner != "" {
		if err := pledge.CheckUSCC(q.ClaimedOwner); err != nil {
			return err
		}
	}
	if !slices.Contains([]string{DepthLedger, DepthSample, DepthFull}, q.Depth) {
		return pledge.Errorf(pledge.Malformed, "depth must be ledger, sample or full")
	}
	return nil
}

// found is what the ledger holds about the subject of a verification.
type found struct {
	asset   *pledge.Asset
	others  int // further assets under the same fingerprint
	pledges []*pledge.Pledge
	ranks   []int
	head    Head
	matches []Match
	likes   *ContentAnswer
}

func (s *Service) find(ctx context.Context, q VerifyRequest) (found, error) {
	var f found
	likes, head, err := s.compared(ctx, s.o.Ledger, func(v *view, like []Similar) (err error) {
		f = found{}
		if f.asset, f.others, err = v.subject(q); err != nil || f.asset == nil {
			return err
		}
		if f.matches, err = v.told(like); err != nil {
			return err
		}
		f.pledges, f.ranks, err = v.encumbrances(f.asset)
		return err
	}, func(head Head) (likeness, error) { return s.likeAsset(ctx, f.asset, head) })
	if err == nil && f.asset == nil && q.AssetID != "" {
		err = pledge.Errorf(pledge.NotFound, "no asset %s", q.AssetID)
	}
	if s.o.Content != nil && f.asset != nil {
		f.likes = likes.answer(sketchOf(f.asset), f.matches)
	}
	f.head = head
	return f, err
}

// subject is the asset that is meant: of several under one fingerprint, the
// claimed owner's, else the first that stands.
func (v *view) subject(q VerifyRequest) (*pledge.Asset, int, error) {
	if q.AssetID != "" {
		a, err := v.asset(q.AssetID)
		return a, 0, err
	}
	ids, err := v.fingerprint(hexOf(q.Fingerprint))
	if err != nil {
		return nil, 0, err
	}
	var best *pledge.Asset
	for _, id := range ids {
		a, err := v.asset(id)
		if err != nil {
			return nil, 0, err
		}
		if a != nil && (best == nil || better(a, best, q.ClaimedOwner)) {
			best = a
		}
	}
	return best, len(ids) - 1, nil
}

func better(a, than *pledge.Asset, owner string) bool {
	if mine, theirs := a.Owner == owner, than.Owner == owner; mine != theirs {
		return mine
	}
	return a.Status == pledge.Notarized && than.Status != pledge.Notarized
}

// encumbrances lists the pledges in force on an asset, and on its kin, with the
// rank of each: what shares half of its bytes is the same security.
func (v *view) encumbrances(a *pledge.Asset) (list []*pledge.Pledge, ranks []int, err error) {
	for _, id := range append([]string{a.ID}, a.Kin...) {
		other, err := v.asset(id)
		if err != nil {
			return nil, nil, err
		}
		if other == nil {
			continue
		}
		for rank, f := range other.InForce {
			p, err := v.pledge(f.PledgeID)
			if err != nil {
				return nil, nil, err
			}
			if p != nil {
				list, ranks = append(list, p), append(ranks, rank+1)
			}
		}
	}
	return list, ranks, nil
}

func encumbrance(p *pledge.Pledge, rank int) Encumbrance {
	return Encumbrance{PledgeID: p.ID, Pledgee: p.Pledgee, State: p.State, Rank: rank, Seq: p.Seq, Mode: p.Terms.Mode,
		SecuredMax: p.Terms.SecuredMax, Matures: p.Terms.Matures, Expires: p.Terms.Expires, Perfection: p.Perfection}
}

// liens are the encumbrances as of now: an order that has ended freezes nothing.
func (f found) liens(now time.Time) []VerifiedLien {
	list := []VerifiedLien{}
	for i, p := range f.pledges {
		list = append(list, VerifiedLien{encumbrance(p, f.ranks[i]), pledge.Standing(p.Frozen, now) != nil, p.Objection, p.Increments})
	}
	return list
}

// content is the version that was asked for: of a fingerprint that the asset
// had more than once the last one, and without a fingerprint the newest.
func (f found) content(q VerifyRequest) pledge.AssetContent {
	all := f.asset.Contents()
	for _, c := range slices.Backward(all) {
		if c.Fingerprint == q.Fingerprint {
			return c
		}
	}
	return all[len(all)-1]
}

func (f found) verification(q VerifyRequest, names func(string) Text, now time.Time) Verification {
	r := Verification{Fingerprint: q.Fingerprint, Encumbrances: []VerifiedLien{}, DisputedWith: []string{},
		Overlaps: []pledge.Overlap{}, Ledger: LedgerHead{Head: f.head}}
	a := f.asset
	if a == nil {
		r.Notarized.Detail = "no asset under this fingerprint was notarized up to this height"
		r.Owned = OwnedAnswer{Claimed: q.ClaimedOwner, Detail: "nothing is notarized, so nobody is registered"}
		return r
	}
	r.AssetID, r.Fingerprint, r.Encumbrances = a.ID, f.content(q).Fingerprint, f.liens(now)
	r.Disputed, r.Frozen, r.Similar = len(a.DisputedWith) > 0, pledge.Standing(a.Frozen, now) != nil, f.likes
	r.Objection = a.Objection
	r.DisputedWith = append(r.DisputedWith, a.DisputedWith...)
	r.Overlaps = append(r.Overlaps, a.Overlaps...)
	said := declared(a, names)
	r.Declaration = &said
	r.Notarized, r.Owned = f.notarized(f.content(q)), f.owned(q.ClaimedOwner)
	return r
}

func (f found) notarized(c pledge.AssetContent) NotarizedAnswer {
	a := f.asset
	versions := len(a.Contents())
	n := NotarizedAnswer{Answer: a.Status == pledge.Notarized, AssetID: a.ID, At: c.Recorded.At, By: c.Recorded.By,
		Detail: "notarized as " + a.ID, Version: c.Number, Versions: versions, Newest: c.Number == versions}
	if !n.Newest {
		n.Detail += fmt.Sprintf(" in version %d, which is not the newest: version %d is %s", c.Number, versions, a.Fingerprint)
	}
	if !n.Answer {
		n.Detail = fmt.Sprintf("%s was notarized and is %s now", a.ID, a.Status)
	}
	if f.others > 0 {
		n.Detail += fmt.Sprintf("; %d further assets carry the same fingerprint", f.others)
	}
	return n
}

func (f found) owned(claimed string) OwnedAnswer {
	a := f.asset
	o := OwnedAnswer{Owner: a.Owner, Claimed: claimed, Detail: "registered to " + a.Owner}
	if claimed == "" {
		o.Detail += "; no owner was claimed"
		return o
	}
	yes := a.Owner == claimed
	o.Answer = &yes
	if !yes {
		o.Detail += ", not to " + claimed
	}
	if len(a.DisputedWith) > 0 {
		o.Detail += "; the registration is disputed"
	}
	return o
}

func (s *Service) intact(ctx context.Context, a *pledge.Asset, depth string) (IntactAnswer, error) {
	r := IntactAnswer{Depth: depth, Failure: []IntactFailure{}}
	switch {
	case a == nil:
		r.Detail = "nothing is notarized, so there is nothing to compare with"
		return r, nil
	case depth == DepthLedger:
		r.Detail = "the stored content was not looked at"
		return r, nil
	}
	report, err := s.challenge(ctx, a, depth)
	switch {
	case errors.Is(err, storage.ErrNotExist), errors.Is(err, storage.ErrCorrupt):
		r.Answer = new(bool)
		r.Detail = "the stored content is missing or cannot be opened"
		return r, nil
	case err != nil:
		return r, err
	}
	r.Answer, r.Bytes, r.Chunks = &report.OK, report.Bytes, report.Chunks
	r.Detail = fmt.Sprintf("%d bytes in %d chunks were read and compared with the ledger", report.Bytes, report.Chunks)
	if !report.OK {
		r.Detail = "the stored content is not what was notarized"
	}
	for _, f := range report.Failed {
		r.Failure = append(r.Failure, IntactFailure{f.Path, f.Chunk, f.Detail})
	}
	return r, nil
}

// positionOf is where a command stands on the ledger, as far as the index knows.
func (s *Service) positionOf(ctx context.Context, command string) *pledge.Position {
	o, _, err := s.o.Index.Command(ctx, command)
	if err != nil {
		return nil
	}
	return o.Position
}
