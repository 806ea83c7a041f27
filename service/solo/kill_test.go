package solo

import (
	"bufio"
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
)

const killEnv = "DATAPLEDGE_TEST_KILL_FILE"

// TestKilled: a child applies commands under load and says which were
// acknowledged; it is killed somewhere in between, again and again. None of
// the acknowledged may be lost, none be there twice.
func TestKilled(t *testing.T) {
	if path := os.Getenv(killEnv); path != "" {
		toBeKilled(t, path)
		return
	}
	const seed = 11
	random := rand.New(rand.NewPCG(seed, seed))
	w, acknowledged, all := newWorld(t), map[string]bool{}, 0
	for i := range times(t, "DATAPLEDGE_TEST_KILLS", 20) {
		if i%20 == 19 { // a ledger that goes on for ever takes ever longer to verify
			all += len(acknowledged)
			w, acknowledged = newWorld(t), map[string]bool{}
		}
		killed(t, w.options.Path, 1+random.IntN(400), acknowledged)
		l := w.open(t)
		there := applied(t, l)
		for id := range acknowledged {
			if there[id] != 1 {
				t.Fatalf("kill %d: %s was acknowledged and is there %d times", i, id, there[id])
			}
		}
		for id, n := range there {
			if n != 1 {
				t.Fatalf("kill %d: %s is there %d times", i, id, n)
			}
		}
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("%d commands acknowledged", all+len(acknowledged))
}

// killed runs the child and kills it after so many acknowledgements.
func killed(t *testing.T, path string, after int, acknowledged map[string]bool) {
	t.Helper()
	child := exec.Command(os.Args[0], "-test.run=^TestKilled$")
	child.Env = append(os.Environ(), killEnv+"="+path, "TMPDIR="+filepath.Dir(path)) // it cannot clean up
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for n := 0; lines.Scan(); n++ {
		if line := lines.Bytes(); bytes.HasPrefix(line, []byte("cmd_")) && len(line) == 68 {
			acknowledged[string(line)] = true
		} else if bytes.HasPrefix(line, []byte("---")) {
			t.Errorf("child: %s", line)
		}
		if n == after {
			_ = child.Process.Kill()
		}
	}
	_ = child.Wait()
}

// toBeKilled applies commands for ever.
func toBeKilled(t *testing.T, path string) {
	w := newWorld(t).at(path)
	l := w.open(t)
	if _, err := l.Submit(t.Context(), []string{w.Enroll(w.Enterprise)}); err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			for n := 0; ; n++ {
				commands := w.notarize(1 + i*n%7)
				out, err := l.Submit(t.Context(), commands)
				if err != nil {
					t.Error(err)
					return
				}
				var said bytes.Buffer
				for _, o := range out {
					if o.Status != pledge.Applied {
						t.Errorf("%+v", o)
					}
					fmt.Fprintln(&said, o.CommandID)
				}
				_, _ = os.Stdout.Write(said.Bytes())
			}
		})
	}
	all.Wait()
}

// applied counts the commands of the ledger.
func applied(t *testing.T, l *Ledger) map[string]int {
	t.Helper()
	there := map[string]int{}
	err := l.Follow(t.Context(), 0, func(b service.Block) error {
		for _, c := range b.Commands {
			there[c.Outcome.CommandID]++
		}
		if b.Number == l.head.Height {
			return errSeen
		}
		return nil
	})
	if err != errSeen {
		t.Fatal(err)
	}
	return there
}
