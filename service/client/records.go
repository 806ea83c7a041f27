package client

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
)

// Network describes the ledger, its members and their keys. It is public.
func (c *Client) Network(ctx context.Context) (Doc[Network], error) {
	var out Doc[Network]
	return out, c.call(ctx, request{method: http.MethodGet, path: "/v1/network", public: true, again: true}, nil, &out)
}

// Party reads a party by its USCC.
func (c *Client) Party(ctx context.Context, uscc string) (out Doc[Party], err error) {
	return out, c.get(ctx, "/v1/parties/"+url.PathEscape(uscc), nil, &out)
}

// Asset reads an asset, now or as of a height or time (empty means now).
func (c *Client) Asset(ctx context.Context, id, asOf string) (out Doc[Asset], err error) {
	return out, c.get(ctx, "/v1/assets/"+url.PathEscape(id), values("as_of", asOf), &out)
}

// Pledge reads a pledge, now or as of a height or time (empty means now).
func (c *Client) Pledge(ctx context.Context, id, asOf string) (out Doc[Pledge], err error) {
	return out, c.get(ctx, "/v1/pledges/"+url.PathEscape(id), values("as_of", asOf), &out)
}

// Assets lists one page of the assets that the party may see.
func (c *Client) Assets(ctx context.Context, q service.AssetQuery) (out Page[pledge.Asset], err error) {
	v := values("owner", q.Owner, "status", q.Status, "q", q.Text)
	return out, c.get(ctx, "/v1/assets", page(v, q.Page), &out)
}

// Pledges lists one page of the pledges that the party may see.
func (c *Client) Pledges(ctx context.Context, q service.PledgeQuery) (out Page[pledge.Pledge], err error) {
	v := values("asset", q.Asset, "pledgor", q.Pledgor, "pledgee", q.Pledgee, "status", q.Status)
	return out, c.get(ctx, "/v1/pledges", page(v, q.Page), &out)
}

// AssetHistory lists one page of an asset's revisions, oldest first.
func (c *Client) AssetHistory(ctx context.Context, id string, p service.Page) (out Page[service.Revision], err error) {
	return out, c.get(ctx, "/v1/assets/"+url.PathEscape(id)+"/history", page(url.Values{}, p), &out)
}

// PledgeHistory lists one page of a pledge's revisions, oldest first.
func (c *Client) PledgeHistory(ctx context.Context, id string, p service.Page) (out Page[service.Revision], err error) {
	return out, c.get(ctx, "/v1/pledges/"+url.PathEscape(id)+"/history", page(url.Values{}, p), &out)
}

// Known says who notarized a fingerprint or file digest ("sha256:…").
func (c *Client) Known(ctx context.Context, digest string) (out Doc[Known], err error) {
	return out, c.get(ctx, "/v1/fingerprints/"+url.PathEscape(digest), nil, &out)
}

// Verify asks the three questions.
func (c *Client) Verify(ctx context.Context, q VerifyQuery) (out Doc[Verification], err error) {
	return out, c.call(ctx, request{method: http.MethodPost, path: "/v1/verifications", again: true}, q, &out)
}

// Search looks for liens.
func (c *Client) Search(ctx context.Context, q SearchQuery) (out Doc[Search], err error) {
	return out, c.call(ctx, request{method: http.MethodPost, path: "/v1/searches", again: true}, q, &out)
}

// Scan says what a duplicate scan of a pledged asset finds now or, with the
// digest of a report that was kept, what it found then.
func (c *Client) Scan(ctx context.Context, pledgeID, report string) (out Doc[service.Scan], err error) {
	return out, c.get(ctx, "/v1/pledges/"+url.PathEscape(pledgeID)+"/scan", values("report", report), &out)
}

// CheckCustody has the custodian challenge the stored object of a pledge and
// sign the result on to the ledger. It is not repeated by itself: each call
// makes another receipt.
func (c *Client) CheckCustody(ctx context.Context, pledgeID, depth string) (pledge.Outcome, error) {
	var out pledge.Outcome
	r := request{method: http.MethodPost, path: "/v1/pledges/" + url.PathEscape(pledgeID) + "/custody-check"}
	err := c.call(ctx, r, map[string]string{"depth": depth}, &out)
	if ref := (*refusal)(nil); errors.As(err, &ref) {
		return ref.outcome, ref.error
	}
	if err == nil && out.Status == pledge.Unknown {
		err = &UnknownError{out.CommandID, errors.New("the service cannot tell yet")}
	}
	return out, err
}

// Evidence copies the evidence package of a record to w.
func (c *Client) Evidence(ctx context.Context, recordID string, w io.Writer) error {
	return c.download(ctx, "/v1/evidence/"+url.PathEscape(recordID), w)
}

// Content copies a file of an asset to w, for who may read it.
func (c *Client) Content(ctx context.Context, assetID, path string, w io.Writer) error {
	return c.download(ctx, "/v1/assets/"+url.PathEscape(assetID)+"/files/"+escapePath(path), w)
}

func (c *Client) download(ctx context.Context, path string, w io.Writer) error {
	resp, err := c.do(ctx, request{method: http.MethodGet, path: path, again: true})
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	_, err = io.Copy(w, resp.Body)
	return err
}

// values makes a query of the pairs that are not empty.
func values(pairs ...string) url.Values {
	v := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			v.Set(pairs[i], pairs[i+1])
		}
	}
	return v
}

func page(v url.Values, p service.Page) url.Values {
	if p.Limit > 0 {
		v.Set("limit", strconv.Itoa(p.Limit))
	}
	if p.Cursor != "" {
		v.Set("cursor", p.Cursor)
	}
	return v
}
