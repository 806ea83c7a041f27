package service

import (
	"fmt"
	"slices"
	"time"

	"github.com/datapledge/datapledge/pledge"
)

// maxDigests bounds the files that one search follows to other assets.
const maxDigests = 10_000

// finding collects assets and the liens on them, each once, by the shortest
// way. partial says why it is not all, when a bound was hit.
type finding struct {
	*view
	listed  lister
	seen    map[string]bool
	digests map[string]bool
	assets  []SearchedAsset
	liens   []Lien
	partial string
	sketch  string // of what is searched
	matches []Match
	likes   *ContentAnswer
	match   string            // of what is asked for, or
	how     map[string]string // of each asset
	several bool              // what is asked for may be several assets
	lost    error             // a record that another names, and that is not there
	at      time.Time         // what has ended by then is not told as standing
}

// lister names the digests (hex) of an asset's files that have content, and
// whether that is all of them.
type lister func(a *pledge.Asset) (digests []string, all bool, err error)

// cut notes the first bound that kept the finding from being whole.
func (f *finding) cut(format string, args ...any) {
	if f.partial == "" {
		f.partial = fmt.Sprintf(format, args...)
	}
}

func (f *finding) content(fingerprint string, files []string) error {
	ids, err := f.fingerprint(fingerprint)
	if err != nil {
		return err
	}
	if err := f.addAll(ids, ViaFingerprint); err != nil {
		return err
	}
	return f.sharing(files)
}

// sharing looks at every asset that holds one of these files.
func (f *finding) sharing(files []string) error {
	for _, hex := range files {
		if f.digests[hex] {
			continue
		}
		if len(f.digests) >= maxDigests {
			f.cut("more than %d files would have to be followed: search asset by asset", maxDigests)
			return nil
		}
		f.digests[hex] = true
		r, err := f.file(hex)
		if err != nil {
			return err
		}
		if r == nil {
			continue
		}
		if err := f.holders(r); err != nil {
			return err
		}
	}
	return nil
}

// holders follows a file to the assets that hold it. The ledger names a
// bounded number of them; the index lists all.
func (f *finding) holders(r *pledge.FileRecord) error {
	if r.Count > len(r.Holders) {
		return errHolders
	}
	ids := make([]string, len(r.Holders))
	for i, h := range r.Holders {
		ids[i] = h.AssetID
	}
	slices.Sort(ids) // the ledger and the index have them in orders of their own
	return f.addAll(ids, ViaFile)
}

func (f *finding) addAll(ids []string, via string) error {
	for _, id := range ids {
		if err := f.add(id, via); err != nil {
			return err
		}
	}
	return nil
}

// add looks at an asset, then at what is around it.
func (f *finding) add(id, via string) error {
	if f.seen[id] {
		return nil
	}
	if len(f.seen) >= maxSearched {
		f.cut("this content is shared by more than %d assets: search by asset", maxSearched)
		return nil
	}
	a, err := f.asset(id)
	if err != nil || a == nil {
		f.miss(id, via)
		return err
	}
	f.seen[id] = true
	f.assets = append(f.assets, SearchedAsset{AssetID: a.ID, Owner: a.Owner, Via: via, Match: f.matchOf(a.ID, via), Status: a.Status, ExpectedSeq: a.Seq,
		Disputed: len(a.DisputedWith) > 0, Frozen: pledge.Standing(a.Frozen, f.at) != nil, Objection: a.Objection, Overlaps: append([]pledge.Overlap{}, a.Overlaps...)})
	if err := f.liensOn(a, via); err != nil {
		return err
	}
	if beside(via) {
		return nil
	}
	if via != ViaParty && !f.several && f.sketch == "" {
		f.sketch = sketchOf(a)
	}
	return f.around(a)
}

// miss notes an asset that another record names and that is not there: what
// was not looked at must not pass for free. One that was asked for may be absent.
func (f *finding) miss(id, via string) {
	if via != ViaAsset && via != ViaContent {
		f.lost = fmt.Errorf("asset %s, found by %s, has no record", id, via)
	}
}

// beside says that an asset was come upon by what it shares with another.
func beside(via string) bool { return via == ViaKin || via == ViaFile || via == ViaContent }

func (f *finding) matchOf(id, via string) string {
	switch {
	case beside(via):
		return ""
	case f.how != nil:
		return f.how[id]
	}
	return f.match
}

// around looks at the kin of an asset and at all that shares files with it.
// The record names only the largest overlaps, so the files are followed too.
func (f *finding) around(a *pledge.Asset) error {
	if err := f.addAll(a.Kin, ViaKin); err != nil {
		return err
	}
	for _, o := range a.Overlaps {
		if err := f.add(o.AssetID, ViaFile); err != nil {
			return err
		}
	}
	files, all, err := f.listed(a)
	if err != nil {
		return err
	}
	if !all {
		f.cut("%s was notarized without a list of its files", a.ID)
	}
	return f.sharing(files)
}

func (f *finding) liensOn(a *pledge.Asset, via string) error {
	for rank, in := range a.InForce {
		p, err := f.pledge(in.PledgeID)
		if err != nil {
			return err
		}
		if p == nil {
			f.lost = fmt.Errorf("%s is in force on %s and has no record", in.PledgeID, a.ID)
			continue
		}
		f.liens = append(f.liens, Lien{Encumbrance: encumbrance(p, rank+1), AssetID: a.ID, Pledgor: p.Pledgor, Via: via, Match: f.matchOf(a.ID, via),
			Frozen: pledge.Standing(p.Frozen, f.at) != nil, Objection: p.Objection})
	}
	return nil
}
