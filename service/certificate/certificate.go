// Package certificate prints certificates as PDF in Chinese and English, each
// with a QR code to its public page, and signs them (PAdES B-B, or B-T when a
// time-stamping authority answers; ETSI EN 319 142-1). What a certificate says
// comes from the service; this package never adds or drops a character of it.
package certificate

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"time"

	"github.com/datapledge/datapledge/service"
)

// Options say with what a Printer prints and signs.
type Options struct {
	// FontFiles come before the fonts in well-known places. TrueType (.ttf,
	// .ttc); a font with CFF outlines (.otf) is refused.
	FontFiles []string
	// CertFile and KeyFile are PEM: the chain, leaf first, and its private key
	// (P-256 or RSA). Both empty: a self-issued certificate in KeyDir.
	CertFile, KeyFile string
	// KeyDir holds the self-issued certificates, mode 0600.
	KeyDir string
	// Issuer is the organisation in self-issued certificates.
	Issuer string
	// Stamp answers with a DER TimeStampToken (RFC 3161) whose imprint is the
	// SHA-256 digest. Nil, an error or no answer in time: signed without.
	Stamp func(ctx context.Context, digest [32]byte) ([]byte, error)
	// StampEvery spares the authority, as anybody may download a certificate:
	// how long one request comes after another, at least; 2 s when zero.
	StampEvery time.Duration
	// Now is the clock; nil means time.Now.
	Now    func() time.Time
	Logger *slog.Logger
}

// Printer prints and signs. It is safe for concurrent use.
type Printer struct {
	o      Options
	fonts  fontStore
	signer signerStore
	stamps throttle
	shelf  shelf
	// press bounds how many print at once: a page takes some milliseconds of
	// processor and some megabytes, and anybody may ask for one.
	press chan struct{}
}

var _ service.CertificatePrinter = (*Printer)(nil)

// New makes a Printer. The signing certificate is loaded, or made, at once;
// fonts are looked for when first needed, so that a missing one hinders
// nothing but printing. Ready tells.
func New(o Options) (*Printer, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.StampEvery <= 0 {
		o.StampEvery = 2 * time.Second
	}
	p := &Printer{o: o, press: make(chan struct{}, 2)}
	p.fonts.files = o.FontFiles
	if _, err := p.signer.get(&p.o); err != nil {
		return nil, err
	}
	return p, nil
}

// Ready loads the fonts. Its error is a *service.Trouble with the remedy.
func (p *Printer) Ready() error {
	_, err := p.fonts.get()
	return err
}

// Fonts are the files that pages are printed with so far, in their order.
func (p *Printer) Fonts() ([]string, error) {
	chain, err := p.fonts.get()
	if err != nil {
		return nil, err
	}
	return chain.names(), nil
}

// Print writes the signed PDF. The same certificate prints the same pages; one
// printed lately is handed out again, signature and all, unless it lacks a time
// stamp that may be asked for now. Errors: a
// *service.Trouble when there is no font, or none for a character, or the
// signing certificate has run out.
func (p *Printer) Print(ctx context.Context, w io.Writer, c service.Certificate, lang string) error {
	if lang != "zh" && lang != "en" {
		return fmt.Errorf("printing a certificate: %q is neither zh nor en", lang)
	}
	signed, err := p.print(ctx, c, lang)
	if err != nil {
		return fmt.Errorf("printing certificate %s: %w", c.Number, unavailable(err))
	}
	_, err = w.Write(signed)
	return err
}

// unavailable has a trouble answered as one, with its remedy: the certificate
// itself is there, as a page and as JSON.
func unavailable(err error) error {
	if t := (*service.Trouble)(nil); errors.As(err, &t) {
		return fmt.Errorf("%w: %w", service.ErrUnavailable, err)
	}
	return err
}

func (p *Printer) print(ctx context.Context, c service.Certificate, lang string) ([]byte, error) {
	who, err := p.signer.get(&p.o)
	if err != nil {
		return nil, err
	}
	key := shelfKey(c, lang, who)
	if found, ok := p.shelf.get(key); ok && (found.final || !p.stamps.due(p.o.Now())) {
		return found.file, nil
	}
	pages, err := p.pages(ctx, c, lang, who)
	if err != nil {
		return nil, err
	}
	signed, stamped, err := p.sign(ctx, pages, who, lang)
	if err == nil {
		p.shelf.put(key, kept{signed, stamped || p.o.Stamp == nil})
	}
	return signed, err
}

// pages are the bytes before signing, the same for the same certificate.
func (p *Printer) pages(ctx context.Context, c service.Certificate, lang string, who *signer) ([]byte, error) {
	select {
	case p.press <- struct{}{}:
		defer func() { <-p.press }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	chain, err := p.fonts.get()
	if err != nil {
		return nil, err
	}
	return layOut(chain, c, lang, who)
}

// throttle lets one request through per interval.
type throttle struct {
	mu   sync.Mutex
	next time.Time
}

func (t *throttle) take(now time.Time, interval time.Duration) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if now.Before(t.next) {
		return false
	}
	t.next = now.Add(interval)
	return true
}

// due says whether a request would be let through.
func (t *throttle) due(now time.Time) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return !now.Before(t.next)
}

// hold keeps everybody out for a while, after a failure.
func (t *throttle) hold(until time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.next = until
}
