package service

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/storage"
)

// PartSize is the number of bytes of a file that become durable together.
const PartSize = 8 << 20

// maxName bounds an upload's name, in bytes.
const maxName = 200

// Upload is the state of an upload as its owner sees it.
type Upload struct {
	ID       string `json:"upload_id"`
	Owner    string `json:"owner"`
	State    string `json:"state"` // open or closed
	Expires  string `json:"expires_at"`
	PartSize int64  `json:"part_size"`
	// Preflight: what is sealed will be examined.
	Preflight bool         `json:"preflight,omitempty"`
	Files     []UploadFile `json:"files"`
}

// UploadFile is how far a file of an upload has come; Size counts durable bytes.
type UploadFile struct {
	Path     string `json:"path"`
	Size     int64  `json:"size"`
	Complete bool   `json:"complete"`
	SHA256   string `json:"sha256,omitempty"`
}

// BeginUpload opens an upload for the caller. The key of what it will hold is
// sealed to the custodian and to the caller's recipient on the ledger. Extras
// are computed when it is sealed.
func (s *Service) BeginUpload(ctx context.Context, c Caller, name string, extras ...storage.Extra) (Upload, error) {
	u, err := s.beginUpload(ctx, c, name, extras)
	s.auditAct(ctx, "upload.begin", c, err, "upload_id", u.ID)
	return u, err
}

func (s *Service) beginUpload(ctx context.Context, c Caller, name string, extras []storage.Extra) (Upload, error) {
	if err := c.may(UseUploadBegin, "an upload"); err != nil {
		return Upload{}, err
	}
	if name == "" || len(name) > maxName {
		return Upload{}, pledge.Errorf(pledge.Malformed, "an upload needs a name of at most %d bytes", maxName)
	}
	recipients, err := s.recipients(ctx, c.Party)
	if err != nil {
		return Upload{}, err
	}
	u, err := s.o.Vault.Begin(ctx, c.Party, recipients, extras...)
	if err != nil {
		return Upload{}, fmt.Errorf("beginning an upload: %w", refused(err))
	}
	return s.uploadView(u, nil), nil
}

func (s *Service) recipients(ctx context.Context, party string) (map[string]string, error) {
	var owner *pledge.Party
	_, err := snapshot(ctx, s.o.Ledger, func(v *view) (err error) {
		owner, err = v.party(party)
		return err
	})
	if err != nil || owner == nil || owner.Recipient == "" {
		return nil, err
	}
	return map[string]string{party: owner.Recipient}, nil
}

func (s *Service) uploadView(u storage.Upload, files []storage.FileStatus) Upload {
	view := Upload{ID: u.ID, Owner: u.Owner, State: "open", PartSize: PartSize, Preflight: s.o.Examiner != nil, Files: []UploadFile{},
		Expires: u.Created.Add(s.o.UploadLife).UTC().Format(time.RFC3339)}
	if u.Closed {
		view.State = "closed"
	}
	for _, f := range files {
		view.Files = append(view.Files, uploadFile(f))
	}
	return view
}

func uploadFile(f storage.FileStatus) UploadFile {
	return UploadFile{Path: f.Path, Size: f.Offset, Complete: f.Complete, SHA256: f.SHA256}
}

// ownUpload returns an upload that the caller owns. One that ran out of time
// before it was sealed is refused as expired, also while it is not yet swept.
func (s *Service) ownUpload(ctx context.Context, c Caller, id string) (storage.Upload, error) {
	u, err := s.o.Vault.Upload(ctx, id)
	if errors.Is(err, storage.ErrNotExist) {
		return u, pledge.Errorf(pledge.NotFound, "no upload %s: it never was, was abandoned, or has expired", id)
	}
	if err != nil {
		return u, fmt.Errorf("reading upload %s: %w", id, refused(err))
	}
	if err := c.may(UseUpload, "upload "+id, c.to(map[Who]string{Owner: u.Owner})...); err != nil {
		return u, err
	}
	if !u.Closed && s.now().After(u.Created.Add(s.o.UploadLife)) {
		return u, pledge.Errorf(pledge.Expired, "upload %s expired at %s; begin a new one", id,
			u.Created.Add(s.o.UploadLife).UTC().Format(time.RFC3339))
	}
	return u, nil
}

// UploadStatus tells how far an upload is.
func (s *Service) UploadStatus(ctx context.Context, c Caller, id string) (Upload, error) {
	u, err := s.ownUpload(ctx, c, id)
	if err != nil {
		return Upload{}, err
	}
	if u.Closed {
		return s.uploadView(u, nil), nil
	}
	files, err := s.o.Vault.Files(ctx, id)
	if err != nil {
		return Upload{}, fmt.Errorf("listing upload %s: %w", id, refused(err))
	}
	return s.uploadView(u, files), nil
}

// WriteFile stores a run of bytes of one file. A refused offset or digest is
// a *Refusal that knows where the file continues.
func (s *Service) WriteFile(ctx context.Context, c Caller, id string, w storage.WriteRequest) (UploadFile, error) {
	if _, err := s.ownUpload(ctx, c, id); err != nil {
		return UploadFile{}, err
	}
	counted := &counter{r: w.Body}
	w.Body = counted
	f, err := s.o.Vault.Write(ctx, id, w)
	s.o.Observer.Uploaded(counted.n.Load())
	if err != nil {
		return UploadFile{}, fmt.Errorf("storing a file of upload %s: %w", id, refused(err))
	}
	return uploadFile(f), nil
}

