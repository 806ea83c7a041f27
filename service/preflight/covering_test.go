package preflight_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/datapledge/datapledge/service/preflight"
)

// covering reports on n empty files under one folder, with documents for these
// sources.
func covering(t *testing.T, n int, folder string, sources []string) error {
	t.Helper()
	c := &preflight.Consent{V: 1, Basis: "b", AsOf: "2026-01-31", Documents: []preflight.ConsentDocument{{Path: "a", Kind: "consent", Scope: "s", Sources: sources}}}
	r := preflight.NewReader(t.Context(), preflight.Options{Consent: c})
	for i := range n {
		if err := r.Beside(fmt.Sprint(folder, i), 0).Close(); err != nil {
			t.Fatal(err)
		}
	}
	_, err := r.Report("sha256:" + strings.Repeat("0", 64))
	return err
}

// A megabyte of patterns that almost match long paths would take hours.
func TestPatternsAreBounded(t *testing.T) {
	var slow, names []string
	for i := range 1000 {
		slow, names = append(slow, "*"+strings.Repeat("a", 500)+"b"), append(names, fmt.Sprint("data/", i), fmt.Sprint("data/*-", i, ".csv"))
	}
	err := covering(t, 300, strings.Repeat("a", 900), slow)
	if bad := (*preflight.ConsentError)(nil); !errors.As(err, &bad) || !strings.Contains(err.Error(), "name folders instead") {
		t.Errorf("got %v", err)
	}
	if err := covering(t, 2000, "data/", names); err != nil {
		t.Errorf("a name for each file: %v", err)
	}
}
