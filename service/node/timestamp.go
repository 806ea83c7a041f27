package node

import (
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/datapledge/datapledge/service/evidence"
	"github.com/datapledge/datapledge/service/timestamp"
)

// TimeStamps say who stamps the blocks (RFC 3161).
type TimeStamps struct {
	// URL is the time-stamping authority's; empty: nothing is stamped.
	URL string `json:"url"`
	// RootsFile holds the root certificates, in PEM, that its stamps must lead
	// to. Keep the roots of those in it that stamped before.
	RootsFile string `json:"roots_file"`
	// Every is how long one request comes after another, at least. Public
	// authorities ask for minutes.
	Every Duration `json:"every"`
	// Policy is the object identifier that stamps must have; empty: any.
	Policy string `json:"policy"`
}

// minStampPause keeps an authority from being flooded by a slip.
const minStampPause = 100 * time.Millisecond

func (t TimeStamps) check() (faults []error) {
	if t.URL == "" {
		return nil
	}
	if time.Duration(t.Every) < minStampPause {
		faults = append(faults, fmt.Errorf("time_stamps.every: at least %s", minStampPause))
	}
	if t.RootsFile == "" {
		faults = append(faults, errors.New("time_stamps.roots_file: the root certificates of the authority are needed: without them anybody could be it"))
	}
	return faults
}

// openTimeStamps leaves the stamper nil when nobody is to be asked. An
// authority that is away is no fault here.
func (n *Node) openTimeStamps() error {
	c := n.config.TimeStamps
	if c.URL == "" {
		return nil
	}
	data, err := os.ReadFile(c.RootsFile)
	if err != nil {
		return fmt.Errorf("time_stamps.roots_file: %w", err)
	}
	trust := timestamp.Trust{Policy: c.Policy}
	if trust.Roots, err = timestamp.ParseRoots(data); err != nil {
		return fmt.Errorf("time_stamps.roots_file: %s: %w", c.RootsFile, err)
	}
	client, err := timestamp.NewClient(c.URL, trust, nil, time.Now)
	if err != nil {
		return fmt.Errorf("time_stamps: %w", err)
	}
	for _, root := range trust.Roots {
		n.stampRoots = append(n.stampRoots, string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: root.Raw})))
	}
	n.authority = client
	n.stamper, err = timestamp.New(timestamp.Options{Ledger: n.ledger, Authority: client, Trust: trust, Dir: filepath.Join(n.config.Data, "timestamps"),
		Every: time.Duration(c.Every), Logger: n.log, Accept: n.acceptStamp})
	if err != nil {
		return fmt.Errorf("time_stamps: %w", err)
	}
	return nil
}

// acceptStamp keeps only what the checker of evidence, which reads tokens for
// itself, takes: one that it refused would spoil the packages of its blocks.
func (n *Node) acceptStamp(token []byte, root [32]byte) error {
	return evidence.VerifyTimeStamp(token, root, n.stampRoots)
}

// withStampRoots adds the configured authorities to what is believed.
func (n *Node) withStampRoots(t evidence.Trust) evidence.Trust {
	if len(n.stampRoots) == 0 {
		return t
	}
	if t.Ledger == "" {
		t = evidence.TrustOf(n.ledger.Info())
	}
	t.TimeStampRoots = slices.Clone(t.TimeStampRoots)
	for _, root := range n.stampRoots {
		if !slices.Contains(t.TimeStampRoots, root) {
			t.TimeStampRoots = append(t.TimeStampRoots, root)
		}
	}
	return t
}
