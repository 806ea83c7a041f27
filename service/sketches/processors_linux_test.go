package sketches

import (
	"syscall"
	"time"
)

// processors is how long they have worked for this program, and in the system
// for it.
func processors() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
