package fabric

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync"
)

// The states of a row. Everything before a transaction that could have an
// effect is on the disk before the effect: INTENT and ENDORSED before the
// first byte goes to an orderer. (That content is stored is no row's matter:
// an upload is sealed and read back before there is a command that names it.)
const (
	rowIntent    = "INTENT"    // commands were accepted
	rowEndorsed  = "ENDORSED"  // the envelope, which may be sent from now on
	rowSubmitted = "SUBMITTED" // a quorum of orderers has it
	rowCommitted = "COMMITTED" // valid in a block: the end
	rowInvalid   = "INVALID"   // in a block, without effect: the end
	rowFenced    = "FENCED"    // refused for good: the end
	rowAbandoned = "ABANDONED" // nothing was ordered, nor will be: the end
)

// row is one transaction on its way, and the further ones that were tried
// for the same commands.
type row struct {
	id       uint64
	state    string
	commands []string
	attempts []attempt
}

// attempt is an endorsed transaction: the same bytes can be sent again.
type attempt struct {
	txID     string
	envelope []byte
}

// journal is what must survive a crash between accepting commands and
// knowing what became of them: a file of checksummed entries. It holds open
// rows only, beside what ended since it was last written anew.
type journal struct {
	path      string
	compactAt int64
	log       *slog.Logger
	sync      func(*os.File) error

	mu     sync.Mutex
	file   *os.File
	size   int64
	next   uint64
	rows   map[uint64]*row
	broken error
}

// errInUse: another process has the journal.
var errInUse = errors.New("another process uses this folder")

// openJournal opens the journal in dir, or makes it. A tail that a crash
// left half-written is cut.
func openJournal(dir string, log *slog.Logger) (*journal, error) {
	path := filepath.Join(dir, "journal")
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("opening the journal: %w", err)
	}
	j := &journal{path: path, compactAt: 64 << 20, log: log, sync: (*os.File).Sync, file: f, next: 1, rows: map[uint64]*row{}}
	if err := lockFile(f); err != nil {
		_ = f.Close()
		return nil, fmt.Errorf("locking the journal %s: %w", path, err)
	}
	if err := j.load(); err != nil {
		_ = j.file.Close()
		return nil, fmt.Errorf("reading the journal %s: %w", path, err)
	}
	return j, nil
}

// load reads every entry, keeps what a damaged tail held, and writes the
// open rows anew.
func (j *journal) load() error {
	raw, err := os.ReadFile(j.path)
	if err != nil {
		return err
	}
	good := 0
	for good < len(raw) {
		e, n, ok := parseEntry(raw[good:])
		if !ok {
			break
		}
		j.fold(e)
		good += n
	}
	if tail := raw[good:]; len(tail) > 0 {
		j.log.Warn("journal ends in the middle of an entry; cut", "path", j.path, "at", good, "bytes", len(tail))
		if err := os.WriteFile(j.path+".cut", tail, 0o600); err != nil {
			return err
		}
	}
	j.size = int64(good)
	return j.compact()
}

// fold takes an entry into the rows.
func (j *journal) fold(e entry) {
	j.next = max(j.next, e.Row+1)
	r := j.rows[e.Row]
	switch {
	case e.State == rowIntent:
		j.rows[e.Row] = &row{id: e.Row, state: rowIntent, commands: e.commands()}
	case r == nil:
	case e.State == rowEndorsed:
		r.state = rowEndorsed
		r.attempts = append(r.attempts, attempt{e.TxID, e.body})
	case e.State == rowSubmitted:
		r.state = rowSubmitted
	default:
		delete(j.rows, e.Row)
	}
}

// compact writes the open rows into a new file and puts it in place.
func (j *journal) compact() error {
	f, err := os.OpenFile(j.path+".new", os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	size, err := j.rewrite(f)
	if err == nil {
		err = lockFile(f)
	}
	if err == nil {
		err = os.Rename(j.path+".new", j.path)
	}
	if err != nil {
		return errors.Join(err, f.Close())
	}
	old := j.file
	j.file, j.size = f, size
	return errors.Join(syncDir(filepath.Dir(j.path)), old.Close())
}

func (j *journal) rewrite(f *os.File) (int64, error) {
	var out []byte
	for _, id := range slices.Sorted(maps.Keys(j.rows)) {
		for _, e := range j.rows[id].entries() {
			out = e.appendTo(out)
		}
	}
	if _, err := f.Write(out); err != nil {
		return 0, err
	}
	return int64(len(out)), f.Sync()
}

func syncDir(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	err = d.Sync()
	return errors.Join(err, d.Close())
}

// close leaves open rows for the next opening.
func (j *journal) close() error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if errors.Is(j.broken, fs.ErrClosed) {
		return nil
	}
	j.broken = fs.ErrClosed
	return j.file.Close()
}
