package preflight

import (
	"cmp"
	"context"
	"errors"
	"io"
	"slices"
	"sync"

	"github.com/datapledge/datapledge/service/preflight/sketch"
	"github.com/datapledge/datapledge/service/preflight/table"
)

// Reader looks at the files of a dataset while they are read for its
// fingerprint. It is for several goroutines at once.
type Reader struct {
	ctx  context.Context
	o    Options
	seat chan struct{} // whoever reads tables takes one: memory is for so many
	wide sync.Mutex    // of wide tables, and those of which much is expected, one at a time

	mu       sync.Mutex
	files    []*file
	named    map[string]*file
	all      Counts
	means    means
	told     byPath
	excess   int64  // cells that no bytes pay for
	weight   int    // of those told
	beyond   string // the first path that there is no room for; "": there is for all
	sketches []sketch.Sketch
}

const (
	seats = 4       // tables that are read at once
	wide  = 1 << 11 // columns from which on a table is a wide one
)

// NewReader begins a pass, which ends early when ctx does.
func NewReader(ctx context.Context, o Options) *Reader {
	return &Reader{ctx: ctx, o: o, seat: make(chan struct{}, seats), named: map[string]*file{}}
}

// Beside is a storage.Beside: it looks at a file while its bytes pass by.
func (r *Reader) Beside(path string, size int64) io.WriteCloser {
	f := &file{Path: path, Bytes: size}
	r.mu.Lock()
	r.files, r.named[path] = append(r.files, f), f
	r.mu.Unlock()
	return &stream{r: r, f: f}
}

// Later are the files that were only recognized: their formats cannot be read
// from front to back. Each wants At before the report.
func (r *Reader) Later() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var paths []string
	for _, f := range r.files {
		if f.Format.Random() {
			paths = append(paths, f.Path)
		}
	}
	slices.Sort(paths)
	return paths
}

// At looks at one of the files of Later.
func (r *Reader) At(path string, content io.ReaderAt) error {
	r.mu.Lock()
	f := r.named[path]
	r.mu.Unlock()
	if f == nil || f.done {
		return errors.New("preflight: a file that was not read before")
	}
	r.seat <- struct{}{}
	defer func() { <-r.seat }()
	defer r.done(f)
	if r.over() {
		return nil
	}
	in, err := table.Random(f.Format, content, f.Bytes, table.Options{})
	if err != nil {
		return f.fail(err)
	}
	return f.read(r, in)
}

// sorted are the files in the order of the manifest.
func (r *Reader) sorted() []*file {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.SortedFunc(slices.Values(r.files), comparePaths)
}

// sortedTold are those that the reports tell of.
func (r *Reader) sortedTold() []*file {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.SortedFunc(slices.Values(r.told), comparePaths)
}

func comparePaths(a, b *file) int { return cmp.Compare(a.Path, b.Path) }

// headSize is how much of a file says what it is.
const headSize = 64 << 10

// stream takes a file's bytes. Until it knows what they are it keeps them;
// then they go to a goroutine that reads the tables.
type stream struct {
	r    *Reader
	f    *file
	head []byte
	pipe *io.PipeWriter // nil: nobody reads
	done chan struct{}
	told bool
}

// Write never fails: whoever reads along does not stop the reading.
func (s *stream) Write(b []byte) (int, error) {
	if !s.told {
		n := min(len(b), headSize-len(s.head))
		s.head = append(s.head, b[:n]...)
		if len(s.head) < headSize {
			return len(b), nil
		}
		s.begin()
		s.send(s.head)
		s.send(b[n:])
		return len(b), nil
	}
	s.send(b)
	return len(b), nil
}

func (s *stream) send(b []byte) {
	if s.pipe != nil && len(b) > 0 {
		_, _ = s.pipe.Write(b) // the reader has said itself why it ended
	}
}

// begin finds out what the file is.
func (s *stream) begin() {
	s.told = true
	s.f.Format = table.Sniff(s.f.Path, s.head)
	if s.f.Format == table.Raw {
		s.f.raw(s.head)
	}
	if s.f.Format == table.Raw || s.f.Format.Random() || s.r.over() {
		return
	}
	out, in := io.Pipe()
	s.pipe, s.done = in, make(chan struct{})
	s.r.seat <- struct{}{}
	go func() {
		defer close(s.done)
		defer func() { <-s.r.seat }()
		s.f.trouble = s.f.stream(s.r, out)
		_ = out.Close() // what comes now is thrown away
	}()
}

// Close waits until the tables are read.
func (s *stream) Close() error {
	if !s.told {
		s.begin()
		s.send(s.head)
	}
	if s.pipe != nil {
		_ = s.pipe.Close()
		<-s.done
	}
	if !s.f.Format.Random() {
		s.r.done(s.f)
	}
	return nil
}
