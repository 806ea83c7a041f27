package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/datapledge/datapledge/internal/needs"
	"github.com/datapledge/datapledge/service/certificate"
)

func TestScripts(t *testing.T) {
	scripts, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(scripts) < 10 {
		t.Fatalf("%d scripts, %v", len(scripts), err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			bin := filepath.Join(env.WorkDir, ".bin")
			env.Setenv(runMain, "1")
			env.Setenv("PATH", bin+string(filepath.ListSeparator)+env.Getenv("PATH"))
			env.Setenv("TODAY", time.Now().UTC().Format(time.DateOnly))
			if err := errors.Join(os.Mkdir(bin, 0o755), newClock(env)); err != nil {
				return err
			}
			return os.Symlink(self, filepath.Join(bin, "datapledge"))
		},
		Condition: installed,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits":   exits,
			"ends":    runUntil,
			"let":     let,
			"has":     has,
			"service": serviceUp,
			"clock":   clockOn,
			"loan":    loan,
			"day":     inDays,
			"cast":    cast,
			"flip":    flip,
			"cut":     cut,
			"touch":   touch,
			"mode":    mode,
		},
	})
}

// installed is a condition like [openssl] or [font]: a program, or a font with
// Chinese, that may be missing, but not where DATAPLEDGE_TEST_REQUIRE names it.
func installed(what string) (bool, error) {
	_, err := exec.LookPath(what)
	if what == "font" {
		_, err = certificate.CheckFonts(nil)
	}
	if err != nil && needs.Required(what) {
		return false, err
	}
	return err == nil, nil
}

// exits runs a program and wants that exit code.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE PROGRAM ARGS…")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	got := 0
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		got = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

// let sets a variable to a member of the JSON object that was printed last,
// named by a path like record.status or items.0.asset_id.
func let(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: let VARIABLE PATH")
	}
	ts.Setenv(args[0], member(ts, args[1]))
}

// has compares such a member with a text.
func has(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: has PATH TEXT")
	}
	if got := member(ts, args[0]); (got == args[1]) == neg {
		ts.Fatalf("%s is %q, against %q", args[0], got, args[1])
	}
}

func member(ts *testscript.TestScript, path string) string {
	var v any
	text := ts.ReadFile("stdout")
	dec := json.NewDecoder(strings.NewReader(text))
	dec.UseNumber()
	if err := dec.Decode(&v); err != nil {
		ts.Fatalf("the output is not one JSON value: %v: %s", err, text)
	}
	if dec.More() {
		ts.Fatalf("more than one JSON value: %s", text)
	}
	for name := range strings.SplitSeq(path, ".") {
		switch x := v.(type) {
		case map[string]any:
			v = x[name]
		case []any:
			i, err := strconv.Atoi(name)
			if name == "len" {
				v = len(x)
				continue
			}
			if err != nil || i >= len(x) {
				ts.Fatalf("no %s in %s", path, text)
			}
			v = x[i]
		default:
			ts.Fatalf("no %s in %s", path, text)
		}
	}
	return fmt.Sprint(v)
}

// serviceUp starts the real program serving a folder, and stops it in order
// at the end of the script.
func serviceUp(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: service DIR")
	}
	dir := ts.MkAbs(args[0])
	// Scripts move the clock and say themselves what is over.
	config := dir + ".json"
	ts.Check(os.WriteFile(config, []byte(`{"clocks":{"enabled":false}}`), 0o600))
	cmd := exec.Command(os.Args[0], "serve", "-json", "-config", config, "-listen", "127.0.0.1:0", "-data", dir)
	cmd.Env = append(os.Environ(), runMain+"=1", clockFile+"="+ts.Getenv(clockFile))
	log := &bytes.Buffer{}
	cmd.Stderr = log
	out, err := cmd.StdoutPipe()
	ts.Check(err)
	ts.Check(cmd.Start())
	ts.Defer(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		if err := cmd.Wait(); err != nil {
			ts.Logf("the service ended with %v: %s", err, log)
		}
	})
	var up struct{ URL string }
	if err := json.NewDecoder(bufio.NewReader(out)).Decode(&up); err != nil {
		ts.Fatalf("the service did not start: %v: %s", err, log)
	}
	ts.Setenv("DATAPLEDGE_SERVER", up.URL)
	ts.Setenv("KEYS", filepath.Join(dir, "keys"))
}

