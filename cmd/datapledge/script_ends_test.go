package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"syscall"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

var endings = map[string]syscall.Signal{"INT": syscall.SIGINT, "TERM": syscall.SIGTERM}

// runUntil runs the real program until a line of its output matches, ends it by a
// signal, and wants it to end in order, all within two minutes. What it says
// is for the script's next lines.
func runUntil(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 3 || endings[args[0]] == 0 {
		ts.Fatalf("usage: ends INT|TERM LINE ARGS…")
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, os.Args[0], args[2:]...)
	cmd.Dir, cmd.Env, cmd.Stderr = ts.MkAbs("."), append(os.Environ(), runMain+"=1"), ts.Stderr()
	out, err := cmd.StdoutPipe()
	ts.Check(err)
	ts.Check(cmd.Start())
	seen := tellAt(ts.Stdout(), out, regexp.MustCompile(args[1]), func() { _ = cmd.Process.Signal(endings[args[0]]) })
	if err := cmd.Wait(); err != nil || !seen {
		ts.Fatalf("it ended with %v; a line %s: %v", err, args[1], seen)
	}
}

// tellAt copies lines to their end, and calls a function once at the first one
// that matches.
func tellAt(to io.Writer, from io.Reader, line *regexp.Regexp, f func()) (seen bool) {
	for s := bufio.NewScanner(from); s.Scan(); {
		fmt.Fprintln(to, s.Text())
		if !seen && line.MatchString(s.Text()) {
			seen = true
			f()
		}
	}
	return seen
}
