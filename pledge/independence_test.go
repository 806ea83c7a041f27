package pledge_test

import (
	"testing"

	"github.com/datapledge/datapledge/pledge"
)

// allRoles gives a party every role there is, as if it had been enrolled so.
func (w *world) allRoles(a *actor) *actor {
	w.t.Helper()
	p, err := pledge.DecodeParty(w.st.kv[pledge.KeyParty(a.uscc)])
	if err != nil {
		w.t.Fatal(err)
	}
	p.Roles = []pledge.Role{"enterprise", "bank", "notary", "exchange", "ipcenter"}
	w.set(pledge.KeyParty(a.uscc), p)
	return a
}

// TestNobodyChecksHisOwn: who gives or takes a pledge is no witness of it,
// whatever its roles.
func TestNobodyChecksHisOwn(t *testing.T) {
	for _, event := range []string{"attest", "value", "scan", "custody", "reject", "force"} {
		w := newWorld(t)
		asset := w.notarize(w.owner, "a")
		id := w.pending(asset, w.bank, terms("exclusive"))
		if event == "force" {
			w.do(w.exchange, pledge.CustodyReceiptAct, w.custody(id))
			w.do(w.bank, pledge.PledgeRegister, w.registration(id))
			w.do(w.owner, pledge.PledgeRelease, pledge.ReleaseBody{PledgeID: id, Reason: "DEMAND", Proof: doc("paid")})
			w.now = w.now.AddDate(0, 0, 7)
		}
		for _, a := range []*actor{w.allRoles(w.owner), w.allRoles(w.bank), w.allRoles(w.other)} {
			if event == "custody" {
				rec := w.asset(asset)
				rec.Custodian = a.uscc
				w.set(pledge.KeyAsset(asset), rec)
			}
			act, body := attempts[event](w, w.pledge(id))
			want := pledge.WrongRole
			if a == w.other {
				want = ""
			}
			if got := w.try(w.sign(a, act, body)); got.Code != want {
				t.Errorf("%s by %s: %s (%s), want %s", event, a.role, orApplied(got.Code), got.Detail, orApplied(want))
			}
		}
	}
}

// TestNobodyKeepsHisOwn: a custodian that owns the content is no custodian.
func TestNobodyKeepsHisOwn(t *testing.T) {
	w := newWorld(t)
	w.exchange = w.allRoles(w.owner)
	e := w.refuse(pledge.CustodyMissing, w.owner, pledge.AssetNotarize, w.dataset(w.owner, "x", file("a", "a", 1)))
	if !contains(e.Detail, "owner") {
		t.Error(e.Detail)
	}
	w.do(w.other, pledge.AssetNotarize, w.dataset(w.other, "x", file("a", "a", 1)))
}

// TestCentreKeepsAKey: without an admin key of the IP centre nobody could be
// enrolled ever again.
func TestCentreKeepsAKey(t *testing.T) {
	w := newWorld(t)
	revoke := func(kid string) pledge.RevokeKeyBody { return pledge.RevokeKeyBody{Party: w.centre.uscc, KID: kid} }
	operate, admin := newActor("operate", ""), w.centre.es256()
	w.do(w.centre, pledge.PartyAddKey, pledge.AddKeyBody{Party: w.centre.uscc, Key: pledge.KeyGrant{JWK: operate.jwk(), Scope: "operate"}})
	w.refuse(pledge.WrongState, w.centre, pledge.PartyRevokeKey, revoke(w.centre.kid()))
	w.do(w.centre, pledge.PartyRevokeKey, revoke(operate.kid()))
	w.do(w.centre, pledge.PartyAddKey, pledge.AddKeyBody{Party: w.centre.uscc, Key: admin.grant()})
	w.do(w.centre, pledge.PartyRevokeKey, revoke(w.centre.kid()))
	w.refuse(pledge.WrongState, admin, pledge.PartyRevokeKey, revoke(admin.kid()))
	w.do(w.bank, pledge.PartyRevokeKey, pledge.RevokeKeyBody{Party: w.bank.uscc, KID: w.bank.kid()})
}
