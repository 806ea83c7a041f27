package index_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/service/index"
	"github.com/datapledge/datapledge/service/ledgertest/actors"
)

// pledged is a chain with one pledge in force.
func pledged(t *testing.T) (l *lives, asset, lien string) {
	t.Helper()
	l = newLives(t, 1)
	asset = l.notarize(l.cast.Enterprise, actors.NewDataset(l.cast.Own("data"), 2))
	lien = l.offered(asset, l.cast.Bank, pledge.Exclusive)
	if o := l.register(lien, 0); o.Status != pledge.Applied {
		t.Fatalf("got %+v", o)
	}
	return l, asset, lien
}

// TestSearchOfALossyLedger: a record that another names and that is not there
// is a fault: left out, it would pass for none.
func TestSearchOfALossyLedger(t *testing.T) {
	l, asset, lien := pledged(t)
	for _, key := range []string{pledge.KeyPledge(lien), pledge.KeyAsset(asset)} {
		ix := opened(t, &maker{blocks: l.blocks})
		ledger := replay(l.blocks)
		delete(ledger.state, key)
		s := must(service.New(service.Options{Ledger: ledger, Index: ix, Vault: newVault(t), Custodian: custodianKey, ReadYourWrites: testTimeout}))(t)
		r, err := s.Search(t.Context(), enquirer, service.SearchRequest{Fingerprint: l.asset(asset).Fingerprint})
		if err == nil || !strings.Contains(err.Error(), "has no record") {
			t.Errorf("without %s: got %+v, %v", key, r, err)
		}
	}
}

// late is an index that shows versions of no asset, as one that lags behind.
type late struct {
	*index.Index
	all bool
}

func (l late) Versions(ctx context.Context, asset string) ([][]pledge.File, error) {
	all, err := l.Index.Versions(ctx, asset)
	if len(all) == 0 || l.all {
		return nil, fmt.Errorf("%s: %w", asset, service.ErrNotFound)
	}
	return all[:len(all)-1], err
}

// TestSearchBesideALateIndex: an index that lists fewer versions than the
// ledger's record has is not taken for all there is.
func TestSearchBesideALateIndex(t *testing.T) {
	l, asset, lien := pledged(t)
	if !grows(l, l.pledge(lien)) {
		t.Fatal("no version was added")
	}
	for _, all := range []bool{true, false} {
		ix := late{opened(t, &maker{blocks: l.blocks}), all}
		s := must(service.New(service.Options{Ledger: replay(l.blocks), Index: ix, Vault: newVault(t), Custodian: custodianKey, ReadYourWrites: testTimeout}))(t)
		if r, err := s.Search(t.Context(), enquirer, service.SearchRequest{AssetID: asset}); err == nil {
			t.Errorf("got %+v", r)
		}
	}
}

// TestSearchByAManyBorneName: a name that too many bear is refused, never cut.
func TestSearchByAManyBorneName(t *testing.T) {
	m := newMaker("many")
	var commands []service.Committed
	for n := range 2001 {
		commands = append(commands, m.notarize(owners[n%3], "one name", fmt.Sprint(n)))
	}
	m.block(commands[:2000]...)
	m.block(commands[2000])
	s := searcher(t, newVault(t), m.blocks, time.Now)
	if _, err := s.Search(t.Context(), enquirer, service.SearchRequest{Name: "ONE NAME"}); err == nil || !strings.Contains(err.Error(), string(pledge.TooLarge)) {
		t.Errorf("got %v, want %s", err, pledge.TooLarge)
	}
	if _, err := s.Search(t.Context(), enquirer, service.SearchRequest{Name: "ONE NAME", AsOf: "1"}); err != nil && strings.Contains(err.Error(), string(pledge.TooLarge)) {
		t.Errorf("before the last of them: got %v", err)
	}
}
