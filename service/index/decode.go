package index

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
)

// block is a service.Block made ready for the writer. Decoding runs beside
// the writer, in the goroutine that follows the ledger.
type block struct {
	number     uint64
	hash, prev string
	time       int64
	genesis    []record
	commands   []command
	weight     int64
}

type command struct {
	id                 []byte
	pos                pledge.Position
	act, by            string
	recordID           string
	subject            int // place in records of the one that the outcome names, or -1
	head, payload, sig []byte
	files              []file
	records            []record
}

// record is one write. At most one of asset and pledge is set: what the
// lists of their kind are filtered by.
type record struct {
	key    string
	json   []byte
	asset  *assetRow
	pledge *pledgeRow
}

type assetRow struct {
	Owner  string `json:"owner"`
	Status string `json:"status"`
	Name   string `json:"name"`
}

type pledgeRow struct {
	Asset   string `json:"asset_id"`
	Pledgor string `json:"pledgor"`
	Pledgee string `json:"pledgee"`
	State   string `json:"state"`
}

type file struct {
	sum  []byte
	size int64
}

func decodeBlock(b service.Block) (block, error) {
	out := block{number: b.Number, hash: b.Hash, prev: b.Prev, time: nanos(b.Time), commands: make([]command, len(b.Commands))}
	if b.Number > math.MaxInt64 {
		return block{}, errors.New("block number is out of range")
	}
	var err error
	if out.genesis, err = decodeWrites(b.Genesis); err != nil {
		return block{}, fmt.Errorf("genesis: %w", err)
	}
	for i, c := range b.Commands {
		if out.commands[i], err = decodeCommand(c, pledge.Position{Block: b.Number, Index: i}); err != nil {
			return block{}, fmt.Errorf("command %d (%s): %w", i, c.Outcome.CommandID, err)
		}
		out.weight += out.commands[i].size()
	}
	return out, nil
}

// nanos is a time as Unix nanoseconds, held at the ends of what fits.
func nanos(t time.Time) int64 {
	switch {
	case t.Before(time.Unix(0, math.MinInt64)):
		return math.MinInt64
	case t.After(time.Unix(0, math.MaxInt64)):
		return math.MaxInt64
	}
	return t.UnixNano()
}

func decodeCommand(c service.Committed, pos pledge.Position) (command, error) {
	if c.Outcome.Position != nil {
		pos = *c.Outcome.Position
	}
	out := command{pos: pos, recordID: c.Outcome.RecordID, subject: -1}
	var ok bool
	if out.id, ok = parseCommandID(c.Outcome.CommandID); !ok {
		return command{}, errors.New("malformed command id")
	}
	if err := out.decodeJWS(c.JWS); err != nil {
		return command{}, err
	}
	var err error
	if out.records, err = decodeWrites(c.Writes); err != nil {
		return command{}, err
	}
	for i, r := range out.records {
		if _, id, _ := pledge.ParseKey(r.key); id == out.recordID && keeps(r.key) {
			out.subject = i
		}
	}
	return out, nil
}

// size is about what the command holds in memory, in bytes.
func (c command) size() int64 {
	n := len(c.payload) + len(c.head) + 64*len(c.files) + 512
	for _, r := range c.records {
		n += len(r.json) + 256
	}
	return int64(n)
}

const commandPrefix = "cmd_"

func parseCommandID(id string) ([]byte, bool) {
	digits, ok := strings.CutPrefix(id, commandPrefix)
	raw, err := hex.DecodeString(digits)
	return raw, ok && err == nil && len(raw) == 32 && formatCommandID(raw) == id
}

func formatCommandID(raw []byte) string { return commandPrefix + hex.EncodeToString(raw) }

// decodeJWS takes the signed command apart: its three parts are stored
// without base64, which saves a quarter. A spelling that would not come back
// exactly is stored as it is, with sig nil.
func (c *command) decodeJWS(jws string) error {
	parts := strings.Split(jws, ".")
	if len(parts) != 3 {
		return errors.New("not a compact JWS")
	}
	var raw [3][]byte
	for i, p := range parts {
		var err error
		if raw[i], err = base64.RawURLEncoding.DecodeString(p); err != nil {
			return fmt.Errorf("part %d of the JWS: %w", i, err)
		}
	}
	if err := c.decodePayload(raw[1]); err != nil {
		return err
	}
	c.head, c.payload, c.sig = raw[0], raw[1], raw[2]
	if len(c.sig) == 0 || joinJWS(c.head, c.payload, c.sig) != jws {
		c.head, c.payload, c.sig = nil, []byte(jws), nil
	}
	return nil
}

func joinJWS(head, payload, sig []byte) string {
	if sig == nil {
		return string(payload)
	}
	enc := base64.RawURLEncoding.EncodeToString
	return enc(head) + "." + enc(payload) + "." + enc(sig)
}

// payloadOf finds the payload in what joinJWS would put together.
func payloadOf(payload, sig []byte) ([]byte, error) {
	if sig != nil {
		return payload, nil
	}
	parts := strings.Split(string(payload), ".")
	if len(parts) != 3 {
		return nil, errors.New("not a compact JWS")
	}
	return base64.RawURLEncoding.DecodeString(parts[1])
}

// decodePayload reads what is listed. The rules have checked the payload
// when it was applied, so that what is not needed here is skipped.
func (c *command) decodePayload(raw []byte) error {
	var p struct {
		Act  pledge.Act      `json:"act"`
		By   string          `json:"by"`
		Body json.RawMessage `json:"body"`
	}
	if err := json.Unmarshal(raw, &p); err != nil {
		return fmt.Errorf("payload: %w", err)
	}
	c.act, c.by = string(p.Act), p.By
	if p.Act != pledge.AssetNotarize {
		return nil
	}
	var body struct {
		Files []struct {
			Size   int64  `json:"size"`
			SHA256 string `json:"sha256"`
		} `json:"files"`
	}
	if err := json.Unmarshal(p.Body, &body); err != nil {
		return fmt.Errorf("body: %w", err)
	}
	for _, f := range body.Files {
		sum, ok := parseSum(f.SHA256)
		if !ok {
			return fmt.Errorf("file digest %q", f.SHA256)
		}
		c.files = append(c.files, file{sum: sum, size: f.Size})
	}
	return nil
}

func parseSum(s string) ([]byte, bool) {
	sum, err := hex.DecodeString(s)
	return sum, err == nil && len(sum) == 32 && s == strings.ToLower(s)
}

// keeps says whether a key's revisions are stored. What commands left under
// their own keys stands in the commands table, and who holds a file in
// holders, complete and as of any height.
func keeps(key string) bool {
	kind, _, ok := pledge.ParseKey(key)
	return ok && kind != "command" && kind != "file"
}

func decodeWrites(writes []pledge.Write) ([]record, error) {
	out := make([]record, 0, len(writes))
	for _, w := range writes {
		if !keeps(w.Key) {
			continue
		}
		r := record{key: w.Key, json: w.Value}
		if err := r.decodeColumns(); err != nil {
			return nil, fmt.Errorf("%s: %w", w.Key, err)
		}
		out = append(out, r)
	}
	return out, nil
}

func (r *record) decodeColumns() error {
	switch kind, _, _ := pledge.ParseKey(r.key); kind {
	case "asset":
		r.asset = new(assetRow)
		err := json.Unmarshal(r.json, r.asset)
		r.asset.Name = fold(r.asset.Name)
		return err
	case "pledge":
		r.pledge = new(pledgeRow)
		return json.Unmarshal(r.json, r.pledge)
	}
	return nil
}
