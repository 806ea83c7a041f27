package network

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
)

// A pid file holds the number of a process, when it began, and in which run
// of the machine: numbers are used again, and nobody else's process may be
// taken for ours.

var errEnded = errors.New("the process has ended")

func writePID(path string, pid int) error {
	began, err := startTime(pid)
	if errors.Is(err, errEnded) {
		return nil // which its keeper will see
	}
	if err != nil {
		return err
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

// startTime is when a process began: the machine's boot id, and the kernel's
// ticks since then (field 22 of /proc/PID/stat).
func startTime(pid int) (string, error) {
	boot, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	if err != nil {
		return "", fmt.Errorf("a network of plain processes needs Linux: %w", err)
	}
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return "", errEnded
	}
	// The name in field 2 may hold blanks and brackets: count from its end.
	fields := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
	if len(fields) < 20 || fields[0] == "Z" { // Z only waits for its parent
		return "", errEnded
	}
	return fields[19] + " " + strings.TrimSpace(string(boot)), nil
}
