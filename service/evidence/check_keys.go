package evidence

import (
	"cmp"
	"slices"
)

// Place is where the ledger recorded something. CommandID is empty for what
// it was founded with.
type Place struct {
	Block     uint64 `json:"block"`
	Tx        uint64 `json:"tx,omitempty"` // of the block of a consortium
	Index     uint64 `json:"index"`
	Time      string `json:"time"`
	By        string `json:"by,omitempty"`
	CommandID string `json:"command_id,omitempty"`
}

// KeyLife is a key of a party and its life on the ledger: since where it
// could sign, and since where no more. Both are positions in the ledger, so
// that no clock decides them.
type KeyLife struct {
	Party    string `json:"party"`
	Name     string `json:"name"`
	KID      string `json:"kid"`
	Alg      string `json:"alg"`
	Scope    string `json:"scope"`
	Enrolled Place  `json:"enrolled"`
	Revoked  *Place `json:"revoked,omitempty"`
}

func placeOf(cmd command) Place {
	return Place{cmd.head.number, cmd.tx, cmd.index, cmd.head.stamp, cmd.by, cmd.jws.digest}
}

// foundingKeys begins the history of keys with those of the first members.
func (c *checker) foundingKeys() {
	at := Place{Block: c.genesis.head.number, Tx: c.genesis.tx, Index: c.genesis.index, Time: c.genesis.head.stamp}
	for _, m := range fieldsOf(c.founded, "").list("members") {
		c.enrolledKeys(fieldsOf(m, ""), at)
	}
}

// keyHistory follows a command that the register took.
func (c *checker) keyHistory(cmd command) {
	switch f := cmd.read(); cmd.act {
	case "party.enroll":
		c.enrolledKeys(f, placeOf(cmd))
	case "party.add_key":
		c.granted(f.text("party"), f.object("key"), placeOf(cmd))
	case "party.revoke_key":
		c.revoked(f.text("party"), f.text("kid"), placeOf(cmd))
	}
}

func (c *checker) enrolledKeys(f *fields, at Place) {
	for _, grant := range f.list("keys") {
		c.granted(f.text("party"), grant, at)
	}
}

func (c *checker) granted(party string, grant node, at Place) {
	f := fieldsOf(grant, "")
	key, err := parseKey(f.object("jwk"), "jwk")
	if err != nil {
		return // the register told it
	}
	c.Keys = append(c.Keys, KeyLife{Party: party, KID: key.kid, Alg: key.alg, Scope: f.text("scope"), Enrolled: at})
}

// revoked ends every life of the key: one that was granted again stays revoked.
func (c *checker) revoked(party, kid string, at Place) {
	for i, k := range c.Keys {
		if k.Party == party && k.KID == kid && k.Revoked == nil {
			c.Keys[i].Revoked = &at
		}
	}
}

// nameKeys says whose the keys are, by the parties' proven records, and puts
// a party's keys together, in the order in which parties came to the ledger.
func (c *checker) nameKeys() {
	names, came := map[string]string{}, map[string]int{}
	for i, k := range c.Keys {
		if _, known := came[k.Party]; !known {
			came[k.Party] = i
		}
		if _, known := names[k.Party]; !known {
			n, _ := parseJSON(c.last[partyKey+k.Party])
			names[k.Party] = fieldsOf(n, "").text("name")
		}
		c.Keys[i].Name = names[k.Party]
	}
	slices.SortStableFunc(c.Keys, func(a, b KeyLife) int { return cmp.Compare(came[a.Party], came[b.Party]) })
}
