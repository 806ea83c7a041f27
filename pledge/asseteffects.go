package pledge

import "slices"

func attestAsset(m *motion) error {
	b := m.c.body.(*AssetAttestBody)
	m.asset.Attestations = with(m.asset.Attestations, AssetAttestation{m.stamp, b.Number, b.Certificate})
	return nil
}

func withdrawAsset(m *motion) error {
	m.asset.Ended = &Ending{Stamp: m.stamp, Reason: m.c.body.(*WithdrawBody).Reason}
	return m.endDisputes()
}

// endDisputes: who gives a record up quarrels with nobody over it.
func (m *motion) endDisputes() error {
	for _, id := range m.asset.DisputedWith {
		other, err := m.knownAsset(id)
		if err != nil {
			return err
		}
		other.DisputedWith = without(other.DisputedWith, m.asset.ID)
		if err := m.putAsset(other); err != nil {
			return err
		}
	}
	m.asset.DisputedWith = nil
	return nil
}

func without(list []string, id string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(s string) bool { return s == id })
}

// transfer: liens stay on the asset, and their parties what they were.
func transfer(m *motion) error {
	b := m.c.body.(*TransferBody)
	m.asset.Transfers = with(m.asset.Transfers, Transfer{m.settled, m.asset.Owner, b.To, b.Agreement, b.Proceeds})
	m.asset.Owner, m.asset.Agreements = b.To, nil
	return m.advance()
}

// dealsOver: who signed to buy or use the asset as it was did not sign for what
// it has become; orders and disputes that wait for signatures are not touched.
func (a *Asset) dealsOver() {
	a.Agreements = slices.DeleteFunc(slices.Clone(a.Agreements), func(g Agreement) bool { return g.Act == AssetTransfer || g.Act == AssetLicense })
	if len(a.Agreements) == 0 {
		a.Agreements = nil
	}
}

func license(m *motion) error {
	b := m.c.body.(*LicenseBody)
	m.asset.dealsOver()
	m.asset.Licences = with(m.asset.Licences, Licence{m.settled, b.To, b.Scope, b.Exclusive, b.From, b.Until, b.Agreement, b.Proceeds})
	return m.advance()
}

// resolve ends one dispute. The one that gives way is withdrawn where its
// owner signed, else revoked.
func resolve(m *motion) error {
	b := m.c.body.(*ResolveBody)
	other := *m.other
	m.asset.DisputedWith, other.DisputedWith = without(m.asset.DisputedWith, other.ID), without(other.DisputedWith, m.asset.ID)
	m.asset.Resolutions = with(m.asset.Resolutions, Resolution{m.settled, other.ID, b.Resolution, b.Document})
	switch b.Resolution {
	case ResolveBoth:
		m.asset.Kin, other.Kin = with(m.asset.Kin, other.ID), with(other.Kin, m.asset.ID)
		if err := roomFor(m.asset, other); err != nil {
			return err
		}
	case ResolveFirst:
		return m.giveWay(&other, b)
	case ResolveSecond:
		if err := m.putAsset(other); err != nil {
			return err
		}
		m.move(m.lost(m.asset.Owner))
		m.asset.Ended = &Ending{Stamp: m.stamp, Reason: b.Resolution, Proof: b.Document}
		return m.endDisputes()
	}
	if err := m.putAsset(other); err != nil {
		return err
	}
	return m.advance()
}

func (m *motion) giveWay(other *Asset, b *ResolveBody) error {
	loser := &motion{change: m.change, p: Pledge{AssetID: other.ID}, asset: *other}
	loser.move(m.lost(other.Owner))
	loser.asset.Ended = &Ending{Stamp: m.stamp, Reason: b.Resolution, Proof: b.Document}
	if err := loser.endDisputes(); err != nil {
		return err
	}
	return m.putAsset(loser.asset)
}

// lost is the status of what gives way.
func (m *motion) lost(owner string) string {
	if slices.ContainsFunc(m.settled.Signed, func(s Stamp) bool { return s.By == owner }) {
		return AssetWithdrawn
	}
	return AssetRevoked
}
