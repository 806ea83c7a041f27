package evidence

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// writesOf are n writes by ascending key.
func writesOf(n int) []write {
	list := make([]write, n)
	for i := range list {
		list[i] = write{fmt.Sprintf("k%06d", i), []byte("0")}
	}
	return list
}

// answerOf is the answer of one command that made n writes and tells of m
// values that were written again, under keys that begin with letter.
func answerOf(n, m int, letter string) []byte {
	places, replaced := make([]string, n), make([]string, m)
	for i := range places {
		places[i] = fmt.Sprint(i)
	}
	for i := range replaced {
		replaced[i] = fmt.Sprintf(`"%s%06d":1`, letter, i)
	}
	return fmt.Appendf(nil, `{"results":[{"command_id":"a","replaced":{%s},"status":"applied","writes":[%s]}],"v":1}`,
		strings.Join(replaced, ","), strings.Join(places, ","))
}

// One client's transaction, which needs no endorsement to stand in a block, may
// not keep a court busy: where each write was looked for among all the values
// written again, these took minutes.
func TestManyValuesWrittenAgain(t *testing.T) {
	for name, c := range map[string]struct {
		n, m   int
		letter string
		want   string
	}{
		"as many as writes":      {120_000, 120_000, "k", ""},
		"as many, of other keys": {120_000, 120_000, "x", "did not write"},
		"more than writes":       {30_000, 200_000, "k", "did not write"},
	} {
		list, err := parseResults(answerOf(c.n, c.m, c.letter), writesOf(c.n))
		if c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) || c.want == "" && err != nil {
			t.Errorf("%s: got %v, want %q", name, err, c.want)
		}
		if c.want == "" && slices.ContainsFunc(list[0].writes, func(w write) bool { return string(w.value) != "1" }) {
			t.Errorf("%s: a value that was written again is not told", name)
		}
	}
}

// What a block carries is counted once, however many receipts ask.
func TestCarriedIsCountedOnce(t *testing.T) {
	b := &block{txs: [][]byte{nil}, counted: &carriedCount{7, 5}}
	c := &checker{Report: newReport(ledgerFabric), founding: &era{}, trust: Trust{Consortium: &Consortium{}}, blocks: map[uint64]*block{3: b}}
	if all, valid := c.recordsOf(header{number: 3}); all != 7 || valid != 5 {
		t.Errorf("got %d and %d: it was counted again", all, valid)
	}
	b.counted = nil
	if all, valid := c.recordsOf(header{number: 3}); all != 0 || valid != 0 || b.counted == nil {
		t.Errorf("an empty transaction carries %d and %d, remembered: %v", all, valid, b.counted)
	}
}
