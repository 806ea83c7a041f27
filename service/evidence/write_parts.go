//go:build !js

package evidence

import (
	"fmt"

	"github.com/datapledge/datapledge/pledge"
)

type writtenPart struct {
	Part  string `json:"part"`
	State string `json:"state"`
}

// layParts adds the list of parts 00 to 13, as FORMAT.md lays the states down.
func (c *collector) layParts() error {
	own := [...]string{
		0: "PARTIAL", 1: "PARTIAL", 2: "MISSING", 3: "PARTIAL", 4: c.partBeside(), 5: "MISSING", 6: "MISSING",
		7: "MISSING", 8: "PARTIAL", 9: "MISSING", 10: "MISSING", 11: "MISSING", 12: "PARTIAL", 13: "PRESENT",
	}
	if len(c.blocks) > 0 {
		own[9] = "PARTIAL"
	}
	if c.kind == KindAsset || c.kind == KindPledge {
		own[5], own[6], own[11] = "PARTIAL", "PARTIAL", "PARTIAL"
	}
	if err := c.partsOfRecord(own[:]); err != nil {
		return err
	}
	var list []writtenPart
	for i, state := range own {
		list = append(list, writtenPart{fmt.Sprintf("%02d", i), state})
	}
	var err error
	c.files[nameParts], err = pledge.CanonicalJSON(struct {
		Parts []writtenPart `json:"parts"`
		V     int           `json:"v"`
	}{list, Version})
	return err
}

// partsOfRecord are those that depend on what is recorded: a notary's
// attestation, papers of the right.
func (c *collector) partsOfRecord(own []string) error {
	switch c.kind {
	case KindSearch:
		own[10] = "PARTIAL"
	case KindPledge:
		p, err := pledge.DecodePledge(c.value(c.subject[0]))
		if err != nil {
			return err
		}
		own[10] = "PARTIAL"
		if p.Attestation != nil {
			own[7] = "PARTIAL"
		}
	case KindAsset:
		a, err := pledge.DecodeAsset(c.value(c.subject[0]))
		if err != nil {
			return err
		}
		if a.Certificate != nil {
			own[10] = "PARTIAL"
		}
	}
	return nil
}

// partBeside is PRESENT when every block with a command has a time stamp and
// an institution received them.
func (c *collector) partBeside() string {
	imprinted := false
	for name := range c.files {
		role := roleOf(name)
		imprinted = imprinted || role == "imprint-receipt" || role == "imprint-checkpoint"
	}
	standing := c.standing()
	for _, number := range standing {
		if c.files[fmt.Sprintf("%s%020d.json", dirStamps, number)] == nil {
			return "PARTIAL"
		}
	}
	if !imprinted || len(standing) == 0 {
		return "PARTIAL"
	}
	return "PRESENT"
}
