package client

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"

	"filippo.io/age"
	"github.com/go-jose/go-jose/v4"

	"github.com/datapledge/datapledge/pledge"
)

// Kind is the signature scheme of a key.
type Kind string

// The kinds that the rules accept: EdDSA and ES256.
const (
	Ed25519 Kind = "ed25519"
	P256    Kind = "p256"
)

// Key is a party's private key with the party it signs for, and the age
// identity that opens what is sealed to that party. It never prints: every
// way to format, log or encode it shows the key id only.
type Key struct{ reveal func() *secret }

// secret stands behind a function: printing a struct that holds a Key in an
// unexported field goes around Format, and a verb that does not fit a pointer
// even prints what it points to; of a function it can only print the address.
type secret struct {
	signer       crypto.Signer
	public       json.RawMessage
	kid          string
	party, scope string
	identity     age.Identity
	ageText      string
	recipient    string
}

// New makes a key of a kind for a party (its USCC; empty for a key that
// signs for none, like a ledger operator's) and, when there is a party, an
// X25519 age identity beside it. Scope is what the key is meant to be
// enrolled for; empty means operate.
func New(kind Kind, party, scope string) (*Key, error) {
	signer, err := generate(kind)
	if err != nil {
		return nil, err
	}
	k, err := newKey(signer, party, scope)
	if err != nil || party == "" {
		return k, err
	}
	id, err := age.GenerateX25519Identity()
	if err != nil {
		return nil, fmt.Errorf("making an age identity: %w", err)
	}
	if err := k.setIdentity(id.String()); err != nil {
		return nil, err
	}
	return k, nil
}

// UsePostQuantum replaces the age identity by a hybrid post-quantum one. It
// is for a key that was just made: what was sealed to the old identity does
// not open with the new one.
func (k *Key) UsePostQuantum() error {
	id, err := age.GenerateHybridIdentity()
	if err != nil {
		return fmt.Errorf("making an age identity: %w", err)
	}
	return k.setIdentity(id.String())
}

// KID is the RFC 7638 SHA-256 thumbprint, base64url.
func (k *Key) KID() string { return k.reveal().kid }

// Party is the USCC that the key signs for; empty for an operator's key.
func (k *Key) Party() string { return k.reveal().party }

// Scope is "operate", "admin" or empty when the file does not say.
func (k *Key) Scope() string { return k.reveal().scope }

// Public is the public JWK: kty, crv, x and, on P-256, y.
func (k *Key) Public() json.RawMessage { return bytes.Clone(k.reveal().public) }

// Recipient is where key envelopes for the party go (age1…, or age1pq1… for
// a post-quantum identity); empty when the key has no age identity.
func (k *Key) Recipient() string { return k.reveal().recipient }

// Identity opens what was sealed to Recipient; nil when there is none.
func (k *Key) Identity() age.Identity { return k.reveal().identity }

// RevealEd25519 hands out the private key itself, for a ledger operator that
// signs blocks. It reports false for another kind of key.
func (k *Key) RevealEd25519() (ed25519.PrivateKey, bool) {
	p, ok := k.reveal().signer.(ed25519.PrivateKey)
	return p, ok
}

// RevealSigner hands out what signs with the private key, for signatures that
// are not JWS: of HTTP requests (RFC 9421).
func (k *Key) RevealSigner() crypto.Signer { return k.reveal().signer }

func (k *Key) setIdentity(text string) error {
	id, recipient, err := parseIdentity(text)
	if err != nil {
		return err
	}
	s := k.reveal()
	s.identity, s.recipient, s.ageText = id, recipient, text
	return nil
}

func parseIdentity(text string) (age.Identity, string, error) {
	if id, err := age.ParseX25519Identity(text); err == nil {
		return id, id.Recipient().String(), nil
	}
	id, err := age.ParseHybridIdentity(text)
	if err != nil {
		// The library's message may quote what it could not read.
		return nil, "", errors.New("the age identity in the key is damaged")
	}
	return id, id.Recipient().String(), nil
}

func generate(kind Kind) (crypto.Signer, error) {
	switch kind {
	case Ed25519:
		_, key, err := ed25519.GenerateKey(rand.Reader)
		return key, err
	case P256:
		return ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	}
	return nil, fmt.Errorf("no such kind of key: %q (ed25519 or p256)", kind)
}

func newKey(signer crypto.Signer, party, scope string) (*Key, error) {
	if scope != "" && scope != pledge.ScopeOperate && scope != pledge.ScopeAdmin {
		return nil, fmt.Errorf("no such key scope: %q (operate or admin)", scope)
	}
	jwk := jose.JSONWebKey{Key: signer.Public()}
	public, err := jwk.MarshalJSON()
	if err != nil {
		return nil, fmt.Errorf("encoding the public key: %w", err)
	}
	thumb, err := jwk.Thumbprint(crypto.SHA256)
	if err != nil {
		return nil, fmt.Errorf("computing the key id: %w", err)
	}
	kid := base64.RawURLEncoding.EncodeToString(thumb)
	s := &secret{signer: signer, public: public, kid: kid, party: party, scope: scope}
	return &Key{func() *secret { return s }}, nil
}

// String is the key id, which is public.
func (k Key) String() string {
	if k.reveal == nil {
		return "key (none)"
	}
	return "key " + k.reveal().kid
}

// Format prints the key id for every verb.
func (k Key) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, k.String()) }

// LogValue logs the key id.
func (k Key) LogValue() slog.Value { return slog.StringValue(k.String()) }

// MarshalText encodes the key id; Save writes the key itself.
func (k Key) MarshalText() ([]byte, error) { return []byte(k.String()), nil }
