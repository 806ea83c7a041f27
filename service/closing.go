package service

import (
	"encoding/json"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/datapledge/datapledge/pledge"
)

// ClosingStep is one act of a closing before it is signed: what, by whom, and
// the body word for word.
type ClosingStep struct {
	Act  pledge.Act      `json:"act"`
	By   string          `json:"by"`
	Body json.RawMessage `json:"body"`
}

// ClosingPlan 交割安排 is what the parties of a closing agree on: these acts, in
// this order, all or none.
type ClosingPlan struct {
	Title string        `json:"title"`
	Steps []ClosingStep `json:"steps"`
}

// States of a closing.
const (
	ClosingWaits = "WAITS" // for signatures
	ClosingReady = "READY" // all are there, and it has not taken effect
	ClosingDone  = "DONE"
)

// SignedStep is a step and its signature so far: the command, and since when.
type SignedStep struct {
	ClosingStep
	Digest    string `json:"digest"`
	CommandID string `json:"command_id,omitempty"`
	SignedAt  string `json:"signed_at,omitempty"`
	// Void says why a signature does not count any more; the step waits for another.
	Void string `json:"void,omitempty"`
}

// Closing 交割室 is a plan and what became of it. Closing is its digest: every
// command of it states that, and so its signer agrees to the whole.
type Closing struct {
	Closing string       `json:"closing"`
	Title   string       `json:"title"`
	State   string       `json:"state"`
	Steps   []SignedStep `json:"steps"`
	// WaitsFor lists the parties that have steps to sign.
	WaitsFor []string `json:"waits_for"`
	// Outcome is what became of the last try to apply it, in the answer to the
	// request that made it.
	Outcome *pledge.Outcome `json:"outcome,omitempty"`
}

// maxClosingTitle bounds a title in bytes.
const maxClosingTitle = 300

// Read decodes the bodies, each as its act wants it: what pledge.PlanDigest takes.
func (p ClosingPlan) Read() ([]pledge.Step, error) {
	if n := len(p.Steps); n < 2 || n > pledge.MaxClosing {
		return nil, pledge.Errorf(pledge.Malformed, "a closing has 2 to %d steps, not %d", pledge.MaxClosing, n)
	}
	if len(p.Title) > maxClosingTitle || strings.TrimSpace(p.Title) == "" {
		return nil, pledge.Errorf(pledge.Malformed, "title must have 1 to %d bytes", maxClosingTitle)
	}
	if !utf8.ValidString(p.Title) || strings.ContainsFunc(p.Title, disguises) {
		return nil, pledge.Errorf(pledge.Malformed, "title must be text without control, format or separator characters")
	}
	steps := make([]pledge.Step, len(p.Steps))
	for i, s := range p.Steps {
		body, err := s.read()
		if err != nil {
			return nil, fmt.Errorf("step %d: %w", i, err)
		}
		steps[i] = pledge.Step{Act: s.Act, By: s.By, Body: body}
	}
	return steps, distinct(steps)
}

// disguises: a title that can move a terminal's cursor, or turn letters around,
// could paint over the steps that somebody is to sign.
func disguises(r rune) bool { return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) }

// distinct: of two equal steps one signature would stand for both.
func distinct(steps []pledge.Step) error {
	seen := map[string]int{}
	for i, s := range steps {
		digest, err := pledge.ActDigest(s.Act, s.Body)
		if err != nil {
			return err
		}
		if first, twice := seen[s.By+digest]; twice {
			return pledge.Errorf(pledge.Malformed, "steps %d and %d are the same", first, i)
		}
		seen[s.By+digest] = i
	}
	return nil
}

func (s ClosingStep) read() (any, error) {
	if s.Act == pledge.ClosingExecute || s.Act == pledge.CommandFence {
		return nil, pledge.Errorf(pledge.Malformed, "%s cannot be part of a closing", s.Act)
	}
	if err := pledge.CheckUSCC(s.By); err != nil {
		return nil, err
	}
	return pledge.DecodeBody(s.Act, s.Body)
}

// Plan is what the parties agreed on.
func (r Closing) Plan() ClosingPlan {
	p := ClosingPlan{Title: r.Title}
	for _, s := range r.Steps {
		p.Steps = append(p.Steps, s.ClosingStep)
	}
	return p
}

// parties of the plan, each once, in the order of their steps.
func (p ClosingPlan) parties() []string {
	var list []string
	for _, s := range p.Steps {
		list = appendNew(list, s.By)
	}
	return list
}
