package pledge

import (
	"slices"
	"strings"
)

func nothingInForceHolds(m *motion) error {
	group, err := m.group()
	if err != nil {
		return err
	}
	for _, a := range group {
		if len(a.InForce) > 0 {
			f := a.InForce[0]
			return Errorf(AlreadyPledged, "%s is pledged to %s by %s; it must be released first", a.ID, f.Pledgee, f.PledgeID)
		}
	}
	return nil
}

// T12: to whom. An owner is an enterprise, as whoever notarizes is.
func recipientFitsHolds(m *motion) error {
	to, roles := "", allRoles
	switch b := m.c.body.(type) {
	case *TransferBody:
		to, roles = b.To, []Role{RoleEnterprise}
	case *LicenseBody:
		to = b.To
	}
	if to == m.asset.Owner {
		return Errorf(WrongRole, "%s owns %s already", to, m.asset.ID)
	}
	if to == m.asset.Custodian && m.c.Payload.Act == AssetTransfer {
		return Errorf(WrongRole, "%s is the custodian of %s and cannot own what it keeps", to, m.asset.ID)
	}
	p, ok, err := m.party(to)
	if err != nil {
		return err
	}
	if !ok {
		return Errorf(UnknownParty, "%s is not enrolled", to)
	}
	if !p.Has(roles...) {
		return Errorf(WrongRole, "%s is no enterprise and cannot own an asset", to)
	}
	return nil
}

// T12, 民法典 444 para. 2: every pledgee, of kin too, has signed pledge.consent
// over this very act.
func liensConsentHolds(m *motion) error {
	return m.consentedBy(func(Pledge) bool { return false })
}

// consentedBy asks each pledge in force whether its pledgee consented in the
// last 30 days, unless its terms answer already.
func (m *motion) consentedBy(covered func(Pledge) bool) error {
	digest, err := ActDigest(m.c.Payload.Act, m.c.body)
	if err != nil {
		return err
	}
	return m.eachLien(func(p Pledge) error {
		if covered(p) || m.consentsTo(p, digest) {
			return nil
		}
		return Errorf(ConsentMissing, "%s is pledged to %s by %s; it must sign pledge.consent with act %s and digest %s first", p.AssetID, p.Pledgee, p.ID, m.c.Payload.Act, digest)
	})
}

