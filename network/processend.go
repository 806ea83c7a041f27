package network

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"syscall"
	"time"
)

// stop ends the program for good: asked first when it may take its time.
func (p *process) stop(gently bool) error {
	p.mu.Lock()
	p.wanted = false
	if p.again != nil {
		p.again.Stop()
	}
	cmd, gone := p.cmd, p.gone
	p.mu.Unlock()
	if cmd == nil {
		return nil
	}
	if gently && cmd.Process.Signal(syscall.SIGTERM) == nil {
		select {
		case <-gone:
			return nil
		case <-time.After(patience):
		}
	}
	return p.end(cmd, gone)
}

func (p *process) end(cmd *exec.Cmd, gone chan struct{}) error {
	if err := cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("killing %s: %w", p.name, err)
	}
	<-gone
	return nil
}

// kill ends the program as a crash would; it is started again.
func (p *process) kill() error {
	p.mu.Lock()
	cmd, gone := p.cmd, p.gone
	p.mu.Unlock()
	if cmd == nil {
		return fmt.Errorf("%s is not running", p.name)
	}
	return p.end(cmd, gone)
}
