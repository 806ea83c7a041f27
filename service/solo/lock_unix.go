//go:build unix && !solaris && !aix

package solo

import (
	"errors"
	"os"
	"syscall"
)

// lock takes the lock that bbolt will ask for again on the same file, so
// that nobody writes while its pages are checked.
func lock(f *os.File) error {
	err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return ErrLocked
	}
	return err
}
