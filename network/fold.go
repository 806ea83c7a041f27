package network

import (
	"errors"
	"strings"
)

// kinds are the errors that a launcher must know when its supervisor meets
// them.
var kinds = map[string]error{"tools": ErrNoTools, "port": ErrPortTaken, "running": ErrRunning}

// fold puts an error, its kind and all its lines, on one line.
func fold(err error) string {
	kind := ""
	for name, k := range kinds {
		if errors.Is(err, k) {
			kind = name
		}
	}
	return kind + ": " + strings.ReplaceAll(err.Error(), "\n", "\x00")
}

func unfold(line string) error {
	kind, text, _ := strings.Cut(line, ": ")
	return &told{kinds[kind], strings.ReplaceAll(text, "\x00", "\n")}
}

// told is an error of another process.
type told struct {
	kind error
	text string
}

func (e *told) Error() string { return e.text }
func (e *told) Unwrap() error { return e.kind }
