package fabric

import (
	"bytes"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

func openTestJournal(t *testing.T, dir string) *journal {
	t.Helper()
	j, err := openJournal(dir, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	return j
}

func try(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// writeRows leaves a row in every state, and returns those that are open.
func writeRows(t *testing.T, j *journal) []row {
	t.Helper()
	var open []row
	for i, last := range []string{rowIntent, rowEndorsed, rowSubmitted, rowCommitted, rowInvalid, rowFenced, rowAbandoned, rowEndorsed} {
		r, err := j.intent([]string{fmt.Sprint("command ", i), "another\x00one"})
		try(t, err)
		if last != rowIntent {
			try(t, j.endorsed(r, attempt{fmt.Sprint("tx", i), []byte{0, '\n', byte(i), 0xff}}))
		}
		switch last {
		case rowIntent, rowEndorsed:
			open = append(open, *r)
		case rowSubmitted:
			try(t, j.submitted(r))
			open = append(open, *r)
		default:
			try(t, j.end(r, entry{State: last, Block: 7}))
		}
	}
	return open
}

func rowsOf(j *journal) []row {
	var out []row
	for _, r := range j.open() {
		out = append(out, *r)
	}
	return out
}

// TestJournalReopened: what has no end comes back as it was, and only that.
func TestJournalReopened(t *testing.T) {
	dir := t.TempDir()
	j := openTestJournal(t, dir)
	want := writeRows(t, j)
	for range 3 {
		try(t, j.close())
		j = openTestJournal(t, dir)
		if got := rowsOf(j); !reflect.DeepEqual(got, want) {
			t.Fatalf("got %+v, want %+v", got, want)
		}
	}
	r, err := j.intent([]string{"new"})
	try(t, err)
	for _, old := range want {
		if r.id <= old.id {
			t.Errorf("row %d after row %d", r.id, old.id)
		}
	}
	try(t, j.close())
	if _, err := j.intent(nil); err == nil {
		t.Error("a closed journal took a row")
	}
}

// TestJournalTornTail cuts the file at every byte, and damages every byte of the last
// entry: what stands before it is kept, and the next entries are good.
func TestJournalTornTail(t *testing.T) {
	dir := t.TempDir()
	j := openTestJournal(t, dir)
	r, err := j.intent([]string{"one", "two"})
	try(t, err)
	whole := j.size
	try(t, j.endorsed(r, attempt{"tx", []byte("envelope")}))
	try(t, j.close())
	raw, err := os.ReadFile(filepath.Join(dir, "journal"))
	try(t, err)
	for n := range raw {
		tornAt(t, raw[:n], int64(n) >= whole, r.commands)
	}
	for n := int(whole); n < len(raw); n++ {
		for bit := range 8 {
			damaged := bytes.Clone(raw)
			damaged[n] ^= 1 << bit
			tornAt(t, damaged, true, r.commands)
		}
	}
	tornAt(t, append(bytes.Clone(raw[:whole]), make([]byte, 4096)...), true, r.commands)
}

func tornAt(t *testing.T, raw []byte, first bool, commands []string) {
	t.Helper()
	dir := t.TempDir()
	try(t, os.WriteFile(filepath.Join(dir, "journal"), raw, 0o600))
	j := openTestJournal(t, dir)
	got := rowsOf(j)
	if first && (len(got) != 1 || got[0].state != rowIntent || !reflect.DeepEqual(got[0].commands, commands)) || !first && len(got) != 0 {
		t.Fatalf("%d bytes: %+v", len(raw), got)
	}
	r, err := j.intent([]string{"after"})
	try(t, err)
	try(t, j.close())
	j = openTestJournal(t, dir)
	if again := rowsOf(j); len(again) != len(got)+1 || again[len(got)].id != r.id {
		t.Fatalf("%d bytes: after the damage %+v", len(raw), again)
	}
	try(t, j.close())
	try(t, os.RemoveAll(dir))
}

// TestJournalCompacts: what ended goes, what is open stays, the file is bounded.
func TestJournalCompacts(t *testing.T) {
	dir := t.TempDir()
	j := openTestJournal(t, dir)
	j.compactAt = 10_000
	kept, err := j.intent([]string{"kept"})
	try(t, err)
	for range 1000 {
		r, err := j.intent([]string{strings.Repeat("x", 500)})
		try(t, err)
		try(t, j.end(r, entry{State: rowAbandoned}))
		if j.size > 11_000 {
			t.Fatalf("the journal has %d bytes", j.size)
		}
	}
	if _, err := openJournal(dir, slog.New(slog.DiscardHandler)); err == nil {
		t.Error("two have the journal open")
	}
	try(t, j.close())
	j = openTestJournal(t, dir)
	if got := rowsOf(j); len(got) != 1 || got[0].id != kept.id {
		t.Errorf("got %+v", got)
	}
	try(t, j.close())
}

// TestJournalFull: a failed write leaves the file as it was, and is no row.
func TestJournalFull(t *testing.T) {
	dir := t.TempDir()
	j := openTestJournal(t, dir)
	r, err := j.intent([]string{"one"})
	try(t, err)
	good := j.file
	if j.file, err = os.Open(filepath.Join(dir, "journal")); err != nil { // not for writing
		t.Fatal(err)
	}
	if err := j.endorsed(r, attempt{"tx", []byte("envelope")}); err == nil || len(r.attempts) > 0 || r.state != rowIntent {
		t.Errorf("row after a failed write: %+v, %v", r, err)
	}
	if j.fault() == nil {
		t.Error("the journal could not even be cut back, and takes more")
	}
	try(t, j.file.Close())
	try(t, good.Close())
}

// FuzzJournalEntry: what is parsed prints as it stood.
func FuzzJournalEntry(f *testing.F) {
	f.Add(entry{Row: 1, State: rowIntent, body: []byte("a\nb")}.appendTo(nil))
	f.Add(entry{Row: 2, State: rowCommitted, Block: 3, Tx: 1}.appendTo(nil))
	f.Add([]byte{0, 0, 0, 0, 0, 0, 0, 0})
	f.Fuzz(func(t *testing.T, raw []byte) {
		e, n, ok := parseEntry(raw)
		if !ok {
			return
		}
		if again, m, ok := parseEntry(e.appendTo(nil)); !ok || m == 0 || n == 0 || !reflect.DeepEqual(again, e) {
			t.Errorf("%+v prints as %+v", e, again)
		}
	})
}
