package pledge

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"unicode"
	"unicode/utf8"
)

// emptyDigest is the SHA-256 of nothing: the content of every empty file.
const emptyDigest = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

// maxPath bounds a path in bytes; common filesystems stop there.
const maxPath = 1024

// Manifest 清单 is the text that sha256sum prints and checks with -c: a line
// "<digest>  <path>" for each file. Its SHA-256 is the dataset's fingerprint.
func Manifest(files []File) string {
	n := 0
	for _, f := range files {
		n += len(f.SHA256) + len(f.Path) + 3
	}
	var b strings.Builder
	b.Grow(n)
	for _, f := range files {
		b.WriteString(f.SHA256)
		b.WriteString("  ")
		b.WriteString(f.Path)
		b.WriteByte('\n')
	}
	return b.String()
}

// content is what a checked list of files amounts to.
type content struct {
	size     int64
	distinct []blob
	// bytes of the distinct contents.
	unique int64
	// root is the ManifestRoot, also when the files are not listed.
	root string
}

type blob struct {
	digest string
	size   int64
}

// checkFiles checks a manifest's files and adds them up. They are sorted by
// the bytes of their paths, so that a dataset has one manifest and one
// fingerprint. (That paths are in NFC is the sealing side's check.)
func checkFiles(files []File) (content, error) {
	var c content
	sizes := make(map[string]int64, len(files))
	for i, f := range files {
		if err := f.check(); err != nil {
			return content{}, err
		}
		if i > 0 && f.Path <= files[i-1].Path {
			return content{}, Errorf(Malformed, "%q must not follow %q: sort the files by path bytes, each once", clip(f.Path), clip(files[i-1].Path))
		}
		if c.size += f.Size; c.size > maxInteger {
			return content{}, Errorf(Malformed, "the sizes add up to more than 9007199254740991 bytes")
		}
		old, seen := sizes[f.SHA256]
		if seen && old != f.Size {
			return content{}, Errorf(Malformed, "%q: the same digest has two sizes, %d and %d", clip(f.Path), old, f.Size)
		}
		if sizes[f.SHA256] = f.Size; !seen && f.Size > 0 {
			c.distinct = append(c.distinct, blob{f.SHA256, f.Size})
			c.unique += f.Size
		}
	}
	return c, nil
}

func (f File) check() error {
	if err := CheckPath(f.Path); err != nil {
		return err
	}
	switch {
	case f.Size < 0:
		return Errorf(Malformed, "%q: a size cannot be negative", clip(f.Path))
	case !isHex64(f.SHA256):
		return Errorf(Malformed, "%q: sha256 must be 64 lowercase hex digits", clip(f.Path))
	case !isHex64(f.Root):
		return Errorf(Malformed, "%q: root must be 64 lowercase hex digits", clip(f.Path))
	case (f.Size == 0) != (f.SHA256 == emptyDigest):
		return Errorf(Malformed, "%q: size and digest disagree about the file being empty", clip(f.Path))
	}
	return nil
}

// CheckPath refuses what cannot stand in a manifest: malformed. (That a path
// is in NFC is the sealing side's check.)
func CheckPath(p string) error {
	if why := wrongPath(p); why != "" {
		return Errorf(Malformed, "path %q %s", clip(p), why)
	}
	return nil
}

// wrongPath says what is wrong with a manifest path; empty when nothing is.
// Control characters and backslashes would be escaped by sha256sum and so
// break the one spelling of a manifest; "-" means standard input to it.
func wrongPath(p string) string {
	switch {
	case p == "" || len(p) > maxPath:
		return "must have 1 to 1024 bytes"
	case !utf8.ValidString(p):
		return "is not UTF-8"
	case strings.Contains(p, `\`):
		return "has a backslash"
	case strings.ContainsFunc(p, unprintable):
		return "has a control, format or separator character"
	case p == "-":
		return "means standard input to sha256sum"
	}
	for seg := range strings.SplitSeq(p, "/") {
		if seg == "" || seg == "." || seg == ".." {
			return "must be relative, without empty, . or .. segments"
		}
	}
	return ""
}

// unprintable characters would let a name read as another: directions that
// turn letters around, marks of no width, breaks of lines and paragraphs.
func unprintable(r rune) bool {
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp)
}

// fingerprintOf is the fingerprint of checked files.
func fingerprintOf(files []File) Fingerprint {
	return Fingerprint{set: true, sum: sha256.Sum256([]byte(Manifest(files)))}
}

// hexSum spells a digest as keys and files do.
func hexSum(sum [sha256.Size]byte) string { return hex.EncodeToString(sum[:]) }
