package service

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
)

// ReportType is the typ header of signed reports.
const ReportType = "datapledge-report+jws"

// report signs what is about to be answered, so that its reader can keep it.
// The service's key is the custodian's: a party key on the ledger.
func (s *Service) report(answer any) (string, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(answer); err != nil {
		return "", fmt.Errorf("encoding the report: %w", err)
	}
	jws, err := s.o.Custodian.SignJWS(ReportType, bytes.TrimSpace(b.Bytes()))
	if err != nil {
		return "", fmt.Errorf("signing the report: %w", err)
	}
	return jws, nil
}

// hexOf is a digest without its algorithm.
func hexOf(digest string) string {
	_, hex, _ := strings.Cut(digest, ":")
	return hex
}
