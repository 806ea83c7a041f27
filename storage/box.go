package storage

import (
	"bytes"
	"context"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"

	"golang.org/x/crypto/chacha20poly1305"
)

// A box is a small record that only the vault reads: the working state of an
// upload. It is sealed and bound to its key with a secret derived from the
// custodian's identity, because a bucket that could forge, swap or replay such
// records could choose the keys that content is sealed with.
type vaultKeys struct {
	box  cipher.AEAD
	mac  []byte
	name []byte
}

const maxBox = 16 << 20

func deriveKeys(custodian Identity) (vaultKeys, error) {
	var keys [3][]byte
	for i, purpose := range []string{"box", "pointer", "name"} {
		k, err := hkdf.Key(sha256.New, []byte(custodian.Secret().Reveal()), nil, "datapledge storage v1 "+purpose, 32)
		if err != nil {
			return vaultKeys{}, fmt.Errorf("deriving vault keys: %w", err)
		}
		keys[i] = k
	}
	box, err := chacha20poly1305.NewX(keys[0])
	return vaultKeys{box, keys[1], keys[2]}, err
}

// hideName turns a path into a key segment that tells nothing about it.
func (k vaultKeys) hideName(upload, path string) string {
	m := hmac.New(sha256.New, k.name)
	_, _ = io.WriteString(m, upload+"\n"+path)
	return hex.EncodeToString(m.Sum(nil)[:16])
}

// publicName turns an owner or an envelope's name into a key segment.
func publicName(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:16])
}

// putBox creates a box under key, once.
func (v *Vault) putBox(ctx context.Context, key string, record any) error {
	text, err := json.Marshal(record)
	if err != nil {
		return fmt.Errorf("encoding %s: %w", key, err)
	}
	nonce := make([]byte, chacha20poly1305.NonceSizeX)
	_, _ = rand.Read(nonce) // never fails
	if err := v.bucket.Create(ctx, key, bytes.NewReader(v.keys.box.Seal(nonce, nonce, text, []byte(key)))); err != nil {
		return fmt.Errorf("storing %s: %w", key, err)
	}
	return nil
}

// getBox reads a box back. ErrNotExist, ErrCorrupt.
func (v *Vault) getBox(ctx context.Context, key string, record any) error {
	sealed, err := v.readAll(ctx, key, maxBox)
	if err != nil {
		return err
	}
	if len(sealed) < chacha20poly1305.NonceSizeX {
		return fmt.Errorf("%w: %s", ErrCorrupt, key)
	}
	nonce, sealed := sealed[:chacha20poly1305.NonceSizeX], sealed[chacha20poly1305.NonceSizeX:]
	text, err := v.keys.box.Open(nil, nonce, sealed, []byte(key))
	if err != nil || json.Unmarshal(text, record) != nil {
		return fmt.Errorf("%w: %s", ErrCorrupt, key)
	}
	return nil
}

// readAll reads a small object whole; one of more than limit bytes is not ours.
func (v *Vault) readAll(ctx context.Context, key string, limit int64) ([]byte, error) {
	r, err := v.bucket.Open(ctx, key, 0, -1)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", key, err)
	}
	defer r.Close()
	b, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", key, err)
	}
	if int64(len(b)) > limit {
		return nil, fmt.Errorf("%w: %s is too large", ErrCorrupt, key)
	}
	return b, nil
}
