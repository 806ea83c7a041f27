package pledge

import (
	"cmp"
	"math/bits"
	"slices"
	"strings"
	"time"
)

// relative is another asset with content of this one.
type relative struct {
	id     string
	total  int64 // its distinct bytes
	shared int64 // bytes of the files that both are known to hold
	common int64 // of these, bytes of files that not all holders of are known
	same   bool  // the same fingerprint
}

// half: at least half of either is in both, so they are disputed or kin.
func (r relative) half(of Asset) bool {
	return r.same || 2*r.shared >= min(of.DistinctSize, r.total)
}

// relatives finds who holds the content of a: by fingerprint, and by the
// index of every distinct file that is not empty.
func (ch *change) relatives(a Asset) ([]relative, error) {
	found := map[string]*relative{}
	if err := ch.sameFingerprint(a, found); err != nil {
		return nil, err
	}
	common, err := ch.sameFiles(a.ID, found)
	if err != nil {
		return nil, err
	}
	// Beyond MaxHolders the index does not name the holders. If that hides
	// half of a dataset, nobody could tell whether it is pledged already.
	if a.DistinctSize > 0 && 2*common >= a.DistinctSize {
		return nil, Errorf(TooLarge, "half of the content or more is in files that over %d assets hold; its holders cannot all be compared", MaxHolders)
	}
	list := ordered(found)
	for _, r := range list {
		if r.mayHide(a, common) {
			return nil, Errorf(TooLarge, "%s may share half of its content with %s: some is in files that over %d assets hold, which cannot all be compared", a.ID, r.id, MaxHolders)
		}
	}
	return toCompare(a, list)
}

// mayHide: with the common files of which it is not known whether r holds
// them, at least half could be shared, and a pledge on r go unnoticed.
func (r relative) mayHide(of Asset, common int64) bool {
	could := r
	could.shared += common - r.common
	return !r.half(of) && could.half(of)
}

func (ch *change) sameFingerprint(a Asset, found map[string]*relative) error {
	f, err := ParseFingerprint(a.Fingerprint)
	if err != nil {
		return err
	}
	rec, _, err := get(ch.batch, KeyFingerprint(f.Hex()), DecodeFingerprint)
	if err != nil {
		return err
	}
	for _, id := range rec.Assets {
		if id == a.ID {
			return Errorf(Duplicate, "%s is a version of %s already", a.Fingerprint, id)
		}
		other, err := ch.knownAsset(id)
		if err != nil {
			return err
		}
		if other.Owner == a.Owner && other.Status == Notarized {
			return Errorf(Duplicate, "%s was notarized as %s at %s; use that asset", a.Fingerprint, id, other.Notarized.At)
		}
		found[id] = &relative{id: id, total: other.DistinctSize, same: true}
	}
	return nil
}

// sameFiles adds up what is shared with each holder, and how many bytes are
// in files so common that not all holders are known.
func (ch *change) sameFiles(self string, found map[string]*relative) (common int64, err error) {
	for _, f := range ch.c.content.distinct {
		rec, _, err := get(ch.batch, KeyFile(f.digest), DecodeFile)
		if err != nil {
			return 0, err
		}
		if rec.Count >= MaxHolders {
			common += f.size
		}
		for _, h := range rec.Holders {
			if h.AssetID == self {
				continue // an earlier version of the same asset
			}
			r := found[h.AssetID]
			if r == nil {
				r = &relative{id: h.AssetID, total: h.Total}
				found[h.AssetID] = r
			}
			// Of several versions the smallest decides what is half of it.
			r.total = min(r.total, h.Total)
			r.shared += f.size
			if rec.Count >= MaxHolders {
				r.common += f.size
			}
		}
	}
	return common, nil
}

// toCompare lists the relatives that a is written down with. All that share
// half are among them: were they cut like the rest, a flood of decoys would
// hide the one that is pledged already. Of the rest the largest are enough.
func toCompare(a Asset, list []relative) ([]relative, error) {
	var halves, rest []relative
	for _, r := range list {
		if r.half(a) {
			halves = append(halves, r)
		} else {
			rest = append(rest, r)
		}
	}
	if len(halves) > 2*maxKin { // kin and disputed: refused before they are loaded
		return nil, Errorf(TooLarge, "%s would share half of its content with %d assets, more than %d", a.ID, len(halves), 2*maxKin)
	}
	return append(halves, rest[:min(len(rest), maxCandidates)]...), nil
}

