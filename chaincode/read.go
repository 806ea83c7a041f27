package chaincode

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"unicode/utf8"

	"github.com/datapledge/datapledge/pledge"
)

// Limits of one get: a message between peer and chaincode has at most 100 MB.
const (
	MaxKeys  = 1000
	maxBytes = 16 << 20
)

// get answers raw records, for clients that verify them against the blocks.
func (c *Chaincode) get(s stub, args [][]byte) ([]byte, error) {
	keys, err := readKeys(args)
	if err != nil {
		return nil, err
	}
	st := newState(s)
	list := make([]json.RawMessage, 0, len(keys))
	size := 0
	for from := 0; from < len(keys); from += readAtOnce {
		some := keys[from:min(len(keys), from+readAtOnce)]
		if err := st.fetch(some); err != nil {
			return nil, err
		}
		for _, k := range some {
			if size += len(st.values[k]); size > maxBytes {
				return nil, pledge.Errorf(pledge.TooLarge, "the records under these keys have more than %d bytes; ask for fewer at once", maxBytes)
			}
			list = append(list, rawOrNull(st.values[k]))
		}
	}
	return array(list), nil
}

// readKeys takes keys of the layout only; others cannot be on the channel.
func readKeys(args [][]byte) ([]string, error) {
	switch {
	case len(args) == 0:
		return nil, pledge.Errorf(pledge.Malformed, "get needs at least one key")
	case len(args) > MaxKeys:
		return nil, pledge.Errorf(pledge.TooLarge, "get takes at most %d keys, not %d", MaxKeys, len(args))
	}
	keys := make([]string, len(args))
	for i, a := range args {
		keys[i] = string(a)
		if _, _, ok := pledge.ParseKey(keys[i]); !ok || !utf8.Valid(a) {
			return nil, pledge.Errorf(pledge.Malformed, "%.80q is no key", a)
		}
	}
	return keys, nil
}

func rawOrNull(value []byte) json.RawMessage {
	if len(value) == 0 {
		return json.RawMessage("null")
	}
	return value
}

// array puts records as they are into a list: every byte of them counts for
// those who compare digests.
func array(list []json.RawMessage) []byte {
	var b bytes.Buffer
	b.WriteByte('[')
	for i, v := range list {
		if i > 0 {
			b.WriteByte(',')
		}
		b.Write(v)
	}
	b.WriteByte(']')
	return b.Bytes()
}

// record is for a person with the peer's command line.
func (c *Chaincode) record(s stub, args [][]byte) ([]byte, error) {
	if len(args) != 1 || !utf8.Valid(args[0]) {
		return nil, pledge.Errorf(pledge.Malformed, "record takes one id: as_…, pl_…, or the USCC of a party")
	}
	id := string(args[0])
	key := pledge.RecordKey(id)
	if key == "" {
		return nil, pledge.Errorf(pledge.Malformed, "%.80q is no record's id; those are as_…, pl_…, or the USCC of a party", id)
	}
	value, err := s.GetState(key)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", key, err)
	}
	if len(value) == 0 {
		return nil, pledge.Errorf(pledge.NotFound, "there is no record %.80q", id)
	}
	var b bytes.Buffer
	if err := json.Indent(&b, value, "", "  "); err != nil {
		return nil, fmt.Errorf("printing %s: %w", key, err)
	}
	return b.Bytes(), nil
}

// info tells operators and clients whom they talk to.
func (c *Chaincode) info(s stub, args [][]byte) ([]byte, error) {
	if len(args) > 0 {
		return nil, pledge.Errorf(pledge.Malformed, "info takes no arguments")
	}
	genesis, err := s.GetState(pledge.KeyChannel())
	if err != nil {
		return nil, fmt.Errorf("reading the genesis: %w", err)
	}
	answer := struct {
		Chaincode    string `json:"chaincode"`
		RulesVersion string `json:"rules_version"`
		Channel      string `json:"channel"`
		Genesis      string `json:"genesis"`
	}{c.version, pledge.RulesVersion, s.GetChannelID(), ""}
	if len(genesis) > 0 {
		answer.Genesis = digest(genesis)
	}
	return json.Marshal(answer)
}

func digest(b []byte) string {
	sum := sha256.Sum256(b)
	return "sha256:" + hex.EncodeToString(sum[:])
}

// digestOf is the digest of the channel's record among the writes of a genesis.
func digestOf(writes []pledge.Write) string {
	for _, w := range writes {
		if w.Key == pledge.KeyChannel() {
			return digest(w.Value)
		}
	}
	return ""
}
