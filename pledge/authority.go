package pledge

import "slices"

// act says who may sign an act at all, and what it does. Whether somebody
// may do it to a certain record is for the act's own guards.
type act struct {
	roles []Role
	// admin: only an admin key may sign.
	admin bool
	do    func(*change) (Outcome, error)
}

// anyRole leaves the decision to the act.
var anyRole = allRoles

// acts is the policy: an act that is not here is refused when it is parsed,
// and a role that is not in its line is refused here.
var acts = map[Act]act{
	PartyEnroll:    {[]Role{RoleIPCentre}, true, (*change).enroll},
	PartyAddKey:    {anyRole, true, (*change).addKey},
	PartyRevokeKey: {anyRole, true, (*change).revokeKey},

	AssetNotarize:          {[]Role{RoleEnterprise}, false, (*change).notarize},
	AssetRecordCertificate: {[]Role{RoleIPCentre}, false, (*change).recordCertificate},

	CustodyReceiptAct: {[]Role{RoleExchange}, false, (*change).step},
	PledgePropose:     {[]Role{RoleEnterprise}, false, (*change).step},
	PledgeWithdraw:    {[]Role{RoleEnterprise, RoleBank}, false, (*change).step},
	PledgeAccept:      {[]Role{RoleBank}, false, (*change).step},
	PledgeReject:      {[]Role{RoleIPCentre}, false, (*change).step},
	PledgeAttest:      {[]Role{RoleNotary}, false, (*change).step},
	PledgeValue:       {[]Role{RoleExchange}, false, (*change).step},
	PledgeScan:        {[]Role{RoleIPCentre}, false, (*change).step},
	PledgeConsent:     {[]Role{RoleBank}, false, (*change).step},
	PledgeRegister:    {[]Role{RoleBank}, false, (*change).step},
	PledgeRelease:     {[]Role{RoleEnterprise, RoleBank, RoleNotary, RoleIPCentre}, false, (*change).step},

	// Anybody may say that a term is over; the other steps ask for more.
	PledgePerfect: {anyRole, false, (*change).step},

	AssetAttest:         {[]Role{RoleNotary}, false, (*change).step},
	AssetAddVersion:     {[]Role{RoleEnterprise}, false, (*change).step},
	AssetTransfer:       {[]Role{RoleEnterprise, RoleCourt}, false, (*change).step},
	AssetLicense:        {anyRole, false, (*change).step},
	AssetWithdraw:       {[]Role{RoleEnterprise}, false, (*change).step},
	AssetResolveDispute: {[]Role{RoleEnterprise, RoleIPCentre, RoleNotary, RoleCourt}, false, (*change).step},

	CustodyAlert:      {anyRole, false, (*change).step},
	CustodyRelease:    {[]Role{RoleExchange}, false, (*change).step},
	PledgeAmend:       {[]Role{RoleEnterprise, RoleBank}, false, (*change).step},
	PledgeExtend:      {[]Role{RoleEnterprise, RoleBank}, false, (*change).step},
	PledgeAssign:      {[]Role{RoleBank}, false, (*change).step},
	PledgeSubordinate: {[]Role{RoleBank}, false, (*change).step},
	PledgeDefault:     {[]Role{RoleBank}, false, (*change).step},
	PledgeCure:        {[]Role{RoleBank}, false, (*change).step},
	PledgeEnforce:     {[]Role{RoleBank, RoleEnterprise, RoleNotary, RoleCourt}, false, (*change).step},
	PledgeRealize:     {[]Role{RoleBank, RoleExchange, RoleCourt}, false, (*change).step},
	PledgeLapse:       {anyRole, false, (*change).step},

	ObjectionFile:   {anyRole, false, (*change).step},
	ObjectionNotify: {anyRole, false, (*change).step},
	ObjectionLodge:  {anyRole, false, (*change).step},
	ObjectionDecide: {anyRole, false, (*change).step},
	ObjectionExpire: {anyRole, false, (*change).step},
	OrderFreeze:     {[]Role{RoleCourt, RoleRegulator}, false, (*change).step},
	OrderUnfreeze:   {[]Role{RoleCourt, RoleRegulator}, false, (*change).step},
	OrderRevoke:     {[]Role{RoleCourt, RoleIPCentre, RoleNotary}, false, (*change).step},
	RecordCorrect:   {[]Role{RoleIPCentre}, false, (*change).step},

	CommandFence: {anyRole, false, (*change).fence},
}

// A closing applies commands, each by this table: to list it there would make
// the table depend on itself.
func init() { acts[ClosingExecute] = act{anyRole, false, (*change).closing} }

