//go:build !js

package evidence

import (
	"archive/zip"
	"bytes"
	"fmt"
	"hash/crc32"
)

// zipOf packs the files in name order, stored, with fixed times and modes:
// any zip tool opens it, and the same files give the same bytes.
func zipOf(files map[string][]byte) ([]byte, error) {
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, name := range sortedNames(files) {
		data := files[name]
		part, err := w.CreateRaw(&zip.FileHeader{
			Name: name, Method: zip.Store, CRC32: crc32.ChecksumIEEE(data),
			CompressedSize64: uint64(len(data)), UncompressedSize64: uint64(len(data)),
			ModifiedDate:  1<<5 | 1, // 1980-01-01, the zero of zip
			ReaderVersion: 20, CreatorVersion: 3<<8 | 20, ExternalAttrs: 0o100644 << 16,
		})
		if err != nil {
			return nil, fmt.Errorf("packing %s: %w", name, err)
		}
		if _, err := part.Write(data); err != nil {
			return nil, fmt.Errorf("packing %s: %w", name, err)
		}
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("packing: %w", err)
	}
	return out.Bytes(), nil
}
