package evidence

import "bytes"

// PartState says how much of a part a package has.
type PartState string

// The states of a part.
const (
	Present PartState = "PRESENT"
	Partial PartState = "PARTIAL"
	Missing PartState = "MISSING"
)

// Part is a line of the list of what a court would want to see: what the
// package has for it, and what not, and why.
type Part struct {
	Number string    `json:"part"`
	Title  Words     `json:"title"`
	State  PartState `json:"state"`
	Has    *Words    `json:"has,omitempty"`
	Lacks  *Words    `json:"lacks,omitempty"`
}

// partRule is how a part's state follows from the facts: the first line whose
// condition holds.
type partRule struct {
	number string
	title  Words
	lines  []partLine
}

type partLine struct {
	when  func(f *facts) bool // nil: always
	state PartState
	has   Words
	lacks Words
}

// partsOf judges every part by what the checker found itself.
func partsOf(f *facts) []Part {
	var list []Part
	for _, rule := range partRules {
		line := rule.line(f)
		p := Part{Number: rule.number, Title: rule.title, State: line.state}
		if line.has != (Words{}) {
			p.Has = &line.has
		}
		if line.lacks != (Words{}) {
			p.Lacks = &line.lacks
		}
		list = append(list, p)
	}
	return list
}

func (r partRule) line(f *facts) partLine {
	for _, line := range r.lines {
		if line.when == nil || line.when(f) {
			return line
		}
	}
	return partLine{state: Missing}
}

// partsList compares parts.json, when there is one, with what is really there.
func (c *checker) partsList() {
	c.gatherFacts()
	data, ok := find(c.files, nameParts)
	if !ok {
		return
	}
	want := []byte(`{"parts":[`)
	for i, p := range partsOf(c.facts.asListed()) {
		if i > 0 {
			want = append(want, ',')
		}
		want = append(want, `{"part":"`+p.Number+`","state":"`+string(p.State)+`"}`...)
	}
	want = append(want, `],"v":1}`...)
	if !bytes.Equal(data, want) {
		c.note(CheckParts, nameParts, faultf("parts", "is not what the package holds: it should be %s", want))
		return
	}
	c.pass(CheckParts)
}
