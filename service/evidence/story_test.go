package evidence_test

import (
	"bytes"
	"cmp"
	"context"
	"encoding/base64"
	"strings"
	"testing"
	"time"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service/evidence"
)

// story is a small ledger in which one asset was notarized and pledged, with
// all that surrounds it: keys added and revoked, a second asset that shares a
// file, a released pledge.
var b64 = base64.RawURLEncoding

type story struct {
	*chain
	ipcentre, notary, exchange, bank key
	owner, owner2, other             key
	asset, kin, pledge, released     string
	created                          time.Time
	sound                            soundFiles      // of asset and pledge
	scan                             pledge.ScanBody // of the next registration; empty: a clean one
}

var madeAt = time.Date(2026, 11, 22, 9, 30, 0, 0, time.UTC)

// newStoryAt tells the story of a ledger that was created then.
func newStoryAt(t testing.TB, created time.Time) *story {
	t.Helper()
	s := &story{created: created, sound: soundFiles{},
		ipcentre: newKey("ipcentre", uscc(1)), notary: newKey("notary", uscc(2)), exchange: newKey("exchange", uscc(3)),
		bank: newKey("bank", uscc(4)), owner: newKey("owner", uscc(5)), owner2: newKey("owner2", uscc(5)), other: newCurveKey("other", uscc(6)),
	}
	genesis := pledge.Genesis{V: 1, Channel: "pledge", Created: created.Format(time.RFC3339), Members: []pledge.Member{
		member(s.ipcentre, "知识产权中心", pledge.RoleIPCentre), member(s.notary, "公证处", pledge.RoleNotary),
		member(s.exchange, "数据交易所", pledge.RoleExchange), member(s.bank, "银行", pledge.RoleBank),
	}}
	s.chain = newChain(t, genesis, newKey("operator", ""))
	s.enrol()
	s.asset = s.notarize(s.owner2, "a", "b")
	s.kin = s.notarize(s.other, "b", "c")
	s.released = s.propose("exclusive")
	s.register(s.released)
	s.commit(s.sign(s.bank, pledge.PledgeRelease, pledge.ReleaseBody{PledgeID: s.released, Reason: "PAID"}))
	s.pledge = s.propose("exclusive")
	s.register(s.pledge)
	s.sound.add(t, s.write, s.asset, s.pledge)
	return s
}

func member(k key, name string, role pledge.Role) pledge.Member {
	return pledge.Member{Party: k.party, Name: name, Roles: []pledge.Role{role}, Keys: []pledge.KeyGrant{{JWK: k.jwk(), Scope: pledge.ScopeAdmin}}}
}

// enrol adds the owners; one of them changes its key.
func (s *story) enrol() {
	s.t.Helper()
	for i, k := range []key{s.owner, s.other} {
		s.commit(s.sign(s.ipcentre, pledge.PartyEnroll, pledge.EnrollBody{Party: k.party, Name: []string{"企业甲 \"A\"", "企业乙 <B>"}[i], Roles: []pledge.Role{pledge.RoleEnterprise},
			Keys: []pledge.KeyGrant{{JWK: k.jwk(), Scope: pledge.ScopeAdmin}}}))
	}
	s.commit(
		s.sign(s.owner, pledge.PartyAddKey, pledge.AddKeyBody{Party: s.owner.party, Key: pledge.KeyGrant{JWK: s.owner2.jwk(), Scope: pledge.ScopeOperate}}),
		s.sign(s.ipcentre, pledge.PartyRevokeKey, pledge.RevokeKeyBody{Party: s.owner.party, KID: s.owner.kid(), Reason: "lost"}),
	)
}

func files(names ...string) []pledge.File {
	var out []pledge.File
	for _, n := range names {
		size := int64(1000)
		if n == "b" {
			size = 100 // shared by two owners, and too small for a dispute
		}
		out = append(out, pledge.File{Path: n + ".csv", Size: size, SHA256: hash(n), Root: hash(n + " root")})
	}
	return out
}

func sizeOf(list []pledge.File) (n int64) {
	for _, f := range list {
		n += f.Size
	}
	return n
}

