package pledge

import "slices"

// The guards that say who: roles were checked by the table of acts, here it
// is about the signer's place in this very pledge.

// neitherSide: everybody with the role may, but for the two sides. A party
// can have several roles; whoever gives or takes the security is no witness
// of it (LAW.md, invariant iv).
func neitherSideHolds(m *motion) error {
	if m.side(m.by.ID) {
		return Errorf(WrongRole, "%s is a side of %s; %s needs somebody independent", m.by.ID, m.id(), m.c.Payload.Act)
	}
	return nil
}

func theOwnerHolds(m *motion) error {
	if m.by.ID != m.asset.Owner {
		return Errorf(NotOwner, "%s belongs to %s; only its owner can sign %s", m.asset.ID, m.asset.Owner, m.c.Payload.Act)
	}
	return nil
}

func thePledgorHolds(m *motion) error {
	if m.by.ID != m.p.Pledgor && m.by.ID != m.asset.Owner {
		return Errorf(WrongRole, "%s is neither the pledgor of %s, %s, nor owner of the asset", m.by.ID, m.p.ID, m.p.Pledgor)
	}
	return nil
}

func thePledgeeHolds(m *motion) error {
	if m.by.ID != m.p.Pledgee || !m.by.Has(RoleBank) {
		return Errorf(WrongRole, "%s is not the pledgee of %s; that is %s", m.by.ID, m.p.ID, m.p.Pledgee)
	}
	return nil
}

func eitherSideHolds(m *motion) error {
	if m.by.ID != m.p.Pledgor && m.by.ID != m.p.Pledgee {
		return Errorf(WrongRole, "%s is neither pledgor nor pledgee of %s", m.by.ID, m.p.ID)
	}
	return nil
}

// theCustodian: the one whose receipt the notarization rests on; another's
// word about a bucket that it does not hold proves nothing.
func theCustodianHolds(m *motion) error {
	if m.by.ID != m.asset.Custodian {
		return Errorf(WrongRole, "%s is not the custodian of %s; that is %s", m.by.ID, m.asset.ID, m.asset.Custodian)
	}
	return neitherSideHolds(m)
}

func notaryOrCentreHolds(m *motion) error {
	if !m.by.Has(RoleNotary, RoleIPCentre) {
		return Errorf(WrongRole, "%s is forced by a notary or the IP centre; a pledgee releases with PAID, WAIVED, REPLACED or OTHER", m.p.ID)
	}
	return neitherSideHolds(m)
}

// registerReader: whoever may say what stands in a statutory register. Whoever
// gives or takes the security is no witness of it.
func registerReaderHolds(m *motion) error {
	if !m.by.Has(RoleNotary, RoleIPCentre) {
		return Errorf(WrongRole, "the registration of %s is verified by a notary or the IP centre, not by %s", m.p.ID, m.by.ID)
	}
	return neitherSideHolds(m)
}

// anybody: the guards decide (LAW.md, CLOCK).
func anybodyHolds(*motion) error { return nil }

// aSenior: a pledgee with a pledge in force on the asset or its kin.
func aSeniorHolds(m *motion) error {
	group, err := m.group()
	if err != nil {
		return err
	}
	for _, a := range group {
		if slices.ContainsFunc(a.InForce, func(f InForce) bool { return f.Pledgee == m.by.ID }) {
			return nil
		}
	}
	return Errorf(WrongRole, "%s has no pledge in force on %s or its kin; its consent is not needed", m.by.ID, m.asset.ID)
}

// group is the asset and its kin: they count as one for every lien.
func (m *motion) group() ([]Asset, error) {
	if m.kin == nil {
		for _, id := range m.asset.Kin {
			k, err := m.knownAsset(id)
			if err != nil {
				return nil, err
			}
			m.kin = append(m.kin, k)
		}
	}
	return append([]Asset{m.asset}, m.kin...), nil
}
