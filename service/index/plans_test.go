package index

import (
	"math"
	"path/filepath"
	"strings"
	"testing"

	"github.com/datapledge/datapledge/service"
)

// TestPlans: every list is driven by an index that has the order of its
// pages and by its narrowest filter, so that no query sorts, or reads far
// more than it returns.
func TestPlans(t *testing.T) {
	ix, err := Open(filepath.Join(t.TempDir(), "index.db"), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer ix.Close()
	for _, q := range plannedQueries() {
		plan := explain(t, ix.db, q.builder)
		if !strings.Contains(plan, q.drive) {
			t.Errorf("%s\nis not driven by %q:\n%s", q.sql, q.drive, plan)
		}
		// A union sorts its two pages.
		if strings.Contains(plan, "TEMP B-TREE") && !strings.Contains(q.sql, "UNION") {
			t.Errorf("%s\nsorts:\n%s", q.sql, plan)
		}
	}
}

func explain(t *testing.T, s *store, b builder) string {
	t.Helper()
	rows, err := s.rdb.Query("EXPLAIN QUERY PLAN "+b.sql, b.args...)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var plan strings.Builder
	for rows.Next() {
		var id, parent, unused int
		var step string
		if err := rows.Scan(&id, &parent, &unused, &step); err != nil {
			t.Fatal(err)
		}
		plan.WriteString(step + "\n")
	}
	return plan.String()
}

type planned struct {
	builder
	drive string // the step that must be there
}

// plannedQueries are the list queries with every choice of filters.
func plannedQueries() (all []planned) {
	some := []string{"", "x"}
	for _, owner := range some {
		for _, status := range some {
			for _, text := range []string{"", "xy", "xyz"} {
				b := assetQuery(service.AssetQuery{Owner: owner, Status: status}, text, math.MaxInt64)
				b.add(" LIMIT ?", 51)
				all = append(all, planned{b, assetDrive(owner, status, text)})
			}
		}
	}
	for n := range 32 {
		pick := func(bit int) string { return some[n>>bit&1] }
		q := service.PledgeQuery{Asset: pick(0), Pledgor: pick(1), Pledgee: pick(2), Status: pick(3), Involved: pick(4)}
		all = append(all, planned{pledgeQuery(q, math.MaxInt64, 51), pledgeDrive(q)})
	}
	spelled := builder{spelledQuery, []any{"n", "x", 9, 9}}
	return append(all, planned{spelled, "SEARCH s USING PRIMARY KEY (kind=? AND folded=? AND born<?)"})
}

func assetDrive(owner, status, text string) string {
	switch {
	case owner != "":
		return "INDEX assets_owner (owner=? AND rowid<?)"
	case text == "xyz":
		return "SCAN n VIRTUAL TABLE"
	case status != "":
		return "INDEX assets_status (status=? AND rowid<?)"
	}
	return "SEARCH a USING INTEGER PRIMARY KEY (rowid<?)"
}

func pledgeDrive(q service.PledgeQuery) string {
	switch {
	case q.Asset != "":
		return "INDEX pledges_asset (asset=? AND rowid<?)"
	case q.Pledgor != "":
		return "INDEX pledges_pledgor (pledgor=? AND rowid<?)"
	case q.Pledgee != "", q.Involved != "":
		return "INDEX pledges_pledgee (pledgee=? AND rowid<?)"
	case q.Status != "":
		return "INDEX pledges_state (state=? AND rowid<?)"
	}
	return "SEARCH pledges USING INTEGER PRIMARY KEY (rowid<?)"
}
