package storage

import "errors"

// File is one file of a dataset. SHA256 and Root (RFC 9162 Merkle root over
// leaves of 1 MiB) are lowercase hex; Size is in bytes, -1 when not known.
type File struct {
	Path   string `json:"path"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
	Root   string `json:"root"`
}

// Manifest 清单 is the canonical list of a dataset's files. Only NewManifest and
// ParseManifest make one, so its files are checked, sorted and not empty.
type Manifest struct {
	files []File
}

// NewManifest checks the files and sorts them by path bytes. *PathError, *ManifestError.
func NewManifest(files []File) (Manifest, error) { return Manifest{}, errors.ErrUnsupported }

// ParseManifest reads exactly what String writes; sizes and roots are not known.
func ParseManifest(text string) (Manifest, error) { return Manifest{}, errors.ErrUnsupported }

// String is the text that sha256sum writes, and `sha256sum -c` checks.
func (m Manifest) String() string { return "" }

// Fingerprint 哈希指纹 is "sha256:" and the hex SHA-256 of the text.
func (m Manifest) Fingerprint() string { return "" }

// Files in order of path bytes.
func (m Manifest) Files() []File { return nil }

// Size in bytes of all files.
func (m Manifest) Size() int64 { return 0 }

// Root is the hex Merkle root over the files, for datasets whose list is too
// long for the ledger. Sizes and roots of all files must be known.
func (m Manifest) Root() (string, error) { return "", errors.ErrUnsupported }

// CheckPath refuses what cannot stand in a manifest: *PathError.
func CheckPath(path string) error { return errors.ErrUnsupported }
