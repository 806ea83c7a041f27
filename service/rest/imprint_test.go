package rest_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/service/rest"
)

// watched is an imprint with one institution that is up, and one that is not.
type watched struct{}

func (watched) Of(context.Context, uint64) ([]service.ImprintReceipt, error) { return nil, nil }

func (watched) Status(context.Context) []service.ImprintStatus {
	return []service.ImprintStatus{
		{Sink: "court", State: service.ImprintFollowing, Delivered: &service.Head{Height: 7, Hash: strings.Repeat("a", 64)}, Receipts: 8},
		{Sink: "regulator", State: service.ImprintStopped, Cause: "c", Remedy: "r", LagBlocks: 8, LagSeconds: 60, Failures: 3},
		{Sink: "notary", State: service.ImprintBehind, Cause: "c", Remedy: "r", LagBlocks: 8},
	}
}

func TestImprintState(t *testing.T) {
	s := newStack(t)
	s.get("/v1/imprint", "").want(401, "unsigned")
	s.get("/v1/imprint", "bank").want(200, "")
	if body := string(s.get("/v1/imprint", "bank").want(200, "").body); body != `{"sinks":[]}` {
		t.Errorf("got %s", body)
	}
}

func TestImprintMetrics(t *testing.T) {
	s := newStack(t)
	svc, err := service.New(service.Options{Ledger: s.ledger, Index: s.index, Vault: s.vault, Custodian: s.keys["exchange"], Imprints: watched{}})
	if err != nil {
		t.Fatal(err)
	}
	h, err := rest.New(svc, rest.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	for _, want := range []string{`datapledge_imprint_stopped{sink="regulator"} 1`, `datapledge_imprint_stopped{sink="court"} 0`, `datapledge_imprint_stopped{sink="notary"} 0`,
		`datapledge_imprint_lag_blocks{sink="regulator"} 8`, `datapledge_imprint_lag_seconds{sink="regulator"} 60`,
		`datapledge_imprint_receipts_total{sink="court"} 8`, `datapledge_imprint_failures_total{sink="regulator"} 3`} {
		if !strings.Contains(w.Body.String(), want) {
			t.Errorf("no %s", want)
		}
	}
}
