package pledge

import "slices"

var sources = []string{"self-collected", "licensed", "public"}

// checkNotarize checks what asset.notarize says against itself; what is
// missing from the declaration is a matter of Apply.
func (c *Command) checkNotarize(b *NotarizeBody) error {
	f, err := ParseFingerprint(b.Fingerprint)
	if err != nil {
		return within("fingerprint", err)
	}
	if !slices.Contains(sources, b.Source) {
		return Errorf(Malformed, "source must be one of %v", sources)
	}
	err = firstOf(words("name", b.Name, maxName), text("scenario", b.Scenario, maxText),
		text("update_period", b.UpdatePeriod, maxName), checkSM3(b.SM3Fingerprint), b.Declaration.check())
	if err == nil {
		err = c.checkContent(b, f)
	}
	if err != nil || b.CustodyReceipt == "" {
		return err
	}
	return c.checkReceipt(b.CustodyReceipt)
}

// checkContent holds the listed files to the fingerprint: it is the SHA-256
// of their manifest and of nothing else.
func (c *Command) checkContent(b *NotarizeBody, f Fingerprint) (err error) {
	switch {
	case len(b.Files) > MaxFiles:
		return Errorf(TooLarge, "files lists %d files; beyond %d leave it out and give manifest_root", len(b.Files), MaxFiles)
	case len(b.Files) == 0 && b.ManifestRoot == "":
		return Errorf(Malformed, "files is empty: a dataset has at least one file")
	case len(b.Files) > 0 && b.ManifestRoot != "":
		return Errorf(Malformed, "give either files or manifest_root")
	case len(b.Files) == 0 && !isHex64(b.ManifestRoot):
		return Errorf(Malformed, "manifest_root must be 64 lowercase hex digits")
	case len(b.Files) == 0:
		c.content.root = b.ManifestRoot
		return nil
	}
	if c.content, err = checkFiles(b.Files); err != nil {
		return within("files", err)
	}
	if got := fingerprintOf(b.Files); got != f {
		return Errorf(Malformed, "the files have fingerprint %s, not %s", got, f)
	}
	c.content.root = ManifestRoot(b.Files)
	return nil
}

func (c *Command) checkReceipt(jws string) (err error) {
	if c.receipt, err = ParseCommand(jws); err != nil {
		return within("custody_receipt", err)
	}
	if c.receipt.Payload.Act != CustodyReceiptAct {
		return Errorf(Malformed, "custody_receipt is a %s", c.receipt.Payload.Act)
	}
	return nil
}

// check refuses members that are there and wrong. Missing ones are refused
// by missing, with a code that tells the owner what to add.
func (d Declaration) check() error {
	for _, doc := range d.Consent.Documents {
		if err := digest("consent.documents", doc); err != nil {
			return err
		}
	}
	if d.Exclusion.SignedBy != "" && !isKID(d.Exclusion.SignedBy) {
		return Errorf(Malformed, "exclusion.signed_by must be the key id of the signatory")
	}
	return firstOf(text("consent.basis", d.Consent.Basis, maxText), text("exclusion.result", d.Exclusion.Result, maxName),
		optionalDigest("consent.report", d.Consent.Report), optionalDigest("exclusion.report", d.Exclusion.Report),
		optionalDigest("quality.report", d.Quality.Report), d.Quality.Scores.check("quality.scores"), checkOverrides(d.Overrides))
}

func optionalDigest(name, s string) error {
	if s == "" {
		return nil
	}
	return digest(name, s)
}

// scoreNames are the members of Scores, in the order of its list.
var scoreNames = []string{"completeness", "uniqueness", "validity", "consistency", "timeliness"}

func (s Scores) list() []*int {
	return []*int{s.Completeness, s.Uniqueness, s.Validity, s.Consistency, s.Timeliness}
}

// check names a wrong score by its path, which begins with at.
func (s Scores) check(at string) error {
	for i, n := range s.list() {
		if n != nil && (*n < 0 || *n > 10000) {
			return Errorf(Malformed, "%s.%s must be null or 0 to 10000 basis points", at, scoreNames[i])
		}
	}
	return nil
}
