package node

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/service/certificate"
	"github.com/datapledge/datapledge/storage"
)

// Certificates say with what certificates are printed as PDF, and who signs
// the files.
type Certificates struct {
	// FontFiles (TrueType: .ttf, .ttc) come before those in well-known places.
	FontFiles []string `json:"font_files"`
	// CertFile is a chain in PEM, leaf first; KeyFile the leaf's key. Both
	// empty: a self-issued one, which the first start makes below <data>/keys.
	CertFile string `json:"cert_file"`
	KeyFile  string `json:"key_file"`
}

func (c Certificates) check() (faults []error) {
	if (c.CertFile == "") != (c.KeyFile == "") {
		faults = append(faults, errors.New("certificates: cert_file and key_file go together"))
	}
	for i, path := range c.FontFiles {
		if path == "" {
			faults = append(faults, fmt.Errorf("certificates.font_files[%d]: a file is needed", i))
		}
	}
	return faults
}

func (n *Node) printerOptions() certificate.Options {
	c := n.config.Certificates
	o := certificate.Options{FontFiles: c.FontFiles, CertFile: c.CertFile, KeyFile: c.KeyFile,
		KeyDir: filepath.Join(n.config.Data, "keys"), Issuer: "datapledge " + n.config.Channel, Now: time.Now, Logger: n.log}
	if n.authority != nil {
		o.Stamp, o.StampEvery = n.stampFile, time.Duration(n.config.TimeStamps.Every)
	}
	return o
}

// stampFile has the signature of a PDF file stamped by whom the blocks are.
func (n *Node) stampFile(ctx context.Context, digest [32]byte) ([]byte, error) {
	token, err := n.authority.Stamp(ctx, digest)
	return token.DER, err
}

// openPrinter makes what prints certificates. Without a font the node still
// starts: whoever asks for a PDF is told what is missing.
func (n *Node) openPrinter() (service.CertificatePrinter, error) {
	p, err := certificate.New(n.printerOptions())
	if err != nil {
		return nil, fmt.Errorf("certificates: %w", err)
	}
	n.running.Go(func() {
		if err := p.Ready(); err != nil {
			n.log.Warn("certificates cannot be printed as PDF", "error", err)
		}
	})
	return p, nil
}

// CheckCertificates looks at the fonts and the signing certificate that the
// configuration names, and makes nothing. No font at all is told, but wrong
// only where the configuration names one: everything else works without.
func (c Config) CheckCertificates() ([]storage.Finding, error) {
	found := []storage.Finding{c.fontFinding(), {Check: "certificate that signs PDF files", OK: true}}
	o := certificate.Options{CertFile: c.Certificates.CertFile, KeyFile: c.Certificates.KeyFile, Now: time.Now}
	if err := certificate.CheckSigner(o); err != nil {
		found[1] = findingOf(found[1].Check, err)
	}
	return found, storage.Wrong(found)
}

func (c Config) fontFinding() storage.Finding {
	names, err := certificate.CheckFonts(c.Certificates.FontFiles)
	switch {
	case err == nil:
		return storage.Finding{Check: "fonts of PDF files: " + strings.Join(names, ", "), OK: true}
	case len(c.Certificates.FontFiles) == 0:
		return storage.Finding{Check: "no PDF files: " + err.Error(), OK: true}
	}
	return findingOf("fonts of PDF files", err)
}

func findingOf(check string, err error) storage.Finding {
	f := storage.Finding{Check: check, Cause: err.Error()}
	if t := (*service.Trouble)(nil); errors.As(err, &t) {
		f.Cause, f.Remedy = t.Cause, t.Remedy
		if t.Err != nil {
			f.Cause += ": " + t.Err.Error()
		}
	}
	return f
}
