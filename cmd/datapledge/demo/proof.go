package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/service/client"
	"github.com/datapledge/datapledge/service/evidence"
	"github.com/datapledge/datapledge/storage"
)

// unpack writes the shipped files.
func (s *story) unpack() error {
	return fs.WalkDir(shipped, ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		data, err := shipped.ReadFile(name)
		if err != nil {
			return err
		}
		to := s.path(filepath.FromSlash(name))
		switch {
		case filepath.Ext(name) == ".csv":
			to = filepath.Join(s.dataset, filepath.Base(name))
		case e.Name() == "README.md":
			to = s.path("README.md")
		}
		if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
			return err
		}
		return os.WriteFile(to, data, 0o644)
	})
}

// tamper changes one digit in a copy of the dataset, and shows it to the bank.
func (s *story) tamper(ctx context.Context) (string, error) {
	copied := s.path("tampered")
	if err := os.CopyFS(copied, os.DirFS(s.dataset)); err != nil {
		return "", err
	}
	const victim = "birdstrikes-1990s.csv"
	path := filepath.Join(copied, victim)
	data, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	i := bytes.LastIndexByte(data, '0')
	data[i] = '9'
	if err := os.WriteFile(path, data, 0o644); err != nil {
		return "", err
	}
	m, err := storage.FingerprintFolder(ctx, copied, nil)
	if err != nil {
		return "", err
	}
	v, err := s.bank.Verify(ctx, client.VerifyQuery{Fingerprint: m.Fingerprint(), ClaimedOwner: companyCode})
	if err != nil {
		return "", err
	}
	if v.Value.Notarized.Answer {
		return "", errors.New("the tampered copy passed as notarized")
	}
	changed, err := s.changed(ctx, m)
	if err == nil && (len(changed) != 1 || changed[0] != victim) {
		err = fmt.Errorf("changed files: %v", changed)
	}
	return "refused: not as notarized, " + victim + " was changed", err
}

// changed compares a dataset with the files of the asset on the ledger.
func (s *story) changed(ctx context.Context, m storage.Manifest) ([]string, error) {
	x, err := s.bank.Asset(ctx, s.result.AssetID, "")
	if err != nil {
		return nil, err
	}
	notarized := map[string]string{}
	for _, f := range x.Value.FileList {
		notarized[f.Path] = f.SHA256
	}
	var changed []string
	for _, f := range m.Files() {
		if notarized[f.Path] != f.SHA256 {
			changed = append(changed, f.Path)
		}
	}
	return changed, nil
}

// evidence takes the package away and checks it without the service; then
// flips a bit and checks again.
func (s *story) evidence(ctx context.Context) (string, error) {
	trust, err := s.trust(ctx)
	if err != nil {
		return "", err
	}
	if err := s.imprinted(ctx); err != nil {
		return "", err
	}
	zip, report, err := s.stamped(ctx, trust)
	if err != nil {
		return "", err
	}
	s.result.Evidence = s.path("evidence.zip")
	if err := os.WriteFile(s.result.Evidence, zip, 0o644); err != nil {
		return "", err
	}
	if !report.OK() {
		return "", fmt.Errorf("the package does not stand: %s", indented(report))
	}
	flipped := bytes.Clone(zip)
	flipped[len(flipped)/3] ^= 1
	again, err := check(ctx, flipped, trust)
	if err != nil {
		return "", err
	}
	if again.OK() {
		return "", errors.New("a flipped bit was not noticed")
	}
	if len(report.Received) == 0 {
		return "", errors.New("the package has no receipt of the court")
	}
	return fmt.Sprintf("%d checks passed, %d receipts of the court, %d blocks with time stamps; flipped: %s failed",
		passed(report), len(report.Received), len(report.TimeStamps), failed(again)), nil
}

// imprinted waits until the court has everything, and signed for it.
func (s *story) imprinted(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 3*time.Minute)
	defer cancel()
	for {
		state, err := s.bank.Imprint(ctx)
		if err != nil {
			return err
		}
		behind := slices.ContainsFunc(state.Value.Sinks, func(k service.ImprintStatus) bool { return k.LagBlocks != 0 })
		if !behind {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("the court did not receive the records: %+v", state.Value.Sinks)
		case <-time.After(50 * time.Millisecond):
		}
	}
}

func indented(v any) []byte {
	text, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return nil // plain structs of texts and numbers always encode
	}
	return append(text, '\n')
}

func passed(r evidence.Report) (n int) {
	for _, c := range r.Checks {
		if c.Result == evidence.Pass {
			n++
		}
	}
	return n
}

// failed names the first check that did not pass.
func failed(r evidence.Report) string {
	for _, c := range r.Checks {
		if c.Result == evidence.Fail {
			return c.Name
		}
	}
	return "nothing"
}

func check(ctx context.Context, zip []byte, trust evidence.Trust) (evidence.Report, error) {
	return evidence.Check(ctx, bytes.NewReader(zip), int64(len(zip)), trust)
}

// trust takes the consortium's trust file along.
func (s *story) trust(ctx context.Context) (evidence.Trust, error) {
	s.result.Trust = s.path("trust.json")
	if s.server.Trust == "" {
		return s.ownWord(ctx)
	}
	text, err := os.ReadFile(s.server.Trust)
	if err != nil {
		return evidence.Trust{}, err
	}
	t, err := evidence.ParseTrust(text)
	if err != nil {
		return t, err
	}
	return s.keepTrust(t)
}

// ownWord writes the trust file of a solo ledger. Here it comes from the
// service itself; in life its genesis hash is compared by another channel.
func (s *story) ownWord(ctx context.Context) (evidence.Trust, error) {
	n, err := s.bank.Network(ctx)
	if err != nil {
		return evidence.Trust{}, err
	}
	t := evidence.Trust{V: evidence.Version, Ledger: n.Value.Ledger, Channel: n.Value.Channel,
		GenesisHash: n.Value.GenesisHash, Operator: n.Value.Operator}
	return s.keepTrust(t)
}

// keepTrust adds the authority that stamps here, and writes the trust file.
func (s *story) keepTrust(t evidence.Trust) (evidence.Trust, error) {
	t.TimeStampRoots = s.server.StampRoots
	text, err := json.MarshalIndent(t, "", "  ")
	if err != nil {
		return t, err
	}
	return t, os.WriteFile(s.result.Trust, append(text, '\n'), 0o644)
}
