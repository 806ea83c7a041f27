package storage

import (
	"context"
	"strings"
)

// Finding is one thing that was looked at in a bucket: what it was and, where
// it is not as it must be, why, and what an operator can do about it.
type Finding struct {
	Check  string `json:"check"`
	OK     bool   `json:"ok"`
	Cause  string `json:"cause,omitempty"`
	Remedy string `json:"remedy,omitempty"`
}

// Diagnoser is what a bucket may implement besides: it looks for whatever
// would keep it from working, and leaves nothing behind.
type Diagnoser interface {
	Diagnose(ctx context.Context) []Finding
}

// FindingsError is what a diagnosis found wrong, as an error.
type FindingsError []Finding

func (e FindingsError) Error() string {
	lines := make([]string, len(e))
	for i, f := range e {
		lines[i] = f.Check + ": " + f.Cause + " (" + f.Remedy + ")"
	}
	return strings.Join(lines, "; ")
}

// Wrong is nil when every finding is good.
func Wrong(findings []Finding) error {
	var wrong FindingsError
	for _, f := range findings {
		if !f.OK {
			wrong = append(wrong, f)
		}
	}
	if wrong == nil {
		return nil
	}
	return wrong
}
