package table

import (
	"bytes"
	"errors"
	"io"
	"path"
	"slices"
	"strings"
	"unicode/utf8"
)

// Names that say a text is a table, or that it is none whatever its lines.
var (
	tableNames = []string{".csv", ".tsv", ".tab", ".psv"}
	proseNames = []string{".md", ".html", ".htm", ".xml", ".yaml", ".yml", ".toml", ".ini", ".py", ".go", ".js", ".sql", ".sh", ".log", ".tex", ".rtf", ".svg", ".pem"}
)

// Sniff says what a file is, by the first up to 64 KiB of its content first,
// by the ending of its name second. A text whose name says nothing is CSV if
// one separator cuts each of at least three lines into the same number of cells.
func Sniff(name string, head []byte) Format {
	ending := strings.ToLower(path.Ext(name))
	switch {
	case bytes.HasPrefix(head, []byte("PAR1")):
		return Parquet
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		return sniffZip(ending, head)
	}
	text, ok := textOf(head)
	if !ok {
		return Raw
	}
	switch opening := strings.Map(noSpace, string(text[:min(len(text), 512)])); {
	case strings.HasPrefix(opening, `[{`) || opening == "[]":
		return JSON
	case strings.HasPrefix(opening, `{"`) && ending == ".json":
		return JSON
	case strings.HasPrefix(opening, `{"`):
		return JSONL
	case slices.Contains(tableNames, ending):
		return CSV
	case slices.Contains(proseNames, ending) || strings.HasPrefix(opening, "<"):
		return Raw
	}
	return sniffLines(text)
}

func sniffZip(ending string, head []byte) Format {
	if ending == ".xlsx" || ending == ".xlsm" || bytes.Contains(head, []byte("xl/")) {
		return XLSX
	}
	return Raw
}

func sniffLines(text []byte) Format {
	for _, s := range separators {
		if alike, lines := regular(text, s, false); lines > 2 && alike == lines {
			return CSV
		}
	}
	return Raw
}

func noSpace(r rune) rune {
	if strings.ContainsRune(" \t\r\n", r) {
		return -1
	}
	return r
}

// textOf decodes the head of a file, which may end within a letter.
func textOf(head []byte) ([]byte, bool) {
	if whole := head[:len(head)-halfLetter(head)]; utf8.Valid(whole) {
		head = whole
	}
	t := newText(bytes.NewReader(head))
	var all []byte
	for {
		block, err := t.next()
		all = append(all, block...)
		var e *Error
		switch {
		case errors.Is(err, io.EOF) || errors.As(err, &e) && e.Code == Truncated:
			return all, true
		case err != nil:
			return nil, false
		}
	}
}