func (s *story) notarization(k key, names ...string) (string, pledge.NotarizeBody) {
	s.t.Helper()
	list := files(names...)
	fingerprint := "sha256:" + hash(pledge.Manifest(list))
	receipt := s.sign(s.exchange, pledge.CustodyReceiptAct, pledge.ReceiptBody{Fingerprint: fingerprint, Owner: k.party,
		Files: len(list), Size: sizeOf(list), ManifestRoot: manifestRoot(list), Depth: "full"})
	score := 9990
	body := pledge.NotarizeBody{Name: "鸟击记录 " + names[0], Fingerprint: fingerprint, Files: list, Source: "self-collected", Scenario: "研究",
		UpdatePeriod: "P1M", CustodyReceipt: receipt, Declaration: pledge.Declaration{
			Consent:   pledge.Consent{Basis: "public record", Documents: []string{"sha256:" + hash("consent")}},
			Exclusion: pledge.Exclusion{Report: "sha256:" + hash("scan"), Result: "pass", SignedBy: k.kid()},
			Quality:   pledge.Quality{Report: "sha256:" + hash("quality"), Scores: pledge.Scores{Completeness: &score}},
		}}
	return s.sign(k, pledge.AssetNotarize, body), body
}

func (s *story) notarize(k key, names ...string) string {
	s.t.Helper()
	jws, _ := s.notarization(k, names...)
	return s.commit(jws)
}

func (s *story) terms(mode string) pledge.Terms {
	return pledge.Terms{Principal: pledge.Amount{Amount: 100_000_000, Currency: "CNY"}, SecuredMax: pledge.Amount{Amount: 120_000_000, Currency: "CNY"},
		Matures: s.created.AddDate(1, 0, 0).Format(time.RFC3339), Expires: s.created.AddDate(1, 6, 0).Format(time.RFC3339), Mode: mode, SecurityType: "PLEDGE",
		LegalCharacterization: "DATA_ASSET_PLEDGE", Checks: []string{"attest", "value", "scan"},
		CommitmentLetter: "sha256:" + hash("letter"), Agreement: "sha256:" + hash("agreement")}
}

func (s *story) propose(mode string) string {
	s.t.Helper()
	return s.commit(s.sign(s.owner2, pledge.PledgePropose, pledge.ProposeBody{AssetID: s.asset, Pledgee: s.bank.party, Terms: s.terms(mode)}))
}

func (s *story) register(id string) {
	s.t.Helper()
	digest, err := s.terms("exclusive").Digest()
	if err != nil {
		s.t.Fatal(err)
	}
	asset, err := pledge.DecodeAsset(s.state[pledge.KeyAsset(s.asset)])
	if err != nil {
		s.t.Fatal(err)
	}
	s.commit(s.sign(s.bank, pledge.PledgeAccept, pledge.AgreeBody{PledgeID: id, TermsDigest: digest}))
	s.commit(
		s.sign(s.notary, pledge.PledgeAttest, pledge.AttestBody{PledgeID: id, Number: "(2026) 1", Certificate: "sha256:" + hash("certificate"), EnforcementConsent: true}),
		s.sign(s.exchange, pledge.PledgeValue, pledge.ValueBody{PledgeID: id, Report: "sha256:" + hash("valuation"), Method: "income",
			Value: pledge.Amount{Amount: 200_000_000, Currency: "CNY"}, BaseDate: s.created.AddDate(0, 0, -1).Format(time.DateOnly)}),
		s.sign(s.exchange, pledge.CustodyReceiptAct, pledge.ReceiptBody{Fingerprint: asset.Fingerprint, Owner: asset.Owner,
			Files: asset.Files, Size: asset.Size, ManifestRoot: asset.ManifestRoot, PledgeID: id, Depth: "full"}),
		s.sign(s.ipcentre, pledge.PledgeScan, s.scanOf(id)),
	)
	s.commit(s.sign(s.bank, pledge.PledgeRegister, pledge.RegisterBody{PledgeID: id, TermsDigest: digest, ExpectedSeq: asset.Seq}))
}

func (s *story) scanOf(id string) pledge.ScanBody {
	b := s.scan
	b.PledgeID, b.Result, b.Report = id, cmp.Or(b.Result, "clean"), "sha256:"+hash("scan")
	return b
}

func (s *story) source() evidence.Source {
	return evidence.Source{Ledger: s.chain, Index: s.chain, Signer: s.exchange, Now: func() time.Time { return madeAt }}
}

func (s *story) trust() evidence.Trust { return evidence.TrustOf(s.Info()) }

func (s *story) write(id string) []byte {
	s.t.Helper()
	var b bytes.Buffer
	if err := evidence.Write(context.Background(), &b, s.source(), id); err != nil {
		s.t.Fatal(err)
	}
	return b.Bytes()
}

func check(t testing.TB, data []byte, trust evidence.Trust) evidence.Report {
	t.Helper()
	r, err := evidence.Check(context.Background(), bytes.NewReader(data), int64(len(data)), trust)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func text(r evidence.Report) string {
	var b strings.Builder
	_ = r.WriteText(&b)
	return b.String()
}
