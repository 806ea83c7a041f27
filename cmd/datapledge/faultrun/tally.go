package faultrun

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/datapledge/datapledge/pledge"
)

// Tally is what a run came to. All of Lost, Moved, Twice, False and Open must
// be zero.
type Tally struct {
	Name                        string
	Sent, Acked, Untaken        int
	Refused                     int
	Unknown, Came, Resent, Open int           // Unknown = Came by itself + told on Resending + refused + Open
	Lost, Moved, Twice, False   int           // False took effect though the answer said it had not
	Gap, Settled                time.Duration // longest without an acknowledgement; until the last unknown was told
	Faults                      []string      // what the counts are about
}

// Check holds a book against the ledger: the positions at which each command
// took effect, by its id.
func (b *Book) Check(ledger map[string][]pledge.Position) Tally {
	b.mu.Lock()
	defer b.mu.Unlock()
	t := Tally{Sent: len(b.entries)}
	for _, e := range b.entries {
		t.add(e, ledger[e.ID])
	}
	return t
}

func (t *Tally) add(e *Entry, there []pledge.Position) {
	if len(there) > 1 {
		t.Twice++
		t.blame(e, "took effect %d times", len(there))
	}
	if e.asked || e.Fate == Unknown {
		t.Unknown++
	}
	switch e.Fate {
	case Applied:
		t.applied(e, there)
	case Unknown:
		t.Open++
		t.blame(e, "nobody told what became of it")
	case Untaken:
		t.Untaken++
		t.absent(e, there)
	case Refused:
		t.Refused++
		t.absent(e, there)
	}
}

func (t *Tally) applied(e *Entry, there []pledge.Position) {
	switch {
	case !e.asked:
		t.Acked++
	case e.resent:
		t.Resent++
	default:
		t.Came++
	}
	if len(there) == 0 {
		t.Lost++
		t.blame(e, "was acknowledged at %s and is not on the ledger", at(e.Position))
	} else if there[0] != e.Position {
		t.Moved++
		t.blame(e, "was acknowledged at %s and is at %s", at(e.Position), at(there[0]))
	}
}

func (t *Tally) absent(e *Entry, there []pledge.Position) {
	if len(there) > 0 {
		t.False++
		t.blame(e, "is at %s; the answer was %s: %s", at(there[0]), e.Code, e.Detail)
	}
}

func (t *Tally) blame(e *Entry, format string, args ...any) {
	t.Faults = append(t.Faults, e.ID+" "+fmt.Sprintf(format, args...))
}

// Err is what is wrong, nil when nothing is.
func (t Tally) Err() error {
	if len(t.Faults) == 0 {
		return nil
	}
	return fmt.Errorf("%s: %d faults:\n%s", t.Name, len(t.Faults), strings.Join(t.Faults[:min(10, len(t.Faults))], "\n"))
}

func (t Tally) String() string {
	return fmt.Sprintf("%s: %d sent, %d acknowledged, %d lost, %d moved, %d twice; %d unknown: %d came, %d told when sent again, %d open; %d of %d without effect have one; gap %.1f s, settled after %.1f s",
		t.Name, t.Sent, t.Acked, t.Lost, t.Moved, t.Twice, t.Unknown, t.Came, t.Resent, t.Open, t.False, t.Untaken+t.Refused, t.Gap.Seconds(), t.Settled.Seconds())
}

// Print writes a table, a run a line.
func Print(w io.Writer, runs []Tally) error {
	tab := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(tab, "run\tsent\tacked\tlost\tmoved\ttwice\tunknown\tcame\tresent\topen\t\"no effect\"\tfalse\trefused\tgap s\tsettled s\t")
	for _, t := range runs {
		fmt.Fprintf(tab, "%s\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%.1f\t%.1f\t\n", t.Name, t.Sent, t.Acked, t.Lost, t.Moved, t.Twice,
			t.Unknown, t.Came, t.Resent, t.Open, t.Untaken, t.False, t.Refused, t.Gap.Seconds(), t.Settled.Seconds())
	}
	return tab.Flush()
}
