package storage

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// pointer leads from a fingerprint to a descriptor. It is no secret; the MAC,
// under a key derived from the custodian's identity, makes it the vault's word.
type pointer struct {
	V          int    `json:"v"`
	Upload     string `json:"upload"`
	Descriptor string `json:"descriptor"` // hex SHA-256 of the object
	MAC        string `json:"mac"`
}

// newest is the key of the last pointer. ErrNotExist.
func (v *Vault) newest(ctx context.Context, fingerprint, owner string) (string, error) {
	dir, err := datasetDir(fingerprint, owner)
	if err != nil {
		return "", err
	}
	key := ""
	err = v.bucket.List(ctx, dir, func(i Info) error {
		key = i.Key
		return nil
	})
	if err != nil {
		return "", fmt.Errorf("looking up %s: %w", fingerprint, err)
	}
	if key == "" {
		return "", fmt.Errorf("dataset %s of %s: %w", fingerprint, owner, ErrNotExist)
	}
	return key, nil
}

// point writes the pointer after newest. Of two seals of the same content at
// once one comes first; the other is told to look again.
func (v *Vault) point(ctx context.Context, u upload, fingerprint, newest string, digest Hash) error {
	dir, err := datasetDir(fingerprint, u.Owner)
	if err != nil {
		return err
	}
	number := 0
	if newest != "" {
		if _, err := fmt.Sscanf(strings.TrimPrefix(newest, dir), "%06d.json", &number); err != nil {
			return fmt.Errorf("%w: %s", ErrCorrupt, newest)
		}
	}
	key := fmt.Sprintf("%s%06d.json", dir, number+1)
	p := pointer{V: 1, Upload: u.ID, Descriptor: hex.EncodeToString(digest[:])}
	p.MAC = v.pointerMAC(key, p)
	text, err := json.Marshal(p)
	if err != nil {
		return fmt.Errorf("encoding %s: %w", key, err)
	}
	err = v.bucket.Create(ctx, key, bytes.NewReader(text))
	if errors.Is(err, ErrExist) {
		return fmt.Errorf("sealing %s: %w", fingerprint, ErrBusy)
	}
	if err != nil {
		return fmt.Errorf("storing %s: %w", key, err)
	}
	return nil
}

func (v *Vault) pointerMAC(key string, p pointer) string {
	m := hmac.New(sha256.New, v.keys.mac)
	_, _ = io.WriteString(m, strings.Join([]string{key, p.Upload, p.Descriptor}, "\n"))
	return hex.EncodeToString(m.Sum(nil))
}

func (v *Vault) isPointerTo(ctx context.Context, key, upload string) (bool, error) {
	p, err := v.readPointer(ctx, key)
	if errors.Is(err, ErrCorrupt) {
		return false, nil
	}
	return p.Upload == upload, err
}

func (v *Vault) readPointer(ctx context.Context, key string) (pointer, error) {
	text, err := v.readAll(ctx, key, maxBox)
	if err != nil {
		return pointer{}, err
	}
	var p pointer
	if json.Unmarshal(text, &p) != nil || p.V != 1 {
		return pointer{}, fmt.Errorf("%w: %s", ErrCorrupt, key)
	}
	// One spelling only: Go's decoder takes others for the same record.
	if again, err := json.Marshal(p); err != nil || !bytes.Equal(again, text) || !hmac.Equal([]byte(p.MAC), []byte(v.pointerMAC(key, p))) {
		return pointer{}, fmt.Errorf("%w: %s", ErrCorrupt, key)
	}
	return p, nil
}
