//go:build !race

package pledge_test

const (
	full       = true
	mostStates = 1 << 30
)
