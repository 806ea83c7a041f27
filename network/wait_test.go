package network

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
)

func TestInsistEndsWithTheFirstSuccessOrTheLastError(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		calls := 0
		err := insist(t.Context(), func(context.Context) error {
			if calls++; calls < 3 {
				return errors.New("MVCC_READ_CONFLICT")
			}
			return nil
		})
		if err != nil || calls != 3 {
			t.Errorf("%d calls, %v", calls, err)
		}
		last := errors.New("the last")
		if err := insist(t.Context(), func(context.Context) error { return last }); !errors.Is(err, last) {
			t.Errorf("got %v", err)
		}
	})
}
