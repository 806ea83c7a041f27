package pledge

import "slices"

const (
	maxName    = 200
	maxText    = 2000
	maxChannel = 249 // Fabric's own limit for channel names
)

func (b *AddKeyBody) check() error {
	return firstOf(within("party", CheckUSCC(b.Party)), b.Key.check())
}

func (b *RevokeKeyBody) check() error {
	if !isKID(b.KID) {
		return Errorf(Malformed, "kid must be the thumbprint of the key to revoke")
	}
	return firstOf(within("party", CheckUSCC(b.Party)), text("reason", b.Reason, maxText))
}

// Depths of a custody check: some chunks drawn at random, or every byte.
const (
	DepthSample = "sample"
	DepthFull   = "full"
)

func (b *ReceiptBody) check() error {
	_, err := ParseFingerprint(b.Fingerprint)
	if err != nil {
		return within("fingerprint", err)
	}
	switch {
	case b.Files < 1:
		return Errorf(Malformed, "files must be at least 1")
	case b.Size < 0:
		return Errorf(Malformed, "size cannot be negative")
	case !isHex64(b.ManifestRoot):
		return Errorf(Malformed, "manifest_root must be 64 lowercase hex digits")
	case b.Depth != DepthSample && b.Depth != DepthFull:
		return Errorf(Malformed, "depth must be %s or %s", DepthSample, DepthFull)
	case b.PledgeID != "":
		err = recordID("pledge_id", "pl_", b.PledgeID)
	}
	return firstOf(err, checkSM3(b.SM3Fingerprint), within("owner", CheckUSCC(b.Owner)), within("preflight", b.Preflight.check()))
}

func (b *CertificateBody) check() error {
	issued, ok1 := parseDay(b.Issued)
	expires, ok2 := parseDay(b.Expires)
	switch {
	case !ok1 || !ok2:
		return Errorf(Malformed, "issued and expires must be dates or RFC 3339 times in UTC, from 1970 on")
	case !expires.After(issued):
		return Errorf(Malformed, "expires must come after issued")
	}
	return firstOf(recordID("asset_id", "as_", b.AssetID), words("registrar", b.Registrar, maxName),
		words("number", b.Number, maxName), digest("digest", b.Digest))
}

func (b *FenceBody) check() error {
	if len(b.CommandID) != 4+64 || b.CommandID[:4] != "cmd_" || !isHex64(b.CommandID[4:]) {
		return Errorf(Malformed, "command_id must be cmd_ and 64 lowercase hex digits")
	}
	return nil
}

// consentable are the acts about an asset that a pledgee may consent to.
var consentable = []Act{AssetTransfer, AssetLicense, AssetAddVersion}

func (b *AgreeBody) check(a Act) error {
	switch {
	case (b.Act == "") != (b.Digest == ""):
		return Errorf(Malformed, "act and digest belong together")
	case b.Act != "" && (a != PledgeConsent || !slices.Contains(consentable, b.Act)):
		return Errorf(Malformed, "act belongs to %s, and is one of %v", PledgeConsent, consentable)
	}
	return firstOf(recordID("pledge_id", "pl_", b.PledgeID), digest("terms_digest", b.TermsDigest), optionalDigest("digest", b.Digest))
}

func (b *RegisterBody) check() error {
	if b.ExpectedSeq < 0 {
		return Errorf(Malformed, "expected_seq cannot be negative")
	}
	return firstOf(recordID("pledge_id", "pl_", b.PledgeID), digest("terms_digest", b.TermsDigest))
}

// check lets a rejection name the guard that failed as a refusal code.
func (b *EndBody) check() error {
	if b.Code != "" && !slices.Contains(codes, b.Code) {
		return Errorf(Malformed, "code %q is not a refusal code", clip(string(b.Code)))
	}
	return firstOf(recordID("pledge_id", "pl_", b.PledgeID), text("reason", b.Reason, maxText))
}

func (b *AttestBody) check() error {
	return firstOf(recordID("pledge_id", "pl_", b.PledgeID), words("number", b.Number, maxName),
		digest("certificate", b.Certificate))
}

func (b *ValueBody) check() error {
	if _, ok := parseDay(b.BaseDate); !ok {
		return Errorf(Malformed, "base_date must be a date or an RFC 3339 time in UTC, from 1970 on")
	}
	return firstOf(recordID("pledge_id", "pl_", b.PledgeID), digest("report", b.Report),
		words("method", b.Method, maxName), within("value", b.Value.check()))
}

// Reasons of a release 注销. The first four are the pledgee's (LAW.md T17).
const (
	Paid        = "PAID"
	Waived      = "WAIVED"
	Replaced    = "REPLACED"
	OtherReason = "OTHER"
	Demand      = "DEMAND"
	Forced      = "FORCED"
)

func (b *ReleaseBody) check() error {
	if !slices.Contains([]string{Paid, Waived, Replaced, OtherReason, Demand, Forced}, b.Reason) {
		return Errorf(Malformed, "reason must be PAID, WAIVED, REPLACED, OTHER, DEMAND or FORCED")
	}
	// A demand without proof of payment would put the pledgee in default of
	// an answer that it does not owe.
	if b.Reason == Demand || b.Proof != "" {
		if err := digest("proof", b.Proof); err != nil {
			return err
		}
	}
	return recordID("pledge_id", "pl_", b.PledgeID)
}
