package node

import (
	"fmt"
	"path/filepath"

	"github.com/datapledge/datapledge/service/sketches"
	"github.com/datapledge/datapledge/storage"
)

// openLikeContent opens the index of the assets' sketches. It is there whether
// or not this service makes any.
func (n *Node) openLikeContent(vault *storage.Vault) (err error) {
	n.likeContent, err = sketches.Open(sketches.Options{Ledger: n.ledger, Vault: vault, Dir: filepath.Join(n.config.Data, "sketches"), Logger: n.log})
	if err != nil {
		return fmt.Errorf("opening the index of content: %w", err)
	}
	n.closers = append(n.closers, n.likeContent)
	return nil
}
