package imprint

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// SourceOptions of a member of a channel of checkpoints that hands them out.
// Name, URL, Dir, Ledger and Check are needed.
type SourceOptions struct {
	Name string
	// URL is the member's address, without PathCheckpoints.
	URL string
	// TLS says whom to believe; nil is the system's own list.
	TLS *tls.Config
	// Dir is a folder of this source alone: what was fetched is kept.
	Dir    string
	Ledger Ledger
	// Check says whether files show that a block with this hash is under a
	// checkpoint: the source is not believed.
	Check  func(ctx context.Context, block uint64, hash string, files map[string][]byte) error
	Logger *slog.Logger // nil: silent
	Now    func() time.Time
}

// Source fetches, for evidence packages, the checkpoints of a channel that the
// service is not a member of. It is an evidence.Beside and safe for concurrent
// use.
type Source struct {
	o      SourceOptions
	client *http.Client

	mu   sync.Mutex
	away time.Time // it is not asked before
}

const (
	fetching = 5 * time.Second  // bounds one question
	tardy    = time.Second      // an answer that took longer is like none for the next question
	pausing  = 30 * time.Second // after one that had no answer

	// maxFetched bounds an answer, in bytes: a block with a checkpoint, up to the
	// 10 MiB that an ordering service is given, the channel's configuration
	// (some 100 KiB), and a third more for base64.
	maxFetched = 16 << 20
)

// NewSource opens the folder; nothing is fetched yet.
func NewSource(o SourceOptions) (*Source, error) {
	base, err := url.Parse(o.URL)
	if err != nil || base.Host == "" || base.Scheme != "https" && base.Scheme != "http" || base.RawQuery != "" || base.Fragment != "" {
		return nil, fmt.Errorf("imprint %s: %q is no address of a source (https://host/path)", o.Name, o.URL)
	}
	o.URL = strings.TrimSuffix(o.URL, "/")
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if err := os.MkdirAll(o.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("making the folder of checkpoints: %w", err)
	}
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.TLSClientConfig, t.Proxy = o.TLS.Clone(), nil
	return &Source{o: o, client: &http.Client{Transport: t, Timeout: fetching,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}, nil
}

// Close lets go of idle connections.
func (s *Source) Close() error {
	s.client.CloseIdleConnections()
	return nil
}

// Parts gives the files that show a block under a checkpoint, as they were
// fetched or as they are fetched now; none when there is none, when the source
// is away, or when what it gives does not pass the check: evidence is then
// written without.
func (s *Source) Parts(ctx context.Context, block uint64) (map[string][]byte, error) {
	b, err := blockOf(ctx, s.o.Ledger, block)
	if err != nil {
		return nil, err
	}
	if files, err := s.kept(block); err == nil && s.o.Check(ctx, block, b.Hash, files) == nil {
		return files, nil
	}
	files, err := s.fetch(ctx, block)
	if err == nil && files != nil {
		if err = s.o.Check(ctx, block, b.Hash, files); err != nil {
			s.setAway()
		}
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil {
		s.o.Logger.WarnContext(ctx, "imprint: evidence is written without the checkpoint", slog.String("source", s.o.Name), slog.Uint64("block", block), slog.Any("error", err))
		return nil, nil
	}
	if files == nil {
		return nil, nil
	}
	return files, s.keep(block, files)
}

// keep prints the files again: an answer may be padded, and the check sees what
// was read from it, not its text.
func (s *Source) keep(block uint64, files map[string][]byte) error {
	text, err := textOf(files)
	if err != nil {
		return err
	}
	return WriteFile(s.path(block), text)
}

func (s *Source) path(block uint64) string {
	return filepath.Join(s.o.Dir, fmt.Sprintf("%020d.json", block))
}

// kept reads what was fetched before.
func (s *Source) kept(block uint64) (map[string][]byte, error) {
	data, err := os.ReadFile(s.path(block))
	if err == nil {
		return filesIn(data)
	}
	if !errors.Is(err, fs.ErrNotExist) {
		s.o.Logger.Warn("imprint: a checkpoint that was kept cannot be read; it is fetched again", slog.String("source", s.o.Name), slog.Any("error", err))
	}
	return nil, err
}
