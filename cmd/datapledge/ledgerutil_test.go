package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
)

type ledgerutil struct {
	t    *testing.T
	path string
}

// run also says what it printed.
func (l ledgerutil) run(args ...string) (string, error) {
	l.t.Helper()
	c := exec.CommandContext(l.t.Context(), l.path, args...)
	c.Dir = l.t.TempDir() // it makes a file of its own there
	out, err := c.CombinedOutput()
	return string(out), err
}

func (l ledgerutil) verify(kept string) (string, error) {
	l.t.Helper()
	return l.run("verify", kept, "--outputDir", l.t.TempDir())
}

func (l ledgerutil) same(one, other string) {
	l.t.Helper()
	out, err := l.run("compare", one, other, "--outputDir", l.t.TempDir())
	if err != nil || !strings.Contains(out, "hashes were the same") {
		l.t.Errorf("%s and %s: %v: %s", one, other, err, out)
	}
}

// wrote asks which transactions in the blocks of a peer wrote a record.
func (l ledgerutil) wrote(kept, id string, want []service.Revision) {
	l.t.Helper()
	dir, last := l.t.TempDir(), want[len(want)-1].Position
	asked := filepath.Join(dir, "asked.json")
	question := fmt.Sprintf(`{"ledgerid":"pledge","diffRecords":[{"namespace":"datapledge","key":%q,"hashed":false,"snapshotrecord1":null,`+
		`"snapshotrecord2":{"value":"","blockNum":%d,"txNum":%d}}]}`, pledge.KeyPledge(id), last.Block, last.Tx)
	if err := os.WriteFile(asked, []byte(question), 0o600); err != nil {
		l.t.Fatal(err)
	}
	if out, err := l.run("identifytxs", asked, kept, "--outputDir", dir); err != nil {
		l.t.Fatalf("%v: %s", err, out)
	}
	found, err := os.ReadFile(filepath.Join(dir, "pledge_identified_transactions", "txlist1.json"))
	if err != nil {
		l.t.Fatal(err)
	}
	sameHistory(l.t, found, want)
}

// sameHistory compares each write of a record with the revision that we tell.
func sameHistory(t *testing.T, found []byte, want []service.Revision) {
	t.Helper()
	var theirs struct {
		Txs []struct {
			Block  uint64 `json:"blockNum"`
			Tx     int    `json:"txNum"`
			Status string `json:"txValidationStatus"`
			Record string `json:"keyWrite"`
		} `json:"txs"`
		Whole bool `json:"blockStoreHeightSufficient"`
	}
	if err := json.Unmarshal(found, &theirs); err != nil || !theirs.Whole || len(theirs.Txs) != len(want) {
		t.Fatalf("%v: want %d revisions: %s", err, len(want), found)
	}
	for i, w := range theirs.Txs {
		at := want[i].Position
		if w.Status != "VALID" || w.Block != at.Block || w.Tx != int(at.Tx) || w.Record != string(compacted(t, want[i].Record)) {
			t.Errorf("ledgerutil found %+v, we tell %+v: %s", w, at, want[i].Record)
		}
	}
}
