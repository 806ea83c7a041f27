package network

import "syscall"

// detachedAttr makes a process that a closed terminal does not end.
func detachedAttr() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setsid: true} }

// childAttr makes a child a group of its own, which a Ctrl-C on the terminal
// does not reach, and end with the thread that started it.
func childAttr() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}
