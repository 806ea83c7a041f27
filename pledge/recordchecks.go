package pledge

import (
	"slices"
	"strings"
)

// assetOrPledge checks the id of a record that acts of objection and order are about.
func assetOrPledge(id string) error {
	if strings.HasPrefix(id, "as_") {
		return recordID("record_id", "as_", id)
	}
	return recordID("record_id", "pl_", id)
}

func (b *ObjectBody) check() error {
	if !slices.Contains(grounds, b.Ground) {
		return Errorf(Malformed, "ground must be one of %v", grounds)
	}
	return firstOf(assetOrPledge(b.RecordID), digest("evidence", b.Evidence), text("detail", b.Detail, maxText))
}

func (b *NotifyBody) check() error {
	return firstOf(assetOrPledge(b.RecordID), recordID("objection_id", "ob_", b.ObjectionID), digest("notice", b.Notice))
}

func (b *LodgeBody) check() error {
	return firstOf(assetOrPledge(b.RecordID), recordID("objection_id", "ob_", b.ObjectionID), words("court", b.Court, maxName),
		words("case_number", b.CaseNumber, maxName), digest("proof", b.Proof))
}

func (b *DecideBody) check() error {
	if b.Ruling != Upheld && b.Ruling != Dismissed {
		return Errorf(Malformed, "ruling must be %s or %s", Upheld, Dismissed)
	}
	return firstOf(assetOrPledge(b.RecordID), recordID("objection_id", "ob_", b.ObjectionID), words("number", b.Number, maxName), digest("document", b.Document))
}

func (b *ExpireBody) check() error {
	return firstOf(assetOrPledge(b.RecordID), recordID("objection_id", "ob_", b.ObjectionID))
}

func (b *FreezeBody) check() error {
	ordered, ok := parseDay(b.OrderDate)
	if !ok {
		return Errorf(Malformed, "order_date must be a date or an RFC 3339 time in UTC, from 1970 on")
	}
	until, ok := parseDay(b.Until)
	if b.Until != "" && (!ok || !until.After(ordered)) {
		return Errorf(Malformed, "until must be a date or an RFC 3339 time in UTC after order_date, or left out")
	}
	return firstOf(assetOrPledge(b.RecordID), words("court", b.Court, maxName), text("registry", b.Registry, maxName),
		words("file_no", b.FileNo, maxName), words("effect", b.Effect, maxText), digest("document", b.Document))
}

func (b *UnfreezeBody) check() error {
	return firstOf(assetOrPledge(b.RecordID), words("file_no", b.FileNo, maxName), digest("document", b.Document))
}

func (b *RevokeBody) check() error {
	return firstOf(assetOrPledge(b.RecordID), words("number", b.Number, maxName), digest("document", b.Document), words("reason", b.Reason, maxText))
}

func (b *CorrectBody) check() error {
	if b.From == b.To {
		return Errorf(Malformed, "from and to are the same")
	}
	return firstOf(assetOrPledge(b.RecordID), words("field", b.Field, maxName), text("from", b.From, maxText),
		words("to", b.To, maxName), words("reason", b.Reason, maxText))
}

func (b *AssetAttestBody) check() error {
	return firstOf(recordID("asset_id", "as_", b.AssetID), words("number", b.Number, maxName), digest("certificate", b.Certificate))
}

// checkVersion holds the content to what a notarization's is held to.
func (c *Command) checkVersion(b *VersionBody) error {
	f, err := ParseFingerprint(b.Fingerprint)
	if err != nil {
		return within("fingerprint", err)
	}
	if b.Fingerprint == b.Base {
		return Errorf(Malformed, "the version has the fingerprint of its base: nothing is new")
	}
	err = firstOf(recordID("asset_id", "as_", b.AssetID), digest("base", b.Base), checkSM3(b.SM3Fingerprint), b.Declaration.check(), b.checkLists())
	if err == nil {
		err = c.checkContent(b.notarized(), f)
	}
	if err != nil || b.CustodyReceipt == "" {
		return err
	}
	return c.checkReceipt(b.CustodyReceipt)
}

func (b *VersionBody) checkLists() error {
	switch {
	case len(b.Files) == 0 && len(b.Added)+len(b.Removed) > 0:
		return Errorf(Malformed, "added and removed belong to a version that lists its files")
	case len(b.Added) > MaxFiles || len(b.Removed) > MaxFiles:
		return Errorf(TooLarge, "added and removed list at most %d files each", MaxFiles)
	}
	for _, path := range b.Added {
		if !slices.ContainsFunc(b.Files, func(f File) bool { return f.Path == path }) {
			return Errorf(Malformed, "added names %q, which is no file of this version", clip(path))
		}
	}
	for _, r := range b.Removed {
		if err := words("reason", r.Reason, maxReason); err != nil {
			return within("removed", err)
		}
	}
	return nil
}

func (b *TransferBody) check() error {
	return firstOf(recordID("asset_id", "as_", b.AssetID), within("to", CheckUSCC(b.To)), digest("agreement", b.Agreement), text("proceeds", b.Proceeds, maxText))
}

func (b *LicenseBody) check() error {
	from, ok1 := parseDay(b.From)
	until, ok2 := parseDay(b.Until)
	if !ok1 || !ok2 || !until.After(from) {
		return Errorf(Malformed, "from and until must be dates or RFC 3339 times in UTC, from 1970 on, until after from")
	}
	return firstOf(recordID("asset_id", "as_", b.AssetID), within("to", CheckUSCC(b.To)), words("scope", b.Scope, maxText),
		digest("agreement", b.Agreement), text("proceeds", b.Proceeds, maxText))
}

func (b *WithdrawBody) check() error {
	return firstOf(recordID("asset_id", "as_", b.AssetID), text("reason", b.Reason, maxText))
}

func (b *ResolveBody) check() error {
	if !slices.Contains([]string{ResolveFirst, ResolveSecond, ResolveBoth}, b.Resolution) {
		return Errorf(Malformed, "resolution must be %s, %s or %s", ResolveFirst, ResolveSecond, ResolveBoth)
	}
	return firstOf(recordID("asset_id", "as_", b.AssetID), recordID("other", "as_", b.Other), digest("document", b.Document))
}
