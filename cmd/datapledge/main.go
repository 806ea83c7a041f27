// Command datapledge notarizes data assets, pledges them, and proves it: the
// service, the tool of the parties, and the offline checker, in one binary.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// run is the whole program but for the exit. The first SIGINT or SIGTERM
// asks for an orderly end. Another one kills, but not within a second: tools
// that stop a group of processes signal each of them twice.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, func() { time.AfterFunc(time.Second, stop) })

	out := &output{w: stdout}
	a := &app{stdin: stdin, stdout: out, stderr: stderr, getenv: os.Getenv}
	root := newRoot(a)
	args = normalise(root, args)
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	if err == nil && out.err != nil {
		err = fmt.Errorf("printing the result: %w", out.err)
	}
	return a.exit(err)
}

// output remembers that a result could not be printed: a script that reads
// an empty answer with exit code 0 would take it for one.
type output struct {
	w   io.Writer
	err error
}

func (o *output) Write(b []byte) (int, error) {
	n, err := o.w.Write(b)
	if err != nil && o.err == nil {
		o.err = err
	}
	return n, err
}
