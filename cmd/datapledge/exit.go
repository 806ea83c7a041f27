package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/service/client"
)

// Exit codes. They are part of the contract: scripts branch on them.
const (
	exitOK           = 0
	exitFault        = 1
	exitUsage        = 2
	exitRefused      = 3
	exitNotNotarized = 10
	exitTampered     = 11
	exitDisputed     = 12
	exitEncumbered   = 13
)

// usageError says that the command line is wrong.
type usageError struct{ msg string }

func (e *usageError) Error() string { return e.msg }

func usagef(format string, args ...any) error {
	return &usageError{fmt.Sprintf(format, args...)}
}

// finding is an answer that was given in full and has an exit code of its
// own, like "tampered". Nothing more is printed as JSON for it.
type finding struct {
	code int
	msg  string
}

func (e *finding) Error() string { return e.msg }

// hinted adds what to do next to an error.
type hinted struct {
	error
	hint string
}

func (h *hinted) Unwrap() error { return h.error }

func hintf(err error, format string, args ...any) error {
	if err == nil {
		return nil
	}
	return &hinted{err, fmt.Sprintf(format, args...)}
}

// refusedOutcome is a refusal whose outcome is known; it is printed as JSON.
type refusedOutcome struct {
	refusal *pledge.Error
	outcome pledge.Outcome
}

func (r *refusedOutcome) Error() string { return r.refusal.Error() }
func (r *refusedOutcome) Unwrap() error { return r.refusal }

// exit prints the error, if any, and says what the process returns.
func (a *app) exit(err error) int {
	if err == nil {
		return exitOK
	}
	code, kind := classify(err)
	a.progressDone()
	fmt.Fprintf(a.stderr, "datapledge: %s\n", message(err))
	for _, hint := range hints(err) {
		fmt.Fprintf(a.stderr, "datapledge: hint: %s\n", hint)
	}
	if f := (*finding)(nil); a.json && !errors.As(err, &f) {
		a.printError(err, code, kind)
	}
	return code
}

func classify(err error) (int, string) {
	var (
		usage   *usageError
		found   *finding
		refused *pledge.Error
	)
	switch {
	case errors.As(err, &usage), errors.Is(err, client.ErrNoKey), errors.Is(err, client.ErrAddress):
		return exitUsage, "usage"
	case errors.As(err, &found):
		return found.code, ""
	case errors.As(err, &refused):
		return exitRefused, string(refused.Code)
	case errors.Is(err, service.ErrUnknownOutcome):
		return exitFault, "unknown"
	case errors.Is(err, service.ErrUnavailable):
		return exitFault, "unavailable"
	case errors.Is(err, context.Canceled):
		return exitFault, "interrupted"
	}
	return exitFault, "fault"
}

func message(err error) string {
	if refused := (*pledge.Error)(nil); errors.As(err, &refused) {
		return "refused: " + err.Error()
	}
	if errors.Is(err, context.Canceled) {
		return "interrupted"
	}
	return strings.TrimSuffix(err.Error(), "\n")
}

// printError writes the one JSON object that a failed command prints.
func (a *app) printError(err error, code int, kind string) {
	out := map[string]any{"code": kind, "detail": err.Error(), "exit": code}
	var r *refusedOutcome
	if errors.As(err, &r) && r.outcome.CommandID != "" {
		if text, err := json.Marshal(r.outcome); err == nil {
			_ = json.Unmarshal(text, &out)
		}
	}
	if refused := (*pledge.Error)(nil); errors.As(err, &refused) {
		out["detail"] = refused.Detail
	}
	if unknown := (*client.UnknownError)(nil); errors.As(err, &unknown) {
		out["command_id"], out["status"] = unknown.CommandID, pledge.Unknown
	}
	a.printJSON(out)
}

// hints says what can be done about an error: what the caller attached, and
// what is known about the condition.
func hints(err error) []string {
	var out []string
	if h := (*hinted)(nil); errors.As(err, &h) {
		out = append(out, h.hint)
	}
	if unknown := (*client.UnknownError)(nil); errors.As(err, &unknown) {
		out = append(out, "it may have taken effect: ask with 'datapledge command show "+unknown.CommandID+
			"', or make sure that it never does with 'datapledge command fence "+unknown.CommandID+"'")
		return out
	}
	switch {
	case errors.Is(err, client.ErrNoKey):
		out = append(out, "name the key file with -key FILE or DATAPLEDGE_KEY; 'datapledge key new' makes one")
	case errors.Is(err, service.ErrUnavailable) && len(out) == 0:
		out = append(out, "is the service running? 'datapledge serve' starts one; -server or DATAPLEDGE_SERVER says where it is")
	case errors.Is(err, fs.ErrExist):
		out = append(out, "an existing file is never overwritten; name another one")
	}
	return append(out, refusalHints(err)...)
}

// refusalHints tells the usual remedy of a refusal.
func refusalHints(err error) []string {
	remedies := map[pledge.Code]string{
		pledge.UnknownParty:    "an IP centre's admin key enrols a party: 'datapledge party enroll'",
		pledge.UnknownKey:      "an admin key of the party adds a key: 'datapledge party add-key'",
		pledge.AlreadyPledged:  "'datapledge search -asset ID' shows the pledge in force",
		pledge.SequenceChanged: "search again: another pledge was registered or released in between",
		pledge.Disputed:        "somebody else notarized the same content; the dispute comes first",
		pledge.CheckMissing:    "'datapledge pledge show ID' shows which checks are done",
		pledge.OverlapFound:    "'datapledge pledge scan ID -look' shows what is like the pledged asset",
		pledge.NotDue:          "'datapledge pledge show ID' shows its clocks: what can be done from when",
		pledge.AmendmentBarred: "propose another pledge for what is added; 'datapledge pledge extend' puts off the end",
		pledge.Frozen:          "the court or regulator that ordered it lifts it: 'datapledge order unfreeze'",
		pledge.ObjectionOpen:   "'datapledge pledge show ID' shows the objection and its clocks",
		pledge.ClosingOnly:     "it was signed for a closing, and takes effect with all of it",
		pledge.Stale:           "the clock of this machine or of the service is wrong, or the command was signed too long ago",
	}
	if e := (*pledge.Error)(nil); errors.As(err, &e) && remedies[e.Code] != "" {
		return []string{remedies[e.Code]}
	}
	return nil
}
