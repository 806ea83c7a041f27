package evidence

import (
	"strings"

	"github.com/datapledge/datapledge/pledge"
)

// againstFlags are what assets and pledges have in common: orders that stand,
// objections, acts that wait for a signature, texts that were corrected.
func (c *checker) againstFlags(id string, n node) {
	orders, _ := n.get("frozen")
	for _, o := range orders.list {
		if until := textIn(o, "until"); until == "" || !c.passed(until) {
			c.against("frozen", id, textIn(o, "at"), spaced(textIn(o, "court"), textIn(o, "file_no"), textIn(o, "effect")))
		}
	}
	c.againstObjections(id, n)
	agreements, _ := n.get("agreements")
	for _, a := range agreements.list {
		c.against("agreement-open", id, "", spaced(textIn(a, "act"), textsIn(a, "signed", "by")))
	}
	if fields := textsIn(n, "corrections", "field"); fields != "" {
		c.against("corrected", id, "", fields)
	}
}

// againstObjections: one that is open, before a court or upheld.
func (c *checker) againstObjections(id string, n node) {
	objections, _ := n.get("objections")
	for _, o := range objections.list {
		switch state := textIn(o, "state"); state {
		case "OPEN", "IN_COURT", "UPHELD":
			c.against("objection", id, textIn(o, "at"), spaced(state, textIn(o, "ground"), textIn(o, "by")))
		}
	}
}

// againstContents: what the newest version does not have of those before.
func (c *checker) againstContents(id string, n node) {
	versions, _ := n.get("versions")
	for _, v := range versions.list {
		recorded, _ := v.get("recorded")
		if files := numberIn(v, "redacted"); files > 0 {
			c.against("redacted", id, textIn(recorded, "at"), count(int(numberIn(v, "number")))+": "+count(int(files)))
		}
		if unproven, _ := v.get("unproven"); unproven.kind == 't' {
			c.against("version-unproven", id, textIn(recorded, "at"), count(int(numberIn(v, "number"))))
		}
	}
}

// againstLife is what became of a pledge after it was registered.
func (c *checker) againstLife(id string, n node) {
	alerts, _ := n.get("alerts")
	for _, a := range alerts.list {
		code := "alert"
		if _, over := a.get("cleared"); over {
			code = "alert-cleared"
		}
		c.against(code, id, textIn(a, "at"), textIn(a, "kind"))
	}
	if notice, ok := n.get("default_notice"); ok && textIn(n, "state") == "ACTIVE" {
		c.against("default-noticed", id, textIn(notice, "at"), spaced(textIn(notice, "reason"), textIn(notice, "grace_ends")))
	}
	if cured, ok := n.get("cured"); ok {
		c.against("cured", id, "", count(len(cured.list)))
	}
	c.againstRank(id, n)
	if key, ok := n.get("key_release"); ok {
		c.against("key-released", id, textIn(key, "at"), textIn(key, "to"))
	}
	if sale, _ := n.get("realization"); numberIn(sale, "shortfall") > 0 {
		price, _ := sale.get("price")
		missing := pledge.Amount{Amount: numberIn(sale, "shortfall"), Currency: textIn(price, "currency")}
		c.against("shortfall", id, textIn(sale, "date"), missing.Text())
	}
}

// againstRank: what a pledge covers or where it ranks is not what it was first.
func (c *checker) againstRank(id string, n node) {
	if to := textsIn(n, "subordinated_to", "to"); to != "" {
		c.against("subordinated", id, "", to)
	}
	increments, _ := n.get("increments")
	for _, i := range increments.list {
		added, _ := i.get("added")
		c.against("increment", id, textIn(added, "at"), count(int(numberIn(i, "version")))+" / "+count(int(numberIn(i, "seq"))))
	}
	asset, err := parseJSON(c.last[assetKey+textIn(n, "asset_id")])
	if owner := textIn(asset, "owner"); err == nil && owner != textIn(n, "pledgor") {
		c.against("owner-changed", id, "", owner)
	}
}

// spaced joins what is there.
func spaced(parts ...string) string {
	var said []string
	for _, p := range parts {
		if p != "" {
			said = append(said, p)
		}
	}
	return strings.Join(said, ", ")
}
