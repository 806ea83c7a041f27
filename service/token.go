package service

import (
	"context"
	"encoding/base64"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/datapledge/datapledge/pledge"
)

// Limits of a token.
const (
	maxToken  = 8 << 10
	tokenLife = 5 * time.Minute
	tokenSkew = time.Minute
)

// Unauthenticated is a refusal of the token, not of what was asked with it.
type Unauthenticated struct{ Refusal *pledge.Error }

func (u *Unauthenticated) Error() string { return u.Refusal.Error() }

// Unwrap lets errors.As see the refusal.
func (u *Unauthenticated) Unwrap() error { return u.Refusal }

type tokenHeader struct {
	Alg string `json:"alg"`
	KID string `json:"kid"`
	Typ string `json:"typ"`
}

type tokenClaims struct {
	Issuer    string `json:"iss"`
	Subject   string `json:"sub"`
	Audience  string `json:"aud"`
	Issued    int64  `json:"iat"`
	Expires   int64  `json:"exp"`
	NotBefore int64  `json:"nbf,omitempty"`
	ID        string `json:"jti"`
}

// Authenticate checks a JWT (RFC 7519) signed by a party's key against the
// keys on the ledger. Any key of the party does, operate or admin. It is a
// bearer token: within its five minutes it may be used again, and every act
// that changes a record needs a signed command of its own anyway.
func (s *Service) Authenticate(ctx context.Context, token string) (Caller, error) {
	header, claims, refusal := parseToken(token)
	if refusal == nil {
		refusal = s.checkClaims(claims)
	}
	if refusal != nil {
		return Caller{}, &Unauthenticated{refusal}
	}
	var party *pledge.Party
	_, err := snapshot(ctx, s.o.Ledger, func(v *view) (err error) {
		party, err = v.party(claims.Issuer)
		return err
	})
	if err != nil {
		return Caller{}, err
	}
	if refusal := checkSignature(token, header, claims.Issuer, party); refusal != nil {
		return Caller{}, &Unauthenticated{refusal}
	}
	return Caller{Party: party.ID, Name: party.Name, KID: header.KID, Roles: party.Roles, Expires: time.Unix(claims.Expires, 0)}, nil
}

// still refuses a caller whose token has expired, or whose key was revoked,
// since Authenticate.
func (s *Service) still(ctx context.Context, c Caller) error {
	if !s.now().Before(c.Expires) {
		return &Unauthenticated{pledge.Errorf(pledge.Stale, "the token has expired")}
	}
	var party *pledge.Party
	_, err := snapshot(ctx, s.o.Ledger, func(v *view) (err error) {
		party, err = v.party(c.Party)
		return err
	})
	if err != nil || party == nil {
		return err
	}
	for _, k := range party.Keys {
		if k.KID == c.KID && k.Revoked != nil {
			return &Unauthenticated{pledge.Errorf(pledge.RevokedKey, "key %s was revoked at %s", k.KID, k.Revoked.At)}
		}
	}
	return nil
}

func parseToken(token string) (h tokenHeader, c tokenClaims, refusal *pledge.Error) {
	if len(token) > maxToken {
		return h, c, pledge.Errorf(pledge.TooLarge, "the token is longer than %d bytes", maxToken)
	}
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return h, c, pledge.Errorf(pledge.Unsigned, "a token signed by a party key is needed (Authorization: Bearer)")
	}
	if err := strictPart(parts[0], &h); err != nil {
		return h, c, pledge.Errorf(pledge.Malformed, "the token's header must hold alg, kid and typ, and nothing else")
	}
	if err := strictPart(parts[1], &c); err != nil {
		return h, c, pledge.Errorf(pledge.Malformed, "the token's claims must be iss, sub, aud, iat, exp and jti")
	}
	if h.Alg != string(jose.EdDSA) && h.Alg != string(jose.ES256) {
		return h, c, pledge.Errorf(pledge.Unsigned, "the token's alg must be EdDSA or ES256")
	}
	if h.Typ != "JWT" {
		return h, c, pledge.Errorf(pledge.Unsigned, "the token's typ must be JWT")
	}
	return h, c, nil
}

func strictPart(part string, into any) error {
	raw, err := base64.RawURLEncoding.Strict().DecodeString(part)
	if err != nil {
		return err
	}
	return pledge.StrictUnmarshal(raw, into)
}

func (s *Service) checkClaims(c tokenClaims) *pledge.Error {
	now := s.now().Unix()
	switch {
	case c.Issuer == "" || c.Issuer != c.Subject:
		return pledge.Errorf(pledge.Malformed, "the token's iss and sub must both be the party")
	case c.Audience != s.Channel():
		return pledge.Errorf(pledge.WrongChannel, "the token's aud must be %q", s.Channel())
	case c.ID == "":
		return pledge.Errorf(pledge.Malformed, "the token needs a jti")
	case c.Issued <= 0 || c.Expires <= c.Issued || c.Expires-c.Issued > int64(tokenLife/time.Second):
		return pledge.Errorf(pledge.Malformed, "the token's exp must be at most 5 minutes after its iat")
	case c.Issued > now+int64(tokenSkew/time.Second), c.NotBefore > now+int64(tokenSkew/time.Second):
		return pledge.Errorf(pledge.Stale, "the token is from the future; check the clock")
	case c.Expires <= now:
		return pledge.Errorf(pledge.Stale, "the token has expired")
	}
	return nil
}

func checkSignature(token string, h tokenHeader, uscc string, party *pledge.Party) *pledge.Error {
	if party == nil {
		return pledge.Errorf(pledge.UnknownParty, "%s is not enrolled", uscc)
	}
	for _, k := range party.Keys {
		if k.KID != h.KID {
			continue
		}
		if k.Revoked != nil {
			return pledge.Errorf(pledge.RevokedKey, "key %s was revoked at %s", k.KID, k.Revoked.At)
		}
		if !signedBy(token, k) {
			return pledge.Errorf(pledge.Unsigned, "the token's signature is not that of key %s", k.KID)
		}
		return nil
	}
	return pledge.Errorf(pledge.UnknownKey, "%s has no key %s", uscc, h.KID)
}

func signedBy(token string, k pledge.PartyKey) bool {
	parsed, err := jose.ParseSignedCompact(token, []jose.SignatureAlgorithm{jose.EdDSA, jose.ES256})
	if err != nil {
		return false
	}
	var key jose.JSONWebKey
	if err := key.UnmarshalJSON(k.JWK); err != nil || !key.IsPublic() {
		return false
	}
	_, err = parsed.Verify(key.Key)
	return err == nil
}
