package service

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/datapledge/datapledge/pledge"
)

// Submit applies commands in their order and returns one outcome each. A
// refusal is an outcome. When the ledger cannot tell what became of a command
// its status is unknown. Submit returns once the index shows what was
// committed, or a bounded time later, so that clients read their own writes.
//
// ErrConflict and ErrUnavailable mean that none took effect.
func (s *Service) Submit(ctx context.Context, commands []string) ([]pledge.Outcome, error) {
	outcomes := make([]pledge.Outcome, len(commands))
	var send []string
	var at []int
	for i, jws := range commands {
		refusal, err := s.unfit(ctx, jws)
		if err != nil {
			return nil, err
		}
		if refusal != nil {
			outcomes[i] = refusedOutcome(jws, refusal)
			continue
		}
		send, at = append(send, jws), append(at, i)
	}
	if len(send) > 0 {
		answers, err := s.send(ctx, send)
		if err != nil {
			return nil, err
		}
		for i, o := range answers {
			outcomes[at[i]] = o
		}
	}
	s.o.Observer.Batch(len(commands))
	s.recordAll(ctx, commands, outcomes)
	s.catchUp(ctx, outcomes)
	return outcomes, nil
}

// unfit refuses what need not come to the ledger, or what the ledger cannot see
// is wrong.
func (s *Service) unfit(ctx context.Context, jws string) (*pledge.Error, error) {
	if len(jws) > pledge.MaxCommand {
		return pledge.Errorf(pledge.TooLarge, "a command is at most %d bytes", pledge.MaxCommand), nil
	}
	return s.overlooks(ctx, jws)
}

func (s *Service) send(ctx context.Context, commands []string) ([]pledge.Outcome, error) {
	outcomes, err := s.o.Ledger.Submit(ctx, commands)
	if errors.Is(err, ErrUnknownOutcome) || err == nil && len(outcomes) != len(commands) {
		return unknown(commands), nil
	}
	if err != nil {
		return nil, fmt.Errorf("submitting: %w", err)
	}
	return outcomes, nil
}

func unknown(commands []string) []pledge.Outcome {
	outcomes := make([]pledge.Outcome, len(commands))
	for i, jws := range commands {
		outcomes[i] = pledge.Outcome{CommandID: commandID(jws), Status: pledge.Unknown,
			Detail: "it may have taken effect: ask for the command by its id, or send the same bytes again"}
	}
	return outcomes
}

func refusedOutcome(jws string, e *pledge.Error) pledge.Outcome {
	return pledge.Outcome{CommandID: commandID(jws), Status: pledge.Refused, Code: e.Code, Detail: e.Detail}
}

// catchUp waits until the index shows what was committed. That it could not
// is no reason to keep the outcome back: readers then see it a little later.
func (s *Service) catchUp(ctx context.Context, outcomes []pledge.Outcome) {
	var top uint64
	for _, o := range outcomes {
		if o.Position != nil {
			top = max(top, o.Position.Block)
		}
	}
	if top == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, s.o.ReadYourWrites)
	defer cancel()
	if err := s.o.Index.WaitFor(ctx, top); err != nil {
		s.o.Logger.WarnContext(ctx, "index lags behind a committed command", "block", top, "error", err)
	}
}

// Outcome says what became of a command, by its id. The record is left out
// unless the caller may see it.
func (s *Service) Outcome(ctx context.Context, c Caller, id string) (pledge.Outcome, error) {
	if err := c.may(UseOutcome, "the outcome of a command"); err != nil {
		return pledge.Outcome{}, err
	}
	// "None took effect" of an index that lags could make somebody sign anew.
	if _, err := s.settled(ctx); err != nil {
		return pledge.Outcome{}, err
	}
	o, event, err := s.o.Index.Command(ctx, id)
	if errors.Is(err, ErrNotFound) {
		return pledge.Outcome{}, pledge.Errorf(pledge.NotFound, "no command %s took effect so far", id)
	}
	if err != nil {
		return pledge.Outcome{}, fmt.Errorf("looking up %s: %w", id, err)
	}
	if event.By != c.Party && !s.sees(c, o.RecordID, o.Record) {
		o.Record = nil
	}
	return o, nil
}

// recordAll counts commands and writes their audit lines. What does not even
// name an act and a party is only counted, and shares one line: anybody can
// send it, and must not be able to fill the log.
func (s *Service) recordAll(ctx context.Context, commands []string, outcomes []pledge.Outcome) {
	unreadable := 0
	for i, o := range outcomes {
		act, by := peek(commands[i])
		s.o.Observer.Command(act, o.Status, o.Code)
		if act == "other" && by == "" {
			unreadable++
			continue
		}
		s.record(ctx, act, by, o)
	}
	if unreadable > 0 {
		s.audit(ctx, "unreadable", "commands", unreadable, "status", pledge.Refused)
	}
}

// record writes the audit line of a command.
func (s *Service) record(ctx context.Context, act pledge.Act, by string, o pledge.Outcome) {
	args := []any{"act", act, "by", by, "command_id", o.CommandID, "status", o.Status}
	if o.Status == pledge.Refused {
		args = append(args, "code", o.Code, "detail", o.Detail)
	}
	if o.RecordID != "" {
		args = append(args, "record_id", o.RecordID)
	}
	if o.Position != nil {
		args = append(args, "block", o.Position.Block, "index", o.Position.Index)
	}
	s.audit(ctx, "command", append(args, "duplicate", o.Duplicate)...)
}

// peek reads what a command claims, for logs and counters only. An act that
// the rules do not know is "other", so that nobody can invent labels.
func peek(jws string) (act pledge.Act, by string) {
	var claimed struct {
		Act pledge.Act `json:"act"`
		By  string     `json:"by"`
	}
	parts := strings.Split(jws, ".")
	if len(parts) != 3 || len(jws) > pledge.MaxCommand {
		return "other", ""
	}
	raw, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil || json.Unmarshal(raw, &claimed) != nil {
		return "other", ""
	}
	if pledge.CheckUSCC(claimed.By) != nil {
		claimed.By = ""
	}
	if !slices.Contains(acts, claimed.Act) {
		claimed.Act = "other"
	}
	return claimed.Act, claimed.By
}

// acts are the labels that counters may carry.
var acts = pledge.Acts()

// CommandID is the id of a command, whether it parses or not.
func (s *Service) CommandID(jws string) string { return commandID(jws) }

// commandID is "cmd_" and the SHA-256 of the signing input, also of what does
// not parse, so that its sender can tell which line was refused.
func commandID(jws string) string {
	input := jws
	if i := strings.LastIndexByte(jws, '.'); i >= 0 {
		input = jws[:i]
	}
	sum := sha256.Sum256([]byte(input))
	return "cmd_" + hex.EncodeToString(sum[:])
}

// signAndSubmit submits a command of the service's own key.
func (s *Service) signAndSubmit(ctx context.Context, act pledge.Act, body any) (pledge.Outcome, error) {
	command, err := s.o.Custodian.Sign(act, s.Channel(), body, s.now(), nil)
	if err != nil {
		return pledge.Outcome{}, fmt.Errorf("signing %s: %w", act, err)
	}
	outcomes, err := s.Submit(ctx, []string{command})
	if err != nil {
		return pledge.Outcome{}, err
	}
	return outcomes[0], nil
}
