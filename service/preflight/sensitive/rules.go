package sensitive

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"sync"

	"github.com/gowebpki/jcs"
)

//go:embed rules.json
var rulesFile []byte

// Rule says what is looked for, by what right, and what follows from finding it.
type Rule struct {
	ID         string     `json:"id"`
	Version    string     `json:"version"`
	Name       Text2      `json:"name"`
	Standard   []string   `json:"standard"` // standards and clauses
	Category   string     `json:"category"`
	Kind       string     `json:"kind"`     // "personal", "sensitive" (GB/T 45574) or "business"
	Detector   string     `json:"detector"` // the code that recognizes it
	CheckDigit bool       `json:"check_digit"`
	Thresholds Thresholds `json:"thresholds"`
	Chance     Chance     `json:"chance"`
	// NeedsPerson: an attribute, sensitive only in a table that identifies persons.
	NeedsPerson bool `json:"needs_person"`
	// Headers are words in column names that tell of this rule; Hints only
	// allow it; Except are words that say it is something else.
	Headers []string `json:"headers"`
	Hints   []string `json:"hints"`
	Except  []string `json:"except"`
	Note    Text2    `json:"note"`
}

// Text2 is a text in both languages of the report.
type Text2 struct {
	ZH string `json:"zh"`
	EN string `json:"en"`
}

// Thresholds are rates of hits in basis points of the non-empty cells, from
// which on a column is sensitive (Named: by name and content, Hinted: by a
// name that hints and content, Sensitive: by content alone) or for review. 0 means never.
type Thresholds struct {
	Named     int `json:"named_bp"`
	Hinted    int `json:"hinted_bp"`
	Sensitive int `json:"sensitive_bp"`
	Review    int `json:"review_bp"`
}

// Chance says how hits come about by chance: one for every NearIn near misses,
// one in PoolIn random values of that length. Zero: not by chance.
type Chance struct {
	NearIn int64 `json:"near_in"`
	PoolIn int64 `json:"pool_in"`
}

type document struct {
	V       int    `json:"v"`
	Version string `json:"version"`
	Rules   []Rule `json:"rules"`
	Tables  tables `json:"tables"`
}

// Rules gives a copy of the rules, in the order in which they decide.
func Rules() []Rule { return slices.Clone(loaded().Rules) }

// RuleNamed is a rule by its ID; false: there is none.
func RuleNamed(id string) (Rule, bool) {
	rules := loaded().Rules
	if i := slices.IndexFunc(rules, func(r Rule) bool { return r.ID == id }); i >= 0 {
		return rules[i], true
	}
	return Rule{}, false
}

// Version is that of the set of rules.
func Version() string { return loaded().Version }

// Digest is "sha256:" and the digest of the rules' RFC 8785 form.
var Digest = sync.OnceValue(func() string {
	text, err := jcs.Transform(rulesFile)
	if err != nil {
		panic("sensitive: internal error: rules.json: " + err.Error())
	}
	sum := sha256.Sum256(text)
	return "sha256:" + hex.EncodeToString(sum[:])
})

// loaded reads the embedded rules once. They are part of the program: that
// they are right is a matter of its tests.
var loaded = sync.OnceValue(func() *document {
	d, err := parseRules(rulesFile)
	if err != nil {
		panic("sensitive: internal error: rules.json: " + err.Error())
	}
	return d
})

func parseRules(text []byte) (*document, error) {
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	d := new(document)
	if err := dec.Decode(d); err != nil {
		return nil, err
	}
	if len(d.Rules) > maxRules {
		return nil, fmt.Errorf("%d rules, at most %d", len(d.Rules), maxRules)
	}
	for i, r := range d.Rules {
		if _, known := detectors[r.Detector]; !known {
			return nil, fmt.Errorf("rule %s names detector %q", r.ID, r.Detector)
		}
		if slices.ContainsFunc(d.Rules[:i], func(o Rule) bool {
			return o.ID == r.ID || o.Detector == r.Detector && r.Detector != "any" && r.Detector != "token"
		}) {
			return nil, fmt.Errorf("rule %s or its detector %s is there twice", r.ID, r.Detector)
		}
	}
	return d, nil
}
