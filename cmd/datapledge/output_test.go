package main

import (
	"bytes"
	"syscall"
	"testing"
)

// fullDisk takes nothing.
type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, syscall.ENOSPC }

// TestUnprintedResultIsAFault: an empty answer with exit code 0 would be read
// as an answer.
func TestUnprintedResultIsAFault(t *testing.T) {
	var stderr bytes.Buffer
	if code := run([]string{"help"}, nil, fullDisk{}, &stderr); code != exitFault {
		t.Errorf("exit code %d, want %d; %s", code, exitFault, stderr.String())
	}
}
