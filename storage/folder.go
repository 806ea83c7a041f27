package storage

import (
	"context"
	"errors"
)

// FingerprintFolder fingerprints every file below root, streaming. Symbolic
// links that leave root, and anything that is not a file or a folder, are
// refused: *PathError. progress, when not nil, is told each run of bytes read.
func FingerprintFolder(ctx context.Context, root string, progress func(bytes int64)) (Manifest, error) {
	return Manifest{}, errors.ErrUnsupported
}

// FingerprintFiles fingerprints single files under their base names.
func FingerprintFiles(ctx context.Context, paths []string, progress func(bytes int64)) (Manifest, error) {
	return Manifest{}, errors.ErrUnsupported
}
