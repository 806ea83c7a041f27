package network

import (
	"os/exec"
	"runtime"
)

// spawner starts processes from one thread that lives as long as it does: the
// kernel ends a child when the thread that started it ends (PR_SET_PDEATHSIG),
// so nothing is left when this program is killed.
type spawner struct {
	todo chan func()
}

func newSpawner() *spawner {
	s := &spawner{make(chan func())}
	go func() {
		runtime.LockOSThread()
		for f := range s.todo {
			f()
		}
	}()
	return s
}

func (s *spawner) start(cmd *exec.Cmd) error {
	done := make(chan error)
	s.todo <- func() { done <- cmd.Start() }
	return <-done
}

// close ends the thread; every child must be gone.
func (s *spawner) close() { close(s.todo) }