// counter may still be read from after the write that it was for.
type counter struct {
	r io.Reader
	n atomic.Int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n.Add(int64(n))
	return n, err
}

// FileStatus tells where a file of an upload continues.
func (s *Service) FileStatus(ctx context.Context, c Caller, id, path string) (UploadFile, error) {
	if _, err := s.ownUpload(ctx, c, id); err != nil {
		return UploadFile{}, err
	}
	f, err := s.o.Vault.Status(ctx, id, path)
	if err != nil {
		return UploadFile{}, fmt.Errorf("looking up a file of upload %s: %w", id, refused(err))
	}
	return uploadFile(f), nil
}

// RemoveFile takes one file out of an open upload; the caller may send it
// again. Removing what is not there is no error.
func (s *Service) RemoveFile(ctx context.Context, c Caller, id, path string) error {
	_, err := s.ownUpload(ctx, c, id)
	if err == nil {
		err = refused(s.o.Vault.Remove(ctx, id, path))
	}
	s.auditAct(ctx, "upload.remove_file", c, err, "upload_id", id)
	if err != nil {
		return fmt.Errorf("removing a file of upload %s: %w", id, err)
	}
	return nil
}

// AbortUpload gives an upload up and removes what it stored.
func (s *Service) AbortUpload(ctx context.Context, c Caller, id string) error {
	_, err := s.ownUpload(ctx, c, id)
	if refusal := refusalOf(err); refusal != nil && refusal.Code == pledge.Expired {
		err = nil
	}
	if err == nil {
		err = refused(s.o.Vault.Abort(ctx, id))
	}
	s.auditAct(ctx, "upload.abort", c, err, "upload_id", id)
	if err != nil {
		return fmt.Errorf("abandoning upload %s: %w", id, err)
	}
	return nil
}

// Sweep gives up uploads that expired. Any number of replicas may run it.
func (s *Service) Sweep(ctx context.Context) (storage.SweepReport, error) {
	r, err := s.o.Vault.Sweep(ctx, s.now().Add(-s.o.UploadLife))
	if err != nil {
		return r, fmt.Errorf("sweeping uploads: %w", err)
	}
	return r, nil
}

// receiptRest is how long sealed content stays after the last seal that its
// upload could be asked for: a receipt counts for 24 h, and as much again is
// for clocks and for commands under way.
const receiptRest = 48 * time.Hour

// SweepSealed removes sealed content that was never notarized, when no receipt
// for it can count any more. It answers how many datasets went.
func (s *Service) SweepSealed(ctx context.Context) (int, error) {
	n, err := s.o.Vault.SweepSealed(ctx, s.now().Add(-s.o.UploadLife-receiptRest), s.named)
	if err != nil {
		return n, fmt.Errorf("sweeping sealed content: %w", err)
	}
	return n, nil
}

// named: the ledger has an asset of which a version was sealed by this owner
// with this fingerprint.
func (s *Service) named(ctx context.Context, fingerprint, owner string) (bool, error) {
	found := false
	_, err := snapshot(ctx, s.o.Ledger, func(v *view) error {
		found = false
		ids, err := v.fingerprint(strings.TrimPrefix(fingerprint, "sha256:"))
		for _, id := range ids {
			a, err := v.asset(id)
			if err != nil {
				return err
			}
			found = found || (a != nil && slices.ContainsFunc(a.Contents(), func(c pledge.AssetContent) bool { return kept(c) == subject{fingerprint, owner} }))
		}
		return err
	})
	return found, err
}

// RunSweeper sweeps at once and then at every tick, until ctx ends. What
// fails is logged, and tried again at the next tick.
func (s *Service) RunSweeper(ctx context.Context, ticks <-chan time.Time) {
	var due time.Time // of the sealed content: every old dataset is looked up
	for {
		r, err := s.Sweep(ctx)
		if err != nil && ctx.Err() == nil {
			s.o.Logger.ErrorContext(ctx, "sweep failed", "error", err)
		} else if r != (storage.SweepReport{}) {
			s.o.Logger.InfoContext(ctx, "swept uploads", "abandoned", r.Abandoned, "finished", r.Finished, "cleaned", r.Cleaned)
		}
		if now := s.now(); !now.Before(due) {
			s.runSealedSweep(ctx)
			due = now.Add(24 * time.Hour)
		}
		select {
		case <-ctx.Done():
			return
		case <-ticks:
		}
	}
}

func (s *Service) runSealedSweep(ctx context.Context) {
	n, err := s.SweepSealed(ctx)
	if err != nil && ctx.Err() == nil {
		s.o.Logger.ErrorContext(ctx, "sweep of sealed content failed", "error", err)
	}
	if n > 0 {
		s.o.Logger.InfoContext(ctx, "removed sealed content that was never notarized", "datasets", n)
	}
}

func refusalOf(err error) *pledge.Error {
	var e *pledge.Error
	if errors.As(err, &e) {
		return e
	}
	return nil
}
