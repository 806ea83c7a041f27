//go:build !js

package evidence

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/datapledge/datapledge/pledge"
)

// gatherReceivers follows the parties that signed receipts of the imprint, as
// any other signer. Their commands are in further blocks, which may have
// receipts of further parties.
func (c *collector) gatherReceivers() error {
	for before := -1; before != len(c.entries); {
		before = len(c.entries)
		for _, number := range c.standing() {
			parts, err := c.besides(number)
			if err != nil {
				return err
			}
			for name, data := range parts {
				if id := receiver(name, data); id != "" {
					if err := c.gather(pledge.KeyParty(id)); err != nil {
						return err
					}
				}
			}
		}
		if err := c.gatherSupport(); err != nil {
			return err
		}
	}
	return nil
}

// besides asks once for what stands beside a block.
func (c *collector) besides(number uint64) (map[string][]byte, error) {
	if parts, ok := c.beside[number]; ok {
		return parts, nil
	}
	all, err := c.askAll(number)
	if err != nil {
		return nil, fmt.Errorf("asking for what stands beside block %d: %w", number, err)
	}
	if c.beside == nil {
		c.beside = map[uint64]map[string][]byte{}
	}
	c.beside[number] = all
	return all, nil
}

// receiver is the party that a receipt of the imprint says it is by.
func receiver(name string, data []byte) string {
	var r struct {
		Party string `json:"party"`
	}
	parts := strings.Split(string(data), ".")
	if roleOf(name) != "imprint-receipt" || len(parts) != 3 {
		return ""
	}
	payload, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil || json.Unmarshal(payload, &r) != nil || pledge.CheckUSCC(r.Party) != nil {
		return ""
	}
	return r.Party
}

// counts leaves out receipts by a key that was revoked since: a checker does
// not believe them, and the package is good without.
func (c *collector) counts(name string, data []byte) bool {
	id := receiver(name, data)
	if id == "" {
		return roleOf(name) != "imprint-receipt"
	}
	p, err := pledge.DecodeParty(c.value(pledge.KeyParty(id)))
	if err != nil {
		return false
	}
	for _, k := range p.Keys {
		if k.Revoked == nil {
			if _, err := OpenJWS(string(data), receiptType, k.JWK); err == nil {
				return true
			}
		}
	}
	return false
}
