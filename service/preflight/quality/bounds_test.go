package quality

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// TestExpectationsAreBounded: each of these is small in the file, and takes
// time or memory for every row.
func TestExpectationsAreBounded(t *testing.T) {
	many := func(n int) (names []string, pairs [][2]string, unique map[string]*ColumnExpectation) {
		unique = map[string]*ColumnExpectation{}
		for i := range n {
			name := fmt.Sprint("c", i)
			names, pairs = append(names, name), append(pairs, [2]string{name, name})
			unique[name] = &ColumnExpectation{Unique: true}
		}
		return names, pairs, unique
	}
	for _, over := range []int{0, 1} {
		names, pairs, _ := many(mostNames + over)
		_, _, unique := many(mostUniques + over)
		for what, e := range map[string]*Expectation{"key": {Key: names}, "quasi": {QuasiIdentifiers: names, K: 2}, "order": {Order: pairs}, "unique": {Columns: unique}} {
			text, err := json.Marshal(Expectations{V: 1, AtLeast: map[Dimension]int{}, Tables: map[string]*Expectation{"t": e}})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := ParseExpectations(strings.NewReader(string(text))); (err != nil) != (over > 0) {
				t.Errorf("%s: %d too many: %v", what, over, err)
			}
		}
	}
}
