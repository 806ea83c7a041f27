package evidence

// The register is what the proven commands say about parties and keys. It is
// read from the signed bodies, not from what the ledger wrote.
type registered struct {
	key     publicKey
	revoked bool
}

type party struct {
	roles map[string]bool
	keys  map[string]registered
}

type register map[string]*party

func (r register) enrol(f *fields) error {
	p := &party{map[string]bool{}, map[string]registered{}}
	id := f.text("party")
	for _, role := range f.list("roles") {
		p.roles[role.text] = true
	}
	for _, n := range f.list("keys") {
		if err := p.grant(n, f.at("keys")); err != nil {
			return err
		}
	}
	if r[id] != nil {
		f.fail("party", "is enrolled twice")
	}
	if err := f.error(); err != nil {
		return err
	}
	r[id] = p
	return nil
}

func (p *party) grant(n node, path string) error {
	f := fieldsOf(n, path)
	key, err := parseKey(f.object("jwk"), f.at("jwk"))
	if err != nil {
		return err
	}
	// A key that was revoked stays so, even when it is granted again.
	p.keys[key.kid] = registered{key, p.keys[key.kid].revoked}
	return f.error()
}

// apply follows a command that was found valid.
func (r register) apply(cmd command) error {
	f := cmd.read()
	switch cmd.act {
	case "party.enroll":
		return r.enrol(f)
	case "party.add_key":
		p := r[f.text("party")]
		if p == nil {
			return faultf(f.at("party"), "is not enrolled")
		}
		return p.grant(f.object("key"), f.at("key"))
	case "party.revoke_key":
		p, kid := r[f.text("party")], f.text("kid")
		if p == nil || p.keys[kid].key.key == nil {
			return faultf(f.at("kid"), "is not a key of the party")
		}
		p.keys[kid] = registered{p.keys[kid].key, true}
	}
	return f.error()
}

func (r register) genesis(n node) error {
	f := fieldsOf(n, "entry.genesis")
	for _, m := range f.list("members") {
		if err := r.enrol(fieldsOf(m, "entry.genesis.members")); err != nil {
			return err
		}
	}
	return f.error()
}

// signer notes under three names whether by signed s with a key that was on
// the ledger then; signature is the name of the first.
func (c *checker) signer(s signed, by, file, signature string) bool {
	p := c.register[by]
	if p == nil {
		return c.note(CheckEnrolled, file, faultf("command.payload.by", "the party %.40q is not enrolled before this", by))
	}
	k, ok := p.keys[s.kid]
	if !ok {
		return c.note(CheckEnrolled, file, faultf("jws.protected.kid", "the key %.60q is not on the ledger before this", s.kid))
	}
	c.pass(CheckEnrolled)
	good := c.note(signature, file, s.verify(k.key))
	if k.revoked {
		return c.note(CheckNotRevoked, file, faultf("jws.protected.kid", "the key %s was revoked before this", s.kid))
	}
	c.pass(CheckNotRevoked)
	return good
}
