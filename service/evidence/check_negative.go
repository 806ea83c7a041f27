package evidence

import (
	"strings"
	"time"

	"github.com/datapledge/datapledge/service/printable"
)

// Fact is something that speaks against the record, or limits what the
// package shows. RecordID is empty when it is about the package as a whole;
// Since is a time of the ledger, where one is recorded.
type Fact struct {
	Code     string `json:"code"`
	RecordID string `json:"record_id,omitempty"`
	Since    string `json:"since,omitempty"`
	Words
}

// against notes a negative fact; its text is that of the code, with detail in it.
func (c *checker) against(code, id, since, detail string) {
	w := negativeWords[code]
	detail = printable.Text(detail)
	c.Negative = append(c.Negative, Fact{code, id, since, Words{strings.ReplaceAll(w.ZH, "{}", inChinese(detail)), strings.ReplaceAll(w.EN, "{}", detail)}})
}

// negatives derives from the proven records alone what speaks against them.
func (c *checker) negatives() {
	if n, err := parseJSON(c.last[assetKey+c.assetID]); err == nil && c.assetID != "" {
		c.againstAsset(c.assetID, n)
	}
	if n, err := parseJSON(c.last[pledgeKey+c.list.id]); err == nil && c.list.kind == KindPledge {
		c.againstPledge(c.list.id, n)
	}
	for _, id := range c.searched {
		c.againstSearched(id)
	}
	c.againstSearch()
	c.againstParties()
	c.againstReceipts()
	c.againstPackage()
}

// againstSearched is the same for the records that a search named, as of the
// package's last block: they may have changed since the search.
func (c *checker) againstSearched(id string) {
	if n, err := parseJSON(c.last[keyOf(id)]); err == nil {
		if strings.HasPrefix(id, "pl_") {
			c.againstPledge(id, n)
			return
		}
		c.againstAsset(id, n)
	}
}

// againstSearch says what the search did not see: bounds, and what came later.
func (c *checker) againstSearch() {
	if c.search == nil {
		return
	}
	if !c.search.complete {
		c.against("search-incomplete", "", "", "")
	}
	if at := c.search.by.Revoked; at != nil {
		c.against("search-key-revoked", "", at.Time, count(int(at.Block)))
	}
	c.againstContent(c.search.content)
	for _, a := range c.search.assets {
		n, err := parseJSON(c.last[assetKey+a.id])
		if now := numberIn(n, "seq"); err == nil && now != a.seq {
			c.against("search-outdated", a.id, textIn(n, "updated_at"), count(int(a.seq))+" → "+count(int(now)))
		}
	}
}

func (c *checker) againstAsset(id string, n node) {
	if status := textIn(n, "status"); status == "WITHDRAWN" || status == "REVOKED" {
		c.against("asset-ended", id, textIn(n, "updated_at"), status)
	}
	c.againstFlags(id, n)
	if others := textsIn(n, "disputed_with", ""); others != "" {
		c.against("disputed", id, "", others)
	}
	declaration, _ := n.get("declaration")
	if findings := textsIn(declaration, "overrides", "finding"); findings != "" {
		c.against("findings-overridden", id, "", findings+" ("+textsIn(declaration, "overrides", "capacity")+")")
	}
	c.againstContents(id, n)
	if others := textsIn(n, "kin", ""); others != "" {
		c.against("kin", id, "", others)
	}
	if others := textsIn(n, "overlaps", "asset_id"); others != "" {
		c.against("overlaps", id, "", others)
	}
	if others := textsIn(n, "in_force", "pledge_id"); others != "" && others != c.list.id {
		c.against("encumbered", id, "", others)
	}
	if certificate, ok := n.get("registration_certificate"); ok && c.passed(textIn(certificate, "expires")) {
		c.against("certificate-expired", id, textIn(certificate, "expires"), textIn(certificate, "number"))
	}
}

