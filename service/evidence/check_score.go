package evidence

import "slices"

// Mark says how far a package speaks to a factor that a law asks for.
type Mark string

// The marks. Weak: it speaks to the factor, and something else is needed.
// None: nothing here can establish it, or a check that it rests on failed.
const (
	MarkPass Mark = "PASS"
	MarkWeak Mark = "WEAK"
	MarkNone Mark = "MISSING"
)

// Score is a line of the scorecard: what a provision asks, which checks and
// parts of the package speak to it, and what came of them.
type Score struct {
	Law     string   `json:"law"`     // its usual Chinese short title
	Article string   `json:"article"` // "17(2)" is number 2 of article 17
	Factor  Words    `json:"factor"`
	Checks  []string `json:"checks"`
	Parts   []string `json:"parts"`
	Mark    Mark     `json:"mark"`
	Reason  Words    `json:"reason"`
}

// factor is a provision as data. All checks must have passed; then the first
// line whose condition holds gives the mark.
type factor struct {
	law, article string
	asks         Words
	kinds        func(f *facts) bool // nil: of every package
	checks       []string
	parts        []string
	lines        []factorLine
}

type factorLine struct {
	when func(f *facts) bool // nil: always
	mark Mark
	why  Words
}

// scoresOf marks every factor that arises for the kind of record.
func (r Report) scoresOf(f *facts) []Score {
	list := []Score{}
	for _, row := range factors {
		if row.kinds != nil && !row.kinds(f) {
			continue
		}
		s := Score{row.law, row.article, row.asks, append([]string{}, row.checks...), append([]string{}, row.parts...), MarkNone, Words{}}
		s.Mark, s.Reason = r.mark(row, f)
		list = append(list, s)
	}
	return list
}

func (r Report) mark(row factor, f *facts) (Mark, Words) {
	if !r.OK() {
		return MarkNone, Words{"本包未通过核验，不得据以认定。", "The package did not pass: nothing may be based on it."}
	}
	for _, name := range row.checks {
		if known := r.Find(name); known.Result == Fail {
			return MarkNone, Words{"核验项 " + name + " 未通过。", "The check " + name + " failed."}
		}
	}
	if slices.Contains(row.checks, CheckCommand) && r.Find(CheckCommand).Result == NotPresent {
		return MarkNone, Words{"包内没有签名指令：该成员由创世区块登记。", "There is no signed command in the package: the ledger was founded with this member."}
	}
	for _, line := range row.lines {
		if line.when == nil || line.when(f) {
			return line.mark, line.why
		}
	}
	return MarkNone, Words{"包内没有与此有关的内容。", "Nothing in the package speaks to this."}
}

// assess says what the findings mean for a court. It is asked again when more
// was compared.
func (r *Report) assess() {
	f := facts{kind: r.RecordKind, consortium: r.ofConsortium()}
	if r.facts != nil {
		f = *r.facts
		f.data = r.Find(CheckDataMatches).Result
		r.Parts = partsOf(&f)
	}
	r.Scorecard = r.scoresOf(&f)
}
