package storage

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
)

// DatasetID names a sealed dataset: its fingerprint and who sealed it.
type DatasetID struct{ Fingerprint, Owner string }

func releasedKey(digest string) (string, error) {
	h, err := fingerprintHex(digest)
	return "released/" + h + ".age", err
}

// Release makes an age file for one more recipient (age1… or age1pq1…) that
// holds the identities of datasets: the text of an age identity file, so that
// the stock age tool opens first it and then the objects. It is kept under its
// own SHA-256, which is the answer ("sha256:…"): whoever is to have the file must
// be told that by somebody it trusts. Each call makes another file.
// ErrNotExist, ErrCorrupt.
func (v *Vault) Release(ctx context.Context, recipient string, datasets ...DatasetID) (string, error) {
	to, err := ParseRecipient(recipient)
	if err != nil {
		return "", err
	}
	text, err := v.identityFile(ctx, datasets)
	if err != nil {
		return "", err
	}
	sealed, err := encrypt([]byte(text), to)
	if err != nil {
		return "", err
	}
	digest := digestOf(sealed)
	key, err := releasedKey(digest)
	if err == nil {
		err = v.bucket.Create(ctx, key, bytes.NewReader(sealed))
	}
	if err != nil {
		return "", fmt.Errorf("storing a released key: %w", err)
	}
	return digest, nil
}

// identityFile says above each key what it opens.
func (v *Vault) identityFile(ctx context.Context, datasets []DatasetID) (string, error) {
	if len(datasets) == 0 {
		return "", errors.New("releasing keys: no dataset is named")
	}
	var text strings.Builder
	for _, id := range datasets {
		d, err := v.dataset(ctx, id.Fingerprint, id.Owner)
		if err != nil {
			return "", fmt.Errorf("releasing the key of %s: %w", id.Fingerprint, err)
		}
		fmt.Fprintf(&text, "# %s\n%s\n", id.Fingerprint, d.identity.Secret().Reveal())
	}
	return text.String(), nil
}

// Released is the age file with that digest, to the byte. ErrNotExist;
// ErrCorrupt when the bucket holds another in its place.
func (v *Vault) Released(ctx context.Context, digest string) ([]byte, error) {
	key, err := releasedKey(digest)
	if err != nil {
		return nil, err
	}
	sealed, err := v.readAll(ctx, key, maxEnvelope)
	if err != nil {
		return nil, err
	}
	if digestOf(sealed) != digest {
		return nil, fmt.Errorf("%w: %s", ErrCorrupt, key)
	}
	return sealed, nil
}

func digestOf(b []byte) string {
	sum := sha256.Sum256(b)
	return fingerprintTag + hex.EncodeToString(sum[:])
}
