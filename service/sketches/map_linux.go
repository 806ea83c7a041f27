package sketches

import (
	"os"
	"syscall"
)

// mapped is a file's beginning as memory, which the system reads when it is
// touched: a look-up without a call. Whoever touches it is guarded by faults.
func mapped(f *os.File, size int64) []byte {
	if size == 0 || size != int64(int(size)) {
		return nil
	}
	b, err := syscall.Mmap(int(f.Fd()), 0, int(size), syscall.PROT_READ, syscall.MAP_SHARED)
	if err != nil {
		return nil // then it is read
	}
	_ = syscall.Madvise(b, syscall.MADV_RANDOM) // a page that is touched, not those around it
	return b
}

// populate is MADV_POPULATE_READ of Linux 5.14, which package syscall lacks.
const populate = 22

// now has the system read pages and map them; before they are touched, or it
// does not know how, nothing is lost.
func now(b []byte) bool { return syscall.Madvise(b, populate) == nil }

// soon has the system read pages, and does not wait.
func soon(b []byte) { _ = syscall.Madvise(b, syscall.MADV_WILLNEED) }

func unmap(b []byte) error {
	if b == nil {
		return nil
	}
	return syscall.Munmap(b)
}
