package node

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/datapledge/datapledge/service/evidence"
)

// Checker says where the checker is that browsers run on the public page.
type Checker struct {
	// Dir is the folder that scripts/install makes. Empty: the folder
	// datapledge-checker beside the program; without it the page says that
	// there is none.
	Dir string `json:"dir"`
}

// checkerFiles are what the folder must hold.
var checkerFiles = []string{"datapledge-checker.wasm", "wasm_exec.js"}

// open finds the folder. One that is named must be whole.
func (c Checker) open() (fs.FS, error) {
	if c.Dir == "" {
		program, err := os.Executable()
		if err != nil {
			return nil, nil // nowhere to look beside
		}
		return os.DirFS(filepath.Join(filepath.Dir(program), "datapledge-checker")), nil
	}
	for _, name := range checkerFiles {
		if _, err := os.Stat(filepath.Join(c.Dir, name)); err != nil {
			return nil, fmt.Errorf("checker.dir: %w; scripts/install makes such a folder", err)
		}
	}
	return os.DirFS(c.Dir), nil
}

// publicTrust is the trust file that the public page offers; nil when there
// is none to offer.
func (n *Node) publicTrust() ([]byte, error) {
	trust := n.trust
	if trust.Ledger == "" {
		if n.config.Ledger.Kind != ledgerSolo {
			return nil, nil
		}
		trust = evidence.TrustOf(n.ledger.Info())
	}
	text, err := json.MarshalIndent(n.withStampRoots(trust), "", "  ")
	return append(text, '\n'), err
}
