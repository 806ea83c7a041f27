package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/datapledge/datapledge/network"
	"github.com/datapledge/datapledge/service/client"
	"github.com/datapledge/datapledge/service/evidence"
)

const evidenceTrustHelp = `usage: datapledge evidence trust -out FILE [-timestamp-roots FILE]
         [-block BLOCK [-imprint BLOCK] [-config FILE]]

Writes the trust file that 'evidence check' believes.

Of a single-node ledger it is asked from the service, and only worth what the
way is on which it came: compare the genesis hash by another channel, like a
phone call to a member or a printed page.

Of a consortium's channel it is made from block 0 and no service is asked: take
the block from a member's own copy (the file that its peer joined with, or 'peer
channel fetch oldest'), never from who made the package.

  -block BLOCK    block 0 of the channel, as Fabric writes it
  -imprint BLOCK  block 0 of the channel that holds its checkpoints, if there is one
  -config FILE    the consortium.json that says which institution is behind each
                  MSP; else the one beside BLOCK, else the one that ships
  -timestamp-roots FILE
                  root certificates (PEM) of the time-stamping authorities that
                  you believe; without any no time stamp proves a thing

EXAMPLE
  datapledge evidence trust -block datapledge-network/genesis.block -out trust.json
` + exitCommon

func (a *app) evidenceTrustCommand() *cobra.Command {
	var out, block, imprint, config, stamps string
	var c *cobra.Command
	c = a.command("trust", evidenceTrustHelp, 0, 0, func(ctx context.Context, _ []string) error {
		if err := required(c, "out", out); err != nil {
			return err
		}
		trust, err := a.believed(ctx, block, imprint, config)
		if err != nil {
			return err
		}
		if trust.TimeStampRoots, err = stampRootsOf(stamps); err != nil {
			return err
		}
		return a.writeTrust(out, trust)
	})
	c.Flags().StringVar(&stamps, "timestamp-roots", "", "")
	c.Flags().StringVar(&out, "out", "", "")
	c.Flags().StringVar(&block, "block", "", "")
	c.Flags().StringVar(&imprint, "imprint", "", "")
	c.Flags().StringVar(&config, "config", "", "")
	return c
}

// believed makes the trust of block 0, or of what the service says.
func (a *app) believed(ctx context.Context, block, imprint, config string) (evidence.Trust, error) {
	if block != "" {
		return trustOfFile(block, imprint, config)
	}
	if config+imprint != "" {
		return evidence.Trust{}, usagef("-config and -imprint are about -block")
	}
	cl, err := a.client()
	if err != nil {
		return evidence.Trust{}, err
	}
	n, err := cl.Network(ctx)
	if err != nil {
		return evidence.Trust{}, err
	}
	if n.Value.Ledger != "solo" {
		return evidence.Trust{}, hintf(usagef("the service stands on a consortium, whose trust file is made of block 0, not of its word"),
			"'datapledge evidence trust -block BLOCK', with a member's own copy")
	}
	return trustOfService(n.Value)
}

// trustOfService is the trust of the solo ledger that a service describes.
func trustOfService(n client.Network) (evidence.Trust, error) {
	text, err := json.Marshal(evidence.Trust{V: evidence.Version, Ledger: n.Ledger, Channel: n.Channel, GenesisHash: n.GenesisHash, Operator: n.Operator})
	if err != nil {
		return evidence.Trust{}, err
	}
	return evidence.ParseTrust(text)
}

func trustOfFile(block, imprint, config string) (evidence.Trust, error) {
	raw, err := os.ReadFile(block)
	if err != nil {
		return evidence.Trust{}, err
	}
	c, err := consortiumBeside(block, config)
	if err != nil {
		return evidence.Trust{}, err
	}
	t, err := consortiumTrust(raw, c)
	if err == nil && imprint != "" {
		t, err = withImprint(t, imprint, c)
	}
	return t, err
}

