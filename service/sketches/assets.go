package sketches

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"golang.org/x/sync/errgroup"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/service/preflight/sketch"
)

// named is an asset record as far as it matters here.
type named struct {
	Preflight *struct {
		Sketch string `json:"sketch"`
	} `json:"preflight"`
	Notarized struct {
		Command string `json:"command_id"`
	} `json:"notarized"`
}

// assetsOf are the lines of a block's new assets that name a sketch, without
// what the vault has to say.
func assetsOf(b service.Block) (list []entry, err error) {
	var hash [32]byte
	if n, err := hex.Decode(hash[:], []byte(b.Hash[:min(len(b.Hash), 64)])); err != nil || n != len(hash) {
		return nil, fmt.Errorf("block %d: its hash is %.80q", b.Number, b.Hash)
	}
	for _, c := range b.Commands {
		for _, w := range c.Writes {
			if e, ok := assetOf(c.Outcome.CommandID, w); ok {
				e.block, e.order, e.hash = b.Number, uint32(len(list)), hash
				list = append(list, e)
			}
		}
	}
	return list, nil
}

// assetOf: an asset is new where the command is the one that notarized it. A
// sketch that is named in no known way is one that the vault does not have.
func assetOf(command string, w pledge.Write) (e entry, ok bool) {
	kind, id, _ := pledge.ParseKey(w.Key)
	if kind != "asset" {
		return e, false
	}
	var a named
	if json.Unmarshal(w.Value, &a) != nil || a.Notarized.Command != command || a.Preflight == nil || a.Preflight.Sketch == "" {
		return e, false
	}
	e.digest, _ = parseDigest(a.Preflight.Sketch)
	e.asset = id[:min(len(id), longestID)]
	return e, true
}

// fetches run at the same time.
const fetches = 8

// fetchAll reads the sketches of lines; where there is none it is nil, and why
// says why. It fails when the vault cannot be asked.
func (ix *Index) fetchAll(ctx context.Context, list []entry) (found []*sketch.Sketch, why []error, err error) {
	found, why = make([]*sketch.Sketch, len(list)), make([]error, len(list))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(fetches)
	for i := range list {
		g.Go(func() error {
			s, key, err := fetch(ctx, ix.o.Vault, list[i].digest)
			if absent(err) {
				why[i] = err
				return nil
			}
			found[i], list[i].key = s, key
			return err
		})
	}
	return found, why, g.Wait()
}

// tell logs what is missing, once it is kept that it is.
func (ix *Index) tell(ctx context.Context, list []entry, why []error) {
	for i, err := range why {
		if err != nil {
			ix.log.WarnContext(ctx, "an asset's sketch cannot be used: searches for like content say that they are not complete",
				"asset", list[i].asset, "error", err)
		}
	}
}
