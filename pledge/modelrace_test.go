//go:build race

package pledge_test

// The race detector makes all of it slower, and there is one
// goroutine to watch: the first states of each configuration are enough.
const (
	full       = false
	mostStates = 1_500
)
