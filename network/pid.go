package network

import (
	"fmt"
	"os"
	"strconv"
	"strings"
)

// A pid file holds the number and the start time of a process: numbers are
// used again, and nobody else's process may be taken for ours.

func writePID(path string, pid int) error {
	began, err := startTime(pid)
	if err != nil {
		return nil // it has ended already, which its keeper will see
	}
	return writeFile(path, []byte(strconv.Itoa(pid)+" "+began+"\n"), 0o600)
}

// readPID is the process that a pid file names, or 0 when it is gone.
func readPID(path string) int {
	text, err := os.ReadFile(path)
	if err != nil {
		return 0
	}
	number, began, _ := strings.Cut(strings.TrimSpace(string(text)), " ")
	pid, err := strconv.Atoi(number)
	if err != nil || pid <= 1 {
		return 0
	}
	if now, err := startTime(pid); err != nil || now != began {
		return 0
	}
	return pid
}

// startTime is when a process began, in the kernel's ticks: field 22 of
// /proc/PID/stat. One that only waits to be reaped (Z) has ended.
func startTime(pid int) (string, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return "", err
	}
	// The name in field 2 may hold blanks and brackets: count from its end.
	fields := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
	if len(fields) < 20 || fields[0] == "Z" {
		return "", fmt.Errorf("process %d has ended", pid)
	}
	return fields[19], nil
}
