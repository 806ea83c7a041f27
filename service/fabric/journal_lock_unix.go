//go:build unix && !solaris && !aix

package fabric

import (
	"errors"
	"os"
	"syscall"
)

// lockFile makes sure that one process alone drives the rows of a journal.
func lockFile(f *os.File) error {
	err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return errInUse
	}
	return err
}
