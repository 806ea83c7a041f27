package fabricbench

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/datapledge/datapledge/service/client"
)

// tick is what /proc counts processor time in: USER_HZ, 100 on Linux.
const tick = 1e6 / 100 // µs

// counted adds the processor time that every kind of process spent to r. The
// service and its clients are this process.
func (s *stage) counted(r *Rate, send func(context.Context, *client.Client, []string) error) func(context.Context, *client.Client, []string) error {
	return func(ctx context.Context, c *client.Client, commands []string) error {
		before := s.spent()
		err := send(ctx, c, commands)
		for name, after := range s.spent() {
			r.Spent[name] += after - before[name]
		}
		return err
	}
}

// spent is the processor time so far, in µs; empty where there is no /proc.
func (s *stage) spent() map[string]float64 {
	out := map[string]float64{}
	add := func(name string, pid int) {
		if t, err := processorTime(pid); err == nil {
			out[name] += t
		}
	}
	add("service and clients", os.Getpid())
	for _, name := range s.net.Names() {
		kind, _, _ := strings.Cut(name, ".")
		add(kind+"s", s.net.PID(name))
	}
	return out
}

// processorTime reads utime and stime of a process, proc(5).
func processorTime(pid int) (float64, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, err
	}
	_, rest, _ := strings.Cut(string(text), ") ") // the name may hold anything but this
	fields := strings.Fields(rest)
	if len(fields) < 13 {
		return 0, fmt.Errorf("/proc/%d/stat is short", pid)
	}
	user, err1 := strconv.ParseFloat(fields[11], 64)
	system, err2 := strconv.ParseFloat(fields[12], 64)
	if err1 != nil || err2 != nil {
		return 0, fmt.Errorf("/proc/%d/stat: %w", pid, err1)
	}
	return (user + system) * tick, nil
}
