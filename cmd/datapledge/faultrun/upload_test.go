package faultrun

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	mathrand "math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service/client"
	"github.com/datapledge/datapledge/storage"
)

// uploads are companies that upload, seal and notarize datasets all the time.
type uploads struct {
	*site
	client  *client.Client
	stop    context.CancelFunc
	running sync.WaitGroup
	serial  atomic.Int64
	broken  atomic.Int64 // uploads that were given up

	half chan struct{} // an upload is half done
	mu   sync.Mutex
	// sealed are datasets that the custodian signed for, by fingerprint: the
	// asset that came of it, "" when its notarization was not acknowledged.
	sealed map[string]string
}

const uploadSize = 12 << 20

func (s *site) uploads() *uploads {
	s.Helper()
	patient := client.Options{Tries: 400, Wait: func(ctx context.Context, _ time.Duration) error {
		time.Sleep(50 * time.Millisecond)
		return ctx.Err()
	}}
	c, err := client.Dial(s.service.url(), s.parties[s.Enterprise].key, patient)
	if err != nil {
		s.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	u := &uploads{site: s, client: c, stop: stop, half: make(chan struct{}, 1), sealed: map[string]string{}}
	for range 2 {
		u.running.Go(func() { u.repeat(ctx) })
	}
	return u
}

func (u *uploads) repeat(ctx context.Context) {
	for ctx.Err() == nil {
		err := u.upload(ctx)
		refused := (*pledge.Error)(nil)
		switch {
		case err == nil || ctx.Err() != nil:
		case errors.As(err, &refused):
			u.Errorf("uploading while the storage dies: %v", err)
			return
		default:
			u.broken.Add(1)
			time.Sleep(50 * time.Millisecond)
		}
	}
}

func (u *uploads) upload(ctx context.Context) error {
	content := make([]byte, uploadSize)
	_, _ = mathrand.NewChaCha8([32]byte([]byte(random(16)))).Read(content)
	d := storage.NewDigester()
	_, _ = d.Write(content)
	m, err := storage.NewManifest([]storage.File{d.File("data.bin")})
	if err != nil {
		return err
	}
	begun, err := u.client.BeginUpload(ctx, "faults")
	if err != nil {
		return err
	}
	file := m.Files()[0]
	err = u.client.PutFile(ctx, begun.ID, client.Source{Path: file.Path, Size: file.Size, SHA256: file.SHA256,
		Content: tripwire{bytes.NewReader(content), u.half}})
	if err != nil {
		return err
	}
	sealed, err := u.client.SealUpload(ctx, begun.ID)
	if err != nil {
		return err
	}
	if sealed.Fingerprint != m.Fingerprint() {
		u.Errorf("the custodian signed for %s, uploaded was %s", sealed.Fingerprint, m.Fingerprint())
	}
	return u.notarize(ctx, sealed)
}

func (u *uploads) notarize(ctx context.Context, sealed client.Sealed) error {
	u.keep(sealed.Fingerprint, "")
	d := u.Declaration(u.Enterprise)
	d.Exclusion.Report, d.Quality = sealed.Preflight.Declaration.Exclusion.Report, sealed.Preflight.Declaration.Quality
	out, err := u.client.Submit(ctx, u.Sign(u.Enterprise, pledge.AssetNotarize, pledge.NotarizeBody{Name: "faults", Fingerprint: sealed.Fingerprint,
		Files: sealed.Files, Source: "public", CustodyReceipt: sealed.CustodyReceipt, Declaration: d}))
	if err != nil {
		return fmt.Errorf("notarizing what was sealed: %w", err)
	}
	u.keep(sealed.Fingerprint, out.RecordID)
	return nil
}

func (u *uploads) keep(fingerprint, asset string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.sealed[fingerprint] = asset
	u.serial.Add(1)
}

// tripwire tells when content was read half.
type tripwire struct {
	io.ReaderAt
	half chan struct{}
}

func (t tripwire) ReadAt(p []byte, off int64) (int, error) {
	if off > uploadSize/2 {
		select {
		case t.half <- struct{}{}:
		default:
		}
	}
	return t.ReaderAt.ReadAt(p, off)
}

// midway waits for an upload that is half done.
func (u *uploads) midway() {
	select {
	case <-u.half: // from an upload that is over
	default:
	}
	select {
	case <-u.half:
	case <-time.After(time.Minute):
	}
}

// one waits until one more dataset is sealed.
func (u *uploads) one() {
	u.Helper()
	before := u.serial.Load()
	u.until(mustSettle, "an upload after the storage is back", func(context.Context) error {
		if u.serial.Load() == before {
			return fmt.Errorf("none; %d were given up", u.broken.Load())
		}
		return nil
	})
}

func (u *uploads) end() {
	u.stop()
	u.running.Wait()
	u.Logf("%d datasets sealed, %d uploads given up", len(u.sealed), u.broken.Load())
}

// verifyAll reads all that the custodian signed for, whole.
func (s *site) verifyAll(sealed map[string]string) {
	s.Helper()
	notarized := 0
	for _, asset := range sealed {
		if asset == "" {
			continue
		}
		notarized++
		v, err := s.client(s.service, s.Bank).Verify(s.Context(), client.VerifyQuery{AssetID: asset, Depth: "full"})
		if err != nil || !v.Value.Notarized.Answer || v.Value.Intact.Answer == nil || !*v.Value.Intact.Answer {
			s.Errorf("%s does not verify: %s, %v", asset, v.Raw, err)
		}
	}
	if notarized == 0 {
		s.Error("nothing was notarized: the run shows nothing")
	}
}
