package dir

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/datapledge/datapledge/storage"
)

// reserve is the size in bytes of a file that only takes up room: enough for
// a few small records and the folders they are in.
const (
	reserve     = 256 << 10
	reserveFile = "reserve"
)

var _ storage.Reserve = (*Bucket)(nil)

// SetAside implements storage.Reserve.
func (b *Bucket) SetAside() error {
	name := filepath.Join(b.root, reserveFile)
	info, err := os.Stat(name)
	if err == nil && info.Size() == reserve {
		return nil
	}
	err = writeSynced(name, os.O_CREATE|os.O_TRUNC, make([]byte, reserve))
	if err != nil {
		return fault("keeping", reserveFile, errors.Join(err, b.Release()))
	}
	return nil
}

// Release implements storage.Reserve.
func (b *Bucket) Release() error {
	err := os.Remove(filepath.Join(b.root, reserveFile))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fault("releasing", reserveFile, err)
	}
	return nil
}
