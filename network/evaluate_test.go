package network

import (
	"slices"
	"strconv"
	"strings"
	"testing"
)

// satisfied evaluates a signature policy like Fabric's common/cauthdsl: all
// branches in order, each signature used up by the first leaf that it
// satisfies within a branch that holds.
func satisfied(t *testing.T, rule string, signers []string) bool {
	t.Helper()
	e := evaluator{t: t, text: rule, signers: signers}
	ok := e.node(make([]bool, len(signers)))
	if e.text != "" {
		t.Fatalf("%s: %q is left over", rule, e.text)
	}
	return ok
}

type evaluator struct {
	t       *testing.T
	text    string
	signers []string
}

func (e *evaluator) node(used []bool) bool {
	if principal, ok := strings.CutPrefix(e.text, "'"); ok {
		name, rest, _ := strings.Cut(principal, "'")
		e.text = rest
		return e.leaf(name, used)
	}
	word, rest, ok := strings.Cut(e.text, "(")
	if !ok {
		e.t.Fatalf("no policy: %q", e.text)
	}
	e.text = rest
	n := 0
	if word == "OutOf" {
		number, rest, _ := strings.Cut(e.text, ", ")
		n, _ = strconv.Atoi(number)
		e.text = rest
	}
	return e.gate(word, n, used)
}

// leaf takes the first signature that is not used up.
func (e *evaluator) leaf(name string, used []bool) bool {
	for i, s := range e.signers {
		if s == name && !used[i] {
			used[i] = true
			return true
		}
	}
	return false
}

func (e *evaluator) gate(word string, n int, used []bool) bool {
	held, all := 0, 0
	for {
		try := slices.Clone(used)
		if e.node(try) {
			held++
			copy(used, try)
		}
		all++
		if rest, more := strings.CutPrefix(e.text, ", "); more {
			e.text = rest
			continue
		}
		break
	}
	rest, ok := strings.CutPrefix(e.text, ")")
	if !ok {
		e.t.Fatalf("no end: %q", e.text)
	}
	e.text = rest
	return held >= map[string]int{"AND": all, "OR": 1, "OutOf": n}[word]
}
