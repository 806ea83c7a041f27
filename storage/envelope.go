package storage

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"filippo.io/age"
)

// maxEnvelope is far above what a hybrid key in a hybrid header needs.
const maxEnvelope = 64 << 10

// NewEnvelope encrypts an identity to a recipient (age1… or age1pq1…): an age
// file whose content is the identity's text form and a newline, so that the
// stock age tool opens it and takes the result as an identity file.
func NewEnvelope(id Identity, recipient string) ([]byte, error) {
	to, err := ParseRecipient(recipient)
	if err != nil {
		return nil, err
	}
	return encrypt([]byte(id.Secret().Reveal()+"\n"), to)
}

// OpenEnvelope is the way back, for the holder of the recipient's identity.
// ErrCorrupt; *age.NoIdentityMatchError when it is somebody else's.
func OpenEnvelope(envelope []byte, with Identity) (Identity, error) {
	text, err := decrypt(envelope, with)
	if err != nil {
		return Identity{}, fmt.Errorf("opening a key envelope: %w", err)
	}
	id, err := ParseIdentity(NewSecret(string(text)))
	if err != nil {
		return Identity{}, fmt.Errorf("%w: key envelope: %w", ErrCorrupt, err)
	}
	return id, nil
}

// encrypt makes a whole age file of a few bytes with the stock library.
func encrypt(plain []byte, to age.Recipient) ([]byte, error) {
	var b bytes.Buffer
	w, err := age.Encrypt(&b, to)
	if err == nil {
		_, err = w.Write(plain)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		return nil, fmt.Errorf("encrypting: %w", err)
	}
	return b.Bytes(), nil
}

func decrypt(sealed []byte, with Identity) ([]byte, error) {
	r, err := age.Decrypt(bytes.NewReader(sealed), with.Age())
	if none := (*age.NoIdentityMatchError)(nil); errors.As(err, &none) {
		return nil, err
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrCorrupt, err)
	}
	plain, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrCorrupt, err)
	}
	return plain, nil
}
