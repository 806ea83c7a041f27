package main

import (
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/datapledge/datapledge/cmd/datapledge/demo"
)

// The demonstration as a program of others would use it: one JSON object.
func TestDemo(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	var out, errs bytes.Buffer
	if code := run([]string{"demo", "-json"}, strings.NewReader(""), &out, &errs); code != 0 {
		t.Fatalf("exit %d: %s", code, errs.String())
	}
	var r demo.Result
	if err := json.Unmarshal(out.Bytes(), &r); err != nil {
		t.Fatal(err)
	}
	v, s := r.Verification.Value, r.Search.Value
	if !v.Notarized.Answer || v.Owned.Answer == nil || !*v.Owned.Answer || v.Intact.Answer == nil || !*v.Intact.Answer {
		t.Errorf("verification: %s", r.Verification.Raw)
	}
	if len(s.Liens) != 1 || s.Liens[0].PledgeID != r.PledgeID || !s.Liens[0].InForce() || s.Liens[0].AssetID != r.AssetID {
		t.Errorf("search: %s", r.Search.Raw)
	}
	for _, step := range r.Steps {
		if !step.OK || step.Proves == "" {
			t.Errorf("step %+v", step)
		}
	}
	for _, file := range []string{r.Evidence, r.Trust} {
		if _, err := os.Stat(file); err != nil {
			t.Error(err)
		}
	}
	out.Reset()
	if code := run([]string{"evidence", "check", r.Evidence, "-trust", r.Trust}, strings.NewReader(""), &out, &errs); code != 0 {
		t.Errorf("the evidence does not stand: exit %d: %s", code, out.String())
	}
}
