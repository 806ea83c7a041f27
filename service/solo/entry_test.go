package solo

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/datapledge/datapledge/pledge"
)

func entrySeeds() [][]byte {
	write := func(key, value string) written {
		return written{Write: pledge.Write{Key: key, Value: json.RawMessage(value)}}
	}
	var seeds [][]byte
	for _, e := range []entry{
		{jws: "a.b.c", commandID: "cmd_1", recordID: "as_1", writes: []written{write("v1/asset/as_1", `{"v":1}`), write("x", `[1,"]}",{"a":"\""}]`)}},
		{jws: "", commandID: "", recordID: "", writes: nil},
		{jws: "\x01\"\\\n\b\f\r\t中", commandID: "<&>", writes: []written{write("键", `null`), write("k", `-1.5e3`), write("s", `"},{"`)}},
		{genesis: []byte(`{"channel":"pledge"}`), writes: []written{write("v1/channel", `{}`)}},
	} {
		seeds = append(seeds, appendEntry(nil, &e))
	}
	return seeds
}

// FuzzEntry: what is accepted prints as the same bytes, and values stand
// where they are said to.
func FuzzEntry(f *testing.F) {
	seeds := entrySeeds()
	if len(seeds) == 0 {
		f.Fatal("no seeds")
	}
	for _, s := range seeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		e, err := decodeEntry(raw)
		if err != nil {
			if e.jws != "" || e.writes != nil || e.genesis != nil {
				t.Errorf("an entry with an error: %+v", e)
			}
			return
		}
		for _, w := range e.writes {
			if got := raw[w.offset : w.offset+len(w.Value)]; !bytes.Equal(got, w.Value) {
				t.Errorf("value of %s: %s stands at its place, want %s", w.Key, got, w.Value)
			}
		}
		if again := appendEntry(nil, &e); !bytes.Equal(again, raw) || !json.Valid(raw) {
			t.Errorf("%q is accepted and prints as %q", raw, again)
		}
	})
}

func TestEntrySeedsAccepted(t *testing.T) {
	for _, s := range entrySeeds() {
		if _, err := decodeEntry(s); err != nil {
			t.Errorf("%s: %v", s, err)
		}
	}
}

func TestEntryRefused(t *testing.T) {
	good := string(entrySeeds()[0])
	for name, raw := range map[string]string{
		"empty":           "",
		"cut short":       good[:len(good)-1],
		"trailing":        good + " ",
		"space":           `{ ` + good[1:],
		"refused":         `{"command":"a","outcome":{"command_id":"","record_id":"","status":"refused"},"writes":[]}`,
		"escaped letter":  `{"command":"\u0061","outcome":{"command_id":"","record_id":"","status":"applied"},"writes":[]}`,
		"not UTF-8":       "{\"command\":\"\xff\",\"outcome\":{\"command_id\":\"\",\"record_id\":\"\",\"status\":\"applied\"},\"writes\":[]}",
		"no value":        `{"command":"","outcome":{"command_id":"","record_id":"","status":"applied"},"writes":[{"key":"a","value":}]}`,
		"broken value":    `{"command":"","outcome":{"command_id":"","record_id":"","status":"applied"},"writes":[{"key":"a","value":{]}]}`,
		"trailing comma":  `{"command":"","outcome":{"command_id":"","record_id":"","status":"applied"},"writes":[{"key":"a","value":1},]}`,
		"missing comma":   `{"command":"","outcome":{"command_id":"","record_id":"","status":"applied"},"writes":[{"key":"a","value":1}{"key":"b","value":1}]}`,
		"unknown member":  `{"command":"","outcome":{"command_id":"","record_id":"","status":"applied"},"writes":[],"x":1}`,
		"genesis, broken": `{"genesis":{,"writes":[]}`,
	} {
		if _, err := decodeEntry([]byte(raw)); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestHeaderRoundTrip(t *testing.T) {
	h := header{V: 1, Channel: "pl\"edge", Number: 7, Prev: noBlock, Root: noBlock, Time: "2026-11-21T08:00:00.000Z", Count: 3}
	raw := h.encode()
	if got, at, err := decodeHeader(raw); err != nil || got != h || at.Format(timeFormat) != h.Time {
		t.Errorf("got %+v, %v, %v, want %+v", got, at, err, h)
	}
	for name, raw := range map[string]string{
		"space":    " " + string(raw),
		"order":    `{"v":1,"channel":"pledge"}`,
		"twice":    string(bytes.Replace(raw, []byte(`"v":1`), []byte(`"v":1,"v":1`), 1)),
		"v 2":      string(bytes.Replace(raw, []byte(`"v":1`), []byte(`"v":2`), 1)),
		"empty":    string(bytes.Replace(raw, []byte(`"count":3`), []byte(`"count":0`), 1)),
		"bad time": string(bytes.Replace(raw, []byte(`11-21`), []byte(`02-30`), 1)),
		"no json":  "x",
	} {
		if _, _, err := decodeHeader([]byte(raw)); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}
