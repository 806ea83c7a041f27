package pledge_test

import (
	"bytes"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/datapledge/datapledge/pledge"
	"pgregory.net/rapid"
)

// sent is what a transaction leaves: its answer and its writes.
func sent(t testing.TB, rs []pledge.Result) ([]byte, []pledge.Write) {
	t.Helper()
	payload, err := pledge.MarshalResults(rs)
	if err != nil {
		t.Fatal(err)
	}
	return payload, pledge.TxWrites(rs)
}

// sameResults compares bytes; a nil list and an empty one are both no writes.
func sameResults(a, b []pledge.Result) bool {
	return slices.EqualFunc(a, b, func(x, y pledge.Result) bool {
		return reflect.DeepEqual(x.Outcome, y.Outcome) && slices.EqualFunc(x.Writes, y.Writes, func(v, w pledge.Write) bool {
			return v.Key == w.Key && bytes.Equal(v.Value, w.Value)
		})
	})
}

// TestResultsOfRandomHistories: every transaction of a history says what each
// of its commands did, also where they wrote one key several times.
func TestResultsOfRandomHistories(t *testing.T) {
	seen := map[string]int{}
	rapid.Check(t, func(r *rapid.T) {
		h, _ := run(t, r)
		for _, s := range h.steps {
			payload, writes := sent(t, s.results)
			got, err := pledge.UnmarshalResults(payload, writes)
			if err != nil || !sameResults(got, s.results) {
				r.Fatalf("%d results of %d come back differently: %v\n%s", len(got), len(s.results), err, payload)
			}
			if strings.Contains(string(payload), `"replaced":`) {
				seen["replaced"]++
			}
			for _, x := range s.results {
				seen[x.Outcome.Status]++
				if x.Outcome.Duplicate {
					seen["duplicate"]++
				}
			}
		}
	})
	for _, what := range []string{"replaced", pledge.Applied, pledge.Refused, "duplicate"} {
		if seen[what] == 0 {
			t.Errorf("no history has a result that is %s", what)
		}
	}
}

// TestWritesAreWhatApplyPuts: the two ways to learn of them agree.
func TestWritesAreWhatApplyPuts(t *testing.T) {
	w := newWorld(t)
	before := w.st.clone()
	writes := pledge.TxWrites(w.apply(overlapping(w)...))
	if len(writes) != w.st.puts || len(writes) == 0 {
		t.Errorf("%d writes, %d puts", len(writes), w.st.puts)
	}
	for _, x := range writes {
		before.kv[x.Key] = x.Value
	}
	if before.digest() != w.st.digest() {
		t.Error("the state is not what the writes say")
	}
}

// overlapping are commands of which each writes the file's key and the assets
// of those before it anew, with one refused, one repeated and odd characters.
func overlapping(w *world) []*pledge.Command {
	shared := file("s", "shared", 10)
	a := w.command(w.owner, pledge.AssetNotarize, w.dataset(w.owner, "<a> & \"b\"", shared, file("a", "a", 90)))
	b := w.command(w.other, pledge.AssetNotarize, w.dataset(w.other, "b", shared, file("b", "b", 90)))
	again := w.command(w.other, pledge.AssetNotarize, w.dataset(w.other, "b", shared, file("b", "b", 90)))
	c := w.command(w.owner, pledge.AssetNotarize, w.dataset(w.owner, "c", shared, file("c", "c", 90)))
	return []*pledge.Command{a, b, again, a, c}
}

// TestValuesKeepTheirBytes: a digest over a record must not depend on whether
// it came from the state or from an answer.
func TestValuesKeepTheirBytes(t *testing.T) {
	w := newWorld(t)
	rs := w.apply(overlapping(w)...)
	payload, writes := sent(t, rs)
	if !bytes.Contains(payload, []byte(`"name":"<a> & \"b\""`)) {
		t.Errorf("the first value of the first asset is not in\n%s", payload)
	}
	got, err := pledge.UnmarshalResults(payload, writes)
	if err != nil || !sameResults(got, rs) {
		t.Errorf("%d results of %d come back differently: %v", len(got), len(rs), err)
	}
}

// TestOddValuesKeepTheirBytes: with what the rules write nowhere today, too.
func TestOddValuesKeepTheirBytes(t *testing.T) {
	var rs []pledge.Result
	for _, value := range []string{"\"\u2028<>&\u2029\u007f\"", `"\u001f\\"`, `{"a":[],"b":{"c":null}}`, `9007199254740991`, `""`, `"𝄞"`} {
		rs = append(rs, pledge.Result{Outcome: pledge.Outcome{CommandID: "cmd_<&>\u2028", Status: pledge.Applied}, Writes: []pledge.Write{{Key: "v1/<&>\u2028", Value: json.RawMessage(value)}}})
	}
	payload, writes := sent(t, rs)
	got, err := pledge.UnmarshalResults(payload, writes)
	if err != nil || !sameResults(got, rs) {
		t.Errorf("%d results of %d come back differently: %v\n%s", len(got), len(rs), err, payload)
	}
}

