package rest_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
)

func numberOf(prefix, record string) string {
	_, id, _ := strings.Cut(record, "_")
	return prefix + strings.ToUpper(id)
}

// certificate gets one, and checks what holds of all: both languages say
// something everywhere, and the service signed the very same.
func (s *stack) certificate(number string) service.Certificate {
	s.t.Helper()
	c := as_[service.Certificate](s.get("/v1/certificates/"+number, ""))
	var signed service.Certificate
	if err := json.Unmarshal(s.payload(c.Report), &signed); err != nil {
		s.t.Error(err)
	}
	signed.Report = c.Report
	if !reflect.DeepEqual(signed, c) {
		s.t.Errorf("%s: the report is signed over something else", number)
	}
	keys := map[string]bool{}
	for _, f := range c.Fields {
		if keys[f.Key] || f.Key == "" {
			s.t.Errorf("%s: the key %q is empty or twice", number, f.Key)
		}
		keys[f.Key] = true
	}
	for _, text := range texts(c) {
		if strings.TrimSpace(text.ZH) == "" || strings.TrimSpace(text.EN) == "" || strings.Contains(text.ZH+text.EN, "%!") {
			s.t.Errorf("%s: %+v lacks a language or an argument", number, text)
		}
	}
	for _, wrong := range unestablished(c) {
		s.t.Errorf("%s: without a verified registration it says %q", number, wrong)
	}
	return c
}

func texts(c service.Certificate) []service.Text {
	list := append([]service.Text{c.Title, c.Status}, c.Proves...)
	list = append(append(list, c.NotProved...), c.Check...)
	for _, f := range c.Fields {
		list = append(list, f.Label, f.Value)
	}
	return list
}

var claimed = regexp.MustCompile(`(?i)establish|perfected|effective against|设立|成立`)

// unestablished finds words that only a verified statutory registration allows
// (民法典担保制度解释 art. 63).
func unestablished(c service.Certificate) (wrong []string) {
	if strings.Contains(c.Status.EN, "statutory registration verified") {
		return nil
	}
	for _, text := range texts(c) {
		wrong = append(wrong, claimed.FindAllString(text.ZH+text.EN, -1)...)
	}
	return wrong
}

func value(c service.Certificate, key string) service.Text {
	for _, f := range c.Fields {
		if f.Key == key {
			return f.Value
		}
	}
	return service.Text{}
}

// says fails unless the certificate's status has these words, in both languages.
func says(t *testing.T, c service.Certificate, zh, en string) {
	t.Helper()
	if !strings.Contains(c.Status.ZH, zh) || !strings.Contains(c.Status.EN, en) {
		t.Errorf("%s: got %+v, want %s and %s", c.Number, c.Status, zh, en)
	}
}

func TestCertificateOfANotarization(t *testing.T) {
	s := newStack(t, func(c *setup) { c.service.PublicURL = "https://evidence.example" })
	asset, sealed := s.notarize("enterprise", "birds", map[string]string{"a.csv": "id\n1\n", "b.csv": "2\n"})
	number := numberOf("N-", asset)
	c := s.certificate(number)
	says(t, c, "存证有效", "notarized, in force")
	for key, want := range map[string]string{"asset": "birds", "fingerprint": sealed.Fingerprint, "files": "2", "size": "7",
		"owner": "enterprise (demo) " + s.keys["enterprise"].Party(), "pledges_in_force": "0"} {
		if got := value(c, key).EN; got != want {
			t.Errorf("%s: got %q, want %q", key, got, want)
		}
	}
	if c.Kind != service.CertificateNotarization || c.RecordID != asset || c.URL != "https://evidence.example/verify?number="+number || c.Ledger != "solo" {
		t.Errorf("got %+v", c)
	}
	head := as_[service.Network](s.get("/v1/network", ""))
	if c.AsOf.Head != head.Head || len(c.Anchors) != 1 || c.Anchors[0].BlockHash != head.Hash || c.Anchors[0].Act != "asset.notarize" || c.Anchors[0].BlockTime != "2026-03-02T08:00:00Z" {
		t.Errorf("got %+v at %+v, want the head %+v", c.Anchors, c.AsOf, head.Head)
	}
	if !strings.Contains(fmt.Sprint(c.NotProved), "one party's word") || len(c.Members) != 1 || c.Members[0].Party != s.keys["exchange"].Party() {
		t.Errorf("a ledger of one node is not called so: %+v, %+v", c.Members, c.NotProved)
	}
	for _, spelt := range []string{strings.ToLower(number), asset, "%20" + strings.ReplaceAll(number, "-", "%20"), number[:10] + "%E3%80%80" + number[10:], "%EF%BC%AE" + number[1:]} {
		if got := s.certificate(spelt); got.Number != number {
			t.Errorf("%s: got %s", spelt, got.Number)
		}
	}
}

