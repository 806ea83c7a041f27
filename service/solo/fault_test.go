package solo

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.etcd.io/bbolt"
	"go.uber.org/goleak"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
)

// refused is a commit that fails before anything is written.
func refusedWith(err error) func(*bbolt.Tx) error {
	return func(tx *bbolt.Tx) error { return errors.Join(err, tx.Rollback()) }
}

func TestFullDiskHeals(t *testing.T) {
	defer goleak.VerifyNone(t)
	w := newWorld(t)
	l := w.open(t)
	w.apply(t, l, w.Enroll(w.Enterprise))
	commands, head := w.notarize(30), l.head
	l.commit = refusedWith(syscall.ENOSPC)
	if out, err := l.Submit(t.Context(), commands); !errors.Is(err, service.ErrUnavailable) || !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("on a full disk: %+v, %v; want %v", out, err, service.ErrUnavailable)
	}
	if l.head != head {
		t.Errorf("head %+v after a failed write, was %+v", l.head, head)
	}
	values, _, err := l.Get(t.Context(), pledge.KeyCommand(w.Enterprise.USCC, commandID(commands[0])))
	if err != nil || values[0] != nil {
		t.Errorf("a command that failed is there: %s, %v", values[0], err)
	}
	l.commit = (*bbolt.Tx).Commit
	w.apply(t, l, commands...)
	w.same(t, l)
}

// same closes the ledger and opens it again: the content is what it was.
func (w *world) same(t *testing.T, l *Ledger) {
	t.Helper()
	want, err := dump(t, l)
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	l = w.open(t)
	if got, err := dump(t, l); err != nil || got != want {
		t.Errorf("reopened: %s, %v; want %s", got, err, want)
	}
	if err := l.Close(); err != nil {
		t.Error(err)
	}
}

// A disk that fails otherwise is not trusted again, though the outcome is
// certain: the meta page was never written.
func TestFailedWrite(t *testing.T) {
	w := newWorld(t)
	l := w.open(t)
	w.apply(t, l, w.Enroll(w.Enterprise))
	commands := w.notarize(3)
	l.commit = refusedWith(syscall.EIO)
	for range 2 {
		if out, err := l.Submit(t.Context(), commands); !errors.Is(err, service.ErrUnavailable) || !errors.Is(err, syscall.EIO) {
			t.Errorf("got %+v, %v; want %v", out, err, service.ErrUnavailable)
		}
		l.mu.Lock()
		l.commit = (*bbolt.Tx).Commit
		l.mu.Unlock()
	}
	if _, err := l.Head(t.Context()); err != nil {
		t.Errorf("reading after a failed write: %v", err)
	}
	if err := l.Close(); err != nil {
		t.Error(err)
	}
	w.apply(t, w.open(t), commands...)
}

// When the sync of the meta page fails nobody knows what the disk holds.
func TestFailedSync(t *testing.T) {
	w := newWorld(t)
	l := w.open(t)
	w.apply(t, l, w.Enroll(w.Enterprise))
	commands := w.notarize(3)
	l.commit = func(tx *bbolt.Tx) error { return errors.Join(tx.Commit(), syscall.EIO) }
	out, err := l.Submit(t.Context(), append(commands, "malformed"))
	if err != nil {
		t.Fatalf("got %v, want outcomes", err)
	}
	for i, c := range commands {
		if out[i].Status != pledge.Unknown || out[i].CommandID != commandID(c) {
			t.Errorf("command %d: %+v, want unknown", i, out[i])
		}
	}
	if out[3].Status != pledge.Refused {
		t.Errorf("malformed command: %+v", out[3])
	}
	if out, err := l.Submit(t.Context(), commands); !errors.Is(err, service.ErrUnavailable) {
		t.Errorf("after an unknown outcome: %+v, %v; want %v", out, err, service.ErrUnavailable)
	}
	values, head, err := l.Get(t.Context(), pledge.KeyCommand(w.Enterprise.USCC, commandID(commands[0])))
	if err != nil || values[0] != nil || head.Height != 1 {
		t.Errorf("reading after an unknown outcome: %s at %+v, %v", values[0], head, err)
	}
	if err := l.Close(); err != nil {
		t.Error(err)
	}
	l = w.open(t)
	out, err = l.Submit(t.Context(), commands)
	if err != nil {
		t.Fatal(err)
	}
	for i, o := range out {
		if o.Status != pledge.Applied || !o.Duplicate || o.Position.Block != 2 || o.Position.Index != i {
			t.Errorf("command %d once the ledger is open again: %+v", i, o)
		}
	}
}

