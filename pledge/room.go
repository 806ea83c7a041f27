package pledge

// listRoomHolds bounds the lists that grow with the life of a record.
func listRoomHolds(m *motion) error {
	if n := m.listed(); n >= maxListed {
		return Errorf(TooLarge, "%s has %d entries of that kind, which is the most", m.id(), n)
	}
	return nil
}

// listed is the length of the list that the command would make longer.
func (m *motion) listed() int {
	p, a := m.p.PledgeLife, m.asset.AssetLife
	switch m.c.body.(type) {
	case *AmendBody, *ExtendBody:
		return len(p.Amendments)
	case *AgreeBody:
		return len(p.Consented)
	case *AssignBody:
		return len(p.Assignments)
	case *SubordinateBody:
		return len(p.SubordinatedTo)
	case *CureBody:
		return len(p.Cured)
	case *ObjectBody:
		return len(m.objections())
	case *FreezeBody:
		return len(m.standing())
	case *CorrectBody:
		return max(len(p.Corrections), len(a.Corrections)*m.one())
	case *VersionBody:
		return len(a.Versions)
	case *TransferBody:
		return len(a.Transfers)
	case *LicenseBody:
		return len(a.Licences)
	case *AssetAttestBody:
		return len(a.Attestations)
	case *ResolveBody:
		return len(a.Resolutions)
	}
	return 0
}

// one is 1 where the asset itself is the subject, else 0.
func (m *motion) one() int {
	if m.ofAsset() {
		return 1
	}
	return 0
}
