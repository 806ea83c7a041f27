package fabric

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// intent opens a row. It reaches the disk with the row's envelope at the
// latest; until then nothing of it can have an effect.
func (j *journal) intent(commands []string) (*row, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	r := &row{id: j.next, state: rowIntent, commands: commands}
	if err := j.write(entry{Row: r.id, State: rowIntent, body: []byte(strings.Join(commands, "\n"))}, false); err != nil {
		return nil, err
	}
	j.next++
	j.rows[r.id] = r
	return r, nil
}

// endorsed keeps an envelope; when it returns nil the envelope may be sent.
func (j *journal) endorsed(r *row, a attempt) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if err := j.write(entry{Row: r.id, State: rowEndorsed, TxID: a.txID, body: a.envelope}, true); err != nil {
		return err
	}
	r.state = rowEndorsed
	r.attempts = append(r.attempts, a)
	return nil
}

// submitted notes that a quorum has it. Losing the note costs one more
// sending of the same bytes.
func (j *journal) submitted(r *row) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if r.state = rowSubmitted; j.rows[r.id] == nil {
		return nil
	}
	return j.write(entry{Row: r.id, State: rowSubmitted}, false)
}

// end closes a row. An ABANDONED one must never be sent again, which the
// disk has to know before the caller does; the others may be forgotten,
// since whoever asks the ledger again gets the same end.
func (j *journal) end(r *row, e entry) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.rows[r.id] == nil {
		return nil
	}
	e.Row = r.id
	if err := j.write(e, e.State == rowAbandoned && len(r.attempts) > 0); err != nil {
		return err
	}
	r.state = e.State
	delete(j.rows, r.id)
	if j.size < j.compactAt {
		return nil
	}
	if err := j.compact(); err != nil {
		j.broken = fmt.Errorf("writing the journal anew: %w", err)
	}
	return j.broken
}

// write appends an entry. After a failed one the file ends where it ended;
// after a failed sync nobody knows what the disk has, and no more is taken.
func (j *journal) write(e entry, sync bool) error {
	if j.broken != nil {
		return fmt.Errorf("the journal takes no more: %w", j.broken)
	}
	frame := e.appendTo(nil)
	if _, err := j.file.WriteAt(frame, j.size); err != nil {
		if terr := j.file.Truncate(j.size); terr != nil {
			j.broken = errors.Join(err, terr)
		}
		return fmt.Errorf("writing the journal: %w", err)
	}
	if sync {
		if err := j.sync(j.file); err != nil {
			j.broken = err
			return fmt.Errorf("syncing the journal: %w", err)
		}
	}
	j.size += int64(len(frame))
	return nil
}

// open are the rows that have no end yet, in the order they began.
func (j *journal) open() []*row {
	j.mu.Lock()
	defer j.mu.Unlock()
	out := make([]*row, 0, len(j.rows))
	for _, r := range j.rows {
		out = append(out, r)
	}
	slices.SortFunc(out, func(a, b *row) int { return int(a.id) - int(b.id) })
	return out
}

// fault is why no more rows are taken; nil when they are.
func (j *journal) fault() error {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.broken
}
