package evidence

import (
	"fmt"
	"strconv"

	"github.com/datapledge/datapledge/pledge"
)

// Detail is a line of what the record says, for whoever has no other reader of
// it at hand: all of it from the proven record.
type Detail struct {
	Key   string `json:"key"`
	Label Words  `json:"label"`
	Value string `json:"value"`
}

// subject tells the main lines of the record.
func (c *checker) subject() {
	n, err := parseJSON(c.last[c.recordKey()])
	switch {
	case c.search != nil:
		c.subjectSearch()
	case err != nil:
		return
	case c.list.kind == KindPledge:
		asset, _ := parseJSON(c.last[assetKey+c.assetID])
		c.subjectPledge(n)
		c.subjectAsset(asset)
	case c.list.kind == KindAsset:
		c.subjectAsset(n)
	default:
		c.detail("name", textIn(n, "name"))
		c.detail("roles", textsIn(n, "roles", ""))
	}
}

func (c *checker) recordKey() string {
	if c.list.kind == KindParty {
		return partyKey + c.list.id
	}
	return keyOf(c.list.id)
}

func (c *checker) detail(key, value string) {
	if value != "" {
		c.Record = append(c.Record, Detail{key, detailWords[key], value})
	}
}

func (c *checker) subjectPledge(n node) {
	terms, _ := n.get("terms")
	registered, _ := n.get("registered")
	perfection, _ := n.get("perfection")
	c.detail("state", textIn(n, "state"))
	c.detail("perfection", textIn(perfection, "state"))
	c.detail("pledgor", c.named(textIn(n, "pledgor")))
	c.detail("pledgee", c.named(textIn(n, "pledgee")))
	c.detail("secured_max", moneyIn(terms, "secured_max"))
	c.detail("mode", textIn(terms, "mode"))
	c.detail("registered", textIn(registered, "at"))
	c.detail("matures", textIn(terms, "matures"))
	c.detail("expires", textIn(terms, "expires"))
	c.detail("asset", textIn(n, "asset_id"))
}

func (c *checker) subjectAsset(n node) {
	notarized, _ := n.get("notarized")
	c.detail("name", textIn(n, "name"))
	c.detail("owner", c.named(textIn(n, "owner")))
	c.detail("status", textIn(n, "status"))
	c.detail("notarized", textIn(notarized, "at"))
	c.detail("fingerprint", textIn(n, "fingerprint"))
	c.detail("files", strconv.FormatInt(numberIn(n, "files"), 10))
	c.detail("size", strconv.FormatInt(numberIn(n, "size"), 10))
	c.detail("custodian", c.named(textIn(n, "custodian")))
}

func (c *checker) subjectSearch() {
	s := c.search
	for _, key := range []string{"asset_id", "party", "fingerprint", "upload_id", "name", "number"} {
		c.detail("searched", textIn(s.query, key))
	}
	c.detail("as_of", strconv.FormatUint(s.asOf.Height, 10))
	c.detail("assets", count(len(s.assets)))
	c.detail("liens", count(len(s.liens)))
	for _, l := range s.liens {
		c.detail("lien", fmt.Sprintf("%s %s, %s, %s, %d", l.pledge, textIn(l.told, "state"), c.named(textIn(l.told, "pledgee")), moneyIn(l.told, "secured_max"), l.rank))
	}
}

// named is a party with the name that the ledger has for it.
func (c *checker) named(party string) string {
	n, _ := parseJSON(c.last[partyKey+party])
	if name := textIn(n, "name"); name != "" {
		return name + " " + party
	}
	return party
}

// moneyIn is an amount for people, when the record has one.
func moneyIn(n node, name string) string {
	v, _ := n.get(name)
	a := pledge.Amount{Amount: numberIn(v, "amount"), Currency: textIn(v, "currency")}
	if a.Currency == "" {
		return ""
	}
	return a.Text()
}

var detailWords = map[string]Words{
	"state": {"质押状态", "state of the pledge"}, "perfection": {"法定登记", "statutory registration"}, "pledgor": {"出质人", "pledgor"}, "pledgee": {"质权人", "pledgee"},
	"secured_max": {"担保最高额", "secured up to"}, "mode": {"方式（exclusive 独占，ranked 顺位）", "mode"}, "registered": {"登记时间", "registered at"},
	"matures": {"债务到期", "debt matures"}, "expires": {"质押期满", "pledge expires"}, "asset": {"质押资产", "asset"}, "name": {"名称", "name"}, "owner": {"权利人", "owner"},
	"status": {"资产状态", "status of the asset"}, "notarized": {"存证时间", "notarized at"}, "fingerprint": {"哈希指纹", "fingerprint"}, "files": {"文件数", "files"},
	"size": {"字节数", "bytes"}, "custodian": {"托管方", "custodian"}, "roles": {"角色", "roles"}, "searched": {"查询对象", "searched"}, "as_of": {"查询截至区块", "as of block"},
	"assets": {"所查资产数", "assets looked at"}, "liens": {"在册有效质押数", "pledges in force found"}, "lien": {"质押（状态、质权人、担保最高额、顺位）", "pledge (state, pledgee, secured up to, rank)"},
}