func (c *checker) againstPledge(id string, n node) {
	c.againstFlags(id, n)
	c.againstState(id, n)
	c.againstLife(id, n)
	c.againstPerfection(id, n)
	if demand, ok := n.get("release_demand"); ok {
		c.against("release-demanded", id, textIn(demand, "at"), textIn(demand, "by"))
	}
	if _, ok := n.get("custody"); !ok {
		c.against("custody-unchecked", id, "", "")
	}
	scan, _ := n.get("scan")
	if textIn(scan, "result") == "waived" {
		c.against("scan-waived", id, textIn(scan, "at"), textIn(scan, "waived_by"))
	}
	if others := textsIn(scan, "overlaps", "asset_id"); others != "" {
		c.against("scan-overlaps", id, textIn(scan, "at"), others)
	}
}

// againstPerfection: only a verified registration, whose term runs, counts.
func (c *checker) againstPerfection(id string, n node) {
	perfection, _ := n.get("perfection")
	verified, _ := perfection.get("verified")
	switch state := textIn(perfection, "state"); {
	case state != "VERIFIED":
		c.against("not-perfected", id, "", state)
	case c.passed(textIn(verified, "term_end")):
		c.against("perfection-over", id, textIn(verified, "term_end"), textIn(verified, "number"))
	}
	filing, _ := perfection.get("filing")
	for _, f := range []node{verified, filing} {
		if doubts := textsIn(f, "warnings", ""); doubts != "" {
			c.against("perfection-doubtful", id, "", textIn(f, "number")+" "+doubts)
		}
	}
}

// againstState says that a pledge is not, or no longer, in force.
func (c *checker) againstState(id string, n node) {
	terms, _ := n.get("terms")
	switch state := textIn(n, "state"); {
	case state == "PROPOSED" && c.passed(textIn(n, "offer_expires")):
		c.against("offer-expired", id, textIn(n, "offer_expires"), state)
	case state == "PROPOSED" || state == "PENDING":
		c.against("not-registered", id, "", state)
	case state == "DEFAULTED" || state == "ENFORCING":
		c.against("in-default", id, "", state)
	case state != "ACTIVE":
		c.against("pledge-ended", id, textIn(n, "updated_at"), state)
	case c.passed(textIn(terms, "expires")):
		c.against("term-over", id, textIn(terms, "expires"), "")
	}
}

// againstParties names keys of the parties here that were revoked.
func (c *checker) againstParties() {
	for _, k := range c.Keys {
		if k.Revoked != nil {
			c.against("key-revoked", k.Party, k.Revoked.Time, k.KID)
		}
	}
}

func (c *checker) againstPackage() {
	f := c.facts
	if !f.consortium {
		c.against("one-partys-word", "", "", "")
	}
	if f.stamped < f.blocks {
		c.against("no-time-stamp", "", "", count(f.blocks-f.stamped)+"/"+count(f.blocks))
	}
	if f.proven < f.stamped {
		c.against("time-stamp-unproven", "", "", count(f.stamped-f.proven)+"/"+count(f.blocks))
	}
	if !f.imprinted() {
		c.against("no-imprint", "", "", "")
	} else if !f.imprintHolds {
		c.against("imprint-unproven", "", "", "")
	}
}

// passed compares a time of a record with the time at which the package was
// made: a checker has no clock of its own.
func (c *checker) passed(at string) bool {
	made, _ := parseTime(c.list.made)
	for _, layout := range []string{time.RFC3339Nano, time.DateOnly} {
		if t, err := time.Parse(layout, at); err == nil {
			return t.Before(made)
		}
	}
	return false
}

// textIn is a text member of an object, "" when there is none.
func textIn(n node, name string) string {
	v, _ := n.get(name)
	return v.text
}

// textsIn joins the texts of a list, or of a member of its objects.
func textsIn(n node, list, member string) string { return strings.Join(textsOf(n, list, member), ", ") }

func textsOf(n node, list, member string) (out []string) {
	v, _ := n.get(list)
	for _, item := range v.list {
		if member != "" {
			item, _ = item.get(member)
		}
		out = append(out, item.text)
	}
	return out
}
