package evidence

import (
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// checkpointKey begins the keys of checkpoints, which the channel and the last
// block end.
const checkpointKey = "v1/checkpoint/"

// pointPart is a file of dirCheckpoint.
type pointPart struct {
	anchored
	place
	channel string // that holds it
}

func parsePoint(f file) (p pointPart, number uint64, err error) {
	number, err = strconv.ParseUint(strings.TrimSuffix(strings.TrimPrefix(f.name, dirCheckpoint), ".json"), 10, 64)
	if err != nil {
		return p, 0, faultf("", "is not named after a block")
	}
	n, err := parseCanonical(f.data)
	if err != nil {
		return p, 0, faultf("", "%v", err)
	}
	in := fieldsOf(n, "")
	in.version()
	p.anchored = anchoredOf(in)
	p.place = place{file: f.name, block: uint64(in.number("block")), tx: uint64(in.number("tx"))}
	p.channel = in.text("imprint_channel")
	if p.attestation, err = decode64(in.text("attestation")); err != nil {
		in.fail("attestation", "is not base64url")
	}
	return p, number, in.rest()
}

// checkpoint judges one: the block is under the root that the transaction has.
func (i *imprint) checkpoint(f file) (Imprinted, error) {
	p, number, err := parsePoint(f)
	if err != nil {
		return Imprinted{}, err
	}
	hash, ok := i.home.hashOf(number)
	if !ok {
		return Imprinted{}, faultf("", "no command of the package is in block %d", number)
	}
	root, err := p.over(i.home.trust.Channel, number, hash)
	if err != nil {
		return Imprinted{}, err
	}
	if err := same("imprint_channel", p.channel, i.trust.Channel); err != nil {
		return Imprinted{}, err
	}
	t := i.transactionAt(p.place)
	if t == nil {
		return Imprinted{}, faultf("tx", "block %d of channel %.80q shows no transaction %d", p.block, p.channel, p.tx)
	}
	i.used[p.block] = true
	if err := t.holds(p.anchored, hex.EncodeToString(root[:]), number, hash); err != nil {
		return Imprinted{}, err
	}
	i.attested(p.place, t, pointKey(p.anchored))
	return Imprinted{Block: number, First: p.first, Last: p.last, Channel: p.channel, Time: t.head.stamp, Members: t.endorsers()}, nil
}

func pointKey(a anchored) string { return fmt.Sprintf("%s%s/%020d", checkpointKey, a.channel, a.last) }

// holds says whether the transaction keeps the checkpoint with this root.
func (t *committed) holds(a anchored, root string, number uint64, hash string) error {
	if t.function() != "checkpoint" || len(t.args) != 2 {
		return faultf("tx", "is a call of %.40q, not of a checkpoint", t.function())
	}
	n, err := parseCanonical(t.args[1])
	if err != nil {
		return faultf("checkpoint", "%v", err)
	}
	f := fieldsOf(n, "checkpoint")
	f.is("channel", a.channel)
	f.is("root", root)
	f.digest("hash")
	if first, last := uint64(f.number("first")), uint64(f.number("last")); first != a.first || last != a.last {
		f.fail("last", "is of blocks %d to %d, the package says %d to %d", first, last, a.first, a.last)
	}
	if number == a.last {
		f.is("hash", hash)
	}
	if err := f.rest(); err != nil {
		return err
	}
	for at, key := range []string{pointKey(a), checkpointKey + a.channel + "/newest"} {
		if len(t.effects.writes) != 2 || t.effects.writes[at].key != key || string(t.effects.writes[at].value) != string(t.args[1]) {
			return faultf("rwset.writes", "do not keep the checkpoint under %.200q", key)
		}
	}
	return nil
}

// endorsers are the names of those whose peers signed, in their order.
func (t *committed) endorsers() []string {
	who, _ := t.era.endorsedBy(t.transaction) // told already when they are too few
	names := []string{}
	for _, m := range who {
		names = append(names, m.Name)
	}
	slices.Sort(names)
	return names
}
