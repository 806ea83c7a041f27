package network

import (
	"errors"
	"fmt"
	"testing"
)

func TestErrorsCrossProcesses(t *testing.T) {
	for _, kind := range []error{ErrNoTools, ErrPortTaken, ErrRunning} {
		err := fmt.Errorf("one: %w\ntwo: three", kind)
		if got := unfold(fold(err)); !errors.Is(got, kind) || got.Error() != err.Error() {
			t.Errorf("%q became %q", err, got)
		}
	}
	if got := unfold(fold(errors.New("a: b"))); got.Error() != "a: b" || errors.Unwrap(got) != nil {
		t.Errorf("got %v", got)
	}
}
