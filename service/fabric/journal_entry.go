package fabric

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"hash/crc32"
	"strings"
)

// entry is one line of the journal. On the disk: the length of what follows
// the sum and its CRC-32C, both 4 bytes big endian; then the JSON, a line
// feed, and the body: the commands, one a line, or an envelope.
type entry struct {
	Row   uint64 `json:"row"`
	State string `json:"state"`
	TxID  string `json:"tx_id,omitempty"`
	Block uint64 `json:"block,omitempty"`
	Tx    int    `json:"tx,omitempty"`
	Code  int32  `json:"code,omitempty"`

	body []byte
}

const entryHead = 8

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// commands are those of an INTENT; no JWS holds a line feed.
func (e entry) commands() []string { return strings.Split(string(e.body), "\n") }

func (e entry) appendTo(out []byte) []byte {
	head, _ := json.Marshal(e) // numbers and strings: it cannot fail
	start := len(out)
	out = append(out, make([]byte, entryHead)...)
	out = append(out, head...)
	out = append(out, '\n')
	out = append(out, e.body...)
	content := out[start+entryHead:]
	binary.BigEndian.PutUint32(out[start:], uint32(len(content)))
	binary.BigEndian.PutUint32(out[start+4:], entrySum(content))
	return out
}

// entrySum covers the length, too: zeros do not pass for an empty entry.
func entrySum(content []byte) uint32 {
	length := binary.BigEndian.AppendUint32(nil, uint32(len(content)))
	return crc32.Update(crc32.Checksum(length, castagnoli), castagnoli, content)
}

// parseEntry reads the first entry of raw and says how long it is.
func parseEntry(raw []byte) (entry, int, bool) {
	if len(raw) < entryHead {
		return entry{}, 0, false
	}
	length := int(binary.BigEndian.Uint32(raw))
	if length > len(raw)-entryHead {
		return entry{}, 0, false
	}
	content := raw[entryHead : entryHead+length]
	head, body, found := bytes.Cut(content, []byte("\n"))
	if binary.BigEndian.Uint32(raw[4:]) != entrySum(content) || !found {
		return entry{}, 0, false
	}
	e := entry{body: bytes.Clone(body)}
	return e, entryHead + length, json.Unmarshal(head, &e) == nil
}

// entries are what brings a row back.
func (r *row) entries() []entry {
	out := []entry{{Row: r.id, State: rowIntent, body: []byte(strings.Join(r.commands, "\n"))}}
	for _, a := range r.attempts {
		out = append(out, entry{Row: r.id, State: rowEndorsed, TxID: a.txID, body: a.envelope})
	}
	if r.state == rowSubmitted {
		out = append(out, entry{Row: r.id, State: rowSubmitted})
	}
	return out
}
