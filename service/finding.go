package service

import "github.com/datapledge/datapledge/pledge"

// finding collects assets and the liens on them, each once, by the shortest way.
type finding struct {
	*view
	seen   map[string]bool
	assets []SearchedAsset
	liens  []Lien
}

func (f *finding) content(fingerprint string, files []string) error {
	ids, err := f.fingerprint(fingerprint)
	if err != nil {
		return err
	}
	if err := f.addAll(ids, ViaFingerprint); err != nil {
		return err
	}
	for _, hex := range files {
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
	for _, h := range r.Holders {
		if err := f.add(h.AssetID, ViaFile); err != nil {
			return err
		}
	}
	return nil
}

func (f *finding) addAll(ids []string, via string) error {
	for _, id := range ids {
		if err := f.add(id, via); err != nil {
			return err
		}
	}
	return nil
}

// add looks at an asset, then at its kin and at what shares files with it.
func (f *finding) add(id, via string) error {
	if f.seen[id] {
		return nil
	}
	if len(f.seen) >= maxSearched {
		return pledge.Errorf(pledge.TooLarge, "this content is shared by more than %d assets: search by asset", maxSearched)
	}
	a, err := f.asset(id)
	if err != nil || a == nil {
		return err
	}
	f.seen[id] = true
	f.assets = append(f.assets, SearchedAsset{AssetID: a.ID, Owner: a.Owner, Via: via, ExpectedSeq: a.Seq,
		Disputed: len(a.DisputedWith) > 0, Frozen: a.Frozen != nil, Overlaps: append([]pledge.Overlap{}, a.Overlaps...)})
	if err := f.liensOn(a, via); err != nil {
		return err
	}
	if via == ViaKin || via == ViaFile {
		return nil
	}
	if err := f.addAll(a.Kin, ViaKin); err != nil {
		return err
	}
	for _, o := range a.Overlaps {
		if err := f.add(o.AssetID, ViaFile); err != nil {
			return err
		}
	}
	return nil
}

func (f *finding) liensOn(a *pledge.Asset, via string) error {
	for rank, in := range a.InForce {
		p, err := f.pledge(in.PledgeID)
		if err != nil {
			return err
		}
		if p != nil {
			f.liens = append(f.liens, Lien{encumbrance(p, rank+1), a.ID, p.Pledgor, via})
		}
	}
	return nil
}
