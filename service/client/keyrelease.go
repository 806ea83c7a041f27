package client

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
)

// ReleaseKey has the custodian hand the key of what a pledge covers to its
// pledgee; the caller is the custodian. Repeated, it answers the first outcome.
func (c *Client) ReleaseKey(ctx context.Context, pledgeID string) (pledge.Outcome, error) {
	var out pledge.Outcome
	r := request{method: http.MethodPost, path: "/v1/pledges/" + url.PathEscape(pledgeID) + "/key-release"}
	err := c.call(ctx, r, struct{}{}, &out)
	if ref := (*refusal)(nil); errors.As(err, &ref) {
		return ref.outcome, ref.error
	}
	if err == nil && out.Status == pledge.Unknown {
		err = &UnknownError{out.CommandID, errors.New("the service cannot tell yet")}
	}
	return out, err
}

// ReleasedKey is the age file that was released to the caller, as the ledger
// names it: another one is refused.
func (c *Client) ReleasedKey(ctx context.Context, pledgeID string) ([]byte, error) {
	p, err := c.Pledge(ctx, pledgeID, "")
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := c.download(ctx, "/v1/pledges/"+url.PathEscape(pledgeID)+"/key", &b); err != nil {
		return nil, err
	}
	sum := sha256.Sum256(b.Bytes())
	if got := "sha256:" + hex.EncodeToString(sum[:]); p.Value.KeyRelease == nil || p.Value.KeyRelease.Envelope != got {
		return nil, fmt.Errorf("the service gave the file %s, which is not the one that the record of %s names", got, pledgeID)
	}
	return b.Bytes(), nil
}

// Reminders lists one page of what ends soon, or is over, of the caller's own.
func (c *Client) Reminders(ctx context.Context, p service.Page) (out Page[service.Reminder], err error) {
	return out, c.get(ctx, "/v1/reminders", page(url.Values{}, p), &out)
}
