package pledge

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base32"
	"encoding/json"
	"strings"
	"sync/atomic"
	"time"

	"github.com/go-jose/go-jose/v4"
)

const (
	algEdDSA    = "EdDSA"
	algES256    = "ES256"
	typeCommand = "datapledge+jws"
)

// Command is a signed act that was read, but not yet believed: its form and
// its body are checked, its signature only by Verify, its right only by Apply.
type Command struct {
	// JWS is the compact serialization as it came: what a court gets.
	JWS string
	// ID is "cmd_" and the hex SHA-256 of the signing input. Signatures can
	// be varied by others, so they are no part of it.
	ID       string
	Alg, KID string
	Payload  Payload

	sum     [sha256.Size]byte
	at      time.Time
	input   int // length of the signing input within JWS
	sig     []byte
	body    any
	terms   string     // the digest of proposed terms
	content content    // the checked files of a notarization
	receipt *Command   // the custody receipt within a notarization
	inner   []*Command // the commands within a closing
	verdict atomic.Pointer[verdict]
}

type verdict struct {
	jwk []byte
	err error
}

// header is the whole protected header. A member that is not here (jwk, jku,
// x5u, x5c, crit, b64 …) would let the sender choose the key or change the
// meaning of the signature, and is refused as unknown.
type header struct {
	Alg string `json:"alg"`
	KID string `json:"kid"`
	Typ string `json:"typ"`
}

// ParseCommand reads a command strictly and without any state. Errors are
// *Error: too_large beyond MaxCommand bytes, unsigned for an algorithm other
// than EdDSA and ES256 or a signature that cannot be one, else malformed.
func ParseCommand(jws string) (*Command, error) {
	if len(jws) > MaxCommand {
		return nil, Errorf(TooLarge, "a command has at most %d bytes, this one has %d", MaxCommand, len(jws))
	}
	c := &Command{JWS: jws}
	payload, err := c.open()
	if err != nil {
		return nil, err
	}
	if err := c.read(payload); err != nil {
		return nil, err
	}
	return c, nil
}

// open takes the three parts of the JWS apart (RFC 7515 section 7.1).
func (c *Command) open() (payload []byte, err error) {
	c.input = strings.LastIndexByte(c.JWS, '.')
	dot := strings.IndexByte(c.JWS, '.')
	if dot < 0 || dot == c.input || strings.IndexByte(c.JWS[dot+1:c.input], '.') >= 0 {
		return nil, Errorf(Malformed, "a command is a compact JWS: three parts with dots between")
	}
	head, err1 := decode64(c.JWS[:dot])
	payload, err2 := decode64(c.JWS[dot+1 : c.input])
	sig, err3 := decode64(c.JWS[c.input+1:])
	if err1 != nil || err2 != nil || err3 != nil {
		return nil, Errorf(Malformed, "the parts of a JWS are base64url without padding, in canonical form")
	}
	if err := c.readHeader(head); err != nil {
		return nil, err
	}
	if c.sig = sig; len(sig) != ed25519.SignatureSize { // ES256 has 64 bytes, too
		return nil, Errorf(Unsigned, "the signature has %d bytes instead of 64", len(sig))
	}
	if c.Alg == algES256 && highS(sig[32:]) {
		return nil, Errorf(Unsigned, "the ES256 signature is not low-S: replace s by n-s and send it again")
	}
	c.sum = sha256.Sum256([]byte(c.JWS[:c.input]))
	c.ID = "cmd_" + hexSum(c.sum)
	return payload, nil
}

func (c *Command) readHeader(raw []byte) error {
	var h header
	if err := StrictUnmarshal(raw, &h); err != nil {
		return within("the protected header has exactly alg, kid and typ", err)
	}
	c.Alg, c.KID = h.Alg, h.KID
	switch {
	case h.Alg != algEdDSA && h.Alg != algES256:
		return Errorf(Unsigned, "alg must be EdDSA or ES256, not %q", clip(h.Alg))
	case h.Typ != typeCommand:
		return Errorf(Malformed, "typ must be %s, not %q", typeCommand, clip(h.Typ))
	case !isKID(h.KID):
		return Errorf(Malformed, "kid must be the RFC 7638 thumbprint of the key, in base64url")
	}
	return nil
}

// halfOrder is (n-1)/2 of P-256, big endian.
var halfOrder = unhex("7fffffff800000007fffffffffffffffde737d56d38bcf4279dce5617e3192a8")

// highS finds the other one of the two signatures that everybody can make
// from a valid ES256 signature.
func highS(s []byte) bool { return bytes.Compare(s, halfOrder) > 0 }

// isKID says whether s is base64url of 32 bytes, the form of a thumbprint.
func isKID(s string) bool {
	b, err := decode64(s)
	return err == nil && len(b) == sha256.Size
}

// At is the command's own time.
func (c *Command) At() time.Time { return c.at }

// Body is the decoded body, a pointer to one of the Body types.
func (c *Command) Body() any { return c.body }

// Custodian is the custody receipt inside an asset.notarize, so that its
// signature can be verified in advance, too. Nil for every other act.
func (c *Command) Custodian() *Command { return c.receipt }

var lowerBase32 = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// RecordID is the id of the record that the command creates, known before it
// commits: prefix is "as_" or "pl_".
func (c *Command) RecordID(prefix string) string {
	return prefix + lowerBase32.EncodeToString(c.sum[:])[:26]
}

// Verify checks the signature by a public JWK, whose thumbprint must be the
// command's kid. It reads nothing else, and remembers its answer: callers may
// run it for many commands at once, and Apply then finds the work done. It is
// safe for concurrent use. The refusal is unsigned.
func (c *Command) Verify(key json.RawMessage) error {
	if v := c.verdict.Load(); v != nil && bytes.Equal(v.jwk, key) {
		return v.err
	}
	err := c.verify(key)
	c.verdict.Store(&verdict{bytes.Clone(key), err})
	return err
}

func (c *Command) verify(key json.RawMessage) error {
	k, err := parseKey(key)
	if err != nil {
		return err
	}
	if k.kid != c.KID {
		return Errorf(Unsigned, "kid %s is not the thumbprint of the key %s", c.KID, k.kid)
	}
	if !c.signedBy(k) {
		return Errorf(Unsigned, "%s does not carry a valid signature by the key %s", c.ID, c.KID)
	}
	return nil
}

// signedBy goes straight to Ed25519 for EdDSA: the JWS is taken apart
// already, and this is the largest cost of a command. A test holds both ways
// to the JOSE library's word.
func (c *Command) signedBy(k publicKey) bool {
	switch {
	case c.Alg == algEdDSA && k.ed25519 != nil:
		return ed25519.Verify(k.ed25519, []byte(c.JWS[:c.input]), c.sig)
	case c.Alg == algES256 && k.p256 != nil:
		j, err := jose.ParseSignedCompact(c.JWS, []jose.SignatureAlgorithm{jose.ES256})
		if err != nil {
			return false
		}
		_, err = j.Verify(k.p256)
		return err == nil
	}
	return false
}
