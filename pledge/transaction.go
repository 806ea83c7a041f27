package pledge

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
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
	last := map[string]json.RawMessage{}
	var keys []string
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

// MarshalResults is the answer of a transaction in which Apply returned
// results. Together with the transaction's writes it says what each command did.
func MarshalResults(results []Result) ([]byte, error) {
	place, final := map[string]int{}, map[string]int{}
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
// transaction, sorted by key. What does not fit together is an error.
func UnmarshalResults(payload []byte, writes []Write) ([]Result, error) {
	var in txResponse
	if err := StrictUnmarshal(payload, &in); err != nil {
		return nil, fmt.Errorf("decoding the results of a transaction: %w", err)
	}
	if in.V != Version {
		return nil, fmt.Errorf("results of version %d are unknown", in.V)
	}
	if !slices.IsSortedFunc(writes, func(a, b Write) int { return strings.Compare(a.Key, b.Key) }) {
		return nil, fmt.Errorf("the writes of a transaction are not sorted")
	}
	out := make([]Result, len(in.Results))
	for i, t := range in.Results {
		out[i].Outcome = Outcome{CommandID: t.CommandID, Status: t.Status, Code: t.Code, Detail: t.Detail, RecordID: t.RecordID, Duplicate: t.Duplicate}
		replaced := 0
		for _, n := range t.Writes {
			if n < 0 || n >= len(writes) {
				return nil, fmt.Errorf("result %d has write %d of %d", i, n, len(writes))
			}
			w := writes[n]
			if v, was := t.Replaced[w.Key]; was {
				w.Value = v
				replaced++
			}
			out[i].Writes = append(out[i].Writes, w)
		}
		if replaced != len(t.Replaced) {
			return nil, fmt.Errorf("result %d replaced values that it did not write", i)
		}
	}
	return out, nil
}
