package rest_test

import (
	"net/http"
	"testing"

	"github.com/datapledge/datapledge/pledge"
)

// TestClosingTitleIsPlainText: who is to sign reads the title beside the steps;
// it must not be able to paint over them.
func TestClosingTitleIsPlainText(t *testing.T) {
	s := newStack(t)
	_, _, plan := s.refinance()
	for _, title := range []string{"a\x1b[2Jb", "a\nb", "a\u202eb", "a\u200bb", "a\u0085b"} {
		plan.Title = title
		s.post("/v1/closings", "bank", plan).want(http.StatusBadRequest, string(pledge.Malformed))
	}
}
