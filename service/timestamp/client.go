package timestamp

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rand"
	"encoding/asn1"
	"errors"
	"fmt"
	"io"
	"math/big"
	"mime"
	"net/http"
	"net/url"
	"time"

	"github.com/digitorus/timestamp"

	"github.com/datapledge/datapledge/service"
)

// Bounds of one request.
const (
	requestTimeout = 30 * time.Second
	nonceBytes     = 16
	// maxSkew is how far a stamp may be from the own clock, either way.
	maxSkew = 10 * time.Minute
)

// Media types of RFC 3161, section 3.4.
const (
	contentQuery = "application/timestamp-query"
	contentReply = "application/timestamp-reply"
)

// Client asks one authority for time stamps. It is safe for concurrent use.
type Client struct {
	url   string
	trust Trust
	http  *http.Client
	now   func() time.Time
}

// NewClient checks what it is given. The transport is http.DefaultTransport
// when it is nil.
func NewClient(address string, trust Trust, transport http.RoundTripper, now func() time.Time) (*Client, error) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return nil, fmt.Errorf("%.200q is not the address of a time-stamping authority (http or https)", address)
	}
	if err := trust.check(); err != nil {
		return nil, err
	}
	// An authority must not lead the service to addresses inside its own network.
	stay := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &Client{address, trust, &http.Client{Transport: transport, Timeout: requestTimeout, CheckRedirect: stay}, now}, nil
}

// Stamp has a SHA-256 stamped. The error is service.ErrUnavailable when the
// authority cannot be reached or gives no token, else ErrToken.
func (c *Client) Stamp(ctx context.Context, imprint [32]byte) (Token, error) {
	secret := make([]byte, nonceBytes)
	if _, err := rand.Read(secret); err != nil {
		return Token{}, fmt.Errorf("making a nonce: %w", err)
	}
	secret[0] = secret[0]&0x7f | 0x40 // as long and positive each time
	query := timestamp.Request{HashAlgorithm: crypto.SHA256, HashedMessage: imprint[:], Certificates: true}
	query.Nonce = new(big.Int).SetBytes(secret)
	if c.trust.Policy != "" {
		query.TSAPolicyOID, _ = parseOID(c.trust.Policy)
	}
	der, err := query.Marshal()
	if err != nil {
		return Token{}, fmt.Errorf("writing the query: %w", err)
	}
	reply, err := c.ask(ctx, der)
	if err != nil {
		return Token{}, fmt.Errorf("%w: asking the time-stamping authority: %w", service.ErrUnavailable, err)
	}
	return c.read(reply, imprint, query.Nonce)
}

// ask follows RFC 3161, section 3.4.
func (c *Client) ask(ctx context.Context, query []byte) ([]byte, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, c.url, bytes.NewReader(query))
	if err != nil {
		return nil, err
	}
	r.Header.Set("Content-Type", contentQuery)
	r.Header.Set("Accept", contentReply)
	answer, err := c.http.Do(r)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	kind, _, _ := mime.ParseMediaType(answer.Header.Get("Content-Type"))
	if answer.StatusCode != http.StatusOK || kind != contentReply {
		return nil, fmt.Errorf("it answered %d with %.80q", answer.StatusCode, kind)
	}
	body, err := io.ReadAll(io.LimitReader(answer.Body, MaxToken+1))
	if err != nil {
		return nil, fmt.Errorf("reading its answer: %w", err)
	}
	if len(body) > MaxToken {
		return nil, fmt.Errorf("its answer has more than %d bytes", MaxToken)
	}
	return body, nil
}

// read takes the token from an answer, and believes none of it.
func (c *Client) read(reply []byte, imprint [32]byte, nonce *big.Int) (Token, error) {
	der, err := tokenOf(reply)
	if err != nil {
		return Token{}, fmt.Errorf("%w: the time-stamping authority gives no token: %w", service.ErrUnavailable, err)
	}
	token, err := c.trust.Verify(der, imprint)
	if err != nil {
		return Token{}, err
	}
	if token.Nonce == nil || token.Nonce.Cmp(nonce) != 0 {
		return Token{}, fmt.Errorf("%w: it is not the answer to this query: the nonce differs", ErrToken)
	}
	if skew := token.Time.Sub(c.now()); skew.Abs() > maxSkew {
		return Token{}, fmt.Errorf("%w: its time is %s off this machine's clock", ErrToken, skew.Round(time.Second))
	}
	return token, nil
}

// tokenOf reads a TimeStampResp (RFC 3161, section 2.4.2).
func tokenOf(reply []byte) ([]byte, error) {
	var r struct {
		Status asn1.RawValue
		Token  asn1.RawValue `asn1:"optional"`
	}
	if rest, err := asn1.Unmarshal(reply, &r); err != nil || len(rest) > 0 {
		return nil, errors.New("the answer is not a TimeStampResp")
	}
	var status struct{ Status int }
	if _, err := asn1.Unmarshal(r.Status.FullBytes, &status); err != nil {
		return nil, errors.New("the answer has no status")
	}
	if status.Status&^1 != 0 || len(r.Token.FullBytes) == 0 { // granted, or granted with mods
		_, err := timestamp.ParseResponse(reply) // tells why
		return nil, fmt.Errorf("status %d: %w", status.Status, orUnknown(err))
	}
	return r.Token.FullBytes, nil
}

func orUnknown(err error) error {
	if err == nil {
		return errors.New("no reason given")
	}
	return err
}
