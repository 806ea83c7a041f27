package preflight

import (
	"slices"
	"strconv"

	"github.com/datapledge/datapledge/service/preflight/sensitive"
)

// A file without a heading begins with a value in each column, and a reader
// takes some of those for names. Names are printed, so they are looked at as
// values first.

// valueRules find a person in one value alone.
var valueRules = []string{"identity-number", "residence-card", "bank-card", "mobile-phone", "email", "plate", "vin"}

// columnRules need more than one value: a name is one of theirs when its
// column is full of them. Many words are surnames too: 余额 is nobody.
var columnRules = []string{"person-name", "address", "fixed-phone", "passport", "ip-address", "mac-address"}

// valueAmong is the rule by which one of some texts is a value for certain;
// "" for none.
func valueAmong(texts ...string) string {
	for _, text := range texts {
		for _, rule := range sensitive.Alone(text) {
			if slices.Contains(valueRules, rule) {
				return rule
			}
		}
	}
	return ""
}

// dataAmong is the rule by which the names of the columns are values; "" for
// names.
func (l *look) dataAmong(j *sensitive.Judgement) string {
	if rule := valueAmong(l.columns...); rule != "" {
		return rule
	}
	for i, name := range l.columns {
		c := j.Column(i)
		for _, h := range c.Hits {
			if slices.Contains(columnRules, h.Rule) && 2*h.Count >= c.NonEmpty && slices.Contains(sensitive.Alone(name), h.Rule) {
				return h.Rule
			}
		}
	}
	return ""
}

// result is what was found in a column, without its name where that is data.
func (f *found) result(j *sensitive.Judgement, i int) sensitive.ColumnResult {
	c := j.Column(i)
	if f.Heading != "" {
		c.Column = "#" + strconv.Itoa(i+1)
	}
	return c
}

// sheetName is the name of a sheet, or its number when the name is data.
func sheetName(name string, number int) string {
	if name != "" && (len(name) > 128 || valueAmong(name) != "") {
		return "#" + strconv.Itoa(number)
	}
	return name
}
