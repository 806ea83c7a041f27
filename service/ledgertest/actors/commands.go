package actors

import (
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/datapledge/datapledge/pledge"
)

// CommandID, AssetID and PledgeID name what a command leads to, worked out
// from the JWS alone and without the rules.
func CommandID(jws string) string {
	sum := inputSum(jws)
	return "cmd_" + hex.EncodeToString(sum[:])
}

// AssetID is the id of the asset that an asset.notarize makes.
func AssetID(jws string) string { return recordID("as_", jws) }

// PledgeID is the id of the pledge that a pledge.propose makes.
func PledgeID(jws string) string { return recordID("pl_", jws) }

func recordID(prefix, jws string) string {
	sum := inputSum(jws)
	return prefix + strings.ToLower(base32.StdEncoding.EncodeToString(sum[:]))[:26]
}

func inputSum(jws string) [32]byte {
	return sha256.Sum256([]byte(jws[:strings.LastIndexByte(jws, '.')]))
}

// Digest is a tagged SHA-256 of any text, for fields that want one.
func Digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "sha256:" + hex.EncodeToString(sum[:])
}

// Dataset is what a notarization says about content that nobody has.
type Dataset struct {
	Fingerprint string
	Files       []pledge.File
	Size        int64
}

// NewDataset makes a dataset of n files whose content is a matter of the
// name: other names, other content.
func NewDataset(name string, n int) Dataset {
	d := Dataset{}
	for i := range n {
		sum := sha256.Sum256(fmt.Appendf(nil, "%s/%d", name, i))
		root := sha256.Sum256(sum[:])
		f := pledge.File{Path: fmt.Sprintf("part-%04d.csv", i), Size: int64(1000 + i),
			SHA256: hex.EncodeToString(sum[:]), Root: hex.EncodeToString(root[:])}
		d.Files = append(d.Files, f)
	}
	return d.sealed()
}

// With is d and the files of others under one fingerprint.
func (d Dataset) With(others ...Dataset) Dataset {
	all := slices.Clone(d.Files)
	for i, o := range others {
		for _, f := range o.Files {
			f.Path = fmt.Sprintf("with-%d/%s", i, f.Path)
			all = append(all, f)
		}
	}
	return Dataset{Files: all}.sealed()
}

func (d Dataset) sealed() Dataset {
	var manifest strings.Builder
	d.Size = 0
	for _, f := range d.Files {
		fmt.Fprintf(&manifest, "%s  %s\n", f.SHA256, f.Path)
		d.Size += f.Size
	}
	d.Fingerprint = Digest(manifest.String())
	return d
}

// Enroll is the IP centre's enrolment of a, with its key in admin scope.
func (c *Cast) Enroll(a *Actor) string {
	m := a.Member()
	return c.Sign(c.IPCentre, pledge.PartyEnroll, pledge.EnrollBody(m))
}

// AddKey and RevokeKey are signed by the party itself.
func (c *Cast) AddKey(by, key *Actor, scope string) string {
	return c.Sign(by, pledge.PartyAddKey, pledge.AddKeyBody{Party: by.USCC, Key: pledge.KeyGrant{JWK: key.JWK(), Scope: scope}})
}

// RevokeKey takes a key from the party that signs.
func (c *Cast) RevokeKey(by *Actor, kid string) string {
	return c.Sign(by, pledge.PartyRevokeKey, pledge.RevokeKeyBody{Party: by.USCC, KID: kid, Reason: "lost"})
}

// Receipt is the exchange's custody receipt for a dataset of an owner.
func (c *Cast) Receipt(owner *Actor, d Dataset) string {
	return c.Sign(c.Exchange, pledge.CustodyReceiptAct, pledge.ReceiptBody{
		Fingerprint: d.Fingerprint, Owner: owner.USCC, Files: len(d.Files), Size: d.Size, ManifestRoot: pledge.ManifestRoot(d.Files), Depth: "full"})
}

