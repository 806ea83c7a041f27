package faultrun

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// openRows are the transactions that a service's journal has no end of yet.
// An entry is its length and its sum, 4 bytes each, and a line of JSON before
// what it is about.
func openRows(text []byte) (map[uint64]string, error) {
	rows := map[uint64]string{}
	for len(text) >= 8 {
		size := 8 + int(binary.BigEndian.Uint32(text))
		if size > len(text) {
			return rows, fmt.Errorf("the journal ends in the middle of an entry")
		}
		var e struct {
			Row   uint64 `json:"row"`
			State string `json:"state"`
		}
		line, _, _ := bytes.Cut(text[8:size], []byte("\n"))
		if err := json.Unmarshal(line, &e); err != nil {
			return rows, err
		}
		switch e.State {
		case "COMMITTED", "INVALID", "FENCED", "ABANDONED":
			delete(rows, e.Row)
		default:
			rows[e.Row] = e.State
		}
		text = text[size:]
	}
	return rows, nil
}

// journalDone waits until everything that was begun has an end.
func (s *site) journalDone(v *replica) {
	s.Helper()
	s.until(mustSettle, "a journal without open rows", func(context.Context) error {
		text, err := os.ReadFile(filepath.Join(v.dir, "data", "fabric", "journal"))
		if err != nil {
			return err
		}
		rows, err := openRows(text)
		if err == nil && len(rows) > 0 {
			err = fmt.Errorf("open rows: %v", rows)
		}
		return err
	})
}

func TestOpenRowsFindsWhatHasNoEnd(t *testing.T) {
	var text []byte
	for _, line := range []string{`{"row":1,"state":"INTENT"}`, `{"row":2,"state":"INTENT"}`, `{"row":1,"state":"ENDORSED"}`, `{"row":2,"state":"COMMITTED"}`} {
		text = binary.BigEndian.AppendUint32(text, uint32(len(line)+2))
		text = append(append(text, 0, 0, 0, 0), line+"\nx"...)
	}
	rows, err := openRows(text)
	if err != nil || len(rows) != 1 || rows[1] != "ENDORSED" {
		t.Errorf("%v, %v", rows, err)
	}
	if _, err := openRows(text[:len(text)-1]); err == nil {
		t.Error("a journal that is cut was taken for a whole one")
	}
}
