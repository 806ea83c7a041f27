package dir

import (
	"os"
	"syscall"
)

// share and own hold the data file of an object in parts against other
// requests, of other processes too, until it is closed.
func share(f *os.File) error { return lockFile(f, syscall.LOCK_SH) }
func own(f *os.File) error   { return lockFile(f, syscall.LOCK_EX) }

func lockFile(f *os.File, how int) error {
	for {
		if err := syscall.Flock(int(f.Fd()), how); err != syscall.EINTR {
			return err
		}
	}
}

// punch frees a run in the middle of a file: FALLOC_FL_PUNCH_HOLE and KEEP_SIZE.
// A filesystem that cannot keeps it until the upload ends.
func punch(f *os.File, off, n int64) error {
	err := syscall.Fallocate(int(f.Fd()), 0x2|0x1, off, n)
	if err == syscall.EOPNOTSUPP || err == syscall.ENOSYS {
		return nil
	}
	return err
}
