package pledge_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"sort"
	"testing"

	"github.com/datapledge/datapledge/pledge"
)

func sha(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}

func doc(s string) string { return "sha256:" + sha(s) }

// file makes a file whose content is its name and size.
func file(path, content string, size int64) pledge.File {
	if size == 0 {
		content = ""
	}
	return pledge.File{Path: path, Size: size, SHA256: sha(content), Root: sha("root" + content)}
}

func bp(n int) *int { return &n }

func declaration() pledge.Declaration {
	return pledge.Declaration{
		Consent:   pledge.Consent{Basis: "public record", Documents: []string{doc("licence")}},
		Exclusion: pledge.Exclusion{Report: doc("scan"), Result: "pass", SignedBy: b64.EncodeToString(make([]byte, 32))},
		Quality:   pledge.Quality{Report: doc("quality"), Scores: pledge.Scores{Completeness: bp(9990), Validity: bp(10000)}},
	}
}

// dataset is a notarization's body for the given files, with a fresh receipt.
func (w *world) dataset(a *actor, name string, files ...pledge.File) pledge.NotarizeBody {
	w.t.Helper()
	sort.Slice(files, func(i, j int) bool { return files[i].Path < files[j].Path })
	var size int64
	for _, f := range files {
		size += f.Size
	}
	fp := doc(pledge.Manifest(files))
	return pledge.NotarizeBody{
		Name: name, Fingerprint: fp, Files: files, Source: "public", Scenario: "insurance", UpdatePeriod: "P1M",
		Declaration:    declaration(),
		CustodyReceipt: w.sign(w.exchange, pledge.CustodyReceiptAct, pledge.ReceiptBody{Fingerprint: fp, Owner: a.uscc, Files: len(files), Size: size, ManifestRoot: pledge.ManifestRoot(files), Depth: "full"}),
	}
}

// notarize makes an asset of one file with content of its own.
func (w *world) notarize(a *actor, name string, files ...pledge.File) string {
	w.t.Helper()
	if len(files) == 0 {
		files = []pledge.File{file(name+".csv", name, 1000)}
	}
	return w.do(a, pledge.AssetNotarize, w.dataset(a, name, files...))
}

func terms(mode string, checks ...string) pledge.Terms {
	if checks == nil {
		checks = []string{}
	}
	return pledge.Terms{
		Principal: pledge.Amount{Amount: 100_000_000, Currency: "CNY"}, SecuredMax: pledge.Amount{Amount: 120_000_000, Currency: "CNY"},
		Matures: "2027-11-21", Expires: "2028-05-21", Mode: mode, SecurityType: "PLEDGE", LegalCharacterization: "DATA_ASSET_PLEDGE",
		Checks: checks, CommitmentLetter: doc("letter"), Agreement: doc("agreement"),
	}
}

