package pledge

import "encoding/json"

// Act says what a command asks for.
type Act string

// The acts that the rules know so far.
const (
	PartyEnroll    Act = "party.enroll"
	PartyAddKey    Act = "party.add_key"
	PartyRevokeKey Act = "party.revoke_key"

	CustodyReceiptAct Act = "custody.receipt"
	CustodyAlert      Act = "custody.alert"
	CustodyRelease    Act = "custody.release"

	AssetNotarize          Act = "asset.notarize"
	AssetRecordCertificate Act = "asset.record_certificate"
	AssetAttest            Act = "asset.attest"
	AssetAddVersion        Act = "asset.add_version"
	AssetTransfer          Act = "asset.transfer"
	AssetLicense           Act = "asset.license"
	AssetWithdraw          Act = "asset.withdraw"
	AssetResolveDispute    Act = "asset.resolve_dispute"

	PledgePropose  Act = "pledge.propose"
	PledgeWithdraw Act = "pledge.withdraw"
	PledgeAccept   Act = "pledge.accept"
	PledgeReject   Act = "pledge.reject"
	PledgeAttest   Act = "pledge.attest"
	PledgeValue    Act = "pledge.value"
	PledgeScan     Act = "pledge.scan"
	PledgeConsent  Act = "pledge.consent"
	PledgeRegister Act = "pledge.register"
	PledgeRelease  Act = "pledge.release"
	PledgePerfect  Act = "pledge.perfect"

	PledgeAmend       Act = "pledge.amend"
	PledgeExtend      Act = "pledge.extend"
	PledgeAssign      Act = "pledge.assign"
	PledgeSubordinate Act = "pledge.subordinate"
	PledgeDefault     Act = "pledge.default"
	PledgeCure        Act = "pledge.cure"
	PledgeEnforce     Act = "pledge.enforce"
	PledgeRealize     Act = "pledge.realize"
	PledgeLapse       Act = "pledge.lapse"

	ObjectionFile   Act = "objection.file"
	ObjectionNotify Act = "objection.notify"
	ObjectionLodge  Act = "objection.lodge"
	ObjectionDecide Act = "objection.decide"
	ObjectionExpire Act = "objection.expire"

	OrderFreeze   Act = "order.freeze"
	OrderUnfreeze Act = "order.unfreeze"
	OrderRevoke   Act = "order.revoke"

	RecordCorrect Act = "record.correct"

	ClosingExecute Act = "closing.execute"
	CommandFence   Act = "command.fence"
)

// Payload is what a party signs. Body is decoded by act into one of the
// Body types below; unknown and repeated members are refused at every level.
type Payload struct {
	Act   Act             `json:"act"`
	By    string          `json:"by"`
	On    string          `json:"on"`
	At    string          `json:"at"`
	Nonce string          `json:"nonce"`
	Body  json.RawMessage `json:"body"`
	// Closing is the digest of the plan that the command belongs to: it takes
	// effect together with all others of that plan, and in no other way.
	Closing string `json:"closing,omitempty"`
}

// KeyGrant is a public key (an RFC 7517 JWK: OKP Ed25519 or EC P-256) and what it may sign.
type KeyGrant struct {
	JWK   json.RawMessage `json:"jwk"`
	Scope string          `json:"scope"`
}

// EnrollBody is the body of party.enroll.
type EnrollBody struct {
	Party     string     `json:"party"`
	Name      string     `json:"name"`
	Roles     []Role     `json:"roles"`
	Keys      []KeyGrant `json:"keys"`
	Recipient string     `json:"recipient,omitempty"`
}

// AddKeyBody is the body of party.add_key.
type AddKeyBody struct {
	Party string   `json:"party"`
	Key   KeyGrant `json:"key"`
}

// RevokeKeyBody is the body of party.revoke_key.
type RevokeKeyBody struct {
	Party  string `json:"party"`
	KID    string `json:"kid"`
	Reason string `json:"reason,omitempty"`
}

// ReceiptBody is the body of custody.receipt: the custodian's word that the
// content under the fingerprint is in its bucket, opens and matches, and that
// ManifestRoot is over what it measured: the fingerprint says nothing of sizes
// and content roots, and an owner's word for them would decide disputes. Within
// asset.notarize it stands as a JWS of its own; with PledgeID it is a command
// and fills the custody check of that pledge.
type ReceiptBody struct {
	Fingerprint string `json:"fingerprint"`
	Owner       string `json:"owner"`
	Files       int    `json:"files"`
	Size        int64  `json:"size"`
	// ManifestRoot is what the function ManifestRoot gives for the files.
	ManifestRoot string `json:"manifest_root"`
	// SM3Fingerprint is there when the custodian computed SM3 as well.
	SM3Fingerprint string `json:"sm3_fingerprint,omitempty"`
	PledgeID       string `json:"pledge_id,omitempty"`
	Depth          string `json:"depth"`
	// Preflight is what the custodian found when it looked at what it sealed;
	// nil of a custodian that did not look.
	Preflight *Examined `json:"preflight,omitempty"`
}

