package main

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

func runIn(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	t.Setenv("DATAPLEDGE_SERVER", "http://127.0.0.1:1")
	t.Setenv("DATAPLEDGE_KEY", "")
	var out, errs bytes.Buffer
	code = run(args, strings.NewReader(""), &out, &errs)
	return code, out.String(), errs.String()
}

func TestNormalise(t *testing.T) {
	root := newRoot(&app{getenv: func(string) string { return "" }})
	tests := []struct{ name, in, want string }{
		{"one dash", "search -asset X -json", "search --asset X --json"},
		{"two dashes", "search --asset X", "search --asset X"},
		{"equals", "search -asset=-X", "search --asset=-X"},
		{"a value may look like a flag", "pledge value P -value -5", "pledge value P --value -5"},
		{"a switch takes no value", "demo -keep -json", "demo --keep --json"},
		{"help", "demo -h", "demo --help"},
		{"a dash alone", "verify -", "verify -"},
		{"after the end of flags", "verify -owner X -- -dir", "verify --owner X -- -dir"},
		{"value missing", "search -asset", "search --asset"},
	}
	for _, tt := range tests {
		got := normalise(root, strings.Fields(tt.in))
		if !slices.Equal(got, strings.Fields(tt.want)) {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

// everyCommand calls fn for each command that does something or has commands
// below it.
func everyCommand(c *cobra.Command, fn func(*cobra.Command)) {
	fn(c)
	for _, sub := range c.Commands() {
		if sub.Name() != "help" {
			everyCommand(sub, fn)
		}
	}
}

func TestEveryHelpHasAnExampleAndItsExitStatus(t *testing.T) {
	n := 0
	everyCommand(newRoot(&app{}), func(c *cobra.Command) {
		n++
		path := strings.Fields(c.CommandPath())[1:]
		code, out, errs := runIn(t, append(path, "-help")...)
		if code != 0 || errs != "" {
			t.Errorf("%s -help: exit %d, %s", c.CommandPath(), code, errs)
		}
		example, exit := strings.Index(out, "\nEXAMPLE\n"), strings.Index(out, "\nEXIT STATUS\n")
		if !strings.HasPrefix(out, "usage: datapledge") || example < 0 || exit < example {
			t.Errorf("%s -help does not end with an example and its exit status:\n%s", c.CommandPath(), out)
		}
		for line := range strings.SplitSeq(out, "\n") {
			if len([]rune(line)) > 110 {
				t.Errorf("%s -help: a line is too long: %s", c.CommandPath(), line)
			}
		}
	})
	if n < 40 {
		t.Errorf("%d commands", n)
	}
}

// Help must not name a flag that does not exist.
func TestHelpNamesOnlyFlagsThatExist(t *testing.T) {
	known := map[string]bool{"-help": true, "-c": true, "-i": true, "-H": true, "-d": true}
	root := newRoot(&app{})
	for name := range valueFlags(root) {
		known["-"+name] = true
	}
	everyCommand(root, func(c *cobra.Command) {
		_, out, _ := runIn(t, append(strings.Fields(c.CommandPath())[1:], "-help")...)
		for word := range strings.FieldsFuncSeq(out, func(r rune) bool { return strings.ContainsRune(" \n\t,;:()'\"|[].…", r) }) {
			if strings.HasPrefix(word, "-") && len(word) > 1 && !known[word] {
				t.Errorf("%s: there is no flag %s", c.CommandPath(), word)
			}
		}
	})
}

func TestErrorsAreOneObjectUnderJSON(t *testing.T) {
	for _, line := range []string{"-json", "frobnicate -json", "pledge show -json", "network show -json", "pledge list -json", "evidence check x -trust y -json", "key show nowhere -json"} {
		code, out, errs := runIn(t, strings.Fields(line)...)
		var v struct {
			Code, Detail string
			Exit         int
		}
		if err := json.Unmarshal([]byte(out), &v); err != nil || v.Code == "" || v.Detail == "" || v.Exit != code || code == 0 {
			t.Errorf("%s: exit %d, %v: %s", line, code, err, out)
		}
		if !strings.HasPrefix(errs, "datapledge: ") {
			t.Errorf("%s: standard error is %q", line, errs)
		}
	}
}

func TestMoney(t *testing.T) {
	if n, err := minorUnits("value", "100"); err != nil || n != 100 {
		t.Errorf("got %d, %v", n, err)
	}
	for _, bad := range []string{"", "1.5", "1,000", "1e3", "99999999999999999999", "ten"} {
		if _, err := minorUnits("value", bad); err == nil {
			t.Errorf("%q was taken for an amount", bad)
		}
	}
}
