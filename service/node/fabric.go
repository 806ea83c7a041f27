package node

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/service/client"
	"github.com/datapledge/datapledge/service/evidence"
	"github.com/datapledge/datapledge/service/fabric"
	"github.com/datapledge/datapledge/storage"
)

// openFabric joins the channel as a client of a member.
func (n *Node) openFabric(ctx context.Context) error {
	dir := filepath.Join(n.config.Data, "fabric")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("making the data folder: %w", err)
	}
	l, err := fabric.Open(ctx, n.config.fabricOptions(dir, n.trust.GenesisHash, n.log))
	if err != nil {
		return err
	}
	n.ledger = l
	return nil
}

func (c Config) fabricOptions(dir, genesisHash string, log *slog.Logger) fabric.Options {
	return fabric.Options{
		Profile: c.Ledger.ProfileFile, User: c.Ledger.User, Channel: c.Channel,
		Chaincode: c.Ledger.Chaincode, ChaincodeVersion: c.Ledger.ChaincodeVersion, GenesisHash: genesisHash, Dir: dir,
		Readers: c.Ledger.Readers, MaxCommands: c.Ledger.MaxCommands, MaxInFlight: c.Ledger.MaxInFlight,
		CommitTimeout: time.Duration(c.Ledger.CommitTimeout), Logger: log,
	}
}

// trust is what evidence is checked against before it is handed out. The
// zero value, on a solo ledger, is the ledger's own word.
func (c Config) trust() (evidence.Trust, error) {
	if c.Ledger.TrustFile == "" {
		return evidence.Trust{}, nil
	}
	text, err := os.ReadFile(c.Ledger.TrustFile)
	if err != nil {
		return evidence.Trust{}, fmt.Errorf("ledger.trust_file: %w", err)
	}
	t, err := evidence.ParseTrust(text)
	if err != nil {
		return t, fmt.Errorf("ledger.trust_file: %s: %w", c.Ledger.TrustFile, err)
	}
	if t.Channel != c.Channel {
		err = fmt.Errorf("ledger.trust_file: %s trusts the channel %q, the service is for %q", c.Ledger.TrustFile, t.Channel, c.Channel)
	}
	return t, err
}

// evidence writes packages; nil where there is nothing to check them against.
func (n *Node) evidence(vault *storage.Vault, signer *client.Key) service.EvidenceWriter {
	if n.config.Ledger.Kind == ledgerFabric && n.config.Ledger.TrustFile == "" {
		return nil
	}
	return evidence.Source{Ledger: n.ledger, Index: n.index, Signer: signer, Trust: n.withStampRoots(n.trust), Files: sealedFiles(vault), SM3: sealedSM3(vault),
		Search: n.searchReport, Beside: n.beside(), Elsewhere: n.elsewhere(), Now: n.config.now}
}

// CheckLedger looks at the consortium that the configuration names: profile,
// orderers, peers, channel, chaincode, clock; and at the channels of its
// imprint in the same way. It changes nothing. On a solo
// ledger there is nothing to look at.
func (c Config) CheckLedger(ctx context.Context) ([]storage.Finding, error) {
	if c.Ledger.Kind != ledgerFabric {
		return nil, nil
	}
	var found []storage.Finding
	for _, f := range fabric.Diagnose(ctx, fabric.Diagnosis{Profile: c.Ledger.ProfileFile, User: c.Ledger.User, Channel: c.Channel,
		Chaincode: c.Ledger.Chaincode, ChaincodeVersion: c.Ledger.ChaincodeVersion}) {
		found = append(found, storage.Finding(f))
	}
	found = append(found, c.checkSinks(ctx)...)
	if _, err := c.trust(); err != nil {
		found = append(found, storage.Finding{Check: "trust file", Cause: err.Error(), Remedy: "make it with 'datapledge evidence trust' from the member's own copy of block 0"})
	}
	return found, storage.Wrong(found)
}
