package pledge

import "slices"

// notarized is the version as a notarization would say it, for the checks
// that both share.
func (b *VersionBody) notarized() *NotarizeBody {
	return &NotarizeBody{Fingerprint: b.Fingerprint, Files: b.Files, ManifestRoot: b.ManifestRoot,
		SM3Fingerprint: b.SM3Fingerprint, Declaration: b.Declaration, CustodyReceipt: b.CustodyReceipt}
}

// addVersion makes a new content the asset's own. The one before stays on
// record, and whoever holds the new one too is found like at a notarization.
func addVersion(m *motion) error {
	b := m.c.body.(*VersionBody)
	next := m.asset
	if len(next.Versions) == 0 {
		next.Versions = []AssetContent{m.asset.first()}
	}
	m.content(&next, b)
	next.dealsOver()
	rel, err := m.relatives(next)
	if err != nil {
		return err
	}
	if err := m.connect(&next, rel); err != nil {
		return err
	}
	if err := m.indexContent(next); err != nil {
		return err
	}
	m.asset, m.kin = next, nil // connect may have found new kin
	if err := m.aloneInGroup(); err != nil {
		return err
	}
	if err := m.advance(); err != nil {
		return err
	}
	return m.increment()
}

// first is the content that the asset was notarized with.
func (a Asset) first() AssetContent {
	return AssetContent{Number: 1, Fingerprint: a.Fingerprint, ManifestRoot: a.ManifestRoot, SM3Fingerprint: a.SM3Fingerprint,
		Files: a.Files, Size: a.Size, Custodian: a.Custodian, Recorded: a.Notarized}
}

func (m *motion) content(a *Asset, b *VersionBody) {
	receipt := m.c.receipt.body.(*ReceiptBody)
	a.Fingerprint, a.ManifestRoot, a.SM3Fingerprint = b.Fingerprint, receipt.ManifestRoot, b.SM3Fingerprint
	a.Files, a.Size, a.DistinctSize = receipt.Files, receipt.Size, receipt.Size
	if len(b.Files) > 0 {
		a.DistinctSize = m.c.content.unique
	}
	a.Declaration, a.CustodyReceipt, a.Preflight, a.Custodian = b.Declaration, b.CustodyReceipt, receipt.Preflight, m.c.receipt.Payload.By
	a.Versions = with(a.Versions, AssetContent{Number: len(a.Versions) + 1, Fingerprint: a.Fingerprint, ManifestRoot: a.ManifestRoot,
		SM3Fingerprint: a.SM3Fingerprint, Files: a.Files, Size: a.Size, Custodian: a.Custodian, Recorded: m.stamp,
		Seq: m.asset.Seq + 1, Redacted: len(b.Removed), Unproven: len(b.Files) == 0})
}

// increment adds the version to what each pledge in force covers, at the
// sequence of its own that it has just taken (T9).
func (m *motion) increment() error {
	v := m.asset.Versions[len(m.asset.Versions)-1]
	for _, f := range m.asset.InForce {
		p, err := m.knownPledge(f.PledgeID)
		if err != nil {
			return err
		}
		if err := m.forward(p.ID, p.UpdatedAt); err != nil {
			return err
		}
		p.Increments = with(p.Increments, Increment{v.Number, v.Fingerprint, v.Seq, m.stamp})
		p.Alerts = cleared(p.Alerts, m.stamp, AlertOverdue)
		if err := m.putPledge(p); err != nil {
			return err
		}
	}
	return nil
}

// knownPledge is a pledge that another record names: absence is a fault.
func (b *batch) knownPledge(id string) (Pledge, error) {
	p, ok, err := b.pledge(id)
	if err == nil && !ok {
		err = errMissing(id)
	}
	return p, err
}

// aloneInGroup: a version may make two assets count as one that are both
// pledged (invariant iii).
func (m *motion) aloneInGroup() error {
	group, err := m.group()
	if err != nil {
		return err
	}
	for _, k := range group[1:] {
		if len(m.asset.InForce) > 0 && len(k.InForce) > 0 {
			if err := m.exclusiveOf(append(slices.Clone(m.asset.InForce), k.InForce...), k.ID); err != nil {
				return err
			}
		}
	}
	return nil
}