// damages are changes to an answer or to the writes, each of which is found.
var damages = map[string]func(payload string, ws []pledge.Write) (string, []pledge.Write){
	"space": func(p string, ws []pledge.Write) (string, []pledge.Write) {
		return strings.Replace(p, ":", ": ", 1), ws
	},
	"trailing":          func(p string, ws []pledge.Write) (string, []pledge.Write) { return p + "\n", ws },
	"version":           swap(`"v":1,"results"`, `"v":2,"results"`),
	"unknown member":    swap(`"v":1,"results"`, `"v":1,"x":1,"results"`),
	"no results":        func(_ string, ws []pledge.Write) (string, []pledge.Write) { return `{"v":1}`, ws },
	"empty list":        swap(`"status":"applied"`, `"status":"applied","writes":[]`),
	"status":            swap(`"status":"refused"`, `"status":"unknown"`),
	"refused, no code":  swap(`"code":"duplicate",`, ``),
	"applied, code":     swap(`"status":"applied",`, `"status":"applied","code":"stale",`),
	"refused, record":   swap(`"code":"duplicate",`, `"code":"duplicate","record_id":"x",`),
	"idle, applied":     swap(`"duplicate":true`, `"duplicate":false`),
	"write twice":       swap(`"writes":[0,`, `"writes":[0,0,`),
	"write of another":  swap(`"writes":[0,`, `"writes":[0,1,`),
	"write too far":     swap(`"writes":[0,`, `"writes":[0,99,`),
	"write before all":  swap(`"writes":[0,`, `"writes":[-1,`),
	"write left out":    swap(`"writes":[0,`, `"writes":[`),
	"replaced unknown":  swap(`"replaced":{`, `"replaced":{"v1/x":1,`),
	"replaced spelling": swap(`"replaced":{"v1/asset`, `"replaced":{"v1\/asset`),
	"last write gone":   func(p string, ws []pledge.Write) (string, []pledge.Write) { return p, ws[:len(ws)-1] },
	"no writes":         func(p string, _ []pledge.Write) (string, []pledge.Write) { return p, nil },
	"unsorted":          func(p string, ws []pledge.Write) (string, []pledge.Write) { slices.Reverse(ws); return p, ws },
	"one write more": func(p string, ws []pledge.Write) (string, []pledge.Write) {
		return p, append(ws, pledge.Write{Key: "v1/z", Value: json.RawMessage("1")})
	},
}

func swap(from, to string) func(string, []pledge.Write) (string, []pledge.Write) {
	return func(p string, ws []pledge.Write) (string, []pledge.Write) { return strings.Replace(p, from, to, 1), ws }
}

func TestDamagedResults(t *testing.T) {
	w := newWorld(t)
	payload, writes := sent(t, w.apply(overlapping(w)...))
	for name, damage := range damages {
		bad, ws := damage(string(payload), slices.Clone(writes))
		if bad == string(payload) && slices.EqualFunc(ws, writes, func(a, b pledge.Write) bool { return a.Key == b.Key }) {
			t.Errorf("%s changes nothing in\n%s", name, payload)
		}
		if got, err := pledge.UnmarshalResults([]byte(bad), ws); err == nil || got != nil {
			t.Errorf("%s: got %d results, %v", name, len(got), err)
		}
	}
}

// FuzzResults: nothing panics, and what is accepted has one spelling.
func FuzzResults(f *testing.F) {
	w := newWorld(f)
	payload, writes := sent(f, w.apply(overlapping(w)...))
	seeds := []string{string(payload), `{"v":1,"results":[]}`}
	for _, damage := range damages {
		bad, _ := damage(string(payload), slices.Clone(writes))
		seeds = append(seeds, bad)
	}
	seed(f, seeds)
	f.Fuzz(func(t *testing.T, s string) {
		for _, ws := range [][]pledge.Write{writes, nil} {
			got, err := pledge.UnmarshalResults([]byte(s), ws)
			if err != nil {
				if got != nil {
					t.Error("results and an error")
				}
				continue
			}
			again, back := sent(t, got)
			if string(again) != s || len(back) != len(ws) {
				t.Errorf("%q was accepted and prints as %q", s, again)
			}
		}
	})
}

func TestNoResults(t *testing.T) {
	payload, writes := sent(t, nil)
	if string(payload) != `{"v":1,"results":[]}` || len(writes) != 0 {
		t.Errorf("%s, %v", payload, writes)
	}
	if got, err := pledge.UnmarshalResults(payload, writes); err != nil || len(got) != 0 {
		t.Errorf("%v, %v", got, err)
	}
}
