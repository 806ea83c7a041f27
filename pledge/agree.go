package pledge

import "slices"

// seat is a place in a quorum: for one party, or for anybody independent with a role.
type seat struct {
	party string
	role  Role
}

// quorum are the seats that must all be taken, each by another party.
type quorum []seat

// sides are the quorums of an act of several, of which one complete one is
// enough: in words, and as they are for the record at hand.
type sides struct {
	words string
	codes []Code
	of    func(*motion) ([]quorum, error)
}

// ActDigest is what the sides of an act agree on: the SHA-256 of the act and
// its body as RFC 8785 canonical JSON. Bodies that differ in a member differ here.
func ActDigest(a Act, body any) (string, error) {
	b, err := CanonicalJSON(body)
	if err != nil {
		return "", err
	}
	return tagged(append([]byte(string(a)+"\n"), b...)), nil
}

// takes says whether a party may sit here.
func (m *motion) takes(s seat, p Party) bool {
	if s.party != "" {
		return p.ID == s.party
	}
	return p.Has(s.role) && !m.side(p.ID)
}

// hasSeat refuses who is in none of the quorums.
func (m *motion) hasSeat(t transition) error {
	quorums, err := t.sides.of(m)
	if err != nil {
		return err
	}
	for _, q := range quorums {
		if slices.ContainsFunc(q, func(s seat) bool { return m.takes(s, m.by) }) {
			return nil
		}
	}
	return Errorf(WrongRole, "%s of %s needs %s; %s is none of them", m.c.Payload.Act, m.id(), spellQuorums(quorums), m.by.ID)
}

// agree adds the signature to those over the same digest, and says whether
// they are all there now. Whoever signs another digest takes back the first.
func (m *motion) agree(t transition) (bool, error) {
	quorums, err := t.sides.of(m)
	if err != nil {
		return false, err
	}
	digest, err := ActDigest(m.c.Payload.Act, m.c.body)
	if err != nil {
		return false, err
	}
	a, void, err := m.joined(digest)
	if err != nil {
		return false, err
	}
	all, err := m.enough(quorums, a, void)
	if err != nil {
		return false, err
	}
	list := m.others(digest)
	if !all {
		list = append(list, a)
	}
	m.setAgreements(list)
	m.settled = Settled(a)
	return all, m.fewAgreements(list)
}

// joined is what was signed under the digest in the last 30 days, with this
// signature; void is what others signed before that.
func (m *motion) joined(digest string) (a Agreement, void []Stamp, err error) {
	a = Agreement{Act: m.c.Payload.Act, Digest: digest}
	for _, old := range m.agreements() {
		if old.Act != a.Act || old.Digest != digest {
			continue
		}
		for _, s := range old.Signed {
			over := m.older(s.At, offerValid)
			switch {
			case s.By == m.by.ID && !over:
				return a, nil, Errorf(Duplicate, "%s signed this %s of %s at %s; it waits for the others", s.By, a.Act, m.id(), s.At)
			case s.By != m.by.ID && over:
				void = append(void, s)
			case s.By != m.by.ID:
				a.Signed = with(a.Signed, s)
			}
		}
	}
	a.Signed = with(a.Signed, m.stamp)
	return a, void, nil
}

// enough says whether a quorum is complete. Where it would be with what is
// void, time decides nothing: who signed too long ago signs anew first.
func (m *motion) enough(quorums []quorum, a Agreement, void []Stamp) (bool, error) {
	all, err := m.complete(quorums, a.Signed)
	if err != nil || all || len(void) == 0 {
		return all, err
	}
	once, err := m.complete(quorums, append(slices.Clone(a.Signed), void...))
	if err == nil && once {
		err = Errorf(Expired, "%s signed this %s at %s, more than 30 days ago; it signs anew first", void[0].By, a.Act, void[0].At)
	}
	return false, err
}

// others are the open agreements but the one under the digest, without the
// signer's name on the same act, and without those that are void by now: else
// what nobody ever completed would fill the record.
func (m *motion) others(digest string) []Agreement {
	var list []Agreement
	for _, a := range m.agreements() {
		if a.Act == m.c.Payload.Act {
			if a.Digest == digest {
				continue
			}
			a.Signed = slices.DeleteFunc(slices.Clone(a.Signed), func(s Stamp) bool { return s.By == m.by.ID })
		}
		if slices.ContainsFunc(a.Signed, func(s Stamp) bool { return !m.older(s.At, offerValid) }) {
			list = append(list, a)
		}
	}
	return list
}

func (m *motion) agreements() []Agreement {
	if m.ofAsset() {
		return m.asset.Agreements
	}
	return m.p.Agreements
}

func (m *motion) setAgreements(list []Agreement) {
	if m.ofAsset() {
		m.asset.Agreements = list
		return
	}
	m.p.Agreements = list
}

func (m *motion) fewAgreements(list []Agreement) error {
	if len(list) > maxListed {
		return Errorf(TooLarge, "%s has %d acts that wait for signatures; complete some, or sign others in their place", m.id(), len(list))
	}
	return nil
}

// complete says whether the seats of one of the quorums are all taken.
func (m *motion) complete(quorums []quorum, signed []Stamp) (bool, error) {
	parties := make([]Party, 0, len(signed))
	for _, s := range signed {
		p, ok, err := m.party(s.By)
		if err != nil || !ok {
			return false, err
		}
		parties = append(parties, p)
	}
	return slices.ContainsFunc(quorums, func(q quorum) bool { return m.seated(q, parties) }), nil
}

// seated tries who can sit where: a party with two roles takes one seat only.
func (m *motion) seated(q quorum, parties []Party) bool {
	if len(q) == 0 {
		return true
	}
	for i, p := range parties {
		if m.takes(q[0], p) && m.seated(q[1:], slices.Delete(slices.Clone(parties), i, i+1)) {
			return true
		}
	}
	return false
}
