package evidence

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"github.com/datapledge/datapledge/pledge"
)

// actClosing puts signed commands of several parties into effect, all or none.
const actClosing = "closing.execute"

// readSigned reads a command that stands on the ledger by itself, and of a
// closing those within it.
func (c *command) readSigned() error {
	if err := c.readPayload(); err != nil {
		return err
	}
	if c.closing != "" {
		return faultf("command.payload.closing", "was signed for a closing, and takes no effect without it")
	}
	if c.act != actClosing {
		return nil
	}
	f := c.read()
	for i, n := range f.list("commands") {
		in, err := c.within(n.text)
		if err != nil {
			return inClosing(i, err)
		}
		c.inner = append(c.inner, in)
	}
	return firstOf(f.rest(), c.planned())
}

// within reads a command of a closing. It stands where the closing stands.
func (c *command) within(jws string) (command, error) {
	in := command{proof: proof{file: c.file, head: c.head, tx: c.tx, index: c.index}, status: c.status, in: c.in}
	var err error
	if in.jws, err = parseJWS(jws, commandType); err != nil {
		return in, err
	}
	if err := in.readPayload(); err != nil {
		return in, err
	}
	in.outcomeID = in.jws.digest
	if in.act == actClosing {
		return in, faultf("command.payload.act", "is a closing within a closing")
	}
	n, err := parseJSON(c.wrote(commandKey + in.by + "/" + in.jws.digest))
	in.recordID = textIn(n, "record_id")
	return in, err
}

// wrote is what a command left under a key; "{}" where it left nothing.
func (c *command) wrote(key string) []byte {
	for _, w := range c.writes {
		if w.key == key {
			return w.value
		}
	}
	return []byte("{}")
}

func inClosing(i int, err error) error {
	if f, ok := err.(*fault); ok {
		return faultf(f.field, "command %d of the closing: %s", i, f.detail)
	}
	return err
}

// planned wants each command of a closing to have been signed for these
// commands in this order: so none is left out, put in or moved.
func (c *command) planned() error {
	plan := node{kind: '['}
	for i, in := range c.inner {
		digest, err := in.actDigest()
		if err != nil {
			return inClosing(i, err)
		}
		plan.list = append(plan.list, node{kind: '{', keys: []string{"act", "by", "digest"},
			list: []node{textNode(in.act), textNode(in.by), textNode(digest)}})
	}
	want := taggedSum(appendJSON(nil, plan))
	for i, in := range c.inner {
		if in.closing != want {
			return faultf("command.payload.closing", "command %d was signed for another closing than these commands in this order, %s", i, want)
		}
	}
	return nil
}

func textNode(s string) node { return node{kind: '"', text: s} }

func taggedSum(data []byte) string {
	sum := sha256.Sum256(data)
	return "sha256:" + hex.EncodeToString(sum[:])
}

// actDigest is what the sides of an act agree on: the SHA-256 of the act, a
// line break and the body as canonical JSON. Members of a body that say nothing
// ("", [] and the like) are left out of it, and only the rules know which.
func (c *command) actDigest() (string, error) {
	body, err := pledge.DecodeBody(pledge.Act(c.act), c.body)
	if err != nil {
		return "", faultf("command.payload.body", "%v", err)
	}
	said, err := pledge.CanonicalJSON(body)
	if err != nil {
		return "", faultf("command.payload.body", "%v", err)
	}
	return taggedSum(append([]byte(c.act+"\n"), said...)), nil
}

// outcomes notes whether each command of a closing has left its outcome, and
// under the record that follows from it.
func (c *command) outcomes() error {
	for i, in := range c.inner {
		n, err := parseJSON(c.wrote(commandKey + in.by + "/" + in.jws.digest))
		if err != nil || textIn(n, "status") != "applied" {
			return faultf("entry.writes", "tell no outcome of command %d of the closing, %s", i, in.jws.digest)
		}
		if prefix := recordPrefix[in.act]; prefix != "" && in.recordID != recordID(prefix, in.jws.input) {
			return faultf("entry.writes", "tell another record of command %d of the closing than follows from it", i)
		}
	}
	return nil
}

// all are the commands and those within closings, in ledger order.
func (c *checker) all() []command {
	list := make([]command, 0, len(c.commands))
	for _, cmd := range c.commands {
		list = append(append(list, cmd), cmd.inner...)
	}
	return list
}

// agreements notes whether all who signed an act of several, as the records
// tell it, signed just that: their commands are here, of that act and equal in
// what they say.
func (c *checker) agreements() {
	if c.list.kind != KindAsset && c.list.kind != KindPledge {
		return
	}
	signed := map[string]command{}
	for _, cmd := range c.all() {
		signed[cmd.jws.digest] = cmd
	}
	for _, name := range []string{nameRecord, nameAsset} {
		data, ok := find(c.files, name)
		if n, err := parseJSON(data); ok && err == nil {
			c.agreed(name, n, signed)
		}
	}
}

// agreed looks through a record for what several signed.
func (c *checker) agreed(file string, n node, signed map[string]command) {
	list, settled := n.get("signed")
	if digest := textIn(n, "digest"); settled && digest != "" {
		for _, stamp := range list.list {
			c.note(CheckHistory, file, sameAct(n, stamp, signed))
		}
	}
	for _, member := range n.list {
		c.agreed(file, member, signed)
	}
}

func sameAct(n, stamp node, signed map[string]command) error {
	act, digest, by := textIn(n, "act"), textIn(n, "digest"), textIn(stamp, "by")
	cmd, ok := signed[textIn(stamp, "command_id")]
	if !ok {
		return faultf(act, "the command with which %.40q signed it is not in the package", by)
	}
	said, err := cmd.actDigest()
	if err != nil || cmd.act != act || cmd.by != by || said != digest {
		return faultf(act, "what %.40q signed is not what the others did: %s", by, fmt.Sprint(cmd.act, " ", said))
	}
	return nil
}