// consortiumBeside is the one that is named, or lies beside the block, or ships.
func consortiumBeside(block, config string) (network.Consortium, error) {
	if config != "" {
		return network.Load(config)
	}
	beside := filepath.Join(filepath.Dir(block), "consortium.json")
	if _, err := os.Stat(beside); err == nil {
		return network.Load(beside)
	}
	return network.Default()
}

// consortiumTrust puts what a consortium agreed on, and which institution is
// behind each MSP, beside the certificates of block 0.
func consortiumTrust(block []byte, c network.Consortium) (evidence.Trust, error) {
	var members []evidence.TrustMember
	for _, m := range c.Members {
		members = append(members, trustMember(m))
	}
	t, err := evidence.TrustOfBlock(block, c.Chaincode.Name, c.Policies.Endorsement, members)
	if err == nil && t.Channel != c.Channel {
		err = fmt.Errorf("block 0 is of the channel %q, the consortium's is %q", t.Channel, c.Channel)
	}
	return t, err
}

// withImprint adds what is believed of the channel of checkpoints, by its own
// block 0.
func withImprint(t evidence.Trust, block string, c network.Consortium) (evidence.Trust, error) {
	if c.Imprint == nil {
		return t, usagef("the consortium has no imprint channel")
	}
	raw, err := os.ReadFile(block)
	if err != nil {
		return t, err
	}
	var members []evidence.TrustMember
	for _, role := range c.Imprint.Members {
		if m, ok := c.Member(role); ok {
			members = append(members, trustMember(m))
		}
	}
	of, err := evidence.TrustOfBlock(raw, c.Imprint.Chaincode, c.Imprint.Policies.Endorsement, members)
	if err == nil && of.Channel != c.Imprint.Channel {
		err = fmt.Errorf("block 0 is of the channel %q, the consortium's imprint is %q", of.Channel, c.Imprint.Channel)
	}
	return t.WithImprint(of), err
}

func trustMember(m network.Member) evidence.TrustMember {
	return evidence.TrustMember{Party: m.Party, MSP: m.MSP, Name: m.Name, Roles: []string{string(m.Role)}}
}

// trustText is a trust file.
func trustText(t evidence.Trust) ([]byte, error) {
	text, err := json.MarshalIndent(t, "", "  ")
	return append(text, '\n'), err
}

// writeConsortiumTrust leaves the trust file of a network that was made in dir
// as dir/trust.json, once.
func writeConsortiumTrust(dir string, c network.Consortium) error {
	path := trustFile(dir)
	if _, err := os.Stat(path); err == nil {
		return nil
	}
	raw, err := os.ReadFile(filepath.Join(dir, "genesis.block"))
	if err != nil {
		return err
	}
	t, err := consortiumTrust(raw, c)
	if err == nil && c.Imprint != nil {
		t, err = withImprint(t, filepath.Join(dir, c.Imprint.Channel+".block"), c)
	}
	if err != nil {
		return fmt.Errorf("making the trust file: %w", err)
	}
	text, err := trustText(t)
	if err != nil {
		return err
	}
	return os.WriteFile(path, text, 0o644)
}

func (a *app) writeTrust(out string, t evidence.Trust) error {
	text, err := trustText(t)
	if err != nil {
		return err
	}
	if err := create(out, func(w io.Writer) error { _, err := w.Write(text); return err }); err != nil {
		return err
	}
	a.emit(map[string]string{"trust": out, "genesis_hash": t.GenesisHash, "channel": t.Channel, "ledger": t.Ledger}, func(w io.Writer) { tellTrust(w, out, t) })
	return nil
}

func tellTrust(w io.Writer, out string, t evidence.Trust) {
	fmt.Fprintf(w, "%s: trusts channel %s of the %s ledger whose genesis hash is\n  %s\n", out, t.Channel, t.Ledger, t.GenesisHash)
	if t.Consortium != nil {
		fmt.Fprintf(w, "kept by %d members, %d of them order its blocks; a transaction needs %s\n", len(t.Members), len(t.Consenters), t.Policy)
	}
	fmt.Fprintln(w, "Compare this hash by another channel (phone, paper) before you rely on the file.")
}
