package service

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"
	"sync/atomic"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/storage"
)

// Folders of the vault for what a preflight found, by hex SHA-256.
const (
	FolderReports  = "reports"
	FolderSketches = "sketches"
)

// pass is one read of everything that is sealed.
type pass struct {
	x    Examination // nil: nobody reads along
	read atomic.Bool // something was read
	end  func()
}

// beginPass waits for its turn: to examine takes processors.
func (s *Service) beginPass(ctx context.Context, party string, given Given) (*pass, error) {
	if s.o.Examiner == nil {
		if len(given.Consent)+len(given.Expectations) > 0 {
			return nil, pledge.Errorf(pledge.Malformed, "this custodian does not examine what it seals: give neither consent nor expectations")
		}
		return &pass{end: func() {}}, nil
	}
	x, err := s.o.Examiner.Begin(ctx, given)
	if err != nil {
		return nil, err
	}
	leave, err := s.examining.take(ctx, party)
	if err != nil {
		return nil, err
	}
	return &pass{x: &careful{Examination: x, log: s.o.Logger}, end: leave}, nil
}

func (p *pass) beside(path string, size int64) io.WriteCloser {
	p.read.Store(true)
	if p.x == nil {
		return nil
	}
	return p.x.Beside(path, size)
}

// examined is what the pass found; nil when nobody read along. Its documents
// are kept before anybody signs for them.
func (s *Service) examined(ctx context.Context, id string, p *pass, d storage.Sealed) (*Examined, error) {
	if p.x == nil {
		return nil, nil
	}
	if err := s.readLater(ctx, p.x, d); err != nil {
		return nil, err
	}
	found, err := p.x.Report(d.Fingerprint)
	if err != nil {
		return nil, err
	}
	if err := s.keepFound(ctx, found); err != nil {
		return nil, err
	}
	return &found, s.keepOf(ctx, id, found)
}

// readLater looks at the files that cannot be read from front to back.
func (s *Service) readLater(ctx context.Context, x Examination, d storage.Sealed) error {
	paths := x.Later()
	if len(paths) == 0 {
		return nil
	}
	content, err := s.o.Vault.Content(ctx, d.Fingerprint, d.Owner)
	if err != nil {
		return refused(err)
	}
	for _, path := range paths {
		f, err := content.File(ctx, path)
		if err != nil {
			return refused(err)
		}
		err = x.At(path, f)
		if fault := f.Err(); fault != nil { // not the file is broken, the reading was
			err = refused(fault)
		}
		if err != nil {
			return fmt.Errorf("reading %q: %w", path, err)
		}
	}
	return nil
}

func (s *Service) keepFound(ctx context.Context, found Examined) error {
	for digest, text := range found.Documents {
		folder := FolderReports
		if digest == found.Sketch {
			folder = FolderSketches
		}
		kept, err := s.o.Vault.Keep(ctx, folder, strings.TrimPrefix(digest, "sha256:"), text)
		if err != nil {
			return fmt.Errorf("keeping %s: %w", digest, refused(err))
		}
		if !bytes.Equal(kept, text) {
			return fmt.Errorf("%w: what is kept as %s is something else", storage.ErrCorrupt, digest)
		}
	}
	return nil
}

// keepOf remembers what was found in an upload the first time: its sketch,
// which searches look for, is the same every time.
func (s *Service) keepOf(ctx context.Context, id string, found Examined) error {
	text, err := pledge.CanonicalJSON(found.Examined)
	if err != nil {
		return fmt.Errorf("printing what was found: %w", err)
	}
	if _, err := s.o.Vault.Keep(ctx, preflightFolder, strings.ToLower(id), text); err != nil {
		return fmt.Errorf("keeping what was found in upload %s: %w", id, refused(err))
	}
	return nil
}