// NotarizeBody is the body of asset.notarize.
type NotarizeBody struct {
	Name           string      `json:"name"`
	Fingerprint    string      `json:"fingerprint"`
	Files          []File      `json:"files,omitempty"`
	ManifestRoot   string      `json:"manifest_root,omitempty"`
	SM3Fingerprint string      `json:"sm3_fingerprint,omitempty"`
	Source         string      `json:"source"`
	Scenario       string      `json:"scenario"`
	UpdatePeriod   string      `json:"update_period"`
	Declaration    Declaration `json:"declaration"`
	CustodyReceipt string      `json:"custody_receipt"`
}

// CertificateBody is the body of asset.record_certificate.
type CertificateBody struct {
	AssetID string `json:"asset_id"`
	Certificate
}

// ProposeBody is the body of pledge.propose.
type ProposeBody struct {
	AssetID string `json:"asset_id"`
	Pledgee string `json:"pledgee"`
	Terms   Terms  `json:"terms"`
}

// AgreeBody is the body of pledge.accept and of pledge.consent. Without Act a
// consent is a senior pledgee's, and PledgeID the junior pledge; with it the
// pledgee of PledgeID consents to an act about the asset, whose ActDigest it states.
type AgreeBody struct {
	PledgeID    string `json:"pledge_id"`
	TermsDigest string `json:"terms_digest"`
	Act         Act    `json:"act,omitempty"`
	Digest      string `json:"digest,omitempty"`
}

// RegisterBody is the body of pledge.register.
type RegisterBody struct {
	PledgeID    string `json:"pledge_id"`
	TermsDigest string `json:"terms_digest"`
	ExpectedSeq int64  `json:"expected_seq"`
}

// EndBody is the body of pledge.withdraw and pledge.reject.
type EndBody struct {
	PledgeID string `json:"pledge_id"`
	Code     Code   `json:"code,omitempty"`
	Reason   string `json:"reason,omitempty"`
}

// AttestBody is the body of pledge.attest.
type AttestBody struct {
	PledgeID           string `json:"pledge_id"`
	Number             string `json:"number"`
	Certificate        string `json:"certificate"`
	EnforcementConsent bool   `json:"enforcement_consent"`
}

// ValueBody is the body of pledge.value.
type ValueBody struct {
	PledgeID string `json:"pledge_id"`
	Report   string `json:"report"`
	Method   string `json:"method"`
	Value    Amount `json:"value"`
	BaseDate string `json:"base_date"`
}

// ScanBody is the body of pledge.scan. Result is "clean", "reviewed" or
// "waived"; a review and a waiver name the person's key that answers for it.
// Overlaps are the assets whose content is like the pledged one's, by sketch.
type ScanBody struct {
	PledgeID   string           `json:"pledge_id"`
	Result     string           `json:"result"`
	Report     string           `json:"report"`
	WaivedBy   string           `json:"waived_by,omitempty"`
	ReviewedBy string           `json:"reviewed_by,omitempty"`
	Overlaps   []ContentOverlap `json:"overlaps,omitempty"`
}

// ContentOverlap is an asset with like content. Shares are basis points of
// rows: how much of the pledged asset is in the other, and the other way round.
type ContentOverlap struct {
	AssetID    string `json:"asset_id"`
	Share      int    `json:"share"`
	OtherShare int    `json:"other_share"`
}

// ReleaseBody is the body of pledge.release. The pledgee states why; a
// pledgor whose pledgee is silent states DEMAND with its proof of payment,
// and a notary or the IP centre later releases with FORCED.
type ReleaseBody struct {
	PledgeID string `json:"pledge_id"`
	Reason   string `json:"reason"`
	Proof    string `json:"proof,omitempty"`
}

// PerfectBody is the body of pledge.perfect: the pledgee states with FILE what
// stands in a statutory register; a notary or the IP centre that has looked
// there states the same facts with VERIFY; anybody says with LAPSE that the
// term is over, and names no facts.
type PerfectBody struct {
	PledgeID string `json:"pledge_id"`
	Step     string `json:"step"`
	Registration
}

// FenceBody is the body of command.fence.
type FenceBody struct {
	CommandID string `json:"command_id"`
}
