package index_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/datapledge/datapledge/pledge"
)

// TestAssetsBySM3: in ledger order, as of a height, and still after the record
// changed.
func TestAssetsBySM3(t *testing.T) {
	m := newMaker("sm3")
	sm3 := "sm3:" + strings.Repeat("a", 64)
	var ids []string
	for range 3 {
		m.block(m.notarizeSM3(owners[0], sm3))
		ids = append(ids, m.blocks[len(m.blocks)-1].Commands[0].Outcome.RecordID)
		m.block(m.notarize(owners[1], "plain"))
	}
	m.block(m.asset(ids[0], func(a *pledge.Asset) { a.Name = "renamed" }))
	ix := opened(t, m)
	for height, want := range map[uint64][]string{0: nil, 1: ids[:1], 2: ids[:1], 3: ids[:2], 5: ids, 7: ids} {
		got, err := ix.AssetsBySM3(context.Background(), sm3, height)
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("as of %d: got %v, %v, want %v", height, got, err, want)
		}
	}
	if got, err := ix.AssetsBySM3(context.Background(), "sm3:"+strings.Repeat("b", 64), 7); err != nil || got != nil {
		t.Errorf("got %v, %v, want nothing", got, err)
	}
}