func digestOf(t testing.TB, tm pledge.Terms) string {
	t.Helper()
	d, err := tm.Digest()
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func (w *world) propose(asset string, bank *actor, tm pledge.Terms) string {
	w.t.Helper()
	return w.do(w.owner, pledge.PledgePropose, pledge.ProposeBody{AssetID: asset, Pledgee: bank.uscc, Terms: tm})
}

func (w *world) agree(id string) pledge.AgreeBody {
	w.t.Helper()
	return pledge.AgreeBody{PledgeID: id, TermsDigest: w.pledge(id).TermsDigest}
}

// pending takes a pledge to PENDING.
func (w *world) pending(asset string, bank *actor, tm pledge.Terms) string {
	w.t.Helper()
	id := w.propose(asset, bank, tm)
	w.do(bank, pledge.PledgeAccept, w.agree(id))
	return id
}

// custody is the custodian's fresh word for a pledge's asset.
func (w *world) custody(id string) pledge.ReceiptBody {
	w.t.Helper()
	a := w.asset(w.pledge(id).AssetID)
	return pledge.ReceiptBody{Fingerprint: a.Fingerprint, Owner: a.Owner, Files: a.Files, Size: a.Size, ManifestRoot: a.ManifestRoot, PledgeID: id, Depth: "sample"}
}

// ready takes a pledge to where only register is left.
func (w *world) ready(asset string, bank *actor, tm pledge.Terms) string {
	w.t.Helper()
	id := w.pending(asset, bank, tm)
	w.do(w.exchange, pledge.CustodyReceiptAct, w.custody(id))
	for _, c := range tm.Checks {
		w.check(id, c)
	}
	return id
}

func (w *world) check(id, name string) {
	w.t.Helper()
	switch name {
	case "attest":
		w.do(w.notary, pledge.PledgeAttest, pledge.AttestBody{PledgeID: id, Number: "(2026) 1", Certificate: doc("certificate"), EnforcementConsent: true})
	case "value":
		w.do(w.exchange, pledge.PledgeValue, w.valuation(id))
	case "scan":
		w.do(w.centre, pledge.PledgeScan, pledge.ScanBody{PledgeID: id, Result: "clean", Report: doc("scan report")})
	}
}

func (w *world) valuation(id string) pledge.ValueBody {
	return pledge.ValueBody{PledgeID: id, Report: doc("valuation"), Method: "income", Value: pledge.Amount{Amount: 200_000_000, Currency: "CNY"}, BaseDate: w.now.AddDate(0, 0, -30).Format("2006-01-02")}
}

func (w *world) registration(id string) pledge.RegisterBody {
	w.t.Helper()
	p := w.pledge(id)
	return pledge.RegisterBody{PledgeID: id, TermsDigest: p.TermsDigest, ExpectedSeq: w.asset(p.AssetID).Seq}
}

// active takes a pledge all the way.
func (w *world) active(asset string, bank *actor, tm pledge.Terms) string {
	w.t.Helper()
	id := w.ready(asset, bank, tm)
	w.do(bank, pledge.PledgeRegister, w.registration(id))
	return id
}

func TestTheWholeStory(t *testing.T) {
	w := newWorld(t)
	asset := w.notarize(w.owner, "birds")
	id := w.active(asset, w.bank, terms("exclusive", "attest", "value", "scan"))
	p, a := w.pledge(id), w.asset(asset)
	if p.State != pledge.Active || p.Seq != 1 || a.Seq != 1 || len(a.InForce) != 1 {
		t.Fatalf("after registration: %s, seq %d; asset seq %d, in force %v", p.State, p.Seq, a.Seq, a.InForce)
	}
	if p.Valuation.LTV != 6000 {
		t.Errorf("LTV %d, want 6000", p.Valuation.LTV)
	}
	w.do(w.bank, pledge.PledgeRelease, pledge.ReleaseBody{PledgeID: id, Reason: "PAID", Proof: doc("paid")})
	p, a = w.pledge(id), w.asset(asset)
	if p.State != pledge.Released || a.Seq != 2 || len(a.InForce) != 0 || p.Seq != 1 {
		t.Fatalf("after release: %s; asset seq %d, in force %v", p.State, a.Seq, a.InForce)
	}
	second := w.active(asset, w.bank2, terms("exclusive"))
	if got := w.pledge(second).Seq; got != 3 {
		t.Errorf("seq of the next pledge is %d, want 3", got)
	}
}

func TestPartyLife(t *testing.T) {
	w := newWorld(t)
	n := newActor(uscc(20), pledge.RoleEnterprise)
	body := pledge.EnrollBody{Party: n.uscc, Name: "甲公司", Roles: []pledge.Role{"enterprise"}, Keys: []pledge.KeyGrant{n.grant()}, Recipient: "age1qqq"}
	w.refuse(pledge.UnknownParty, n, pledge.PartyAddKey, pledge.AddKeyBody{Party: n.uscc, Key: n.es256().grant()})
	if id := w.do(w.centre, pledge.PartyEnroll, body); id != n.uscc {
		t.Errorf("record id %s", id)
	}
	w.refuse(pledge.Duplicate, w.centre, pledge.PartyEnroll, body)
	w.refuse(pledge.UnknownKey, n.es256(), pledge.AssetNotarize, w.dataset(n, "x", file("a", "a", 1)))
	w.do(n, pledge.PartyAddKey, pledge.AddKeyBody{Party: n.uscc, Key: pledge.KeyGrant{JWK: n.es256().jwk(), Scope: "operate"}})
	w.refuse(pledge.Duplicate, n, pledge.PartyAddKey, pledge.AddKeyBody{Party: n.uscc, Key: n.es256().grant()})
	w.notarize(n.es256(), "signed with P-256")
	w.refuse(pledge.WrongRole, n.es256(), pledge.PartyRevokeKey, pledge.RevokeKeyBody{Party: n.uscc, KID: n.kid()})
	w.refuse(pledge.WrongRole, w.owner, pledge.PartyRevokeKey, pledge.RevokeKeyBody{Party: n.uscc, KID: n.kid()})
	w.refuse(pledge.UnknownKey, n, pledge.PartyRevokeKey, pledge.RevokeKeyBody{Party: n.uscc, KID: w.bank.kid()})
	w.do(n, pledge.PartyRevokeKey, pledge.RevokeKeyBody{Party: n.uscc, KID: n.es256().kid(), Reason: "lost"})
	w.refuse(pledge.RevokedKey, n, pledge.PartyRevokeKey, pledge.RevokeKeyBody{Party: n.uscc, KID: n.es256().kid()})
	w.refuse(pledge.RevokedKey, n.es256(), pledge.AssetNotarize, w.dataset(n, "y", file("b", "b", 1)))
	w.refuse(pledge.Duplicate, n, pledge.PartyAddKey, pledge.AddKeyBody{Party: n.uscc, Key: n.es256().grant()})
	w.do(w.centre, pledge.PartyRevokeKey, pledge.RevokeKeyBody{Party: n.uscc, KID: n.kid()})
	w.refuse(pledge.UnknownParty, w.centre, pledge.PartyRevokeKey, pledge.RevokeKeyBody{Party: uscc(99), KID: n.kid()})
}

func TestKeysHaveALimit(t *testing.T) {
	w := newWorld(t)
	for i := range 63 {
		k := newActor(fmt.Sprint("key ", i), "")
		w.do(w.owner, pledge.PartyAddKey, pledge.AddKeyBody{Party: w.owner.uscc, Key: k.grant()})
	}
	w.refuse(pledge.TooLarge, w.owner, pledge.PartyAddKey, pledge.AddKeyBody{Party: w.owner.uscc, Key: newActor("one more", "").grant()})
}
