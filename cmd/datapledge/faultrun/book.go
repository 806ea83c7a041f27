package faultrun

import (
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/datapledge/datapledge/pledge"
)

// Fate is what a sender was told about a command.
type Fate int

// The fates. Untaken is the promise that nothing took effect.
const (
	Applied Fate = iota
	Unknown
	Untaken
	Refused
)

func (f Fate) String() string {
	return [...]string{"applied", "unknown", "no effect", "refused"}[f]
}

// Entry is a command that was sent, and what was answered.
type Entry struct {
	JWS, ID  string
	Fate     Fate
	Position pledge.Position // of Applied
	Code     pledge.Code     // of Refused
	Detail   string
	At       time.Time // of the answer

	asked  bool // Applied is not the first answer: it was Unknown
	resent bool // and only sending the same again told
}

// String says all but the command itself, which is long.
func (e Entry) String() string {
	if e.Fate == Applied {
		return fmt.Sprintf("%s applied at %s", e.ID, at(e.Position))
	}
	return fmt.Sprintf("%s %s: %s %s", e.ID, e.Fate, e.Code, e.Detail)
}

// Book holds everything that was sent in a run. It is safe for concurrent use.
type Book struct {
	mu      sync.Mutex
	entries []*Entry
}

// Note adds answers.
func (b *Book) Note(entries ...Entry) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, e := range entries {
		b.entries = append(b.entries, &e)
	}
}

// Count is how many commands have a fate.
func (b *Book) Count(f Fate) (n int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, e := range b.entries {
		if e.Fate == f {
			n++
		}
	}
	return n
}

// Open are the commands whose outcome nobody told yet.
func (b *Book) Open() (out []Entry) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, e := range b.entries {
		if e.Fate == Unknown {
			out = append(out, *e)
		}
	}
	return out
}

// Settle notes what became of a command that was Unknown.
func (b *Book) Settle(answer Entry, resent bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, e := range b.entries {
		if e.ID == answer.ID && e.Fate == Unknown {
			e.Fate, e.Position, e.Code, e.Detail = answer.Fate, answer.Position, answer.Code, answer.Detail
			e.asked, e.resent = true, resent
		}
	}
}

// Pause is the longest time without an acknowledgement between two moments.
func (b *Book) Pause(from, to time.Time) (longest time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	times := []time.Time{from, to}
	for _, e := range b.entries {
		if e.Fate == Applied && !e.asked && e.At.After(from) && e.At.Before(to) {
			times = append(times, e.At)
		}
	}
	slices.SortFunc(times, time.Time.Compare)
	for i := range times[1:] {
		longest = max(longest, times[i+1].Sub(times[i]))
	}
	return longest
}

// Told says whether an acknowledgement was given after a moment.
func (b *Book) Told(after time.Time) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.ContainsFunc(b.entries, func(e *Entry) bool { return e.Fate == Applied && e.At.After(after) })
}

func at(p pledge.Position) string { return fmt.Sprintf("%d/%d/%d", p.Block, p.Tx, p.Index) }
