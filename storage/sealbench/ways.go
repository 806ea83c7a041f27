package sealbench

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"

	"filippo.io/age"

	"github.com/datapledge/datapledge/storage"
)

// seal is the product's way.
func (b *bench) seal(ctx context.Context) error {
	f, err := os.Open(b.file)
	if err != nil {
		return err
	}
	defer f.Close()
	return b.write(ctx, f, b.o.Size)
}

func (b *bench) write(ctx context.Context, r io.Reader, size int64) error {
	u, err := b.vault.Begin(ctx, "owner", nil)
	if err != nil {
		return err
	}
	s, err := b.vault.Write(ctx, u.ID, storage.WriteRequest{Path: "file", Size: size, Body: r})
	if err == nil && !s.Complete {
		err = errors.New("the file is not complete")
	}
	if err != nil {
		return fmt.Errorf("sealing: %w", err)
	}
	return nil
}

// userChain is a SHA-256 pass, then age piped into one PutObject.
func (b *bench) userChain(ctx context.Context) error {
	if err := b.serialHash(ctx); err != nil {
		return err
	}
	f, err := os.Open(b.file)
	if err != nil {
		return err
	}
	defer f.Close()
	to, err := age.ParseX25519Recipient(b.id.Recipient())
	if err != nil {
		return err
	}
	r, w := io.Pipe()
	go func() {
		a, err := age.Encrypt(w, to)
		if err == nil {
			_, err = io.Copy(a, f)
		}
		if err == nil {
			err = a.Close()
		}
		w.CloseWithError(err)
	}()
	b.written++
	return userPut(ctx, b.endpoint, fmt.Sprint("user/", b.written), r)
}

// serialHash is the limit: nothing that hashes the file can be faster.
func (b *bench) serialHash(context.Context) error {
	f, err := os.Open(b.file)
	if err != nil {
		return err
	}
	defer f.Close()
	h, buf := sha256.New(), make([]byte, 1<<20)
	if _, err := io.CopyBuffer(struct{ io.Writer }{h}, struct{ io.Reader }{f}, buf); err != nil {
		return err
	}
	h.Sum(nil)
	return nil
}

// pattern is endless content that costs nothing to make.
type pattern struct{ block []byte }

func newPattern() pattern { return pattern{bytes.Repeat([]byte("datapledge"), 8<<10)} }

func (p pattern) Read(b []byte) (int, error) { return copy(b, p.block), nil }
