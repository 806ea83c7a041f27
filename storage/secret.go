package storage

import (
	"fmt"
	"io"
	"log/slog"
)

const redacted = "(secret)"

// Secret holds key material and never prints: not with any fmt verb, not in
// JSON, not through slog. The zero value is empty.
type Secret struct{ s *string }

// NewSecret takes a secret in. Secrets come from files, never from flags.
func NewSecret(s string) Secret { return Secret{&s} }

// Reveal gives the secret out; search for it to find every use.
func (s Secret) Reveal() string {
	if s.s == nil {
		return ""
	}
	return *s.s
}

// Format prints a placeholder for every verb and flag.
func (Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, redacted) }

// String is the placeholder.
func (Secret) String() string { return redacted }

// LogValue is the placeholder.
func (Secret) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalText is the placeholder, so that JSON holds it too.
func (Secret) MarshalText() ([]byte, error) { return []byte(redacted), nil }
