package imprint

import "github.com/datapledge/datapledge/pledge"

// unit is what cannot be split: a proof with the commands that it proves.
type unit struct {
	proof    *Proof
	commands []Command
	size     int
}

// units groups the commands of a proven delivery. A consortium's proof is of
// a transaction, a solo ledger's of one command.
func units(d Delivery) []unit {
	var list []unit
	place := map[pledge.Position]int{}
	for i := range d.Proofs {
		p := &d.Proofs[i]
		place[provenBy(d.Ledger, p.Position)] = len(list)
		list = append(list, unit{proof: p, size: len(p.Document)})
	}
	for _, c := range d.Commands {
		i, ok := place[provenBy(d.Ledger, c.Position)]
		if !ok {
			i = len(list)
			list = append(list, unit{})
		}
		list[i].commands = append(list[i].commands, c)
		list[i].size += len(c.JWS) + 512
	}
	return list
}

// provenBy is the same for all commands that one proof proves.
func provenBy(ledger string, p pledge.Position) pledge.Position {
	if ledger == ledgerFabric {
		p.Index = 0
	}
	return p
}

const ledgerFabric = "fabric"

// split makes parts of at most max bytes, unless one unit alone has more. The
// block itself is a unit: it goes with the first part.
func split(d Delivery, max int) []Delivery {
	part := d
	part.Commands, part.Proofs = []Command{}, nil
	list, size := []Delivery{part}, len(d.Block)
	part.Block = ""
	for _, u := range units(d) {
		if size > 0 && size+u.size > max {
			list, size = append(list, part), 0
		}
		last := &list[len(list)-1]
		last.Commands = append(last.Commands[:len(last.Commands):len(last.Commands)], u.commands...)
		if u.proof != nil {
			last.Proofs = append(last.Proofs, *u.proof)
		}
		size += u.size
	}
	for i := range list {
		list[i].Part, list[i].Parts = i+1, len(list)
	}
	return list
}

// sizeOf is about what a delivery has as JSON.
func sizeOf(d Delivery) int {
	size := 512 + len(d.Block)
	for _, u := range units(d) {
		size += u.size
	}
	return size
}

// requests packs parts, in their order, into requests.
func requests(list []Delivery, max int) [][]Delivery {
	var out [][]Delivery
	size := 0
	for _, d := range list {
		for _, part := range split(d, max) {
			n := sizeOf(part)
			if len(out) == 0 || size+n > max {
				out, size = append(out, nil), 0
			}
			out[len(out)-1] = append(out[len(out)-1], part)
			size += n
		}
	}
	return out
}