func (a act) authority(c *Command, by Party, key PartyKey) error {
	if a.do == nil || !by.Has(a.roles...) {
		return Errorf(WrongRole, "%s may not sign %s: that is for %v", by.ID, c.Payload.Act, a.roles)
	}
	if a.admin && key.Scope != ScopeAdmin {
		return Errorf(WrongRole, "%s needs an admin key of %s; %s has scope %s", c.Payload.Act, by.ID, key.KID, key.Scope)
	}
	return nil
}

// manages says whether the signer may change a party's keys: the party
// itself, or the IP centre that vouches for parties.
func (ch *change) manages(party string) error {
	if ch.by.ID == party || ch.by.Has(RoleIPCentre) {
		return nil
	}
	return Errorf(WrongRole, "the keys of %s are changed by itself or by the IP centre, not by %s", party, ch.by.ID)
}

func (ch *change) enroll() (Outcome, error) {
	b := ch.c.body.(*EnrollBody)
	old, ok, err := ch.party(b.Party)
	if err != nil {
		return Outcome{}, err
	}
	if ok {
		return Outcome{}, Errorf(Duplicate, "%s was enrolled at %s as %q; use party.add_key for another key", b.Party, old.Enrolled.At, old.Name)
	}
	p, err := newParty(b, ch.stamp)
	if err != nil {
		return Outcome{}, err
	}
	return Outcome{RecordID: p.ID}, put(ch.batch, KeyParty(p.ID), p)
}

func (ch *change) addKey() (Outcome, error) {
	b := ch.c.body.(*AddKeyBody)
	p, err := ch.managed(b.Party)
	if err != nil {
		return Outcome{}, err
	}
	k, err := b.Key.key(ch.stamp)
	if err != nil {
		return Outcome{}, err
	}
	if old, ok := p.key(k.KID); ok {
		return Outcome{}, Errorf(Duplicate, "%s has had the key %s since %s; a revoked key never comes back", p.ID, k.KID, old.Added.At)
	}
	if len(p.Keys) >= maxPartyKeys {
		return Outcome{}, Errorf(TooLarge, "%s has %d keys, which is the most a party can have", p.ID, maxPartyKeys)
	}
	p.Keys = append(slices.Clip(p.Keys), k)
	return Outcome{RecordID: p.ID}, put(ch.batch, KeyParty(p.ID), p)
}

func (ch *change) revokeKey() (Outcome, error) {
	b := ch.c.body.(*RevokeKeyBody)
	p, err := ch.managed(b.Party)
	if err != nil {
		return Outcome{}, err
	}
	i := slices.IndexFunc(p.Keys, func(k PartyKey) bool { return k.KID == b.KID })
	if i < 0 {
		return Outcome{}, Errorf(UnknownKey, "%s has no key %s to revoke", p.ID, b.KID)
	}
	if old := p.Keys[i].Revoked; old != nil {
		return Outcome{}, Errorf(RevokedKey, "the key %s of %s was revoked already at %s", b.KID, p.ID, old.At)
	}
	p.Keys = slices.Clone(p.Keys)
	p.Keys[i].Revoked = &ch.stamp
	if p.ID == ch.by.ID && p.Has(RoleIPCentre) && !p.administered() {
		return Outcome{}, Errorf(WrongState, "%s is the last admin key of the IP centre %s: nobody could be enrolled; add another first", b.KID, p.ID)
	}
	return Outcome{RecordID: p.ID}, put(ch.batch, KeyParty(p.ID), p)
}

// managed is a party whose keys the signer may change now.
func (ch *change) managed(id string) (Party, error) {
	if err := ch.manages(id); err != nil {
		return Party{}, err
	}
	p, ok, err := ch.party(id)
	if err != nil {
		return p, err
	}
	if !ok {
		return p, Errorf(UnknownParty, "%s is not enrolled", id)
	}
	return p, ch.forward(p.ID, p.updated())
}

// fence makes a definite no: the party's command either has taken effect,
// then its outcome is the answer, or a tombstone keeps it from ever doing so
// (RELIABILITY.md 6).
func (ch *change) fence() (Outcome, error) {
	id := ch.c.body.(*FenceBody).CommandID
	r, ok, err := ch.commandRecord(ch.by.ID, id)
	if err != nil {
		return Outcome{}, err
	}
	if ok && r.Status == Applied {
		return Outcome{CommandID: id, Status: Applied, RecordID: r.RecordID, Duplicate: true}, nil
	}
	if ok {
		return Outcome{RecordID: id}, nil
	}
	tomb := CommandRecord{V: Version, Status: StatusFenced, At: ch.now}
	return Outcome{RecordID: id}, put(ch.batch, KeyCommand(ch.by.ID, id), tomb)
}
