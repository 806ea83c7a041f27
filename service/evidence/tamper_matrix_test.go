package evidence_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/datapledge/datapledge/service/evidence"
)

// What an attacker holds, beside the package that it changes.
const (
	nothing   = "nothing"
	packer    = "the key that signs packages"
	operator  = "the key that signs packages and the operator's, and packs what it likes"
	members   = "all keys of members who satisfy the endorsement policy, and the key that signs packages"
	minority  = "all keys of fewer members than a quorum of consenters, and the key that signs packages"
	peerDisk  = "a peer's disk or the way to it (nobody signs flags), and the key that signs packages"
	someone   = "keys that count for nothing here, and the key that signs packages"
	namesake  = "a whole ledger of its own under the same names"
	authority = "a key of its own, and the key that signs packages"
)

// tampering is a row of the matrix: what is done by whom, which check must
// find it, and in which file.
type tampering struct {
	ledger, name, holds string
	check, file         string
	run                 func(t *testing.T) evidence.Report // nil: the table that it is from runs it
}

// kind groups the rows that try one thing.
type kind struct {
	name string
	rows []tampering
}

// leastKinds is how many there must be.
const leastKinds = 30

func TestTamperMatrix(t *testing.T) {
	count := 0
	for _, k := range kinds() {
		if len(k.rows) == 0 {
			t.Errorf("%s: nothing is tried", k.name)
		}
		count += len(k.rows)
		for _, row := range k.rows {
			if row.run != nil {
				t.Run(k.name+": "+row.name, func(t *testing.T) {
					t.Parallel()
					row.found(t, row.run(t))
				})
			}
		}
	}
	if n := len(kinds()); n < leastKinds {
		t.Errorf("%d kinds of tampering, want %d", n, leastKinds)
	}
	t.Logf("%d kinds, %d rows", len(kinds()), count)
}

// found wants the row's check to fail in the row's file.
func (row tampering) found(t *testing.T, r evidence.Report) {
	t.Helper()
	if r.OK() || r.ExitCode() != evidence.ExitTampered {
		t.Fatalf("passed")
	}
	for _, f := range r.Find(row.check).Failures {
		if strings.Contains(f.File, row.file) {
			return
		}
	}
	t.Errorf("%s did not find it in %s:\n%s", row.check, row.file, text(r))
}

// TAMPER.md is this matrix for people to read.
func TestTamperTable(t *testing.T) {
	text := table(t)
	if *update {
		if err := os.WriteFile("TAMPER.md", []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if have, err := os.ReadFile("TAMPER.md"); err != nil || string(have) != text {
		t.Errorf("TAMPER.md is not what the tests do (%v): run go test ./service/evidence -run TestTamperTable -update", err)
	}
}

const tableHead = `# What tampering is tried, and which check finds it

Each row is a test in this folder: the attacker does it to a package that stood, and the check named must fail and name the file, or the test fails. A package is
changed after it was made, or made by somebody who holds the keys told and leaves nothing undone that they allow: what is listed, digested and signed is done so anew.
This table is written by the tests (` + "`go test ./service/evidence -run TestTamperTable -update`" + `). What is *not* found stands at the end.

`

func table(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	all, rows := kinds(), 0
	b.WriteString(tableHead)
	for i, k := range all {
		fmt.Fprintf(&b, "## %d. %s\n\n| ledger | what is done | the attacker holds | found by | in |\n|---|---|---|---|---|\n", i+1, k.name)
		for _, r := range k.rows {
			fmt.Fprintf(&b, "| %s | %s | %s | `%s` | %s |\n", r.ledger, r.name, r.holds, r.check, place(r.file))
			rows++
		}
		b.WriteString("\n")
	}
	b.WriteString(limitsTable())
	fmt.Fprintf(&b, "\n%d kinds, %d rows.\n", len(all), rows)
	return b.String()
}

func place(file string) string {
	if file == "" {
		return "the file hit"
	}
	return "`" + file + "`"
}
