package storage

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

const (
	// MaxFiles of one dataset: its manifest is held in memory.
	MaxFiles = 100_000
	// MaxPath is the length of a path in bytes; common filesystems stop there.
	MaxPath = 1024
	// MaxManifest is the length of a manifest text in bytes.
	MaxManifest = 64 << 20

	fingerprintTag = "sha256:"
)

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
	sm3   map[string]string // by path; of every file or of none
}

// NewManifest checks the files and sorts them by path bytes. An empty dataset
// is refused: nobody can own or pledge nothing. *PathError, *ManifestError.
func NewManifest(files []File) (Manifest, error) {
	sorted := slices.Clone(files)
	slices.SortFunc(sorted, func(a, b File) int { return strings.Compare(a.Path, b.Path) })
	if err := checkFiles(sorted); err != nil {
		return Manifest{}, err
	}
	return Manifest{files: sorted}, nil
}

// checkFiles expects the files in order of path.
func checkFiles(files []File) error {
	if len(files) == 0 {
		return &ManifestError{Reason: "is empty: a dataset has at least one file"}
	}
	if len(files) > MaxFiles {
		return fmt.Errorf("%w: %d files, at most %d", ErrTooLarge, len(files), MaxFiles)
	}
	paths := make(map[string]bool, len(files))
	for i, f := range files {
		if err := CheckPath(f.Path); err != nil {
			return err
		}
		if i > 0 && files[i-1].Path == f.Path {
			return &PathError{f.Path, "is listed twice"}
		}
		if !isHexDigest(f.SHA256) || (f.Root != "" && !isHexDigest(f.Root)) {
			return &PathError{f.Path, "has a digest that is not 64 lowercase hex digits"}
		}
		paths[f.Path] = true
	}
	return checkFolders(files, paths)
}

// checkFolders refuses a file that another file needs as a folder: such a
// dataset cannot be laid out on a disk, so nobody could check it.
func checkFolders(files []File, paths map[string]bool) error {
	for _, f := range files {
		for i, r := range f.Path {
			if r == '/' && paths[f.Path[:i]] {
				return &PathError{f.Path[:i], "is both a file and a folder"}
			}
		}
	}
	return nil
}

func isHexDigest(s string) bool {
	return len(s) == 2*sha256.Size && strings.IndexFunc(s, notHex) < 0
}

func notHex(r rune) bool { return (r < '0' || r > '9') && (r < 'a' || r > 'f') }

// CheckPath refuses what cannot stand in a manifest, or what sha256sum would
// escape or misread: *PathError.
func CheckPath(path string) error {
	switch {
	case path == "":
		return &PathError{path, "is empty"}
	case len(path) > MaxPath:
		return &PathError{path[:32] + "…", fmt.Sprintf("is longer than %d bytes", MaxPath)}
	case !utf8.ValidString(path):
		return &PathError{path, "is not UTF-8"}
	case !norm.NFC.IsNormalString(path):
		// Two spellings of one name would be two files to us and one to a
		// reader; refusing NFD leaves no room for such twins.
		return &PathError{path, "is not in Unicode form NFC; rename the file"}
	case path[0] == '/':
		return &PathError{path, "is absolute"}
	case strings.ContainsRune(path, '\\'):
		return &PathError{path, "contains a backslash"}
	case strings.ContainsFunc(path, unicode.IsControl):
		return &PathError{path, "contains a control character"}
	case strings.ContainsFunc(path, func(r rune) bool { return unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp) }):
		// Marks without width and turned directions make two paths look like one.
		return &PathError{path, "contains a format or separator character"}
	case path == "-":
		return &PathError{path, "means standard input to sha256sum"}
	}
	for segment := range strings.SplitSeq(path, "/") {
		if segment == "" || segment == "." || segment == ".." {
			return &PathError{path, fmt.Sprintf("has the segment %q", segment)}
		}
	}
	return nil
}

// ParseManifest reads exactly what String writes; sizes (-1) and roots are not
// known from it. *ManifestError, *PathError.
func ParseManifest(text string) (Manifest, error) {
	if len(text) > MaxManifest {
		return Manifest{}, fmt.Errorf("%w: manifest of %d bytes", ErrTooLarge, len(text))
	}
	if text != "" && !strings.HasSuffix(text, "\n") {
		return Manifest{}, &ManifestError{Reason: "does not end with a newline"}
	}
	var files []File
	for line := range strings.Lines(text) {
		f, err := parseLine(strings.TrimSuffix(line, "\n"), len(files)+1)
		if err != nil {
			return Manifest{}, err
		}
		if n := len(files); n > 0 && files[n-1].Path >= f.Path {
			return Manifest{}, &ManifestError{n + 1, "is not after the line before it in path order"}
		}
		files = append(files, f)
	}
	if err := checkFiles(files); err != nil {
		return Manifest{}, err
	}
	return Manifest{files: files}, nil
}

func parseLine(line string, number int) (File, error) {
	sum, path, ok := strings.Cut(line, "  ")
	if !ok || !isHexDigest(sum) {
		return File{}, &ManifestError{number, "is not 64 lowercase hex digits, two spaces and a path"}
	}
	return File{Path: path, Size: -1, SHA256: sum}, nil
}

// String is the text that sha256sum writes, and `sha256sum -c` checks.
func (m Manifest) String() string {
	var b strings.Builder
	for _, f := range m.files {
		b.WriteString(f.SHA256 + "  " + f.Path + "\n")
	}
	return b.String()
}

// Fingerprint 哈希指纹 is "sha256:" and the hex SHA-256 of the text.
func (m Manifest) Fingerprint() string {
	h := sha256.New()
	for _, f := range m.files {
		_, _ = fmt.Fprintf(h, "%s  %s\n", f.SHA256, f.Path) // a hash takes all
	}
	return fingerprintTag + hex.EncodeToString(h.Sum(nil))
}

// Files in order of path bytes.
func (m Manifest) Files() []File { return slices.Clone(m.files) }

// SM3 has the files' SM3 when that was asked for, else nil.
func (m Manifest) SM3() SM3List {
	list, _ := listSM3(m.files, m.sm3)
	return list
}

// Size in bytes of all files.
func (m Manifest) Size() int64 {
	var n int64
	for _, f := range m.files {
		n += max(f.Size, 0)
	}
	return n
}

// Root is the hex Merkle root (RFC 9162) over the files, for datasets whose
// list is too long for the ledger. Leaf i is the line "<size> <sha256> <root>
// <path>\n" (two spaces before the path), so that the root vouches for sizes
// and content roots as well; both must be known.
func (m Manifest) Root() (string, error) {
	leaves := make([]Hash, len(m.files))
	for i, f := range m.files {
		if f.Size < 0 || f.Root == "" {
			return "", &PathError{f.Path, "has no known size and root"}
		}
		leaves[i] = leafHash(fmt.Appendf(nil, "%d %s %s  %s\n", f.Size, f.SHA256, f.Root, f.Path))
	}
	root, err := NewTree(leaves).Root()
	return hex.EncodeToString(root[:]), err
}

// fingerprintHex is the part of a fingerprint that may stand in a key.
func fingerprintHex(fingerprint string) (string, error) {
	h, ok := strings.CutPrefix(fingerprint, fingerprintTag)
	if !ok || !isHexDigest(h) {
		return "", fmt.Errorf("fingerprint %q is not sha256: and 64 lowercase hex digits", fingerprint)
	}
	return h, nil
}
