package solo

import (
	"encoding/json"
	"errors"
	"unicode/utf8"

	"github.com/datapledge/datapledge/pledge"
)

// entry is one applied command of a block, or the genesis.
type entry struct {
	genesis   []byte // of entry 0 of block 0 only
	jws       string
	commandID string
	recordID  string
	writes    []written
}

// written is a write together with where its value stands in the entry.
type written struct {
	pledge.Write
	offset int
}

// appendEntry prints e as RFC 8785 JSON, given that genesis and values are,
// and notes where the values start, counted from the entry's first byte.
func appendEntry(b []byte, e *entry) []byte {
	start := len(b)
	if e.genesis != nil {
		b = append(append(b, `{"genesis":`...), e.genesis...)
	} else {
		b = appendString(append(b, `{"command":`...), e.jws)
		b = appendString(append(b, `,"outcome":{"command_id":`...), e.commandID)
		b = appendString(append(b, `,"record_id":`...), e.recordID)
		b = append(b, `,"status":"applied"}`...)
	}
	b = append(b, `,"writes":[`...)
	for i := range e.writes {
		w := &e.writes[i]
		if i > 0 {
			b = append(b, ',')
		}
		b = appendString(append(b, `{"key":`...), w.Key)
		b = append(b, `,"value":`...)
		w.offset = len(b) - start
		b = append(append(b, w.Value...), '}')
	}
	return append(b, `]}`...)
}

// appendString prints s as RFC 8785 does.
func appendString(b []byte, s string) []byte {
	const hexDigits = "0123456789abcdef"
	b = append(b, '"')
	from := 0
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c >= ' ' && c != '"' && c != '\\' {
			continue
		}
		b = append(b, s[from:i]...)
		from = i + 1
		switch c {
		case '"', '\\':
			b = append(b, '\\', c)
		case '\b':
			b = append(b, `\b`...)
		case '\f':
			b = append(b, `\f`...)
		case '\n':
			b = append(b, `\n`...)
		case '\r':
			b = append(b, `\r`...)
		case '\t':
			b = append(b, `\t`...)
		default:
			b = append(b, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
		}
	}
	return append(append(b, s[from:]...), '"')
}

var errEntry = errors.New("is not of the format")

// decodeEntry accepts exactly what appendEntry prints. What it returns keeps
// no reference to raw.
func decodeEntry(raw []byte) (entry, error) {
	if !utf8.Valid(raw) {
		return entry{}, errEntry
	}
	s := &scanner{text: string(raw)}
	var e entry
	if s.lit(`{"genesis":`) {
		e.genesis = []byte(s.value())
	} else {
		s.want(`{"command":`)
		e.jws = s.str()
		s.want(`,"outcome":{"command_id":`)
		e.commandID = s.str()
		s.want(`,"record_id":`)
		e.recordID = s.str()
		s.want(`,"status":"applied"}`)
	}
	s.want(`,"writes":[`)
	for first := true; !s.bad && !s.lit(`]}`); first = false {
		if !first {
			s.want(`,`)
		}
		s.want(`{"key":`)
		key := s.str()
		s.want(`,"value":`)
		at := s.at
		e.writes = append(e.writes, written{pledge.Write{Key: key, Value: json.RawMessage(s.value())}, at})
		s.want(`}`)
	}
	if s.bad || s.at != len(s.text) {
		return entry{}, errEntry
	}
	return e, nil
}

// scanner walks over an entry; bad once something did not fit.
type scanner struct {
	text string
	at   int
	bad  bool
}

func (s *scanner) lit(text string) bool {
	if s.bad || len(s.text)-s.at < len(text) || s.text[s.at:s.at+len(text)] != text {
		return false
	}
	s.at += len(text)
	return true
}

func (s *scanner) want(text string) {
	if !s.lit(text) {
		s.bad = true
	}
}

// quoted passes over a JSON string and tells whether anything is escaped.
func (s *scanner) quoted() (text string, escaped bool) {
	s.want(`"`)
	from := s.at
	for ; !s.bad && s.at < len(s.text); s.at++ {
		switch s.text[s.at] {
		case '"':
			s.at++
			return s.text[from : s.at-1], escaped
		case '\\':
			escaped = true
			s.at++
		}
	}
	s.bad = true
	return "", false
}

func (s *scanner) str() string {
	from := s.at
	text, escaped := s.quoted()
	if s.bad {
		return ""
	}
	if escaped {
		if json.Unmarshal([]byte(s.text[from:s.at]), &text) != nil {
			s.bad = true
		}
	}
	if string(appendString(nil, text)) != s.text[from:s.at] {
		s.bad = true
	}
	return text
}

// value passes over a JSON value, which may be of any kind.
func (s *scanner) value() string {
	from, depth := s.at, 0
	for !s.bad && s.at < len(s.text) {
		switch c := s.text[s.at]; {
		case c == '"':
			s.quoted()
			continue
		case c == '{' || c == '[':
			depth++
		case (c == '}' || c == ']' || c == ',') && depth == 0:
			return s.checked(from)
		case c == '}' || c == ']':
			depth--
		}
		s.at++
	}
	s.bad = true
	return ""
}

func (s *scanner) checked(from int) string {
	v := s.text[from:s.at]
	if !json.Valid([]byte(v)) {
		s.bad = true
	}
	return v
}