func TestCertificatesThatAreNone(t *testing.T) {
	s := newStack(t)
	asset, _ := s.notarize("enterprise", "birds", map[string]string{"a.csv": "1\n"})
	p := s.pending("enterprise", "bank", asset)
	for number, want := range map[string]string{"N-AAAAAAAAAAAAAAAAAAAAAAAAAA": "404 not_found", "S-20261122-AAAAAAAAAAAAAAAA": "404 not_found",
		"R-AAAAAAAAAAAAAAAAAAAAAAAAAA": "404 not_found", "X-AAAAAAAAAAAAAAAAAAAAAAAAAA": "400 malformed", "N-": "400 malformed",
		strings.Repeat("N", 300): "400 malformed", numberOf("N-", asset) + "A": "400 malformed", "91330100MADEUP064T": "400 malformed",
		numberOf("P-", p.ID): "409 wrong_state", numberOf("R-", p.ID): "409 wrong_state", numberOf("P-", asset): "404 not_found"} {
		a := s.get("/v1/certificates/"+number, "")
		if got := fmt.Sprintf("%d %s", a.status, a.code()); got != want {
			t.Errorf("%s: got %s, want %s", number, got, want)
		}
		if strings.HasSuffix(want, "wrong_state") && !strings.Contains(string(a.body), pledge.Pending) {
			t.Errorf("%s: the refusal %s does not say the state", number, a.body)
		}
	}
	if got := verdictOf(t, s.verified("number="+numberOf("P-", p.ID))); got != "missing 查无此证" {
		t.Errorf("got %q", got)
	}
}

func (s *stack) registration() pledge.Registration {
	return pledge.Registration{Registry: pledge.RegistryZhongdeng, Number: "01234567890123456789", RegisteredAt: "2026-03-02T07:00:00Z",
		TermEnd: "2027-03-01T16:00:00Z", Proof: digestOf("proof"), DebtorName: "enterprise (demo)"}
}