// ordered lists relatives by what they share, most first: the same order on
// every member.
func ordered(found map[string]*relative) []relative {
	list := make([]relative, 0, len(found))
	for _, r := range found {
		list = append(list, *r)
	}
	slices.SortFunc(list, func(x, y relative) int {
		return cmp.Or(cmp.Compare(y.shared, x.shared), strings.Compare(x.id, y.id))
	})
	return list
}

// connect writes on both sides what the shared content means (LAW.md, Asset):
// another owner's with at least half of either: disputed; the same owner's:
// kin, which counts as one asset for its liens; less than half: an overlap.
func (ch *change) connect(a *Asset, rel []relative) error {
	for _, r := range rel {
		other, err := ch.knownAsset(r.id)
		if err != nil {
			return err
		}
		if other.over() && !other.burdened(ch.tx.Time) || a.knows(other.ID) {
			continue
		}
		switch {
		case !r.half(*a):
			if !overlap(a, &other, r.shared) {
				continue
			}
		case other.Owner == a.Owner:
			a.Kin, other.Kin = with(a.Kin, other.ID), with(other.Kin, a.ID)
		default:
			a.DisputedWith, other.DisputedWith = with(a.DisputedWith, other.ID), with(other.DisputedWith, a.ID)
		}
		if err := roomFor(*a, other); err != nil {
			return err
		}
		if err := ch.putAsset(other); err != nil {
			return err
		}
	}
	return nil
}

func (a Asset) over() bool { return a.Status != Notarized }

// burdened: a lien and an order outlive the record of what they are against.
// Its content, notarized anew, would be free of both.
func (a Asset) burdened(at time.Time) bool {
	return len(a.InForce) > 0 || Standing(a.Frozen, at) != nil
}

// knows: a version finds whom an earlier one found.
func (a Asset) knows(other string) bool {
	return slices.Contains(a.Kin, other) || slices.Contains(a.DisputedWith, other)
}

// roomFor bounds the records: a registration moves the sequence of all kin.
func roomFor(list ...Asset) error {
	for _, a := range list {
		if len(a.Kin) > maxKin || len(a.DisputedWith) > maxKin {
			return Errorf(TooLarge, "%s would share half of its content with more than %d assets", a.ID, maxKin)
		}
	}
	return nil
}

// overlap notes a small share on both sides. It is information, not a lien.
func overlap(a, other *Asset, shared int64) (changed bool) {
	here, there := basisPoints(shared, a.DistinctSize), basisPoints(shared, other.DistinctSize)
	a.Overlaps, _ = largest(a.Overlaps, Overlap{other.ID, other.Owner, shared, here, there})
	other.Overlaps, changed = largest(other.Overlaps, Overlap{a.ID, a.Owner, shared, there, here})
	return changed
}

// largest adds an overlap to a list that keeps the maxOverlaps largest. A
// common licence text is in thousands of assets: without a bound each of them
// would be rewritten by each notarization. The file index still finds them.
func largest(list []Overlap, o Overlap) ([]Overlap, bool) {
	if i := slices.IndexFunc(list, func(x Overlap) bool { return x.AssetID == o.AssetID }); i >= 0 {
		list = slices.Clone(list)
		list[i] = o
		return list, true
	}
	if len(list) < maxOverlaps {
		return with(list, o), true
	}
	least := 0
	for i, x := range list {
		if x.Shared <= list[least].Shared {
			least = i
		}
	}
	if list[least].Shared >= o.Shared {
		return list, false
	}
	return with(slices.Delete(slices.Clone(list), least, least+1), o), true
}

// basisPoints is part/whole, rounded down, for 0 <= part <= whole.
func basisPoints(part, whole int64) int {
	if whole <= 0 {
		return 0
	}
	return int(min(ratio(part, whole, false), 10000))
}

// ratio is part/whole in basis points without overflow, capped at the
// largest exact integer. part is not negative, whole at least 1.
func ratio(part, whole int64, up bool) int64 {
	hi, lo := bits.Mul64(uint64(part), 10000)
	if hi >= uint64(whole) {
		return maxInteger
	}
	q, r := bits.Div64(hi, lo, uint64(whole))
	if up && r > 0 {
		q++
	}
	return int64(min(q, maxInteger))
}