// CustodyCheck is the custody receipt that a pledge waits for.
func (c *Cast) CustodyCheck(owner *Actor, d Dataset, pledgeID string) string {
	return c.Sign(c.Exchange, pledge.CustodyReceiptAct, pledge.ReceiptBody{
		Fingerprint: d.Fingerprint, Owner: owner.USCC, Files: len(d.Files), Size: d.Size, ManifestRoot: pledge.ManifestRoot(d.Files), Depth: "sample", PledgeID: pledgeID})
}

// Declaration is a complete one.
func (c *Cast) Declaration(by *Actor) pledge.Declaration {
	full := 10000
	return pledge.Declaration{
		Consent:   pledge.Consent{Basis: "授权协议", Documents: []string{Digest("consent")}},
		Exclusion: pledge.Exclusion{Report: Digest("exclusion"), Result: "pass", SignedBy: by.KID()},
		Quality: pledge.Quality{Report: Digest("quality"),
			Scores: pledge.Scores{Completeness: &full, Uniqueness: &full, Validity: &full, Consistency: &full}},
	}
}

// NotarizeBody is what Notarize signs.
func (c *Cast) NotarizeBody(owner *Actor, d Dataset) pledge.NotarizeBody {
	return pledge.NotarizeBody{Name: "监测数据", Fingerprint: d.Fingerprint, Files: d.Files, Source: "self-collected",
		Scenario: "风险评估", UpdatePeriod: "P1M", Declaration: c.Declaration(owner), CustodyReceipt: c.Receipt(owner, d)}
}

// Notarize makes an asset of a dataset.
func (c *Cast) Notarize(owner *Actor, d Dataset) string {
	return c.Sign(owner, pledge.AssetNotarize, c.NotarizeBody(owner, d))
}

// Terms are fair ones: exclusive, a year to maturity, every check wanted.
func (c *Cast) Terms() pledge.Terms {
	day := func(days int) string { return c.now().AddDate(0, 0, days).Format("2006-01-02") }
	return pledge.Terms{
		Principal: pledge.Amount{Amount: 100_000_000, Currency: "CNY"}, SecuredMax: pledge.Amount{Amount: 120_000_000, Currency: "CNY"},
		Matures: day(365), Expires: day(395), Mode: "exclusive", SecurityType: "PLEDGE", LegalCharacterization: "DATA_ASSET_PLEDGE",
		Checks: []string{"attest", "value", "scan"}, CommitmentLetter: Digest("letter"), Agreement: Digest("agreement"),
	}
}

// Propose offers a pledge of an asset.
func (c *Cast) Propose(owner *Actor, assetID string, pledgee *Actor, t pledge.Terms) string {
	return c.Sign(owner, pledge.PledgePropose, pledge.ProposeBody{AssetID: assetID, Pledgee: pledgee.USCC, Terms: t})
}

// Accept takes an offer.
func (c *Cast) Accept(pledgee *Actor, pledgeID string, t pledge.Terms) string {
	return c.Sign(pledgee, pledge.PledgeAccept, pledge.AgreeBody{PledgeID: pledgeID, TermsDigest: termsDigest(t)})
}

// Consent is a senior pledgee's word to a junior pledge.
func (c *Cast) Consent(senior *Actor, pledgeID string, t pledge.Terms) string {
	return c.Sign(senior, pledge.PledgeConsent, pledge.AgreeBody{PledgeID: pledgeID, TermsDigest: termsDigest(t)})
}

// Attest is the notary's.
func (c *Cast) Attest(pledgeID string) string {
	return c.Sign(c.Notary, pledge.PledgeAttest, pledge.AttestBody{PledgeID: pledgeID, Number: "(2026)浙杭网证第1号",
		Certificate: Digest("certificate"), EnforcementConsent: true})
}

// Value is the exchange's valuation.
func (c *Cast) Value(pledgeID string) string {
	return c.Sign(c.Exchange, pledge.PledgeValue, pledge.ValueBody{PledgeID: pledgeID, Report: Digest("valuation"), Method: "收益法",
		Value: pledge.Amount{Amount: 200_000_000, Currency: "CNY"}, BaseDate: c.now().AddDate(0, 0, -1).Format("2006-01-02")})
}

