package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"golang.org/x/term"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/service/client"
)

// clock is what commands and tokens are signed by, and what the service goes
// by. The tests of a pledge's life move it.
var clock = time.Now

// defaultServer is where serve listens when nothing else is said.
const defaultServer = "http://127.0.0.1:8080"

// app is one run of the program: where it reads and writes, and the flags
// that every command has.
type app struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	getenv         func(string) string

	json           bool
	server         string
	keyFile        string
	passphraseFile string

	bar *bar
}

// client speaks to the service with the party's key; without a key only what
// is public can be asked.
func (a *app) client() (*client.Client, error) {
	var key *client.Key
	if a.keyPath() != "" {
		k, err := a.key()
		if err != nil {
			return nil, err
		}
		key = k
	}
	return client.Dial(first(a.server, a.getenv("DATAPLEDGE_SERVER"), defaultServer), key, client.Options{Now: clock})
}

func (a *app) keyPath() string { return first(a.keyFile, a.getenv("DATAPLEDGE_KEY")) }

// key loads the party's key.
func (a *app) key() (*client.Key, error) {
	if a.keyPath() == "" {
		return nil, client.ErrNoKey
	}
	return client.Load(a.keyPath(), a.passphrase)
}

// passphrase comes from a file, or is asked for on a terminal; never from
// the command line or the environment, which others can see.
func (a *app) passphrase() (string, error) {
	if a.passphraseFile != "" {
		text, err := os.ReadFile(a.passphraseFile)
		return strings.TrimRight(string(text), "\r\n"), err
	}
	f, ok := a.stdin.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return "", errors.New("the key has a passphrase: give its file with -passphrase-file")
	}
	fmt.Fprint(a.stderr, "passphrase: ")
	word, err := term.ReadPassword(int(f.Fd()))
	fmt.Fprintln(a.stderr)
	return string(word), err
}

// emit prints the result: one JSON object, or the text for people.
func (a *app) emit(v any, text func(w io.Writer)) {
	a.progressDone()
	if a.json {
		a.printJSON(v)
		return
	}
	text(a.stdout)
}

func (a *app) printJSON(v any) {
	enc := json.NewEncoder(a.stdout)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	_ = enc.Encode(v) // run sees what stdout could not take
}

// say tells what is going on; nothing under -json.
func (a *app) say(format string, args ...any) {
	if !a.json {
		fmt.Fprintf(a.stderr, format+"\n", args...)
	}
}

// act signs a command, submits it, and prints what became of it.
func (a *app) act(ctx context.Context, act pledge.Act, body any) error {
	c, err := a.client()
	if err != nil {
		return err
	}
	out, err := c.Act(ctx, act, body)
	return a.outcome(out, err)
}

// outcome prints what became of a command, or returns why not.
func (a *app) outcome(out pledge.Outcome, err error) error {
	if refused := (*pledge.Error)(nil); errors.As(err, &refused) {
		return &refusedOutcome{refused, out}
	}
	if err != nil {
		return err
	}
	a.emit(certified(out), func(w io.Writer) { printOutcome(w, out) })
	return nil
}

// certifiedOutcome adds the number under which anybody reads what was done.
type certifiedOutcome struct {
	pledge.Outcome
	Certificate string `json:"certificate,omitempty"`
}

func certified(out pledge.Outcome) certifiedOutcome {
	return certifiedOutcome{out, service.CertificateNumber(out.RecordID, out.Record)}
}

func printOutcome(w io.Writer, out pledge.Outcome) {
	word := "done"
	if out.Duplicate {
		word = "done before"
	}
	fmt.Fprintf(w, "%s: %s", word, out.CommandID)
	if out.Position != nil {
		fmt.Fprintf(w, " in block %d", out.Position.Block)
	}
	fmt.Fprintln(w)
	if out.RecordID == "" {
		return
	}
	fmt.Fprintf(w, "record: %s", out.RecordID)
	var r struct{ State, Status string }
	if json.Unmarshal(out.Record, &r) == nil && r.State+r.Status != "" {
		fmt.Fprintf(w, " (%s)", first(r.State, r.Status))
	}
	fmt.Fprintln(w)
	if number := certified(out).Certificate; number != "" {
		fmt.Fprintf(w, "certificate: %s\n", number)
	}
}

func first(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}
