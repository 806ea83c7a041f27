package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/service/client"
)

// certificates reads, as anybody may, what is told under the numbers of all
// that happened, and prints one.
func (s *story) certificates(ctx context.Context) (string, error) {
	anybody, err := client.Dial(s.server.URL, nil, client.Options{Now: s.o.Now})
	if err != nil {
		return "", err
	}
	id := strings.ToUpper(strings.TrimPrefix(s.result.PledgeID, "pl_"))
	for _, want := range []struct{ number, kind, status string }{
		{service.CertificateNumber(s.result.AssetID, nil), service.CertificateNotarization, "notarized, in force"},
		{"P-" + id, service.CertificatePledge, "released"},
		{"R-" + id, service.CertificateRelease, "released"},
		{s.result.Search.Value.Number, service.CertificateSearch, "in force: 1"},
	} {
		c, err := anybody.Certificate(ctx, want.number)
		if err != nil {
			return "", err
		}
		if v := c.Value; v.Number != want.number || v.Kind != want.kind || !strings.Contains(v.Status.EN, want.status) {
			return "", fmt.Errorf("certificate %s is %s %s: %s", want.number, v.Kind, v.Number, v.Status.EN)
		}
	}
	return s.print(ctx, anybody, "R-"+id)
}

// print gets the certificate as PDF, or says why this service has none.
func (s *story) print(ctx context.Context, c *client.Client, number string) (string, error) {
	path := s.path("certificate.pdf")
	file, err := os.Create(path)
	if err != nil {
		return "", err
	}
	err = errors.Join(c.CertificatePDF(ctx, number, "zh", file), file.Close())
	switch why := (*client.Fault)(nil); {
	case err == nil:
		s.result.Certificate = path
		return number, printed(path)
	case errors.As(err, &why) && why.Code == "unavailable":
		return number + "; no PDF: " + why.Detail, os.Remove(path)
	}
	return "", err
}

// printed looks whether a file begins like a PDF (ISO 32000-1, 7.5.2).
func printed(path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	head := make([]byte, 5)
	if _, err := io.ReadFull(file, head); err != nil || string(head) != "%PDF-" {
		return fmt.Errorf("%s is no PDF: it begins %q, %v", path, head, err)
	}
	return nil
}
