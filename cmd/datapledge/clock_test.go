package main

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// clockFile names a file with how far the clock of a script is ahead. Every
// process of the script reads it: the service and the tool of each party.
const clockFile = "DATAPLEDGE_TEST_CLOCK"

// moveClock makes the program go by the script's clock.
func moveClock() {
	path := os.Getenv(clockFile)
	if path == "" {
		return
	}
	clock = func() time.Time {
		text, err := os.ReadFile(path)
		if err != nil {
			panic(err)
		}
		ahead, err := time.ParseDuration(string(text))
		if err != nil {
			panic(err)
		}
		return time.Now().Add(ahead)
	}
}

// clockOn lets time pass: "clock 11d", "clock 3h". TODAY follows it.
func clockOn(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: clock DURATION")
	}
	text := args[0]
	if days, ok := strings.CutSuffix(text, "d"); ok {
		n, err := strconv.Atoi(days)
		ts.Check(err)
		text = (time.Duration(n) * 24 * time.Hour).String()
	}
	more, err := time.ParseDuration(text)
	ts.Check(err)
	path := ts.Getenv(clockFile)
	old, err := os.ReadFile(path)
	ts.Check(err)
	ahead, err := time.ParseDuration(string(old))
	ts.Check(err)
	ts.Check(setClock(path, ahead+more))
	ts.Setenv("TODAY", dayIn(ahead+more))
}

// dayIn is the day in China, as far ahead.
func dayIn(ahead time.Duration) string {
	return time.Now().Add(ahead).In(time.FixedZone("UTC+8", 8*60*60)).Format(time.DateOnly)
}

// inDays sets a variable to the day in China so many days after the script's
// today: "day END 200".
func inDays(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: day VARIABLE DAYS")
	}
	n, err := strconv.Atoi(args[1])
	ts.Check(err)
	today, err := os.ReadFile(ts.Getenv(clockFile))
	ts.Check(err)
	ahead, err := time.ParseDuration(string(today))
	ts.Check(err)
	ts.Setenv(args[0], dayIn(ahead+time.Duration(n)*24*time.Hour))
}

// setClock replaces the file at once: a process may be reading it.
func setClock(path string, ahead time.Duration) error {
	if err := os.WriteFile(path+".new", []byte(ahead.String()), 0o600); err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}

// newClock gives a script a clock of its own, which is right.
func newClock(env *testscript.Env) error {
	path := filepath.Join(env.WorkDir, ".clock")
	env.Setenv(clockFile, path)
	return setClock(path, 0)
}

func TestClockMovesEveryProcess(t *testing.T) {
	path := filepath.Join(t.TempDir(), "clock")
	t.Setenv(clockFile, path)
	if err := setClock(path, 240*time.Hour); err != nil {
		t.Fatal(err)
	}
	old := clock
	defer func() { clock = old }()
	moveClock()
	if ahead := time.Until(clock()); ahead < 239*time.Hour || ahead > 241*time.Hour {
		t.Errorf("the clock is %s ahead", ahead)
	}
}
