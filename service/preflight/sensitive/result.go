package sensitive

// Verdict is what follows for a column.
type Verdict string

// The verdicts, from light to grave.
const (
	Clean     Verdict = "clean"
	Masked    Verdict = "masked"
	Review    Verdict = "review"
	Sensitive Verdict = "sensitive"
)

// Gravity is greater for what is graver.
func Gravity(v Verdict) int { return gravity[v] }

var gravity = map[Verdict]int{Clean: 0, Masked: 1, Review: 2, Sensitive: 3}

// ColumnResult is what was found in one column. It holds no value of the data.
type ColumnResult struct {
	// Column is the column's name, or "#n" (from 1) where the name itself hits
	// a rule: a file without a header has data there.
	Column   string  `json:"column"`
	NonEmpty int64   `json:"non_empty"`
	Unknown  int64   `json:"unknown"` // cells in no known form, where the name tells of a rule
	Hits     []Hit   `json:"hits"`    // by rule
	Verdict  Verdict `json:"verdict"`
	Because  string  `json:"because"` // the rule that decided, "" when clean
}

// Hit is what one rule found in a column.
type Hit struct {
	Rule     string  `json:"rule"`
	Count    int64   `json:"count"`     // cells that hit
	Masked   int64   `json:"masked"`    // cells in a desensitized form
	Near     int64   `json:"near"`      // near misses: the form without the check
	ByChance bool    `json:"by_chance"` // chance gives about as many hits
	RateBP   int     `json:"rate_bp"`   // hits per 10,000 non-empty cells, rounded up
	Rows     []int64 `json:"rows"`      // the first five
	Verdict  Verdict `json:"verdict"`   // what follows from this rule alone

	rule int
}
