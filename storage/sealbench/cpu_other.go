//go:build !unix

package sealbench

// cpuSeconds is not known here.
func cpuSeconds() float64 { return 0 }
