package storage

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"filippo.io/age"
)

// Identity is an age key pair of one of the two native kinds: X25519, or the
// hybrid one that also resists quantum computers. It never prints.
type Identity struct {
	secret    Secret
	recipient string
	key       age.Identity
}

// NewIdentity makes a fresh key pair; hybrid resists quantum computers, for
// 1.6 kB more in every header.
func NewIdentity(hybrid bool) (Identity, error) {
	if hybrid {
		k, err := age.GenerateHybridIdentity()
		if err != nil {
			return Identity{}, fmt.Errorf("making a hybrid identity: %w", err)
		}
		return Identity{NewSecret(k.String()), k.Recipient().String(), k}, nil
	}
	k, err := age.GenerateX25519Identity()
	if err != nil {
		return Identity{}, fmt.Errorf("making an identity: %w", err)
	}
	return Identity{NewSecret(k.String()), k.Recipient().String(), k}, nil
}

// errIdentity tells nothing of what was given: it may be a mistyped secret.
var errIdentity = errors.New("not an age identity (AGE-SECRET-KEY-1… or AGE-SECRET-KEY-PQ-1…)")

// ParseIdentity reads the one-line text form of a private key.
func ParseIdentity(s Secret) (Identity, error) {
	text := strings.TrimSpace(s.Reveal())
	if k, err := age.ParseX25519Identity(text); err == nil {
		return Identity{NewSecret(k.String()), k.Recipient().String(), k}, nil
	}
	if k, err := age.ParseHybridIdentity(text); err == nil {
		return Identity{NewSecret(k.String()), k.Recipient().String(), k}, nil
	}
	return Identity{}, errIdentity
}

// Secret is the text form of the private key.
func (i Identity) Secret() Secret { return i.secret }

// Recipient is the public key: age1… or age1pq1….
func (i Identity) Recipient() string { return i.recipient }

// Age is the key as the age library wants it.
func (i Identity) Age() age.Identity { return i.key }

// Format prints the public key, whatever the verb.
func (i Identity) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "identity of "+i.recipient) }

// MarshalText is the public key.
func (i Identity) MarshalText() ([]byte, error) { return []byte("identity of " + i.recipient), nil }

// ParseRecipient reads age1… or age1pq1….
func ParseRecipient(s string) (age.Recipient, error) {
	if strings.HasPrefix(s, "age1pq1") {
		r, err := age.ParseHybridRecipient(s)
		if err != nil {
			return nil, fmt.Errorf("recipient %q: %w", s, err)
		}
		return r, nil
	}
	r, err := age.ParseX25519Recipient(s)
	if err != nil {
		return nil, fmt.Errorf("recipient %q: %w", s, err)
	}
	return r, nil
}
