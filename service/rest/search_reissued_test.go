package rest_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/service/index"
	"github.com/datapledge/datapledge/service/rest"
	"github.com/datapledge/datapledge/storage"
)

// jsonPrinter prints all of a certificate.
type jsonPrinter struct{}

func (jsonPrinter) Print(_ context.Context, w io.Writer, c service.Certificate, lang string) error {
	_, _ = io.WriteString(w, "%PDF "+lang+" ")
	return json.NewEncoder(w).Encode(c)
}

// replica is a second service beside the first, or the first after a restart:
// it has the ledger and the bucket, and builds an index of its own.
func (s *stack) replica() http.Handler {
	s.t.Helper()
	ix := must(index.Open(filepath.Join(s.t.TempDir(), "index.db"), nil))(s.t)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); _ = ix.Project(ctx, s.ledger) }()
	custodian := s.keys["exchange"]
	identity := must(storage.ParseIdentity(storage.NewSecret(custodian.Identity().(fmt.Stringer).String())))(s.t)
	vault := must(storage.NewVault(s.bucket, identity, storage.Options{Now: s.clock.Now}))(s.t)
	svc := must(service.New(service.Options{Ledger: s.ledger, Index: ix, Vault: vault, Custodian: custodian, ReadYourWrites: time.Minute,
		Certificates: jsonPrinter{}, Now: s.clock.Now}))(s.t)
	h := must(rest.New(svc, rest.Options{RatePerAddress: -1, RatePerParty: -1, Now: s.clock.Now}))(s.t)
	s.t.Cleanup(func() {
		h.Close()
		cancel()
		<-done
		if err := ix.Close(); err != nil {
			s.t.Error(err)
		}
	})
	return h
}

// reissued gets the certificate of a search, without when it was asked.
func reissued(t *testing.T, h http.Handler, path string) (c service.Certificate) {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil))
	text := w.Body.Bytes()
	if i := strings.Index(w.Body.String(), "{"); strings.Contains(path, ".pdf") && i >= 0 {
		text = text[i:]
	}
	if err := json.Unmarshal(text, &c); err != nil || w.Code != http.StatusOK {
		t.Fatalf("%s: got %d %s, %v", path, w.Code, w.Body, err)
	}
	c.At, c.Report, c.Anchors, c.Members = "", "", nil, nil
	return c
}

// A search is given out again as it was answered, by any replica, whatever
// became of all that it named.
func TestSearchIsReissued(t *testing.T) {
	s, asset, p := numbered(t)
	s.command("notary", pledge.PledgePerfect, pledge.PerfectBody{PledgeID: p.ID, Step: pledge.StepVerify, Registration: pledge.Registration{
		Registry: pledge.RegistryZhongdeng, Number: "02026112300001", RegisteredAt: "2026-03-01", TermEnd: "2029-03-01", Proof: digestOf("proof"), DebtorName: "enterprise (demo)"}})
	var before []service.Certificate
	var paths []string
	first := s.replica()
	for _, q := range []service.SearchRequest{{AssetID: asset}, {Party: usccs["enterprise"]}, {Fingerprint: digestOf("1\n")}, {Name: "ENTERPRISE(demo)"},
		{Number: "02026112300001"}, {Name: "电力\u202e负荷"}, {AssetID: asset, AsOf: jsonNumber(s.height() - 1)}} {
		found := s.search("bank", q)
		for _, path := range []string{"/v1/certificates/" + found.Number, "/v1/certificates/" + strings.ToLower(found.Number) + ".pdf?lang=en"} {
			before, paths = append(before, reissued(t, first, path)), append(paths, path)
		}
	}
	s.command("bank", pledge.PledgeRelease, pledge.ReleaseBody{PledgeID: p.ID, Reason: pledge.Paid})
	s.command("ipcenter", pledge.RecordCorrect, pledge.CorrectBody{RecordID: asset, Field: "name", From: "电力（负荷）数据", To: "renamed", Reason: "slip"})
	s.clock.advance(5 * 365 * 24 * time.Hour)
	for _, again := range []http.Handler{first, s.replica()} {
		for i, path := range paths {
			if got := reissued(t, again, path); !reflect.DeepEqual(got, before[i]) {
				t.Errorf("%s: got %+v, want %+v", path, got, before[i])
			}
		}
	}
}
