package demo

import (
	"bytes"
	"context"
	"errors"
	"time"

	"github.com/datapledge/datapledge/service/evidence"
)

// stamped gets the evidence once each of its blocks has a time stamp: the
// authority answers after the blocks are there.
func (s *story) stamped(ctx context.Context, trust evidence.Trust) ([]byte, evidence.Report, error) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	for {
		var zip bytes.Buffer
		if err := s.bank.Evidence(ctx, s.result.PledgeID, &zip); err != nil {
			return nil, evidence.Report{}, err
		}
		report, err := check(ctx, zip.Bytes(), trust)
		if err != nil || !report.OK() || len(trust.TimeStampRoots) == 0 || everyBlock(report) {
			return zip.Bytes(), report, err
		}
		select {
		case <-ctx.Done():
			return nil, report, errors.New("the time-stamping authority did not stamp every block")
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// everyBlock says whether each block with a command of the package is stamped.
func everyBlock(r evidence.Report) bool {
	stamped := map[uint64]bool{}
	for _, t := range r.TimeStamps {
		stamped[t.Block] = true
	}
	for _, l := range r.History {
		if !stamped[l.Block] {
			return false
		}
	}
	return true
}
