package faultrun

import (
	"strings"
	"testing"
	"time"

	"github.com/datapledge/datapledge/pledge"
)

// Every kind of false answer is counted, and what was right is not.
func TestBookFindsFalseAnswers(t *testing.T) {
	p, q := pledge.Position{Block: 7, Tx: 1}, pledge.Position{Block: 8}
	for _, tt := range []struct {
		name   string
		entry  Entry
		ledger []pledge.Position
		count  func(Tally) int
		fault  bool
	}{
		{"acknowledged and there", Entry{Fate: Applied, Position: p}, []pledge.Position{p}, func(t Tally) int { return t.Acked }, false},
		{"acknowledged and absent", Entry{Fate: Applied, Position: p}, nil, func(t Tally) int { return t.Lost }, true},
		{"acknowledged elsewhere", Entry{Fate: Applied, Position: p}, []pledge.Position{q}, func(t Tally) int { return t.Moved }, true},
		{"took effect twice", Entry{Fate: Applied, Position: p}, []pledge.Position{p, q}, func(t Tally) int { return t.Twice }, true},
		{"said to have no effect", Entry{Fate: Untaken}, nil, func(t Tally) int { return t.Untaken }, false},
		{"said to have no effect, and has", Entry{Fate: Untaken}, []pledge.Position{p}, func(t Tally) int { return t.False }, true},
		{"refused", Entry{Fate: Refused}, nil, func(t Tally) int { return t.Refused }, false},
		{"refused, and has an effect", Entry{Fate: Refused}, []pledge.Position{p}, func(t Tally) int { return t.False }, true},
		{"never told", Entry{Fate: Unknown}, []pledge.Position{p}, func(t Tally) int { return t.Open }, true},
	} {
		b := &Book{}
		tt.entry.ID = "cmd_1"
		b.Note(tt.entry)
		got := b.Check(map[string][]pledge.Position{"cmd_1": tt.ledger})
		if tt.count(got) != 1 || (got.Err() != nil) != tt.fault {
			t.Errorf("%s: %+v, %v", tt.name, got, got.Err())
		}
	}
}

func TestBookSettlesUnknowns(t *testing.T) {
	p := pledge.Position{Block: 7}
	b := &Book{}
	b.Note(Entry{ID: "a", Fate: Unknown}, Entry{ID: "b", Fate: Unknown}, Entry{ID: "c", Fate: Unknown})
	b.Settle(Entry{ID: "a", Fate: Applied, Position: p}, false)
	b.Settle(Entry{ID: "b", Fate: Applied, Position: p}, true)
	got := b.Check(map[string][]pledge.Position{"a": {p}, "b": {p}})
	if got.Unknown != 3 || got.Came != 1 || got.Resent != 1 || got.Open != 1 || got.Acked != 0 || len(b.Open()) != 1 {
		t.Errorf("%+v", got)
	}
}

func TestBookMeasuresTheGap(t *testing.T) {
	start := time.Unix(1000, 0)
	b := &Book{}
	for _, s := range []int{1, 2, 6, 7} {
		b.Note(Entry{Fate: Applied, At: start.Add(time.Duration(s) * time.Second)})
	}
	b.Note(Entry{Fate: Untaken, At: start.Add(4 * time.Second)})
	if got := b.Pause(start, start.Add(8*time.Second)); got != 4*time.Second {
		t.Errorf("gap %s, want 4s", got)
	}
	if got := b.Pause(start, start.Add(20*time.Second)); got != 13*time.Second {
		t.Errorf("gap to the end %s, want 13s", got)
	}
}

func TestPrintIsATable(t *testing.T) {
	var out strings.Builder
	if err := Print(&out, []Tally{{Name: "leader", Sent: 10, Acked: 9, Gap: 4100 * time.Millisecond}}); err != nil {
		t.Fatal(err)
	}
	if lines := strings.Split(strings.TrimSpace(out.String()), "\n"); len(lines) != 2 || !strings.Contains(lines[1], "4.1") {
		t.Errorf("got\n%s", out.String())
	}
}
