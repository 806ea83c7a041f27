package pledge_test

import (
	"slices"
	"strings"
	"time"

	"github.com/datapledge/datapledge/pledge"
)

// scene is one pledge on one asset, put as an act needs it.
type scene struct {
	*world
	cast map[string]*actor
	p    pledge.Pledge
	a    pledge.Asset
	// rival is another's asset, for disputes.
	rival pledge.Asset
	// liens of a senior and a junior pledgee.
	senior, junior pledge.InForce

	clock     int // early or late of the act's clock; 0 just in time
	signed    int // seconds ago that the others signed
	perfect   string
	consented bool
	chosen    string // objection
	ofAsset   bool   // the acts are about the asset
}

const (
	early = -1
	late  = 1
)

// newScene has everybody who could want something of a pledge.
func newScene(w *world) *scene {
	s := &scene{world: w, cast: map[string]*actor{"pledgor": w.owner, "pledgee": w.bank, "next": w.bank2, "custodian": w.exchange, "exchange": w.exchange2,
		"notary": w.notary, "centre": w.centre, "court": w.court, "regulator": w.regulator, "enterprise": w.other}}
	for i, name := range []string{"senior", "junior", "bank", "buyer", "rival", "objector"} {
		role := pledge.RoleBank
		if i > 2 {
			role = pledge.RoleEnterprise
		}
		a := newActor(uscc(50+i), role)
		w.do(w.centre, pledge.PartyEnroll, pledge.EnrollBody{Party: a.uscc, Name: name, Roles: []pledge.Role{role}, Keys: []pledge.KeyGrant{a.grant()}})
		s.cast[name] = a
	}
	bank := w.party(w.bank.uscc)
	bank.Recipient = "age1pledgee"
	w.set(pledge.KeyParty(bank.ID), bank)
	asset := w.notarize(w.owner, "a")
	s.rival = w.asset(w.do(s.cast["rival"], pledge.AssetNotarize, w.dataset(s.cast["rival"], "r", file("r", "r", 5))))
	s.senior, s.junior = s.lien(asset, "senior", 1), s.lien(asset, "junior", 3)
	s.p = w.pledge(w.ready(asset, w.bank, s.terms()))
	s.a = w.asset(asset)
	s.a.Seq, s.p.Seq = 7, 2
	s.p.Consents = []pledge.Stamp{s.stamp("senior", -1), s.stamp("junior", -1)}
	return s
}

func (s *scene) terms() pledge.Terms {
	t := terms("ranked", "attest", "value", "scan")
	t.Matures, t.Expires, t.GraceDays, t.Covenants = "2027-02-01", "2027-04-01", 10, []string{"self_sale"}
	return t
}

func (s *scene) lien(asset, bank string, seq int64) pledge.InForce {
	id := s.propose(asset, s.cast[bank], terms("ranked"))
	return pledge.InForce{PledgeID: id, Pledgee: s.cast[bank].uscc, Seq: seq, Mode: "ranked"}
}

const form = "2006-01-02T15:04:05.000Z"

// at is so many seconds from now, as parties write it; ms as the ledger does.
func (s *scene) at(seconds int) string {
	return s.now.Add(time.Duration(seconds) * time.Second).Format(time.RFC3339)
}

func (s *scene) ms(d time.Duration) string { return s.now.Add(d).Format(form) }

// edge is a moment that just holds, one second off it where the clock is off:
// wrong is the clock for which it does not hold.
func (s *scene) edge(d time.Duration, wrong int, off time.Duration) time.Time {
	if s.clock == wrong {
		d += off
	}
	return s.now.Add(d)
}

func (s *scene) stamp(by string, hours int) pledge.Stamp {
	return pledge.Stamp{Command: "cmd_" + sha(by), By: s.cast[by].uscc, At: s.ms(time.Duration(hours) * time.Hour)}
}

func (s *scene) freeze(list *[]pledge.Order, until string) { s.order(list, "court", "1", until) }

func (s *scene) order(list *[]pledge.Order, by, no, until string) {
	*list = append(slices.Clone(*list), pledge.Order{Stamp: s.stamp(by, -1), Court: "法院", FileNo: no, OrderDate: "2026-11-01", Effect: "冻结", Until: until, Document: doc("o")})
}

