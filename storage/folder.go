package storage

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"runtime"
)

// Beside reads along while a file is read: it is given the bytes of a file in
// order, each once, and closed at the end, also when reading failed. A nil
// writer passes the file over. Files are read several at a time. What it
// answers to a write changes nothing.
type Beside func(path string, size int64) io.WriteCloser

// of is nil where nobody reads along.
func (b Beside) of(path string, size int64) io.WriteCloser {
	if b == nil {
		return nil
	}
	return b(path, size)
}

// firstOf is nil where nobody was named.
func firstOf(all []Beside) Beside {
	for _, b := range all {
		return b
	}
	return nil
}

// Reading says how a dataset is read for its fingerprint.
type Reading struct {
	// Progress, when not nil, is told each run of bytes read, possibly from
	// several goroutines.
	Progress func(bytes int64)
	Extras   []Extra // computed in the same pass
	Beside   Beside  // nil: nobody
}

// FingerprintFolder fingerprints every file below root, streaming. Symbolic
// links to files inside root count as files, as sha256sum sees them; those that
// leave root or lead to folders, and anything else that is not a file or a
// folder, are refused: *PathError. Empty folders do not count.
func FingerprintFolder(ctx context.Context, root string, progress func(bytes int64), extras ...Extra) (Manifest, error) {
	return Reading{Progress: progress, Extras: extras}.Folder(ctx, root)
}

// Folder is FingerprintFolder, read in this way.
func (o Reading) Folder(ctx context.Context, root string) (Manifest, error) {
	dir, err := os.OpenRoot(root)
	if err != nil {
		return Manifest{}, fmt.Errorf("fingerprinting %s: %w", root, err)
	}
	defer dir.Close()
	var paths []string
	err = fs.WalkDir(dir.FS(), ".", func(p string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		paths = append(paths, p)
		return errors.Join(ctx.Err(), CheckPath(p))
	})
	if err != nil {
		return Manifest{}, fmt.Errorf("fingerprinting %s: %w", root, err)
	}
	return fingerprint(ctx, paths, paths, source{dir.Open, dir.Stat, o.Progress, o.Extras, o.Beside})
}

// FingerprintFiles fingerprints single files under their base names. A file
// that is no regular one, after following links, is refused: *PathError.
func FingerprintFiles(ctx context.Context, paths []string, progress func(bytes int64), extras ...Extra) (Manifest, error) {
	return Reading{Progress: progress, Extras: extras}.Files(ctx, paths)
}

// Files is FingerprintFiles, read in this way.
func (o Reading) Files(ctx context.Context, paths []string) (Manifest, error) {
	names := make([]string, len(paths))
	for i, p := range paths {
		names[i] = path.Base(filepath.ToSlash(p))
		if err := CheckPath(names[i]); err != nil {
			return Manifest{}, err
		}
	}
	return fingerprint(ctx, paths, names, source{os.Open, os.Stat, o.Progress, o.Extras, o.Beside})
}

// source is where files come from, and what is wanted of them.
type source struct {
	open     func(string) (*os.File, error)
	stat     func(string) (os.FileInfo, error)
	progress func(int64)
	extras   []Extra
	beside   Beside
}

func fingerprint(ctx context.Context, paths, names []string, from source) (Manifest, error) {
	files, extra := make([]File, len(paths)), make([]string, len(paths))
	err := inParallel(ctx, len(paths), runtime.GOMAXPROCS(0), func(ctx context.Context, i int) error {
		f, err := from.file(paths[i])
		if err != nil {
			return err
		}
		defer f.Close()
		files[i], extra[i], err = from.read(ctx, f, names[i])
		return err
	})
	if err != nil {
		return Manifest{}, err
	}
	m, err := NewManifest(files)
	if err != nil || len(extra) == 0 || extra[0] == "" {
		return m, err
	}
	m.sm3 = make(map[string]string, len(names))
	for i, name := range names {
		m.sm3[name] = extra[i]
	}
	return m, nil
}

// file is looked at before it is opened: opening a named pipe would wait.
func (s source) file(path string) (*os.File, error) {
	info, err := s.stat(path)
	if err != nil && isEscape(err) {
		return nil, &PathError{path, "is a symbolic link that leaves the folder"}
	}
	if err != nil {
		return nil, fmt.Errorf("fingerprinting %s: %w", path, err)
	}
	if !info.Mode().IsRegular() {
		return nil, &PathError{path, "is neither a file nor a folder"}
	}
	f, err := s.open(path)
	if err != nil {
		return nil, fmt.Errorf("fingerprinting %s: %w", path, err)
	}
	return f, nil
}

// isEscape tells os.Root's refusal, which has no sentinel, from other errors:
// it is a path error that no system call gave.
func isEscape(err error) bool {
	pe := (*fs.PathError)(nil)
	return errors.As(err, &pe) && pe.Err != nil && pe.Err.Error() == "path escapes from parent"
}

// read digests a file, and lets another read along.
func (s source) read(ctx context.Context, f *os.File, name string) (File, string, error) {
	sums := newDigests(sha256.New(), s.extras)
	if s.beside == nil {
		return s.digest(ctx, f, name, sums)
	}
	info, err := f.Stat()
	if err != nil {
		return File{}, "", fmt.Errorf("fingerprinting %s: %w", name, err)
	}
	if w := s.beside.of(name, info.Size()); w != nil {
		defer w.Close()
		sums.beside = w
	}
	return s.digest(ctx, f, name, sums)
}

// digest computes SHA-256, leaves and extras in one read, each on its own goroutine.
func (s source) digest(ctx context.Context, r io.Reader, name string, sums digests) (File, string, error) {
	size := int64(0)
	var leaves []Hash
	buf := [2][]byte{make([]byte, LeafSize), make([]byte, LeafSize)}
	leaf := make(chan Hash, 1)
	pending := false
	for i := 0; ; i++ {
		if err := ctx.Err(); err != nil {
			return File{}, "", err
		}
		b := buf[i%2]
		n, err := io.ReadFull(r, b)
		if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
			return File{}, "", fmt.Errorf("fingerprinting %s: %w", name, err)
		}
		if pending {
			leaves = append(leaves, <-leaf)
		}
		if pending = n > 0; pending {
			go func() { leaf <- leafHash(b[:n]) }()
		}
		sums.write(b[:n])
		size += int64(n)
		if s.progress != nil {
			s.progress(int64(n))
		}
		if err != nil {
			break
		}
	}
	if pending {
		leaves = append(leaves, <-leaf)
	}
	return describe(name, size, sums, leaves), sums.extra(), nil
}
