package evidence

import (
	"bytes"
	"slices"
)

// reportType is the typ header of the service's signed reports.
const reportType = "datapledge-report+jws"

// search is a signed search for pledges: what it was asked, as of which
// block, what it looked at and what it found.
type search struct {
	jws      signed
	number   string
	query    node
	asOf     Head
	at       string // the time of as_of
	complete bool
	none     bool
	seq      *int64
	assets   []searchedAsset
	liens    []lien
	content  *comparison
	on       map[string][]lien // by asset
	looked   map[string]bool   // the assets
	by       KeyLife           // what signed it
}

type searchedAsset struct {
	id, owner, via   string
	seq              int64
	disputed, frozen bool
	overlaps         node
	told             func(name string) string // its other texts, "" when absent
}

type lien struct {
	pledge, asset string
	via           string
	rank          int64
	told          node
}

// readSearch reads the report, so that its records count as what the package
// is about. Who signed it is known only after the commands were read.
func (c *checker) readSearch() {
	if c.list.kind != KindSearch {
		return
	}
	text, _ := find(c.files, nameReport)
	s, err := parseSearch(string(text))
	if err == nil {
		record, _ := find(c.files, nameRecord)
		switch {
		case !bytes.Equal(record, s.jws.payload):
			err = faultf("", "is not the payload of the signed report")
		case s.number != c.list.id:
			err = faultf("number", "is %.60q, the package is about %s", s.number, c.list.id)
		case s.asOf.Height > c.list.asOf.Height:
			err = faultf("as_of.height", "is after the package's as_of")
		}
	}
	if !c.note(CheckSearch, nameRecord, err) {
		return
	}
	c.search = s
	for _, a := range s.assets {
		c.searched = append(c.searched, a.id)
	}
	for _, l := range s.liens {
		c.searched = append(c.searched, l.pledge)
	}
}

func parseSearch(text string) (*search, error) {
	jws, err := parseJWS(text, reportType)
	if err != nil {
		return nil, err
	}
	n, err := parseJSON(jws.payload)
	if err != nil {
		return nil, faultf("", "%v", err)
	}
	f := fieldsOf(n, "")
	asOf := fieldsOf(f.object("as_of"), "as_of")
	s := &search{jws: jws, number: f.text("number"), query: f.object("query"), complete: f.truth("complete"), none: f.truth("none"),
		asOf: Head{uint64(asOf.number("height")), asOf.text("hash")}}
	if asOf.has("at") {
		s.at = asOf.text("at")
	}
	asOf.digest("hash")
	if f.has("expected_seq") {
		seq := f.number("expected_seq")
		s.seq = &seq
	}
	return s, firstOf(f.error(), asOf.error(), s.read(f), s.readContent(f))
}

func (s *search) read(f *fields) error {
	s.on, s.looked = map[string][]lien{}, map[string]bool{}
	for _, n := range f.list("assets") {
		a := fieldsOf(n, "assets")
		s.assets = append(s.assets, searchedAsset{id: a.text("asset_id"), owner: a.text("owner"), via: a.text("via"), seq: a.number("expected_seq"),
			disputed: a.truth("disputed"), frozen: a.truth("frozen"), overlaps: a.take("overlaps", '['), told: func(name string) string { return textIn(n, name) }})
		if err := a.error(); err != nil {
			return err
		}
		if id := a.text("asset_id"); s.looked[id] {
			return faultf("assets", "%.40q stands twice", id)
		}
		s.looked[a.text("asset_id")] = true
	}
	for _, n := range f.list("liens") {
		l := fieldsOf(n, "liens")
		found := lien{l.text("pledge_id"), l.text("asset_id"), l.text("via"), l.number("rank"), n}
		if err := l.error(); err != nil {
			return err
		}
		s.liens, s.on[found.asset] = append(s.liens, found), append(s.on[found.asset], found)
	}
	return f.error()
}

// searchReport notes whether an exchange of this ledger signed the report with
// a key that was not revoked at the block of the search. A search of the
// present is signed by a key that the ledger had then.
func (c *checker) searchReport() {
	s := c.search
	if s == nil {
		return
	}
	for id, p := range c.register {
		k, ok := p.keys[s.jws.kid]
		if ok && p.roles["exchange"] {
			c.note(CheckSearch, nameReport, firstOf(s.jws.verify(k.key), c.alive(id, s), c.knownBlock(s.asOf)))
			return
		}
	}
	c.note(CheckSearch, nameReport, faultf("jws.protected.kid", "is no key of an exchange on this ledger"))
}

func (c *checker) alive(party string, s *search) error {
	i := slices.IndexFunc(c.Keys, func(k KeyLife) bool { return k.Party == party && k.KID == s.jws.kid })
	if i < 0 {
		return faultf("jws.protected.kid", "is not on the ledger")
	}
	k := c.Keys[i]
	s.by = k
	if _, past := s.query.get("as_of"); !past && k.Enrolled.Block > s.asOf.Height {
		return faultf("jws.protected.kid", "was enrolled in block %d, the search is of block %d", k.Enrolled.Block, s.asOf.Height)
	}
	if k.Revoked != nil && k.Revoked.Block <= s.asOf.Height {
		return faultf("jws.protected.kid", "was revoked in block %d, the search is of block %d", k.Revoked.Block, s.asOf.Height)
	}
	return nil
}

// knownBlock compares the block that the search names with what the package
// proves of it: the block itself, or the one after, which holds its hash.
func (c *checker) knownBlock(at Head) error {
	if at.Height == c.list.asOf.Height && at.Hash != c.list.asOf.Hash {
		return faultf("as_of.hash", "is not that of block %d", at.Height)
	}
	for _, p := range append([]proof{c.genesis}, c.proofs()...) {
		if p.file == "" {
			continue
		}
		if p.head.number == at.Height && p.head.hash != at.Hash || p.head.number == at.Height+1 && p.head.prev != at.Hash {
			return faultf("as_of.hash", "is not that of block %d", at.Height)
		}
	}
	return nil
}

func (c *checker) proofs() []proof {
	list := make([]proof, len(c.commands))
	for i, cmd := range c.commands {
		list[i] = cmd.proof
	}
	return list
}