// eachLien asks every pledge in force on the asset and its kin.
func (m *motion) eachLien(holds func(Pledge) error) error {
	group, err := m.group()
	if err != nil {
		return err
	}
	for _, a := range group {
		for _, f := range a.InForce {
			p, err := m.knownPledge(f.PledgeID)
			if err == nil {
				err = holds(p)
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// liensFreeHolds: T9 and T12 are acts during a pledge, which T13 and T20 stop
// whether they are against the asset or against the pledge.
func liensFreeHolds(m *motion) error {
	return m.eachLien(func(p Pledge) error {
		if f := Standing(p.Frozen, m.tx.Time); f != nil {
			return Errorf(Frozen, "%s on %s is frozen by order %s of %s since %s; ask there", p.ID, p.AssetID, f.FileNo, f.Court, f.At)
		}
		if o := p.Objection; contested(o) {
			return Errorf(ObjectionOpen, "an objection against %s on %s is %s; it must be decided first", p.ID, p.AssetID, o)
		}
		return nil
	})
}

func (m *motion) consentsTo(p Pledge, digest string) bool {
	return slices.ContainsFunc(p.Consented, func(c Consented) bool {
		return c.By == p.Pledgee && c.Act == m.c.Payload.Act && c.Digest == digest && !m.older(c.At, offerValid)
	})
}

// T9: a version is held to what the first notarization was held to.
func versionHonestHolds(m *motion) error {
	b := m.c.body.(*VersionBody)
	if err := b.Declaration.complete(m.c.examined(), m.c.KID); err != nil {
		return err
	}
	_, err := m.custody(b.notarized())
	return err
}

// T9: nothing of what is pledged may go missing unseen. From the new list,
// without what was added and with what was removed, comes the old one, or the
// command does not say all.
func oldWithinNewHolds(m *motion) error {
	b := m.c.body.(*VersionBody)
	if b.Base != m.asset.Fingerprint {
		return Errorf(Inconsistent, "base is %s; the newest version of %s is %s", b.Base, m.asset.ID, m.asset.Fingerprint)
	}
	if len(b.Files) == 0 {
		return nil // not listed: growthAgreed asks the pledgees
	}
	old := b.before()
	if len(old) == 0 || ManifestRoot(old) != m.asset.ManifestRoot {
		return Errorf(Inconsistent, "files without added and with removed are not the files of %s: name each file that is new in added, and each that is gone or changed in removed, as it was", b.Base)
	}
	return nil
}

// before is the list of files of the version before, as the command has it.
func (b *VersionBody) before() []File {
	var old []File
	for _, f := range b.Files {
		if !slices.Contains(b.Added, f.Path) {
			old = append(old, f)
		}
	}
	for _, r := range b.Removed {
		old = append(old, r.File)
	}
	slices.SortFunc(old, func(x, y File) int { return strings.Compare(x.Path, y.Path) })
	return old
}

// T9: the covenant speaks for increments only, never for what leaves out, nor
// for another custodian, who could not hand over what the first one holds.
func growthAgreedHolds(m *motion) error {
	b := m.c.body.(*VersionBody)
	pure := len(b.Files) > 0 && len(b.Removed) == 0 && m.c.receipt.Payload.By == m.asset.Custodian
	return m.consentedBy(func(p Pledge) bool { return pure && slices.Contains(p.Terms.Covenants, CovenantVersions) })
}

// otherAsset is the second one of a dispute.
func (m *motion) otherAsset() (Asset, error) {
	if m.other == nil {
		id := m.c.body.(*ResolveBody).Other
		a, ok, err := m.batch.asset(id)
		if err != nil {
			return a, err
		}
		if !ok {
			return a, Errorf(NotFound, "there is no asset %s", id)
		}
		m.other = &a
	}
	return *m.other, nil
}

func aDisputeHolds(m *motion) error {
	other, err := m.otherAsset()
	if err == nil && !slices.Contains(m.asset.DisputedWith, other.ID) {
		return Errorf(WrongState, "%s is not disputed with %s", m.asset.ID, other.ID)
	}
	return err
}

// loserFreeHolds: what secures a debt does not vanish by agreement of others.
func loserFreeHolds(m *motion) error {
	b := m.c.body.(*ResolveBody)
	if f := Standing(m.other.Frozen, m.tx.Time); f != nil {
		return Errorf(Frozen, "%s is frozen by order %s of %s since %s; ask there", m.other.ID, f.FileNo, f.Court, f.At)
	}
	first, second := m.asset.InForce, m.other.InForce
	switch {
	case b.Resolution == ResolveBoth && len(first) > 0 && len(second) > 0:
		return m.exclusiveOf(append(slices.Clone(first), second...), m.other.ID)
	case m.takes(aRole(RoleCourt), m.by):
		return nil
	case b.Resolution == ResolveFirst && len(second) > 0:
		return m.inTheWay(m.other.ID, second[0])
	case b.Resolution == ResolveSecond && len(first) > 0:
		return m.inTheWay(m.asset.ID, first[0])
	}
	return nil
}

func (m *motion) inTheWay(id string, f InForce) error {
	return Errorf(AlreadyPledged, "%s would give way and is pledged to %s by %s: release that first, or a court decides", id, f.Pledgee, f.PledgeID)
}

// exclusiveOf: invariant iii, once two assets count as one.
func (m *motion) exclusiveOf(list []InForce, other string) error {
	for _, f := range list {
		if f.Mode == Exclusive {
			return Errorf(AlreadyPledged, "%s and %s would count as one, and %s of %s is exclusive", m.asset.ID, other, f.PledgeID, f.Pledgee)
		}
	}
	return nil
}
