package index_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
)

// childEnv names the file that a child process projects into, see TestKill.
const childEnv = "DATAPLEDGE_INDEX_TEST_CHILD"

const killBlocks = 400

// childMain projects block by block and tells each height, until it is killed.
func childMain() bool {
	path := os.Getenv(childEnv)
	if path == "" {
		return false
	}
	m := story("kill", killBlocks)
	ix := open(childTB{}, path)
	l := newLedger(m.blocks[0])
	if head, err := ix.Head(context.Background()); err == nil {
		l = newLedger(m.blocks[:head.Height+1]...)
	}
	stop := project(ix, l)
	for n, b := range m.blocks {
		if n >= len(l.blocks) {
			l.add(b)
		}
		waitFor(childTB{}, ix, uint64(n), stop)
		fmt.Println(n)
	}
	select {}
}

type childTB struct{}

func (childTB) Helper()                           {}
func (childTB) Errorf(format string, args ...any) { panic(fmt.Sprintf(format, args...)) }
func (childTB) Fatalf(format string, args ...any) { panic(fmt.Sprintf(format, args...)) }

// TestKill kills the process with signal 9 in the middle, again and again:
// the file is never lost, never ahead of itself, and in the end the same.
func TestKill(t *testing.T) {
	m := story("kill", killBlocks)
	path := tempPath(t)
	for at := 50; at < killBlocks; at += 70 {
		seen := killChild(t, path, at)
		ix := open(t, path)
		if head, err := ix.Head(context.Background()); err != nil || head.Height < uint64(seen) || head != headOf(m.blocks[head.Height]) {
			t.Errorf("killed after block %d: head %v, %v", seen, head, err)
		}
		closed(t, ix)
	}
	ix := open(t, path)
	projectTo(t, ix, newLedger(m.blocks...), killBlocks)
	closed(t, ix)
	if got, want := dump(t, path), built(t, m); got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
}

// killChild kills the child when it tells height at, and returns the last height that it told.
func killChild(t *testing.T, path string, at int) (seen int) {
	t.Helper()
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), childEnv+"="+path)
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if n, err := strconv.Atoi(strings.TrimSpace(lines.Text())); err == nil {
			seen = n
		}
		if seen == at {
			_ = child.Process.Kill()
		}
	}
	if err := child.Wait(); err == nil || seen < at {
		t.Fatalf("child ended by itself after block %d: %v", seen, err)
	}
	return seen
}
