//go:build race

package solo

// The race detector makes each command cost many times as much.
func init() { linearCommands = 10_000 }