// A state that cannot be read is no reason to refuse a command.
func TestValueFlippedWhileOpen(t *testing.T) {
	w := newWorld(t)
	l := w.open(t)
	w.fill(t, l)
	key := pledge.KeyParty(w.Court.USCC)
	file := readFile(t, w.options.Path)
	at := bytes.Index(file, []byte(`互联网法院`))
	f, err := os.OpenFile(w.options.Path, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for i := at; i >= 0 && i < len(file); i++ { // every copy of it
		if bytes.HasPrefix(file[i:], []byte(`互联网法院`)) {
			if _, err := f.WriteAt([]byte{file[i] ^ 1}, int64(i)); err != nil {
				t.Fatal(err)
			}
		}
	}
	l.state.values = newCache(0)
	_, _, err = l.Get(t.Context(), key)
	if d := (*DamageError)(nil); !errors.As(err, &d) || d.Part != InState {
		t.Errorf("reading a flipped value: %v, want damage", err)
	}
	if _, err := l.Prove(t.Context(), pledge.Position{}); err == nil {
		t.Error("a flipped block is proved")
	}
	out, err := l.Submit(t.Context(), []string{w.Fence(w.Court, commandID("a.b"))})
	if !errors.Is(err, service.ErrUnavailable) {
		t.Errorf("applying on a damaged state: %+v, %v; want %v", out, err, service.ErrUnavailable)
	}
}

// The file cut short while it is mapped shows as a fault, not as the end.
func TestCutWhileOpen(t *testing.T) {
	w := newWorld(t)
	l := w.open(t)
	w.fill(t, l)
	if err := os.Truncate(w.options.Path, 8192); err != nil {
		t.Fatal(err)
	}
	l.state.values, l.recent = newCache(0), nil
	_, _, err := l.Get(t.Context(), pledge.KeyParty(w.Court.USCC))
	if d := (*DamageError)(nil); !errors.As(err, &d) || d.Part != InFile {
		t.Errorf("got %v, want damage", err)
	}
	if err := l.Follow(t.Context(), 0, func(service.Block) error { return nil }); !errors.As(err, new(*DamageError)) {
		t.Errorf("following: %v, want damage", err)
	}
}

func TestLocked(t *testing.T) {
	w := newWorld(t)
	l := w.open(t)
	if _, err := Open(w.options); !errors.Is(err, ErrLocked) {
		t.Errorf("opening twice: %v, want %v", err, ErrLocked)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	w.open(t)
}

func TestOpenRefused(t *testing.T) {
	w := newWorld(t)
	if err := w.open(t).Close(); err != nil {
		t.Fatal(err)
	}
	other := w.options
	other.Genesis.Members = other.Genesis.Members[1:]
	if _, err := Open(other); !errors.As(err, new(*DamageError)) {
		t.Errorf("another genesis: %v", err)
	}
	other = w.options
	other.Operator = NewOperator(bytes.Repeat([]byte{1}, 64))
	if _, err := Open(other); !errors.As(err, new(*DamageError)) {
		t.Errorf("another operator: %v", err)
	}
	other.Operator = NewOperator(nil)
	if _, err := Open(other); err == nil {
		t.Error("opened without an operator")
	}
	other = w.options
	other.Path, other.Genesis.Channel = w.options.Path+".2", ""
	if _, err := Open(other); err == nil {
		t.Error("opened without a channel")
	}
	if left, err := fs.Glob(os.DirFS(strings.TrimSuffix(w.options.Path, "/ledger.db")), "*"); err != nil || len(left) != 1 {
		t.Errorf("left behind: %v, %v", left, err)
	}
	other.Path = t.TempDir()
	if _, err := Open(other); err == nil {
		t.Error("opened a folder")
	}
}

// Block times never go back, whatever the clock does.
func TestClockGoesBack(t *testing.T) {
	w := newWorld(t)
	now := time.Now()
	w.options.Now = func() time.Time { return now }
	l := w.open(t)
	w.apply(t, l, w.Enroll(w.Enterprise))
	first := l.time
	now = now.Add(-time.Minute)
	w.apply(t, l, w.Enroll(w.Enterprise2))
	if !l.time.Equal(first) || first.Nanosecond()%1e6 != 0 {
		t.Errorf("block 2 is of %s, block 1 of %s", l.time, first)
	}
	w.same(t, l)
}

// TestFullFile is a disk that is really full: a child may not write beyond
// so many bytes, then may.
func TestFullFile(t *testing.T) {
	const name = "DATAPLEDGE_TEST_FULL_FILE"
	if path := os.Getenv(name); path != "" {
		fillUp(t, path)
		return
	}
	child := exec.Command(os.Args[0], "-test.run=^TestFullFile$", "-test.v")
	child.Env = append(os.Environ(), name+"="+t.TempDir()+"/ledger.db")
	if out, err := child.CombinedOutput(); err != nil || !bytes.Contains(out, []byte("healed")) {
		t.Errorf("%v\n%s", err, out)
	}
}

func fillUp(t *testing.T, path string) {
	signal.Ignore(syscall.SIGXFSZ)
	w := newWorld(t).at(path)
	l := w.open(t)
	w.apply(t, l, w.Enroll(w.Enterprise))
	var before syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &before); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: 3 << 20, Max: before.Max}); err != nil {
		t.Fatal(err)
	}
	var last []string
	failed := 0
	for n := 0; failed < 3; n++ {
		last = w.notarize(40)
		out, err := l.Submit(t.Context(), last)
		if err != nil && !errors.Is(err, service.ErrUnavailable) || n == 100 {
			t.Fatalf("attempt %d: %+v, %v", n, out, err)
		}
		for _, o := range out {
			if o.Status != pledge.Applied && o.Status != pledge.Unknown {
				t.Fatalf("attempt %d: %+v", n, o)
			}
		}
		if err != nil {
			failed++
		}
	}
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &before); err != nil {
		t.Fatal(err)
	}
	out, err := l.Submit(t.Context(), last)
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range out {
		if o.Status != pledge.Applied {
			t.Errorf("%+v", o)
		}
	}
	w.same(t, l)
	t.Log("healed")
}
