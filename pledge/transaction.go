package pledge

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
)

// Limits of one transaction that carries commands. A client cuts its batches
// to them; the chaincode refuses what is above.
const (
	MaxTxCommands = 1000
	MaxTxBytes    = 2 << 20
)

// txResponse is what a transaction answers: one result per command, in order.
type txResponse struct {
	V       int        `json:"v"`
	Results []txResult `json:"results"`
}

// txResult is an outcome, and which of the transaction's writes are its own:
// places in the list of all keys that the transaction wrote, sorted. A value
// that a later command of the same transaction wrote again is not among the
// transaction's writes any more, so it stands here.
type txResult struct {
	CommandID string                     `json:"command_id"`
	Status    string                     `json:"status"`
	Code      Code                       `json:"code,omitempty"`
	Detail    string                     `json:"detail,omitempty"`
	RecordID  string                     `json:"record_id,omitempty"`
	Duplicate bool                       `json:"duplicate,omitempty"`
	Writes    []int                      `json:"writes,omitempty"`
	Replaced  map[string]json.RawMessage `json:"replaced,omitempty"`
}

// TxWrites is what a transaction of these results writes: every key once,
// with its last value, sorted by key.
func TxWrites(results []Result) []Write {
	n := countWrites(results)
	last, keys := make(map[string]json.RawMessage, n), make([]string, 0, n)
	for _, r := range results {
		for _, w := range r.Writes {
			if _, again := last[w.Key]; !again {
				keys = append(keys, w.Key)
			}
			last[w.Key] = w.Value
		}
	}
	slices.Sort(keys)
	out := make([]Write, len(keys))
	for i, k := range keys {
		out[i] = Write{k, last[k]}
	}
	return out
}

func countWrites(results []Result) (n int) {
	for _, r := range results {
		n += len(r.Writes)
	}
	return n
}

// MarshalResults is the answer of a transaction in which Apply returned
// results. Together with the transaction's writes it says what each command did.
func MarshalResults(results []Result) ([]byte, error) {
	n := countWrites(results)
	place, final := make(map[string]int, n), make(map[string]int, n)
	for i, w := range TxWrites(results) {
		place[w.Key] = i
	}
	for i, r := range results {
		for _, w := range r.Writes {
			final[w.Key] = i
		}
	}
	out := txResponse{V: Version, Results: make([]txResult, len(results))}
	for i, r := range results {
		o := r.Outcome
		t := txResult{CommandID: o.CommandID, Status: o.Status, Code: o.Code, Detail: o.Detail, RecordID: o.RecordID, Duplicate: o.Duplicate}
		for _, w := range r.Writes {
			t.Writes = append(t.Writes, place[w.Key])
			if final[w.Key] != i {
				if t.Replaced == nil {
					t.Replaced = map[string]json.RawMessage{}
				}
				t.Replaced[w.Key] = w.Value
			}
		}
		out.Results[i] = t
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false) // values keep their canonical bytes
	if err := e.Encode(out); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// UnmarshalResults is the inverse of MarshalResults: writes are those of the
// transaction, sorted by key. It takes exactly what MarshalResults prints, so
// that every write has its command and every command all of its writes; what
// does not fit together is an error.
func UnmarshalResults(payload []byte, writes []Write) ([]Result, error) {
	var in txResponse
	if err := StrictUnmarshal(payload, &in); err != nil {
		return nil, fmt.Errorf("decoding the results of a transaction: %w", err)
	}
	if in.V != Version {
		return nil, fmt.Errorf("results of version %d are unknown", in.V)
	}
	out := make([]Result, len(in.Results))
	for i, t := range in.Results {
		var err error
		if out[i], err = t.result(writes); err != nil {
			return nil, fmt.Errorf("result %d: %w", i, err)
		}
	}
	if !slices.EqualFunc(TxWrites(out), writes, sameWrite) {
		return nil, fmt.Errorf("the results account for other writes than the transaction's")
	}
	if again, err := MarshalResults(out); err != nil || !bytes.Equal(again, payload) {
		return nil, fmt.Errorf("the results are not spelled as they are written")
	}
	return out, nil
}

func sameWrite(a, b Write) bool { return a.Key == b.Key && bytes.Equal(a.Value, b.Value) }

// result is what t says with the transaction's writes at hand.
func (t *txResult) result(writes []Write) (Result, error) {
	if err := t.check(); err != nil {
		return Result{}, err
	}
	r := Result{Outcome: Outcome{CommandID: t.CommandID, Status: t.Status, Code: t.Code, Detail: t.Detail, RecordID: t.RecordID, Duplicate: t.Duplicate}}
	for i, n := range t.Writes {
		if n < 0 || n >= len(writes) || i > 0 && n <= t.Writes[i-1] {
			return Result{}, fmt.Errorf("has write %d of %d out of place", n, len(writes))
		}
		w := writes[n]
		if old, was := t.Replaced[w.Key]; was {
			w.Value = old
		}
		r.Writes = append(r.Writes, w)
	}
	return r, nil
}

// check: Apply makes two kinds of outcome, and only one of them writes.
func (t *txResult) check() error {
	idle := len(t.Writes) == 0 && len(t.Replaced) == 0
	switch {
	case t.Status == Applied && t.Code == "" && t.Detail == "" && t.Duplicate == idle:
		return nil
	case t.Status == Refused && t.Code != "" && t.RecordID == "" && !t.Duplicate && idle:
		return nil
	}
	return fmt.Errorf("%q with code %q and %d writes is no outcome", clip(t.Status), clip(string(t.Code)), len(t.Writes))
}
