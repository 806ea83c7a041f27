package network

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"time"
)

// How soon a process that died is started again: at once at first, slower
// when it keeps dying.
const (
	firstDelay = 200 * time.Millisecond
	lastDelay  = 5 * time.Second
	steady     = 10 * time.Second // one that lived so long starts afresh
	patience   = 15 * time.Second // for a process to end by itself
)

// program is what a process runs.
type program struct {
	name string
	dir  string // its log and pid file
	path string
	args []string
	env  []string
}

// process keeps one program running.
type process struct {
	program
	spawn func(*exec.Cmd) error

	mu     sync.Mutex
	wanted bool
	cmd    *exec.Cmd
	gone   chan struct{} // closed when cmd is
	began  time.Time
	delay  time.Duration
	deaths int
	again  *time.Timer
}

// start runs the program, and again whenever it dies.
func (p *process) start() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.wanted = true
	if p.cmd != nil {
		return nil
	}
	p.delay, p.deaths = 0, 0
	return p.launch()
}

func (p *process) launch() error {
	log, err := os.OpenFile(filepath.Join(p.dir, "log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer log.Close()
	cmd := exec.Command(p.path, p.args...)
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = p.dir, p.env, log, log
	cmd.SysProcAttr = childAttr()
	if err := p.spawn(cmd); err != nil {
		return fmt.Errorf("starting %s: %w", p.name, err)
	}
	p.cmd, p.gone, p.began = cmd, make(chan struct{}), time.Now()
	go p.wait(cmd, p.gone)
	return writePID(p.pidFile(), cmd.Process.Pid)
}

func (p *process) pidFile() string { return filepath.Join(p.dir, "pid") }

func (p *process) wait(cmd *exec.Cmd, gone chan struct{}) {
	_ = cmd.Wait() // why it ended stands in its log
	p.mu.Lock()
	defer p.mu.Unlock()
	_ = os.Remove(p.pidFile())
	p.cmd = nil
	close(gone)
	if !p.wanted {
		return
	}
	p.deaths++
	if time.Since(p.began) > steady {
		p.delay, p.deaths = 0, 1
	}
	p.delay = min(max(firstDelay, 2*p.delay), lastDelay)
	p.again = time.AfterFunc(p.delay, p.relaunch)
}

func (p *process) relaunch() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.wanted || p.cmd != nil {
		return
	}
	if err := p.launch(); err != nil {
		p.again = time.AfterFunc(lastDelay, p.relaunch)
	}
}

// pid is 0 when the program does not run.
func (p *process) pid() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cmd == nil {
		return 0
	}
	return p.cmd.Process.Pid
}

// dying says that the program keeps ending soon after its start.
func (p *process) dying() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.deaths >= 3
}
