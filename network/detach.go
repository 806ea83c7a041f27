package network

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// A network that outlives the command that started it is kept by a process
// of its own, the supervisor: Launch starts it, and it runs Supervise.

// progressFD is the supervisor's end of a pipe to the one who launched it.
const progressFD = 3

// Launch starts the network of a prepared folder and returns when it is up.
// Self is the command line that runs Supervise; log gets what is going on.
func Launch(ctx context.Context, dir string, self []string, log io.Writer) error {
	from, to, err := os.Pipe()
	if err != nil {
		return err
	}
	defer from.Close()
	cmd, err := launch(dir, self, to)
	if err := errors.Join(err, to.Close()); err != nil {
		return fmt.Errorf("starting the supervisor: %w", err)
	}
	stop := context.AfterFunc(ctx, func() { _ = terminate(cmd.Process.Pid) })
	defer stop()
	last := relay(from, log)
	if last == upWord {
		return cmd.Process.Release()
	}
	_ = cmd.Wait()
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if why, ok := strings.CutPrefix(last, faultWord); ok {
		return unfold(why)
	}
	return fmt.Errorf("the supervisor ended without a word; see %s", filepath.Join(dir, "supervisor.log"))
}

func launch(dir string, self []string, to *os.File) (*exec.Cmd, error) {
	log, err := os.OpenFile(filepath.Join(dir, "supervisor.log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	defer log.Close()
	cmd := exec.Command(self[0], self[1:]...)
	cmd.Stdout, cmd.Stderr, cmd.ExtraFiles = log, log, []*os.File{to}
	cmd.SysProcAttr = detachedAttr()
	return cmd, cmd.Start()
}

// The last line that a supervisor sends.
const (
	upWord    = "up"
	faultWord = "fault: "
)

// relay passes on what the supervisor says, except for its last word.
func relay(from io.Reader, log io.Writer) string {
	lines := bufio.NewScanner(from)
	for lines.Scan() {
		text := lines.Text()
		if text == upWord || strings.HasPrefix(text, faultWord) {
			return text
		}
		fmt.Fprintln(log, text)
	}
	return ""
}

// Supervise runs the network of a prepared folder until the context ends. It
// tells its launcher, if there is one, how it goes.
func Supervise(ctx context.Context, dir, toolsDir string) error {
	progress := os.NewFile(progressFD, "progress")
	defer progress.Close() // nobody's, when it was started by hand
	r, err := supervise(ctx, dir, toolsDir, io.MultiWriter(os.Stderr, deaf{progress}))
	if err != nil {
		fmt.Fprintln(progress, faultWord+fold(err))
		return err
	}
	fmt.Fprintln(os.Stderr, time.Now().UTC().Format(time.RFC3339), "up")
	fmt.Fprintln(progress, upWord)
	_ = progress.Close()
	<-ctx.Done()
	fmt.Fprintln(os.Stderr, time.Now().UTC().Format(time.RFC3339), "going down")
	return r.Down()
}

func supervise(ctx context.Context, dir, toolsDir string, log io.Writer) (*Running, error) {
	c, g, err := Made(dir)
	if err != nil {
		return nil, err
	}
	return Up(ctx, Options{Dir: dir, Consortium: c, Genesis: g, Tools: toolsDir, Log: log, supervisor: true})
}

func supervisorFile(dir string) string { return filepath.Join(dir, "supervisor.pid") }

// deaf goes on when nobody listens any more.
type deaf struct{ w io.Writer }

func (d deaf) Write(p []byte) (int, error) {
	_, _ = d.w.Write(p)
	return len(p), nil
}
