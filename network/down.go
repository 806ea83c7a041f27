package network

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// downTime is how long a supervisor may take to end its nodes.
const downTime = 2 * patience

// Shutdown ends the network of a folder, whoever started it, and makes sure
// that none of its processes is left. It reports whether there was any.
func Shutdown(ctx context.Context, dir string) (bool, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return false, err
	}
	if !exists(filepath.Join(dir, "consortium.json")) {
		return false, fmt.Errorf("there is no network in %s", dir)
	}
	found, err := end(ctx, supervisorFile(dir), downTime)
	if err != nil {
		return found, fmt.Errorf("ending the supervisor: %w", err)
	}
	left, err := filepath.Glob(filepath.Join(dir, "nodes", "*", "pid"))
	if err != nil {
		return found, err
	}
	for _, path := range left {
		one, err := end(ctx, path, patience)
		if err != nil {
			return true, fmt.Errorf("ending %s: %w", filepath.Base(filepath.Dir(path)), err)
		}
		found = found || one
	}
	return found, unheld(dir)
}

// end ends the process that a pid file names: asked at first, then killed.
// The file goes with it.
func end(ctx context.Context, path string, wait time.Duration) (bool, error) {
	pid := readPID(path)
	if pid == 0 {
		return false, gone(path)
	}
	if err := terminate(pid); err != nil {
		return true, err
	}
	if left(ctx, path, wait) {
		return true, gone(path)
	}
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil && !errors.Is(err, syscall.ESRCH) {
		return true, err
	}
	if !left(ctx, path, patience) {
		return true, fmt.Errorf("process %d does not end", pid)
	}
	return true, gone(path)
}

func terminate(pid int) error {
	if err := syscall.Kill(pid, syscall.SIGTERM); !errors.Is(err, syscall.ESRCH) {
		return err
	}
	return nil
}

// left waits until the process is gone, false when it is not.
func left(ctx context.Context, path string, wait time.Duration) bool {
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	for readPID(path) != 0 {
		select {
		case <-ctx.Done():
			return false
		case <-time.After(20 * time.Millisecond):
		}
	}
	return true
}

func gone(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}

// unheld finds a process that runs the network without being its supervisor,
// such as a test: it would start again what was ended.
func unheld(dir string) error {
	unlock, err := tryLock(filepath.Join(dir, "lock"))
	for range 100 { // a process that was killed lets go a little after its nodes ended
		if !errors.Is(err, errLocked) {
			break
		}
		time.Sleep(50 * time.Millisecond)
		unlock, err = tryLock(filepath.Join(dir, "lock"))
	}
	if errors.Is(err, errLocked) {
		return fmt.Errorf("%w, which has to end it: %s", ErrRunning, dir)
	}
	if err != nil {
		return err
	}
	unlock()
	return nil
}