// Scan is the IP centre's clean duplicate scan.
func (c *Cast) Scan(pledgeID string) string {
	return c.Sign(c.IPCentre, pledge.PledgeScan, pledge.ScanBody{PledgeID: pledgeID, Result: "clean", Report: Digest("scan")})
}

// Register makes a pledge active, if the asset's sequence is as expected.
func (c *Cast) Register(pledgee *Actor, pledgeID string, t pledge.Terms, seq int64) string {
	return c.Sign(pledgee, pledge.PledgeRegister, pledge.RegisterBody{PledgeID: pledgeID, TermsDigest: termsDigest(t), ExpectedSeq: seq})
}

// Withdraw ends a pledge that is not active yet; Reject is the IP centre's.
func (c *Cast) Withdraw(by *Actor, pledgeID string) string {
	return c.Sign(by, pledge.PledgeWithdraw, pledge.EndBody{PledgeID: pledgeID, Reason: "changed our mind"})
}

// Reject is the IP centre's refusal of a pending pledge.
func (c *Cast) Reject(pledgeID string, code pledge.Code) string {
	return c.Sign(c.IPCentre, pledge.PledgeReject, pledge.EndBody{PledgeID: pledgeID, Code: code, Reason: "examined"})
}

// Release ends an active pledge.
func (c *Cast) Release(by *Actor, pledgeID, reason string) string {
	b := pledge.ReleaseBody{PledgeID: pledgeID, Reason: reason}
	if reason == "DEMAND" {
		b.Proof = Digest("payment")
	}
	return c.Sign(by, pledge.PledgeRelease, b)
}

// Registration is what a statutory register says of a pledge by the debtor.
func (c *Cast) Registration(debtor *Actor) pledge.Registration {
	day := func(days int) string { return c.now().AddDate(0, 0, days).Format("2006-01-02") }
	return pledge.Registration{Registry: pledge.RegistryZhongdeng, Number: "02026112300001", RegisteredAt: day(-1), TermEnd: day(395),
		Proof: Digest("register"), DebtorName: debtor.Name}
}

// Perfect files a statutory registration, or verifies the one filed.
func (c *Cast) Perfect(by *Actor, pledgeID, step string, r pledge.Registration) string {
	return c.Sign(by, pledge.PledgePerfect, pledge.PerfectBody{PledgeID: pledgeID, Step: step, Registration: r})
}

// Lapse says that the term of a registration is over.
func (c *Cast) Lapse(by *Actor, pledgeID string) string {
	return c.Sign(by, pledge.PledgePerfect, pledge.PerfectBody{PledgeID: pledgeID, Step: pledge.StepLapse})
}

// Certificate records a data-IP registration certificate of an asset.
func (c *Cast) Certificate(assetID, expires string) string {
	return c.Sign(c.IPCentre, pledge.AssetRecordCertificate, pledge.CertificateBody{AssetID: assetID, Certificate: pledge.Certificate{
		Registrar: "浙江省知识产权局", Number: "浙数登2026-1", Issued: "2026-01-01", Expires: expires, Digest: Digest("registration")}})
}

// Fence asks for a definite no to a command of the party that signs.
func (c *Cast) Fence(by *Actor, commandID string) string {
	return c.Sign(by, pledge.CommandFence, pledge.FenceBody{CommandID: commandID})
}

func termsDigest(t pledge.Terms) string {
	d, err := t.Digest()
	if err != nil {
		panic(err) // terms are a struct of this module
	}
	return d
}

// Story is all that brings a pledge of a fresh dataset to the brink of
// registration, in order. The parties must be enrolled.
func (c *Cast) Story(name string, owner, pledgee *Actor) (commands []string, assetID, pledgeID string, t pledge.Terms) {
	d := NewDataset(name, 2)
	notarize := c.Notarize(owner, d)
	t = c.Terms()
	propose := c.Propose(owner, AssetID(notarize), pledgee, t)
	assetID, pledgeID = AssetID(notarize), PledgeID(propose)
	return []string{notarize, propose, c.Accept(pledgee, pledgeID, t), c.Attest(pledgeID), c.Value(pledgeID),
		c.Scan(pledgeID), c.CustodyCheck(owner, d, pledgeID)}, assetID, pledgeID, t
}