// What is said of the pledge follows the statutory registration, and nothing
// says more than that allows.
func TestCertificateWordsFollowPerfection(t *testing.T) {
	s := newStack(t)
	asset, _ := s.notarize("enterprise", "birds", map[string]string{"a.csv": "1\n"})
	p := s.registered("enterprise", "bank", asset)
	number := numberOf("P-", p.ID)
	c := s.certificate(number)
	says(t, c, "无法定登记记载", "no statutory registration on record")
	for key, want := range map[string]string{"secured_max": "CNY 1,200,000.00", "matures": "2027-03-01 08:00:00 Beijing time (2027-03-01T00:00:00Z)", "rank": "1",
		"pledgee": "bank (demo) " + s.keys["bank"].Party(), "notarization": numberOf("N-", asset)} {
		if got := value(c, key).EN; got != want {
			t.Errorf("%s: got %q, want %q", key, got, want)
		}
	}
	body := pledge.PerfectBody{PledgeID: p.ID, Step: pledge.StepFile, Registration: s.registration()}
	s.command("bank", pledge.PledgePerfect, body)
	c = s.certificate(number)
	says(t, c, "未核实", "not verified")
	if got := value(c, "perfection"); !strings.Contains(got.EN, "pledgee's word alone") || !strings.Contains(got.ZH, "只是质权人的陈述") {
		t.Errorf("filed: got %+v", got)
	}
	body.Step = pledge.StepVerify
	s.command("notary", pledge.PledgePerfect, body)
	c = s.certificate(number)
	says(t, c, "法定登记已核实", "statutory registration verified")
	if got := value(c, "perfection"); !strings.Contains(got.EN, "established from 2026-03-02 15:00:00 Beijing time") || !strings.Contains(got.ZH, "期限至 2027-03-01 24:00:00 北京时间") || !strings.Contains(got.ZH, "设立") || !strings.Contains(got.EN, "notary (demo)") {
		t.Errorf("verified: got %+v", got)
	}
	if strings.Contains(fmt.Sprint(c.NotProved), "effect against third parties") || len(c.Anchors) != 6 {
		t.Errorf("got %d anchors, %+v", len(c.Anchors), c.NotProved)
	}
	// Over, though nobody recorded it yet; then recorded.
	s.clock.advance(366 * 24 * time.Hour)
	says(t, s.certificate(number), "法定登记已失效", "statutory registration lapsed")
	s.command("regulator", pledge.PledgePerfect, pledge.PerfectBody{PledgeID: p.ID, Step: pledge.StepLapse})
	says(t, s.certificate(number), "法定登记已失效", "statutory registration lapsed")
}

func TestCertificateOfARelease(t *testing.T) {
	s := newStack(t)
	asset, _ := s.notarize("enterprise", "birds", map[string]string{"a.csv": "1\n"})
	p := s.registered("enterprise", "bank", asset)
	s.get("/v1/certificates/"+numberOf("R-", p.ID), "").want(409, "wrong_state")
	body := pledge.PerfectBody{PledgeID: p.ID, Step: pledge.StepFile, Registration: s.registration()}
	s.command("bank", pledge.PledgePerfect, body)
	body.Step = pledge.StepVerify
	s.command("notary", pledge.PledgePerfect, body)
	s.clock.advance(time.Minute)
	s.command("bank", pledge.PledgeRelease, pledge.ReleaseBody{PledgeID: p.ID, Reason: pledge.Paid, Proof: digestOf("receipt")})
	c := s.certificate(numberOf("R-", p.ID))
	says(t, c, "已解除", "released: no longer in force")
	if c.Kind != service.CertificateRelease || value(c, "reason").EN != "the debt was paid" || value(c, "released_by").EN != "bank (demo) "+s.keys["bank"].Party() || value(c, "perfection").EN == "" {
		t.Errorf("got %+v", c.Fields)
	}
	// The old certificate says that it is over, and no more than that.
	c = s.certificate(numberOf("P-", p.ID))
	says(t, c, "已解除", "released: no longer in force")
	if got := value(s.certificate(numberOf("N-", asset)), "pledges_in_force").EN; got != "0" {
		t.Errorf("got %s pledges in force", got)
	}
}

// A dispute, and a term that is over, stand in the first line.
func TestCertificateHidesNothing(t *testing.T) {
	s := newStack(t)
	asset, _ := s.notarize("enterprise", "birds", map[string]string{"a.csv": "1\n"})
	p := s.registered("enterprise", "bank", asset)
	s.notarize("enterprise2", "the same", map[string]string{"a.csv": "1\n"})
	says(t, s.certificate(numberOf("N-", asset)), "有争议", "DISPUTED")
	says(t, s.certificate(numberOf("P-", p.ID)), "有争议", "DISPUTED")
	s.clock.advance(500 * 24 * time.Hour)
	says(t, s.certificate(numberOf("P-", p.ID)), "届满", "its term ended at 2027-06-01 08:00:00 Beijing time")
}

