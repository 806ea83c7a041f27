package storage

import (
	"bytes"
	"context"
	"errors"
	"fmt"
)

func (v *Vault) writeEnvelopes(ctx context.Context, u upload) error {
	if err := v.writeEnvelope(ctx, u.ID, CustodianName, v.custodian.Recipient(), u.identity); err != nil && !errors.Is(err, ErrExist) {
		return err
	}
	for name, recipient := range u.recipients {
		if err := v.writeEnvelope(ctx, u.ID, name, recipient, u.identity); err != nil && !errors.Is(err, ErrExist) {
			return err
		}
	}
	return nil
}

func (v *Vault) writeEnvelope(ctx context.Context, upload, name, recipient string, id Identity) error {
	e, err := NewEnvelope(id, recipient)
	if err != nil {
		return err
	}
	if err := v.bucket.Create(ctx, envelopeKey(upload, name), bytes.NewReader(e)); err != nil {
		return fmt.Errorf("storing the key envelope of %s: %w", name, err)
	}
	return nil
}

// Envelope returns the key envelope of name: an age file. ErrNotExist.
func (v *Vault) Envelope(ctx context.Context, fingerprint, owner, name string) ([]byte, error) {
	d, err := v.dataset(ctx, fingerprint, owner)
	if err != nil {
		return nil, err
	}
	return v.readAll(ctx, envelopeKey(d.upload, name), maxEnvelope)
}

// AddEnvelope writes a key envelope for name to recipient (age1… or age1pq1…):
// a few hundred bytes, never the data. ErrNotExist; ErrExist when name has one.
func (v *Vault) AddEnvelope(ctx context.Context, fingerprint, owner, name, recipient string) error {
	d, err := v.dataset(ctx, fingerprint, owner)
	if err != nil {
		return err
	}
	return v.writeEnvelope(ctx, d.upload, name, recipient, d.identity)
}

// RemoveEnvelope deletes the key envelope of name. Whoever copied it can
// still open what it opened. The custodian's own is refused: nobody could
// read the dataset through the vault again.
func (v *Vault) RemoveEnvelope(ctx context.Context, fingerprint, owner, name string) error {
	if name == CustodianName {
		return errors.New("the custodian's key envelope stays")
	}
	d, err := v.dataset(ctx, fingerprint, owner)
	if err != nil {
		return err
	}
	return v.bucket.Delete(ctx, envelopeKey(d.upload, name))
}
