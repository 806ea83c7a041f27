package index

import (
	"encoding/json"
	"strings"
	"testing"
)

var jsonSeeds = []string{
	`{}`, ` { } `, `{"a":1}`, `{"a":"x","b":[1,{"c":"]"}],"d":null}`, `{"a" : "\"\\" , "b":{"}":"{"}}`, `{"a":-1.5e3,"b":true,"a":2}`,
	`{"名":"数据","\u0061":"b"}`, `[1,2]`, `{"a":[]}`, `{"a":{}}`, `{`, `{"`, `{"a"`, `{"a":`, `{"a":"`, `{"a":"\`, `{"a":1,`, `{"a":1,}`, `{"a":[}`, `{"a":}`,
	`{"a" "b"}`, `nothing`, ``, `{"a":1]`, "{\"a\"\t:\r\n1}",
}

// FuzzMembers: of every object that encoding/json accepts the same values
// are found; of anything else no more is asked than not to panic.
func FuzzMembers(f *testing.F) {
	for _, s := range jsonSeeds {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		got := map[string]string{}
		err := members(raw, func(name string, value []byte) error {
			got[name] = string(value)
			return nil
		})
		var want map[string]json.RawMessage
		if json.Unmarshal(raw, &want) != nil || want == nil {
			return
		}
		if err != nil {
			t.Fatalf("%q: %v", raw, err)
		}
		escaped := false
		for name, value := range got {
			// Names with escapes are not resolved: none that is asked for has any.
			if strings.ContainsRune(name, '\\') || strings.ToValidUTF8(name, "") != name {
				escaped = true
			} else if string(want[name]) != value && !escapedTwin(raw) {
				t.Fatalf("%q: %q is %q, want %q", raw, name, value, want[name])
			}
		}
		if !escaped && len(got) != len(want) {
			t.Fatalf("%q: got %d members, want %d", raw, len(got), len(want))
		}
	})
}

// escapedTwin says that a name may be spelled in two ways.
func escapedTwin(raw []byte) bool { return strings.ContainsRune(string(raw), '\\') }

func TestMembersRefuses(t *testing.T) {
	for _, s := range []string{``, `[]`, `{`, `{"`, `{"a"`, `{"a":`, `{"a":1`, `{"a":1,`, `{"a":1,}`, `{"a":"x`, `{"a":}`, `{"a" 1}`, `nothing`, `{"a":[}`} {
		if err := members([]byte(s), func(string, []byte) error { return nil }); err == nil {
			t.Errorf("%s: accepted", s)
		}
	}
	for _, s := range []string{``, `{}`, `[`, `[1`, `[1,`, `[1,]`, `["`} {
		if err := elements([]byte(s), func([]byte) error { return nil }); err == nil {
			t.Errorf("%s: accepted", s)
		}
	}
}

func TestTexts(t *testing.T) {
	var a, b string
	err := texts([]byte(`{"x":{"a":"no"},"a":"数\u636e\n","b":"","c":1}`), map[string]*string{"a": &a, "b": &b})
	if err != nil || a != "数据\n" || b != "" {
		t.Errorf("got %q, %q, %v", a, b, err)
	}
	if err := texts([]byte(`{"a":1}`), map[string]*string{"a": &a}); err == nil {
		t.Error("a number was taken for a text")
	}
}
