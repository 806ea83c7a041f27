//go:build unix

package sealbench

import "syscall"

// cpuSeconds is the processor time of this process, system calls included. It
// hardly depends on what else the machine does.
func cpuSeconds() float64 {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return float64(u.Utime.Nano()+u.Stime.Nano()) / 1e9
}
