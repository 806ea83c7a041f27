package pledge_test

import (
	"os"
	"strings"
	"testing"

	"github.com/datapledge/datapledge/pledge"
)

// TestLifeDocument: LIFE.md says what the rules do now.
func TestLifeDocument(t *testing.T) {
	const file = "LIFE.md"
	got, err := pledge.LifeDocument()
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if want, err := os.ReadFile(file); err != nil || string(want) != got {
		t.Errorf("%s is not what the rules do now; see what changed with -update: %v", file, err)
	}
	for _, a := range pledge.Acts() {
		if !strings.Contains(got, string(a)) && !strings.HasPrefix(string(a), "party.") && a != pledge.CommandFence && a != pledge.ClosingExecute &&
			a != pledge.AssetNotarize && a != pledge.AssetRecordCertificate {
			t.Errorf("%s is not told", a)
		}
	}
}

// TestGuardsSayWhy: each guard has a name, a clause and codes, and what it
// refuses has one of them (TestMain).
func TestGuardsSayWhy(t *testing.T) {
	for _, bad := range pledge.Speechless() {
		t.Error(bad)
	}
}
