package table

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/gowebpki/jcs"
)

func TestJSONCells(t *testing.T) {
	const lines = `{"s":"a\n\u5f20\ud83d\ude00\/","n":1.50,"i":12345678901234567890,"b":true,"o":{"z":[1, 2.0],"a":null}}
	{"n":1e3,"s":null,"late":-0}
{"n":1E-7,"i":1e21,"b":0.000001,"o":[]}`
	want := [][]string{
		{"a\n张😀/", "1.5", "12345678901234567890", "true", `{"a":null,"z":[1,2]}`, ""},
		{"", "1000", "", "", "", "0"},
		{"", "1e-7", "1e+21", "0.000001", "[]", ""},
	}
	for format, content := range map[Format]string{JSONL: lines, JSON: " [" + strings.Replace(strings.Replace(lines, "}\n", "},", 2), "}\n", "},", 2) + "] "} {
		got, err := stream(format, content, Options{})
		if err != nil || fmt.Sprint(got[0].rows) != fmt.Sprint(want) || strings.Join(got[0].columns, ",") != "s,n,i,b,o,late" {
			t.Fatalf("%s: %v, %v", format, got, err)
		}
		if c := got[0].classes; c[1][0] != Null || c[0][1] != Digit|Dot|Number || c[0][3] != Lower || c[2][5] != Null {
			t.Error(c)
		}
	}
}

func TestJSONOddRows(t *testing.T) {
	content := strings.Repeat("{\"a\":1}\n", learnRows) + "{\"a\":2,\"new\":3}{\"a\":4}"
	got, err := stream(JSONL, content, Options{})
	if err != nil || len(got[0].columns) != 1 || fmt.Sprint(got[0].odd) != "[1001]" || got[0].rows[1001][0] != "4" {
		t.Fatal(got[0].odd, err)
	}
}

func TestJSONErrors(t *testing.T) {
	for content, want := range map[string]struct {
		code string
		row  int64
	}{
		`{"a":1}` + "\n" + `{"a":`:                  {Truncated, 2},
		`[{"a":1}`:                                  {Truncated, 2},
		`[{"a":1} {"a":2}]`:                         {Malformed, 2},
		`[{"a":1},3]`:                               {Malformed, 2},
		`[{"a":1}] {"a":2}`:                         {Malformed, 2},
		`{"a":01}`:                                  {Malformed, 1},
		`{"a":1,"a":2}`:                             {Malformed, 1},
		`{"a":{"b":1,"b":2}}`:                       {Malformed, 1},
		`{"a":1}{"a":"\ud800"}`:                     {BrokenEncoding, 2},
		`{"a":1}{"a":"` + "\xff\"}":                 {BrokenEncoding, 2},
		`{"a":1}{"a":"` + "\x00\"}":                 {BrokenEncoding, 2},
		`{"a":1}` + strings.Repeat(`{"b":`, 99):     {Unsupported, 2},
		`{"a":"` + strings.Repeat("x", 101) + `"}`:  {CellTooLarge, 1},
		`{"a":1}{"a":[` + strings.Repeat("1,", 200): {CellTooLarge, 2},
		`{"a":1,"b":2,"c":3,"d":4,"e":5}`:           {TooManyColumns, 1},
	} {
		got, err := stream(JSON, content, Options{Cell: 100, Row: 300, Columns: 4})
		wantError(t, err, want.code, want.row)
		if want.row == 2 && (len(got) != 1 || len(got[0].rows) != 1) {
			t.Errorf("%q: the row before is lost", content)
		}
	}
}

func TestJSONLongName(t *testing.T) {
	name := strings.Repeat("x", nameLength)
	if got, err := stream(JSONL, `{"`+name+`":1}`, Options{}); err != nil || got[0].columns[0] != name {
		t.Error(err)
	}
	got, err := stream(JSONL, `{"a":1}{"a":2,"`+name+`x":1}`, Options{})
	wantError(t, err, Unsupported, 2)
	if e := err.(*Error); e.Column != 2 || len(got[0].rows) != 1 || len(got[0].columns) != 1 {
		t.Error(e, got[0].columns)
	}
	many := strings.Repeat(`{"a":1}`, learnRows) + `{"` + name + `x":1}`
	if got, err := stream(JSONL, many, Options{}); err != nil || len(got[0].odd) != 1 {
		t.Error("a name that is no column stops the file: ", err)
	}
}

func FuzzJSON(f *testing.F) {
	for _, seed := range []string{`{"a":1}`, `[{"a":"\u0041\n"},{"b":[1,{"c":2e9}]}]`, `{"a":{"\ud83d\ude00":1,"\ufb33":"x"}}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		got, err := stream(JSON, string(content), Options{Cell: 1000, Row: 4000, Columns: 50})
		var object map[string]json.RawMessage
		if err != nil || json.Unmarshal(content, &object) != nil || len(got[0].columns) != len(object) {
			return
		}
		for i, name := range got[0].columns {
			if got[0].rows[0][i] == "" {
				continue
			}
			compareValue(t, object[strings.TrimPrefix(name, "#1")], got[0].rows[0][i])
		}
	})
}

// compareValue compares a cell to what other libraries make of the value.
func compareValue(t *testing.T, value json.RawMessage, cell string) {
	var text string
	switch {
	case len(value) == 0:
	case json.Unmarshal(value, &text) == nil:
		if text != cell {
			t.Fatalf("%q, want %q", cell, text)
		}
	case value[0] == '{' || value[0] == '[':
		want, err := jcs.Transform(value)
		if err == nil && !bytes.Equal(want, []byte(cell)) && !longNumber(value) {
			t.Fatalf("%q, want %q", cell, want)
		}
	}
}

// longNumber says whether a number may have more digits than a double.
func longNumber(value []byte) bool {
	digits := 0
	for _, b := range value {
		if digits++; b < '0' || b > '9' {
			digits = 0
		}
		if digits > 15 {
			return true
		}
	}
	return false
}
