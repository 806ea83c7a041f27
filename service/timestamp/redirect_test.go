package timestamp_test

import (
	"context"
	"crypto/x509"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/service/timestamp"
	"github.com/datapledge/datapledge/service/timestamp/stamptest"
)

// An authority that points elsewhere would have the service ask whatever
// stands in its network.
func TestAuthorityLeadsNowhere(t *testing.T) {
	asked := false
	inside := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked = true }))
	defer inside.Close()
	for _, status := range []int{http.StatusFound, http.StatusTemporaryRedirect} {
		authority := httptest.NewServer(http.RedirectHandler(inside.URL, status))
		a := stamptest.New(t, stamptest.ECDSA(t), nil)
		c, err := timestamp.NewClient(authority.URL, timestamp.Trust{Roots: []*x509.Certificate{a.Root}}, nil, time.Now)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.Stamp(context.Background(), root); !errors.Is(err, service.ErrUnavailable) || asked {
			t.Errorf("%d: got %v, asked elsewhere: %v", status, err, asked)
		}
		authority.Close()
	}
}
