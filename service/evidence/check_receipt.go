package evidence

import "github.com/datapledge/datapledge/pledge"

// receipt checks the custody receipt inside the command that brought the
// asset's newest version, as of then: an exchange signed that this owner's content is in its custody.
func (c *checker) receipt(cmd command) {
	body := cmd.read()
	text := body.text("custody_receipt")
	if data, _ := find(c.files, nameReceipt); string(data) != text {
		c.note(CheckReceiptMatches, nameReceipt, faultf("", "is not the one in %s", cmd.file))
		return
	}
	s, err := parseJWS(text, commandType)
	if err != nil {
		c.note(CheckReceipt, nameReceipt, err)
		return
	}
	r := command{jws: s}
	if err := r.readPayload(); err != nil {
		c.note(CheckReceipt, nameReceipt, err)
		return
	}
	if c.signer(s, r.by, nameReceipt, CheckReceipt) && !c.register[r.by].roles["exchange"] {
		c.note(CheckReceipt, nameReceipt, faultf("command.payload.by", "%s is not an exchange", r.by))
	}
	c.note(CheckReceiptMatches, nameReceipt, c.receiptSays(r, cmd))
}

// receiptSays compares the receipt with the command that it stands in and
// with the asset's record.
func (c *checker) receiptSays(r, cmd command) error {
	f := r.read()
	record, err := c.asset()
	if err != nil {
		return err
	}
	fingerprint, owner := f.text("fingerprint"), f.text("owner")
	n, size, root := f.number("files"), f.number("size"), f.text("manifest_root")
	f.text("depth")
	sm3 := f.optional("sm3_fingerprint")
	found, kept := f.examined(), record.examined()
	if err := firstOf(f.rest(), record.error()); err != nil {
		return err
	}
	signed := cmd.read().text("fingerprint")
	switch {
	case r.act != "custody.receipt":
		return faultf("command.payload.act", "is %.40q", r.act)
	case r.on != c.trust.Channel:
		return faultf("command.payload.on", "is %.80q", r.on)
	case fingerprint != signed || fingerprint != record.text("fingerprint"):
		return faultf(f.at("fingerprint"), "is not that of the asset")
	case owner != cmd.by:
		return faultf(f.at("owner"), "is not the party whose version it is")
	case n != record.number("files"):
		return faultf(f.at("files"), "is not that of the asset")
	case size != record.number("size"):
		return faultf(f.at("size"), "is not that of the asset")
	case root != record.text("manifest_root"):
		return faultf(f.at("manifest_root"), "is not that of the asset")
	case record.has("sm3_fingerprint") && sm3 != record.text("sm3_fingerprint"):
		return faultf(f.at("sm3_fingerprint"), "is not that of the asset")
	case found != kept:
		return faultf(f.at("preflight"), "is not that of the asset")
	}
	return nil
}

// examined is the canonical JSON of what the custodian found when it ran the
// preflight, "" when it did not. It is read as the rules read it: an empty
// member may stand in the receipt and is not in the record.
func (f *fields) examined() string {
	if !f.has("preflight") {
		return ""
	}
	var e pledge.Examined
	if err := pledge.StrictUnmarshal(appendJSON(nil, f.object("preflight")), &e); err != nil {
		f.fail("preflight", "%v", err)
	}
	raw, err := pledge.CanonicalJSON(e)
	if err != nil {
		f.fail("preflight", "%v", err)
	}
	return string(raw)
}