func TestCertificateOfASearch(t *testing.T) {
	s := newStack(t)
	asset, _ := s.notarize("enterprise", "birds", map[string]string{"a.csv": "1\n"})
	none := s.search("bank", service.SearchRequest{AssetID: asset})
	c := s.certificate(none.Number)
	says(t, c, "没有有效的质押登记", "no pledge is registered and in force")
	if c.Kind != service.CertificateSearch || c.AsOf != none.AsOf || value(c, "query").EN != "asset "+numberOf("N-", asset) {
		t.Errorf("got %+v", c)
	}
	p := s.registered("enterprise", "bank", asset)
	c = s.certificate(s.search("bank2", service.SearchRequest{Party: usccs["enterprise"]}).Number)
	says(t, c, "查得 1 项", "pledges found registered and in force: 1")
	if got := value(c, "lien_1").EN; !strings.Contains(got, numberOf("P-", p.ID)) || !strings.Contains(got, "CNY 1,200,000.00") || !strings.Contains(got, "no statutory registration") {
		t.Errorf("got %s", got)
	}
	// What was said then stays said.
	if again := s.certificate(none.Number); again.Status != s.certificate(strings.ToLower(none.Number)).Status || again.AsOf != none.AsOf {
		t.Errorf("got %+v", again)
	}
	says(t, s.certificate(s.search("bank", service.SearchRequest{Fingerprint: digestOf("?")}).Number), "没有与查询相符", "nothing on this ledger matches")
}

// beside is what others say of blocks.
type beside struct {
	stamped uint64
	fault   error
}

func (b beside) Of(_ context.Context, block uint64) (service.TimeStamp, error) {
	if b.fault != nil || block != b.stamped {
		return service.TimeStamp{}, fmt.Errorf("block %d: %w", block, firstOf(b.fault, service.ErrNotFound))
	}
	return service.TimeStamp{Time: "2026-03-02T08:00:05Z", Authority: "TSA", First: block, Last: block}, nil
}

func firstOf(a, b error) error {
	if a != nil {
		return a
	}
	return b
}

type received struct{ party string }

func (r received) Of(context.Context, uint64) ([]service.ImprintReceipt, error) {
	return []service.ImprintReceipt{{Sink: "court", Party: r.party, Name: "Court", Time: "2026-03-02T08:00:09Z"}}, nil
}

func TestCertificateTellsWhatOthersSay(t *testing.T) {
	b := &beside{}
	s := newStack(t, func(c *setup) { c.service.TimeStamps, c.service.Imprints = b, received{usccs["court"]} })
	asset, _ := s.notarize("enterprise", "birds", map[string]string{"a.csv": "1\n"})
	c := s.certificate(numberOf("N-", asset))
	if a := c.Anchors[0]; a.TimeStamp != nil || len(a.Imprints) != 1 || a.Imprints[0].Party != usccs["court"] {
		t.Errorf("got %+v, want no time stamp yet, and a receipt", a)
	}
	b.stamped = c.Anchors[0].Block
	if got := s.certificate(c.Number).Anchors[0].TimeStamp; got == nil || got.Authority != "TSA" || got.First != b.stamped {
		t.Errorf("got %+v", got)
	}
	b.fault = service.ErrUnavailable
	s.get("/v1/certificates/"+c.Number, "").want(503, "unavailable")
}

// printer prints what it was asked, but not names in a script that it lacks.
type printer struct{}

func (printer) Print(_ context.Context, w io.Writer, c service.Certificate, lang string) error {
	if value(c, "asset").EN == "ᠮᠣᠩᠭᠣᠯ" {
		return &service.Trouble{Cause: "no glyph", Remedy: "read it as a page"}
	}
	_, err := io.WriteString(w, "%PDF "+c.Number+" "+lang)
	return err
}

