package client

import (
	"context"
	"io"
	"net/http"
	"net/url"

	"github.com/datapledge/datapledge/service"
)

// Certificate reads a certificate by its number. It is public.
func (c *Client) Certificate(ctx context.Context, number string) (Doc[service.Certificate], error) {
	var out Doc[service.Certificate]
	return out, c.call(ctx, request{method: http.MethodGet, path: "/v1/certificates/" + url.PathEscape(number), public: true, again: true}, nil, &out)
}

// CertificatePDF copies a certificate to w as PDF, in "zh" or "en". A service
// that does not print says so at once: it is not asked again.
func (c *Client) CertificatePDF(ctx context.Context, number, lang string, w io.Writer) error {
	path := "/v1/certificates/" + url.PathEscape(number) + ".pdf"
	resp, err := c.do(ctx, request{method: http.MethodGet, path: path, query: values("lang", lang), public: true})
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	_, err = io.Copy(w, resp.Body)
	return err
}
