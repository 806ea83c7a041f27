package index

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"strconv"
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
	inner              []string          // the signed commands of a closing
	outcomes           map[string]string // and the records that they name, by the keys of their outcomes
	records            []record
}

// record is one write. At most one of asset and pledge is set: what the
// lists of their kind are filtered by.
type record struct {
	key    string
	json   []byte
	asset  *assetRow
	pledge *pledgeRow
	spelt  []spelling
}

// assetRow is what the lists of assets are filtered by. Its SM3 fingerprint is
// kept apart: each version may have one.
type assetRow struct{ owner, status, name, sm3 string }

// pledgeRow: former are the pledgees that assigned the pledge.
type pledgeRow struct {
	asset, pledgor, pledgee, state string
	former                         []string
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
	return out, out.open()
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
	if len(out.inner) > 0 {
		out.outcomes, err = decodeOutcomes(c.Writes)
	}
	subject := pledge.RecordKey(out.recordID)
	for i, r := range out.records {
		if r.key == subject {
			out.subject = i
		}
	}
	return out, err
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
	exact := true
	for i, p := range parts {
		var err error
		if raw[i], err = base64.RawURLEncoding.DecodeString(p); err != nil {
			return fmt.Errorf("part %d of the JWS: %w", i, err)
		}
		exact = exact && isExact(p, raw[i])
	}
	if err := c.decodePayload(raw[1]); err != nil {
		return err
	}
	if c.head, c.payload, c.sig = raw[0], raw[1], raw[2]; !exact {
		c.head, c.payload, c.sig = nil, []byte(jws), nil
	}
	return nil
}

// isExact says whether encoding raw gives text again: the decoder skips line
// ends, and the last character can have bits that are not used.
func isExact(text string, raw []byte) bool {
	if len(text) == 0 || base64.RawURLEncoding.EncodedLen(len(raw)) != len(text) {
		return false
	}
	tail := len(raw) - len(raw)%3
	return base64.RawURLEncoding.EncodeToString(raw[tail:]) == text[tail/3*4:]
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

// decodePayload reads what is listed.
func (c *command) decodePayload(raw []byte) error {
	var body []byte
	err := members(raw, func(name string, value []byte) (err error) {
		switch name {
		case "act":
			c.act, err = text(value)
		case "by":
			c.by, err = text(value)
		case "body":
			body = value
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("payload: %w", err)
	}
	if err := c.decodeBody(body); err != nil {
		return fmt.Errorf("body: %w", err)
	}
	return nil
}

// lists says which member of a body is wanted here, by its act.
var lists = map[pledge.Act]string{pledge.AssetNotarize: "files", pledge.AssetAddVersion: "files", pledge.ClosingExecute: "commands"}

func (c *command) decodeBody(body []byte) error {
	wanted := lists[pledge.Act(c.act)]
	if wanted == "" {
		return nil
	}
	return members(body, func(name string, value []byte) error {
		switch {
		case name != wanted:
			return nil
		case name == "files":
			return elements(value, c.decodeFile)
		}
		return elements(value, func(jws []byte) error {
			s, err := text(jws)
			c.inner = append(c.inner, s)
			return err
		})
	})
}

func (c *command) decodeFile(raw []byte) error {
	var f file
	err := members(raw, func(name string, value []byte) (err error) {
		switch name {
		case "size":
			f.size, err = strconv.ParseInt(string(value), 10, 64)
		case "sha256":
			var digits string
			if digits, err = text(value); err == nil {
				f.sum, err = parseSum(digits)
			}
		}
		return err
	})
	if err == nil && f.sum == nil {
		err = errors.New("file without a digest")
	}
	c.files = append(c.files, f)
	return err
}

func parseSum(s string) ([]byte, error) {
	sum, err := hex.DecodeString(s)
	if err != nil || len(sum) != 32 || s != strings.ToLower(s) {
		return nil, fmt.Errorf("%q is not a lowercase hex SHA-256", s)
	}
	return sum, nil
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

func (r *record) decodeColumns() (err error) {
	kind, _, _ := pledge.ParseKey(r.key)
	if r.spelt, err = decodeSpellings(kind, r.json); err != nil {
		return err
	}
	switch kind {
	case "asset":
		a := new(assetRow)
		r.asset = a
		err := texts(r.json, map[string]*string{"owner": &a.owner, "status": &a.status, "name": &a.name, "sm3_fingerprint": &a.sm3})
		a.name = fold(a.name)
		return err
	case "pledge":
		p := new(pledgeRow)
		r.pledge = p
		return errors.Join(p.decodeFormer(r.json),
			texts(r.json, map[string]*string{"asset_id": &p.asset, "pledgor": &p.pledgor, "pledgee": &p.pledgee, "state": &p.state}))
	}
	return nil
}

func (p *pledgeRow) decodeFormer(json []byte) error {
	if !bytes.Contains(json, []byte(`"assignments"`)) {
		return nil
	}
	return members(json, func(name string, value []byte) error {
		if name != "assignments" {
			return nil
		}
		return elements(value, func(assignment []byte) error {
			var from string
			err := texts(assignment, map[string]*string{"from": &from})
			p.former = append(p.former, from)
			return err
		})
	})
}