func obID(n string) string { return "ob_" + strings.Repeat(n, 26) }

// objection is one that was raised an hour ago.
func (s *scene) objection(id, state string, by *actor) pledge.Objection {
	return pledge.Objection{Stamp: pledge.Stamp{Command: "cmd_" + sha(id), By: by.uscc, At: s.ms(-time.Hour)}, ID: obID(id), Ground: "FORGERY", Evidence: doc("e"),
		State: state, NotifyBy: s.ms(24 * time.Hour), LodgeBy: s.ms(48 * time.Hour)}
}

func (s *scene) objectAsset(state string) {
	s.a.Objections = append(slices.Clone(s.a.Objections), s.objection("b", state, s.cast["enterprise"]))
	s.words()
}

func (s *scene) objectPledge(state string, by *actor) {
	s.p.Objections = append(slices.Clone(s.p.Objections), s.objection("b", state, by))
	s.words()
}

// words keeps the summary of the objections in step.
func (s *scene) words() { s.a.Objection, s.p.Objection = word(s.a.Objections), word(s.p.Objections) }

func word(list []pledge.Objection) (w string) {
	for _, o := range list {
		if w != "OPEN" && (w != "IN_COURT" || o.State == "OPEN") {
			w = o.State
		}
	}
	return w
}

func (s *scene) dispute() {
	s.a.DisputedWith, s.rival.DisputedWith = []string{s.rival.ID}, []string{s.a.ID}
}

// kin makes the other asset one that counts as one with this.
func (s *scene) kin() { s.a.Kin, s.rival.Kin = []string{s.rival.ID}, []string{s.a.ID} }

// pledged puts the pledge in force, alone on the asset.
func (s *scene) pledged(consented bool) {
	s.p.State, s.consented = "ACTIVE", consented
	s.a.InForce = []pledge.InForce{s.line()}
}

func (s *scene) line() pledge.InForce {
	return pledge.InForce{PledgeID: s.p.ID, Pledgee: s.p.Pledgee, Seq: 2, Mode: "ranked"}
}

// inState puts the pledge into a state as if it had come there.
func (s *scene) inState(state string) {
	s.p.State = state
	switch state {
	case "ACTIVE", "DEFAULTED", "ENFORCING":
		s.a.InForce = []pledge.InForce{s.senior, s.line(), s.junior}
	default:
		s.a.InForce = []pledge.InForce{s.senior}
	}
}

func (s *scene) perfected(state string) {
	f := pledge.Filing{Registration: s.filing(s.p.ID).Registration, Filed: s.stamp("pledgee", -1)}
	s.perfect, s.p.Perfection = state, pledge.Perfection{State: state}
	verified := &pledge.VerifiedFiling{Filing: f, Verified: s.stamp("notary", -1)}
	switch by := s.stamp("court", -1); state {
	case "FILED":
		s.p.Perfection.Filing = &f
	case "VERIFIED":
		s.p.Perfection.Verified, s.p.Perfection.EffectiveRankTime = verified, "2026-11-20T00:00:00.000Z"
	case "LAPSED":
		s.p.Perfection.Verified, s.p.Perfection.Lapsed = verified, &by
	}
}

// records are what the ledger holds then.
func (s *scene) records() map[string][]byte {
	s.p.V, s.a.V, s.rival.V = pledge.VersionOf(s.p), pledge.AssetVersionOf(s.a), pledge.AssetVersionOf(s.rival)
	return map[string][]byte{pledge.KeyPledge(s.p.ID): must(pledge.CanonicalJSON(s.p)), pledge.KeyAsset(s.a.ID): must(pledge.CanonicalJSON(s.a)),
		pledge.KeyAsset(s.rival.ID): must(pledge.CanonicalJSON(s.rival))}
}

// copy is a scene of its own, on the same ledger: nothing that dress changes
// is shared.
func (s *scene) copy() *scene {
	c, w := *s, *s.world
	c.world = &w
	custody, attestation := *s.p.Custody, *s.p.Attestation
	c.p.Custody, c.p.Attestation = &custody, &attestation
	return &c
}
