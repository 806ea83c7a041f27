package pledge

import (
	"maps"
	"slices"
	"testing"
)

// TestActsAreAllListed: an act in the table and not in the list would have no
// name in counters, notices and scripts.
func TestActsAreAllListed(t *testing.T) {
	if want := slices.Sorted(maps.Keys(acts)); !slices.Equal(Acts(), want) {
		t.Errorf("listed are %v, known %v", Acts(), want)
	}
}
