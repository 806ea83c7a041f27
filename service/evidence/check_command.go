package evidence

import (
	"cmp"
	"crypto/sha256"
	"encoding/base32"
	"strings"
)

// commandType is the typ header of commands and custody receipts.
const commandType = "datapledge+jws"

// write is a key and the canonical JSON that a command left under it.
type write struct {
	key   string
	value []byte
}

// command is a signed command with its place on the ledger.
type command struct {
	proof
	jws         signed
	act, by, on string
	at          string
	body        []byte // JSON, known to be strict
	outcomeID   string
	recordID    string
	status      string
	writes      []write
	in          *committed // the transaction, on a consortium's channel
	closing     string     // the plan that it was signed for
	inner       []command  // of a closing: its commands
}

func parseEntry(p proof) (command, error) {
	c := command{proof: p}
	f := fieldsOf(p.doc, "entry")
	outcome := fieldsOf(f.object("outcome"), "entry.outcome")
	c.outcomeID, c.status, c.recordID = outcome.text("command_id"), outcome.text("status"), outcome.optional("record_id")
	if err := outcome.rest(); err != nil {
		return c, err
	}
	var err error
	if c.writes, err = parseWrites(f); err != nil {
		return c, err
	}
	text := f.text("command")
	if err := f.rest(); err != nil {
		return c, err
	}
	if c.jws, err = parseJWS(text, commandType); err != nil {
		return c, err
	}
	err = c.readSigned()
	c.doc = node{} // trees are large: only bytes are kept
	return c, err
}

func parseWrites(f *fields) ([]write, error) {
	var out []write
	for _, n := range f.list("writes") {
		w := fieldsOf(n, "entry.writes")
		out = append(out, write{w.text("key"), w.take("value", 0).raw})
		if err := w.rest(); err != nil {
			return nil, err
		}
		if i := len(out); i > 1 && out[i-2].key >= out[i-1].key {
			return nil, faultf("entry.writes", "are not in key order")
		}
	}
	return out, f.error()
}

func (c *command) readPayload() error {
	n, err := parseJSON(c.jws.payload)
	if err != nil {
		return faultf("command.payload", "%v", err)
	}
	f := fieldsOf(n, "command.payload")
	c.act, c.by, c.on, c.at = f.text("act"), f.text("by"), f.text("on"), f.text("at")
	f.text("nonce")
	c.closing = f.optional("closing")
	c.body = f.object("body").raw
	return f.rest()
}

// read is the command's body.
func (c command) read() *fields {
	n, _ := parseJSON(c.body)
	return fieldsOf(n, "command.payload.body")
}

// recordPrefix says which acts make a record, whose id follows from the
// command's signing input.
var recordPrefix = map[string]string{"asset.notarize": "as_", "pledge.propose": "pl_"}

// ids notes whether file name, outcome and new record carry the ids that
// follow from the signed bytes.
func (c *checker) ids(cmd command) {
	id := cmd.jws.digest
	switch {
	case cmd.file != dirCommands+id+".json":
		c.note(CheckCommandID, cmd.file, faultf("command", "has the id %s, not that of the file", id))
	case cmd.outcomeID != id:
		c.note(CheckCommandID, cmd.file, faultf("entry.outcome.command_id", "is not %s", id))
	case cmd.status != "applied":
		c.note(CheckCommandID, cmd.file, faultf("entry.outcome.status", "is %.40q, not applied", cmd.status))
	case recordPrefix[cmd.act] != "" && cmd.recordID != recordID(recordPrefix[cmd.act], cmd.jws.input):
		c.note(CheckCommandID, cmd.file, faultf("entry.outcome.record_id", "does not follow from the command"))
	default:
		c.note(CheckCommandID, cmd.file, cmd.outcomes())
	}
}

func recordID(prefix, input string) string {
	sum := sha256.Sum256([]byte(input))
	text := base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(sum[:])
	return prefix + strings.ToLower(text)[:26]
}

func byPosition(a, b command) int {
	return cmp.Or(cmp.Compare(a.head.number, b.head.number), cmp.Compare(a.tx, b.tx), cmp.Compare(a.index, b.index))
}