func TestCertificateAsPDF(t *testing.T) {
	without := newStack(t)
	asset, _ := without.notarize("enterprise", "birds", map[string]string{"a.csv": "1\n"})
	a := without.get("/v1/certificates/"+numberOf("N-", asset)+".pdf", "").want(503, "unavailable")
	if !strings.Contains(string(a.body), `"detail":"this service prints no certificates`) {
		t.Errorf("got %s", a.body)
	}
	s := newStack(t, func(c *setup) { c.service.Certificates = printer{} })
	asset, _ = s.notarize("enterprise", "birds", map[string]string{"a.csv": "1\n"})
	number := numberOf("N-", asset)
	for query, lang := range map[string]string{"": "zh", "?lang=zh": "zh", "?lang=en": "en"} {
		a := s.get("/v1/certificates/"+number+".pdf"+query, "").want(200, "")
		if string(a.body) != "%PDF "+number+" "+lang || a.header.Get("Content-Type") != "application/pdf" {
			t.Errorf("%s: got %s", query, a.body)
		}
	}
	unprintable, _ := s.notarize("enterprise", "ᠮᠣᠩᠭᠣᠯ", map[string]string{"a.csv": "2\n"})
	a = s.get("/v1/certificates/"+numberOf("N-", unprintable)+".pdf", "").want(503, "unavailable")
	if !strings.Contains(string(a.body), "no glyph; read it as a page") {
		t.Errorf("got %s", a.body)
	}
	s.get("/v1/certificates/"+number+".pdf?lang=fr", "").want(400, "malformed")
	s.get("/v1/certificates/N-AAAAAAAAAAAAAAAAAAAAAAAAAA.pdf", "").want(404, "not_found")
}

// While nothing happens on the ledger a certificate says the same, but for
// when it was asked; what happens then is a new state.
func TestCertificateIsOfItsBlock(t *testing.T) {
	s := newStack(t)
	asset, _ := s.notarize("enterprise", "birds", map[string]string{"a.csv": "1\n"})
	first := s.certificate(numberOf("N-", asset))
	s.clock.advance(time.Hour)
	again := s.certificate(first.Number)
	if first.At == again.At || again.AsOf.At != "2026-03-02T08:00:00Z" {
		t.Errorf("asked at %s and %s, as of %+v", first.At, again.At, again.AsOf)
	}
	again.At, again.Report = first.At, first.Report
	if !reflect.DeepEqual(first, again) {
		t.Errorf("got %+v, want %+v", again, first)
	}
	s.notarize("enterprise", "others", map[string]string{"b.csv": "2\n"})
	if later := s.certificate(first.Number); later.AsOf.Height <= first.AsOf.Height || later.AsOf.At != "2026-03-02T09:00:00Z" {
		t.Errorf("got %+v, want a later block and its time", later.AsOf)
	}
}

// A PDF costs as much as many pages, but never more than an address may have.
func TestPDFsCostMoreThanPages(t *testing.T) {
	for rate, want := range map[float64]int{100: 3, 2: 1, 0.2: 1} { // 400, 8 and 1 requests at once
		s := newStack(t, func(c *setup) { c.service.Certificates, c.rest.RatePerAddress, c.noParties = printer{}, rate, true })
		path := "/v1/certificates/N-AAAAAAAAAAAAAAAAAAAAAAAAAA.pdf"
		for range want {
			s.get(path, "").want(404, "not_found")
		}
		s.get(path, "").want(429, "rate_limited")
	}
}

// A ledger that lost something, or cannot be read, certifies nothing.
func TestCertificatesInTrouble(t *testing.T) {
	s := newStack(t)
	asset, _ := s.notarize("enterprise", "birds", map[string]string{"a.csv": "1\n"})
	s.index.lost.Store(true)
	s.get("/v1/certificates/"+numberOf("N-", asset), "").want(503, "unavailable")
	s.index.lost.Store(false)
	s.index.lags.Store(true)
	s.get("/v1/certificates/"+numberOf("N-", asset), "").want(503, "unavailable")
}
