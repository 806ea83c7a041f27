package solo

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"time"
)

const (
	headerVersion = 1
	timeFormat    = "2006-01-02T15:04:05.000Z"
)

// noBlock is the "prev" of block 0.
var noBlock = strings.Repeat("0", 2*sha256.Size)

// header is what the operator signs of a block.
type header struct {
	Channel string `json:"channel"`
	Count   int    `json:"count"`
	Number  uint64 `json:"number"`
	Prev    string `json:"prev"`
	Root    string `json:"root"`
	Time    string `json:"time"`
	V       int    `json:"v"`
}

// encode prints the header as RFC 8785 JSON.
func (h header) encode() []byte {
	b := appendString([]byte(`{"channel":`), h.Channel)
	b = strconv.AppendInt(append(b, `,"count":`...), int64(h.Count), 10)
	b = strconv.AppendUint(append(b, `,"number":`...), h.Number, 10)
	b = appendString(append(b, `,"prev":`...), h.Prev)
	b = appendString(append(b, `,"root":`...), h.Root)
	b = appendString(append(b, `,"time":`...), h.Time)
	b = strconv.AppendInt(append(b, `,"v":`...), int64(h.V), 10)
	return append(b, '}')
}

var errHeader = errors.New("header is not of the format")

// decodeHeader accepts exactly what encode prints.
func decodeHeader(payload []byte) (header, time.Time, error) {
	var h header
	if json.Unmarshal(payload, &h) != nil || !bytes.Equal(h.encode(), payload) {
		return header{}, time.Time{}, errHeader
	}
	at, err := time.Parse(timeFormat, h.Time)
	if err != nil || at.Format(timeFormat) != h.Time || h.V != headerVersion || h.Count < 1 {
		return header{}, time.Time{}, errHeader
	}
	return h, at, nil
}

// hashOf is the hash of a block: of its header's payload.
func hashOf(payload []byte) string {
	return hexOf(sha256.Sum256(payload))
}

func hexOf(d digest) string { return hex.EncodeToString(d[:]) }
