package demo

import (
	"bufio"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"

	"github.com/datapledge/datapledge/cmd/datapledge/owner"
	"github.com/datapledge/datapledge/pledge"
)

// copied is another company's try to pledge the same data: shuffled, with
// other names of columns, as JSON. No file of it is known to anybody.
func (s *story) copied(ctx context.Context) (string, error) {
	folder := s.path("copied")
	if err := s.shuffle(folder); err != nil {
		return "", err
	}
	asset, err := s.notarizeCopy(ctx, folder)
	if err != nil {
		return "", err
	}
	id, err := s.offerCopy(ctx, asset)
	if err != nil {
		return "", err
	}
	share, err := s.recognize(ctx, id)
	if err != nil {
		return "", err
	}
	_, err = s.ipcentre.Act(ctx, pledge.PledgeReject, pledge.EndBody{PledgeID: id, Code: pledge.OverlapFound, Reason: "a copy of data that are pledged"})
	return fmt.Sprintf("refused: %s, %s of its rows are in the pledged asset", pledge.OverlapFound, percent(share)), err
}

// shuffle writes all rows in another order, with the columns turned round, one
// JSON object a line.
func (s *story) shuffle(folder string) error {
	var rows [][]string
	for _, f := range s.manifest.Files() {
		more, err := readRows(filepath.Join(s.dataset, f.Path))
		if err != nil {
			return err
		}
		rows = append(rows, more...)
	}
	order := rand.New(rand.NewPCG(1, 2))
	order.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	out, err := os.Create(filepath.Join(folder, "strikes.jsonl"))
	if err != nil {
		return err
	}
	return errors.Join(writeRows(out, rows), out.Close())
}

func readRows(path string) ([][]string, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", path, err)
	}
	return rows[1:], nil
}

func writeRows(out *os.File, rows [][]string) error {
	w := bufio.NewWriter(out)
	lines := json.NewEncoder(w)
	for _, row := range rows {
		cells := map[string]string{}
		for i, cell := range slices.Backward(row) {
			cells[fmt.Sprintf("field_%02d", len(row)-i)] = cell
		}
		if err := lines.Encode(cells); err != nil {
			return err
		}
	}
	return w.Flush()
}

// notarizeCopy succeeds: who came first is shown, never decided.
func (s *story) notarizeCopy(ctx context.Context, folder string) (string, error) {
	o, err := s.stated("")
	if err != nil {
		return "", err
	}
	found, err := owner.Reading{Preflight: o}.Folder(ctx, folder)
	if err != nil {
		return "", err
	}
	sealed, err := s.sealFor(ctx, s.copier, folder, found)
	if err != nil {
		return "", err
	}
	d, err := found.Declare(s.copier.Key().KID(), nil)
	if err != nil {
		return "", err
	}
	out, err := s.copier.Act(ctx, pledge.AssetNotarize, pledge.NotarizeBody{Name: "Strikes", Fingerprint: sealed.Fingerprint,
		Files: sealed.Files, Source: "self-collected", UpdatePeriod: "P1Y", Declaration: d, CustodyReceipt: sealed.CustodyReceipt})
	return out.RecordID, err
}

// offerCopy brings the pledge of it to where the IP centre scans.
func (s *story) offerCopy(ctx context.Context, asset string) (string, error) {
	terms := s.terms
	terms.Checks = []string{pledge.CheckScan}
	out, err := s.copier.Act(ctx, pledge.PledgePropose, pledge.ProposeBody{AssetID: asset, Pledgee: rivalCode, Terms: terms})
	if err != nil {
		return "", err
	}
	digest, err := terms.Digest()
	if err != nil {
		return "", err
	}
	_, err = s.rival.Act(ctx, pledge.PledgeAccept, pledge.AgreeBody{PledgeID: out.RecordID, TermsDigest: digest})
	return out.RecordID, err
}

// recognize wants the scan to find the first company's asset, and the ledger to
// take no scan for clean that found it. It answers with the share of the rows.
func (s *story) recognize(ctx context.Context, id string) (int, error) {
	scan, err := s.ipcentre.Scan(ctx, id, "")
	if err != nil {
		return 0, err
	}
	d := scan.Value.Document
	if len(d.Overlaps) != 1 || d.Overlaps[0].AssetID != s.result.AssetID || d.Required != pledge.ScanWaived {
		return 0, fmt.Errorf("the copy was not recognized: %s", scan.Raw)
	}
	body := pledge.ScanBody{PledgeID: id, Result: pledge.ScanClean, Report: scan.Value.Report, Overlaps: d.Overlaps}
	if _, err := s.ipcentre.Act(ctx, pledge.PledgeScan, body); !errors.Is(err, pledge.OverlapFound) {
		return 0, fmt.Errorf("a scan that finds a copy was not refused as it must be: %v", err)
	}
	return d.Overlaps[0].Share, nil
}
