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

func unmap(b []byte) error {
	if b == nil {
		return nil
	}
	return syscall.Munmap(b)
}
