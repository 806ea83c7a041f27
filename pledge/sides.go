package pledge

import (
	"slices"
	"strings"
)

// Who must sign together, in words, and by which codes it may turn out that
// there is nobody to ask.
var (
	bothSides     = sides{"pledgor and pledgee, and the owner after a transfer", nil, ofBoth}
	extendSides   = sides{"pledgee; for a later debt pledgor, owner and pledgee", nil, ofExtension}
	assignSides   = sides{"pledgee and next pledgee", nil, ofAssignment}
	rankSides     = sides{"every pledgee from the one that yields to the one that gains", []Code{NotFound, WrongState}, ofRanks}
	titleSides    = sides{"pledgee with who gave the title: pledgor and owner (agreed sale), notary (execution), court (else); alone by a clause of the terms", nil, ofTitle}
	saleSides     = sides{"pledgee and an exchange, or pledgee and court", nil, ofSale}
	judges        = sides{"court, or the IP centre with objector and owner (of a pledge: pledgor and pledgee)", []Code{NotFound}, ofDecision}
	revokers      = sides{"court, or IP centre and notary", nil, ofRevocation}
	transferSides = sides{"owner and next owner, or court and next owner", nil, ofTransfer}
	licenceSides  = sides{"owner and licensee", nil, ofLicence}
	arbiters      = sides{"both owners, or IP centre and notary, or court", []Code{NotFound}, ofDispute}
)

func theParty(id string) seat { return seat{party: id} }
func aRole(r Role) seat       { return seat{role: r} }

// each makes one quorum of parties, each named once.
func each(parties ...string) quorum {
	var q quorum
	for _, p := range parties {
		if !slices.Contains(q, theParty(p)) {
			q = append(q, theParty(p))
		}
	}
	return q
}

func spellQuorums(list []quorum) string {
	var all []string
	for _, q := range list {
		var names []string
		for _, s := range q {
			name := s.party
			if name == "" {
				name = "an independent " + string(s.role)
			}
			names = append(names, name)
		}
		all = append(all, strings.Join(names, " and "))
	}
	return strings.Join(all, ", or ")
}

// T7: who bought what is pledged is asked where the pledgor is, or the two of the
// debt would agree on what is the third's.
func ofBoth(m *motion) ([]quorum, error) {
	return []quorum{each(m.p.Pledgor, m.asset.Owner, m.p.Pledgee)}, nil
}

// T8: the registration is the pledgee's to prolong, the debt is not.
func ofExtension(m *motion) ([]quorum, error) {
	if b := m.c.body.(*ExtendBody); b.Matures == "" && b.Agreement == "" {
		return []quorum{each(m.p.Pledgee)}, nil
	}
	return ofBoth(m)
}

// T10
func ofAssignment(m *motion) ([]quorum, error) {
	return []quorum{each(m.p.Pledgee, m.c.body.(*AssignBody).To)}, nil
}

// T11, 民法典 409: whoever stands between the two is touched as well.
func ofRanks(m *motion) ([]quorum, error) {
	from, to, err := m.places()
	if err != nil {
		return nil, err
	}
	var q []string
	for _, f := range m.asset.InForce[from : to+1] {
		q = append(q, f.Pledgee)
	}
	return []quorum{each(q...)}, nil
}

// places finds the two pledges of a subordination among those in force.
func (m *motion) places() (from, to int, err error) {
	b := m.c.body.(*SubordinateBody)
	at := func(id string) int {
		return slices.IndexFunc(m.asset.InForce, func(f InForce) bool { return f.PledgeID == id })
	}
	from, to = at(b.PledgeID), at(b.To)
	switch {
	case from < 0:
		return 0, 0, Errorf(WrongState, "%s is %s and has no rank", m.p.ID, m.p.State)
	case to < 0:
		return 0, 0, Errorf(NotFound, "%s is no pledge in force on %s", b.To, m.asset.ID)
	case to <= from:
		return 0, 0, Errorf(WrongState, "%s does not rank before %s: it has nothing to yield", b.PledgeID, b.To)
	}
	return from, to, nil
}

// T15: who signs beside the pledgee is who gave the title.
func ofTitle(m *motion) ([]quorum, error) {
	me := theParty(m.p.Pledgee)
	switch m.c.body.(*EnforceBody).Path {
	case SelfSaleClause: // the pledgor signed the clause with the terms
		return []quorum{{me}}, nil
	case AgreedSale:
		return ofBoth(m)
	case NotarialExecution:
		return []quorum{{me, aRole(RoleNotary)}}, nil
	}
	return []quorum{{me, aRole(RoleCourt)}}, nil
}

// T16
func ofSale(m *motion) ([]quorum, error) {
	me := theParty(m.p.Pledgee)
	return []quorum{{me, aRole(RoleExchange)}, {me, aRole(RoleCourt)}}, nil
}

// T13b: a court alone, or the IP centre where all who quarrel agree.
func ofDecision(m *motion) ([]quorum, error) {
	o, err := m.objection(m.c.body.(*DecideBody).ObjectionID)
	if err != nil {
		return nil, err
	}
	quarrel := []string{o.By, m.asset.Owner}
	if !m.ofAsset() {
		quarrel = []string{o.By, m.p.Pledgor, m.p.Pledgee}
	}
	return []quorum{{aRole(RoleCourt)}, append(quorum{aRole(RoleIPCentre)}, each(quarrel...)...)}, nil
}

// T19
func ofRevocation(*motion) ([]quorum, error) {
	return []quorum{{aRole(RoleCourt)}, {aRole(RoleIPCentre), aRole(RoleNotary)}}, nil
}

// T12: a court may stand in for an owner who does not sign; then the next
// owner and the liens are asked all the same.
func ofTransfer(m *motion) ([]quorum, error) {
	to := theParty(m.c.body.(*TransferBody).To)
	return []quorum{{theParty(m.asset.Owner), to}, {aRole(RoleCourt), to}}, nil
}

func ofLicence(m *motion) ([]quorum, error) {
	return []quorum{each(m.asset.Owner, m.c.body.(*LicenseBody).To)}, nil
}

// LAW.md, Asset: the owners' joint act, the IP centre with a notary, or a court.
func ofDispute(m *motion) ([]quorum, error) {
	other, err := m.otherAsset()
	if err != nil {
		return nil, err
	}
	return []quorum{each(m.asset.Owner, other.Owner), {aRole(RoleIPCentre), aRole(RoleNotary)}, {aRole(RoleCourt)}}, nil
}