// Codes of the cast, all made up, with a valid check digit.
var castOf = []struct{ name, code, role string }{
	{"acme", "91330108MA2DEMXA01", "enterprise"},
	{"twin", "91350100M000100Y43", "enterprise"},
	{"rival", "91330100MADEMB2A8H", "bank"},
}

// ownData is a consent file beside which paper.txt lies.
const ownData = `{"v":1,"basis":"own data","as_of":"2026-01-31","documents":[{"path":"paper.txt","kind":"authorization","scope":"any","sources":["*"],"expires":""}]}`

// cast makes and enrols two companies and a second bank, and writes a consent
// file for the companies.
func cast(ts *testscript.TestScript, neg bool, args []string) {
	for _, p := range castOf {
		key := p.name + ".jwk"
		ts.Check(ts.Exec("datapledge", "key", "new", "-party", p.code, "-out", key, "-json"))
		ts.Check(ts.Exec("datapledge", "party", "enroll", key, "-name", p.name, "-roles", p.role, "-key", ts.Getenv("KEYS")+"/ipcenter.jwk"))
		ts.Setenv(strings.ToUpper(p.name), p.code)
	}
	ts.Check(os.WriteFile(ts.MkAbs("consent.json"), []byte(ownData), 0o644))
	ts.Check(os.WriteFile(ts.MkAbs("paper.txt"), []byte("a paper\n"), 0o644))
	ts.Setenv("BANK", "91330100MADEUP064T")
}

// flip changes one bit of a file, or of every file in a folder: in the
// middle, or so many bytes from the end.
func flip(ts *testscript.TestScript, neg bool, args []string) {
	change(ts, args[0], func(data []byte) []byte {
		at := len(data) / 2
		if len(args) > 1 {
			back, err := strconv.Atoi(args[1])
			ts.Check(err)
			at = len(data) - back
		}
		data[at] ^= 1
		return data
	})
}

// cut drops the second half.
func cut(ts *testscript.TestScript, neg bool, args []string) {
	change(ts, args[0], func(data []byte) []byte { return data[:len(data)/2] })
}

// change rewrites a file, or every file in a folder that is not empty.
func change(ts *testscript.TestScript, path string, how func([]byte) []byte) {
	n := 0
	ts.Check(filepath.WalkDir(ts.MkAbs(path), func(path string, e os.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil || len(data) == 0 {
			return err
		}
		n++
		return errors.Join(os.Chmod(path, 0o644), os.WriteFile(path, how(data), 0o644))
	}))
	if n == 0 {
		ts.Fatalf("nothing to change in %s", path)
	}
}

// touch makes files; the names may have escapes like \xff.
func touch(ts *testscript.TestScript, neg bool, args []string) {
	for _, arg := range args {
		name, err := strconv.Unquote(`"` + arg + `"`)
		ts.Check(err)
		path := ts.MkAbs(name)
		ts.Check(os.MkdirAll(filepath.Dir(path), 0o755))
		ts.Check(os.WriteFile(path, []byte(name), 0o644))
	}
}

// mode compares a file's permissions.
func mode(ts *testscript.TestScript, neg bool, args []string) {
	info, err := os.Stat(ts.MkAbs(args[1]))
	ts.Check(err)
	if got := fmt.Sprintf("%04o", info.Mode().Perm()); got != args[0] {
		ts.Fatalf("%s has mode %s, want %s", args[1], got, args[0])
	}
}
