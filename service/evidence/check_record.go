package evidence

import (
	"bytes"
	"strings"
)

// Keys of the ledger's state, as FORMAT.md lists them.
const (
	partyKey   = "v1/party/"
	assetKey   = "v1/asset/"
	pledgeKey  = "v1/pledge/"
	commandKey = "v1/command/" // <USCC>/<command id>
	channelKey = "v1/channel"
)

// records compares record.json, and a pledge's asset.json, with what the
// proven entries wrote last under their keys.
func (c *checker) records() {
	if c.list.kind == KindSearch {
		return // its record is a report, and no state of the ledger
	}
	prefix := map[string]string{KindAsset: assetKey, KindPledge: pledgeKey, KindParty: partyKey}
	c.matches(CheckHistory, nameRecord, prefix[c.list.kind]+c.list.id)
	if c.list.kind == KindPledge {
		c.matches(CheckHistory, nameAsset, assetKey+c.assetID)
	}
}

func (c *checker) matches(check, name, key string) {
	data, ok := find(c.files, name)
	if !ok {
		return
	}
	switch want, proven := c.last[key]; {
	case !proven:
		c.note(check, name, faultf("", "no proven command wrote %.80q", key))
	case !bytes.Equal(data, want):
		c.note(check, name, faultf("", "is not what the ledger wrote last under %s", key))
	default:
		c.pass(check)
	}
}

// assetOf is the asset that the package is about, "" for a party.
func (c *checker) assetOf() string {
	if c.list.kind == KindAsset {
		return c.list.id
	}
	if c.list.kind != KindPledge {
		return ""
	}
	data, _ := find(c.files, nameRecord)
	n, err := parseCanonical(data)
	if err != nil {
		return ""
	}
	return fieldsOf(n, "").text("asset_id")
}

// parties compares each party's file, and wants one for everybody who signed.
func (c *checker) parties() {
	for _, f := range c.files {
		if roleOf(f.name) == "party" {
			id := strings.TrimSuffix(strings.TrimPrefix(f.name, dirParties), ".json")
			c.matches(CheckParties, f.name, partyKey+id)
		}
	}
	for _, cmd := range c.all() {
		name := dirParties + cmd.by + ".json"
		if _, ok := find(c.files, name); !ok {
			c.note(CheckParties, cmd.file, faultf("command.payload.by", "%.200q is missing", name))
		}
	}
}

// keyOf is the key of an asset or a pledge in the ledger's state.
func keyOf(id string) string {
	if strings.HasPrefix(id, "pl_") {
		return pledgeKey + id
	}
	return assetKey + id
}

func (c *checker) asset() (*fields, error) {
	name := nameRecord
	if c.list.kind == KindPledge {
		name = nameAsset
	}
	data, _ := find(c.files, name)
	n, err := parseCanonical(data)
	if err != nil {
		return nil, faultf("", "%s: %v", name, err)
	}
	return fieldsOf(n, ""), nil
}
