package rest_test

import (
	"testing"
	"time"
)

// TestSealedContentIsSwept when it was never notarized, and only then.
func TestSealedContentIsSwept(t *testing.T) {
	s := newStack(t)
	_, kept := s.notarize("enterprise", "kept", map[string]string{"a": "notarized"})
	lost := s.seal("enterprise", map[string]string{"a": "never notarized"})
	for _, step := range []struct {
		after time.Duration
		want  int
	}{{25 * time.Hour, 0}, {46 * time.Hour, 0}, {2 * time.Hour, 1}} {
		s.clock.advance(step.after)
		if _, err := s.svc.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n, err := s.svc.SweepSealed(t.Context()); n != step.want || err != nil {
			t.Errorf("after %s: got %d, %v; want %d removed", step.after, n, err, step.want)
		}
	}
	owner := kept.Receipt.Owner
	if _, err := s.vault.Find(t.Context(), kept.Fingerprint, owner); err != nil {
		t.Errorf("the notarized content: %v", err)
	}
	if _, err := s.vault.Find(t.Context(), lost.Fingerprint, owner); err == nil {
		t.Error("the other content is still there")
	}
}
