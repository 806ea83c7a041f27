package pledge

import "slices"

// notarize makes an asset of a dataset (存证): owner, fingerprint, complete
// declaration, custody. Others with the same content are not a reason to
// refuse, but all of them learn of each other (LAW.md, Asset).
func (ch *change) notarize() (Outcome, error) {
	b := ch.c.body.(*NotarizeBody)
	if err := b.Declaration.complete(ch.c.examined(), ch.c.KID); err != nil {
		return Outcome{}, err
	}
	receipt, err := ch.custody(b)
	if err != nil {
		return Outcome{}, err
	}
	a := ch.newAsset(b, receipt)
	rel, err := ch.relatives(a)
	if err != nil {
		return Outcome{}, err
	}
	if err := ch.connect(&a, rel); err != nil {
		return Outcome{}, err
	}
	if err := ch.indexContent(a); err != nil {
		return Outcome{}, err
	}
	return Outcome{RecordID: a.ID}, ch.putAsset(a)
}

func (ch *change) newAsset(b *NotarizeBody, receipt *ReceiptBody) Asset {
	a := Asset{
		ID: ch.c.RecordID("as_"), Owner: ch.by.ID, Name: b.Name,
		Fingerprint: b.Fingerprint, ManifestRoot: receipt.ManifestRoot,
		Files: receipt.Files, Size: receipt.Size, DistinctSize: receipt.Size,
		Source: b.Source, Scenario: b.Scenario, UpdatePeriod: b.UpdatePeriod,
		Declaration: b.Declaration, CustodyReceipt: b.CustodyReceipt,
		Custodian: ch.c.receipt.Payload.By, Status: Notarized, Notarized: ch.stamp,
	}
	if len(b.Files) > 0 {
		a.DistinctSize = ch.c.content.unique
	}
	a.SM3Fingerprint, a.Preflight = b.SM3Fingerprint, receipt.Preflight
	a.V = a.version()
	return a
}

// custody checks the receipt 托管回执 within the command: without the content
// in custody a fingerprint is a claim about nothing (LAW.md 6). Whatever is
// wrong with it, the owner's way out is a fresh one: custody_missing.
func (ch *change) custody(b *NotarizeBody) (*ReceiptBody, error) {
	r := ch.c.receipt
	if r == nil {
		return nil, Errorf(CustodyMissing, "custody_receipt is missing: upload and seal the dataset, the custodian then signs one")
	}
	if err := ch.signedByCustodian(r); err != nil {
		return nil, err
	}
	if r.Payload.By == ch.by.ID {
		return nil, Errorf(CustodyMissing, "the custody receipt is signed by the owner, %s; the custodian must be another party", ch.by.ID)
	}
	age := ch.tx.Time.Sub(r.At())
	body := r.body.(*ReceiptBody)
	switch {
	case r.Payload.On != ch.tx.Channel:
		return nil, Errorf(CustodyMissing, "the custody receipt is for channel %q", clip(r.Payload.On))
	case age > checkFresh || -age > MaxAhead:
		return nil, Errorf(CustodyMissing, "the custody receipt of %s is not from the last 24 hours; seal again for a fresh one", r.Payload.At)
	case body.Fingerprint != b.Fingerprint:
		return nil, Errorf(CustodyMissing, "the custody receipt is for %s", body.Fingerprint)
	// Nobody here can compute it: it counts as what the custodian measured.
	case b.SM3Fingerprint != "" && b.SM3Fingerprint != body.SM3Fingerprint:
		return nil, Errorf(CustodyMissing, "the command has %s, the custody receipt %q: seal with SM3 for a receipt that has it", b.SM3Fingerprint, body.SM3Fingerprint)
	case body.Owner != ch.by.ID:
		return nil, Errorf(CustodyMissing, "the custody receipt is for the content of %s", body.Owner)
	case len(b.Files) == 0 && body.Files <= MustList:
		return nil, Errorf(Malformed, "the dataset has %d files: list them in files, so that others who hold them are found", body.Files)
	case len(b.Files) > 0 && (body.Files != len(b.Files) || body.Size != ch.c.content.size):
		return nil, Errorf(CustodyMissing, "the custody receipt is for %d files of %d bytes, the command lists %d of %d", body.Files, body.Size, len(b.Files), ch.c.content.size)
	// Sizes decide what is half of a dataset, roots what a later look finds
	// intact: both are the custodian's measure, not the owner's word.
	case body.ManifestRoot != ch.c.content.root:
		return nil, Errorf(CustodyMissing, "the custody receipt is for the manifest_root %s, the command's is %s: its sizes or roots are not what the custodian measured", body.ManifestRoot, ch.c.content.root)
	}
	return body, nil
}

func (ch *change) signedByCustodian(r *Command) error {
	by, key, err := ch.signer(r)
	if err == nil {
		err = r.Verify(key.JWK)
	}
	if e, ok := err.(*Error); ok {
		return Errorf(CustodyMissing, "the custody receipt does not count: %s", e.Detail)
	}
	if err != nil {
		return err
	}
	if !by.Has(RoleExchange) {
		return Errorf(CustodyMissing, "the custody receipt is signed by %s, which is no exchange", by.ID)
	}
	return nil
}

// indexContent makes the asset findable by its fingerprint and by each of
// its files. Empty files say nothing and are left out.
func (ch *change) indexContent(a Asset) error {
	f, err := ParseFingerprint(a.Fingerprint)
	if err != nil {
		return err
	}
	key := KeyFingerprint(f.Hex())
	rec, _, err := get(ch.batch, key, DecodeFingerprint)
	if err != nil {
		return err
	}
	if len(rec.Assets) >= maxKin {
		return Errorf(TooLarge, "%s is notarized as %d assets, which is the most", a.Fingerprint, maxKin)
	}
	rec = FingerprintRecord{V: Version, Assets: with(rec.Assets, a.ID)}
	if err := put(ch.batch, key, rec); err != nil {
		return err
	}
	for _, blob := range ch.c.content.distinct {
		if err := ch.indexFile(a, blob); err != nil {
			return err
		}
	}
	return nil
}

func (ch *change) indexFile(a Asset, f blob) error {
	key := KeyFile(f.digest)
	rec, _, err := get(ch.batch, key, DecodeFile)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(rec.Holders, func(h Holder) bool { return h.AssetID == a.ID }) {
		return nil // an earlier version has it
	}
	rec.V = Version
	rec.Count++
	if len(rec.Holders) < MaxHolders {
		rec.Holders = with(rec.Holders, Holder{AssetID: a.ID, Owner: a.Owner, Size: f.size, Total: a.DistinctSize})
	}
	return put(ch.batch, key, rec)
}

// with appends to a copy: decoded records are shared.
func with[T any](list []T, v T) []T {
	return append(append(make([]T, 0, len(list)+1), list...), v)
}

// recordCertificate notes a data-IP registration certificate, which the IP
// centre vouches for. A later one takes the place of the earlier: renewal.
func (ch *change) recordCertificate() (Outcome, error) {
	b := ch.c.body.(*CertificateBody)
	a, ok, err := ch.asset(b.AssetID)
	if err != nil {
		return Outcome{}, err
	}
	if !ok {
		return Outcome{}, Errorf(NotFound, "there is no asset %s", b.AssetID)
	}
	if a.Status != Notarized {
		return Outcome{}, Errorf(WrongState, "%s is %s; a certificate needs a notarized asset", a.ID, a.Status)
	}
	certificate := b.Certificate
	a.Certificate = &certificate
	return Outcome{RecordID: a.ID}, ch.putAsset(a)
}
