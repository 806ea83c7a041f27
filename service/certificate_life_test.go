package service

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/datapledge/datapledge/pledge"
)

// What the ledger keeps as a code is told in words, in both languages.
func TestNoCodesOnACertificateOfAPledge(t *testing.T) {
	for _, ground := range []string{"OWNERSHIP", "FORGERY", "DUPLICATE", "CONSENT", "AMOUNT", "RELEASE", "OTHER"} {
		for _, path := range []string{pledge.AgreedSale, pledge.SelfSaleClause, pledge.SpecialProcedure, pledge.NotarialExecution, pledge.Litigation, pledge.CompulsoryManagement} {
			d, a, p := standing()
			troubled(p, ground, path)
			if err := d.pledge(a, p); err != nil {
				t.Fatal(err)
			}
			for _, key := range []string{"objection_1", "enforcement", "buyer_type", "price", "legal_characterization", "security_type", "share_1"} {
				said := value(d, key)
				if said == (Text{}) || code.MatchString(strings.ReplaceAll(said.EN+" "+said.ZH, "CNY", "")) || !han.MatchString(said.ZH) {
					t.Errorf("%s: %+v", key, said)
				}
			}
		}
	}
}

var (
	code = regexp.MustCompile(`\b[A-Z]{2,}(_[A-Z]+)*\b`)
	han  = regexp.MustCompile(`\p{Han}`)
)

// troubled was objected to, is enforced and sold.
func troubled(p *pledge.Pledge, ground, path string) {
	st := p.Proposed
	st.By = "someone"
	p.Terms.LegalCharacterization, p.Terms.SecurityType = "RECEIVABLE_OF_DATA", "PLEDGE"
	p.Objections = []pledge.Objection{{Stamp: st, State: pledge.ObjectionOpenState, Ground: ground, NotifyBy: st.At}}
	p.Enforcement = &pledge.Enforcement{Path: path, Title: "digest"}
	p.Realization = &pledge.Realization{Price: pledge.Amount{Amount: 9, Currency: "CNY"}, Date: "2026-03-02", Method: "SALE", BuyerType: "PUBLIC_BODY",
		Distribution: []pledge.Share{{Kind: pledge.ShareCosts, To: "someone", Amount: 9}}}
}

// Default, enforcement and sale never read as if the asset had changed hands.
func TestOwnershipNeverMovesByThem(t *testing.T) {
	for name, change := range map[string]func(*pledge.Pledge){
		"notice": func(p *pledge.Pledge) { p.DefaultNotice = &pledge.DefaultNotice{} }, "default": func(p *pledge.Pledge) { p.Defaulted = &p.Proposed },
		"enforcement": func(p *pledge.Pledge) { p.Enforcement = &pledge.Enforcement{} }, "sale": func(p *pledge.Pledge) { troubled(p, "OTHER", pledge.Litigation) },
	} {
		d, a, p := standing()
		change(p)
		if err := d.pledge(a, p); err != nil || strings.Count(fmt.Sprint(d.NotProved), "That ownership moved") != 1 {
			t.Errorf("%s: %v, %v", name, err, d.NotProved)
		}
	}
}

// Both ranks stand side by side, with the days in which there was none of the
// statutory kind; where there is none at all, that is said.
func TestBothRanksSideBySide(t *testing.T) {
	d, a, p := standing()
	a.InForce = []pledge.InForce{{PledgeID: p.ID}}
	p.Perfection = pledge.Perfection{State: pledge.PerfectionNone}
	if err := d.pledge(a, p); err != nil {
		t.Fatal(err)
	}
	if got := value(d, "unprotected"); !strings.Contains(got.EN, "31 days until now") || !strings.Contains(got.ZH, "他人取得的权利可能优先") {
		t.Errorf("%+v", got)
	}
	if value(d, "statutory_rank").EN != "none: there is no verified statutory registration" || !strings.HasPrefix(value(d, "rank").ZH, "第 1 顺位") {
		t.Errorf("%+v, %+v", value(d, "statutory_rank"), value(d, "rank"))
	}
	d, a, p = standing()
	p.Perfection.State = pledge.PerfectionLapsed
	if err := d.pledge(a, p); err != nil || !strings.Contains(value(d, "statutory_rank").EN, "lapsed") || strings.Contains(value(d, "unprotected").EN, "31 days") {
		t.Errorf("%v: %+v", err, value(d, "unprotected"))
	}
}

// The certificate of a registration says how the pledge ended and why, and
// what the parties have to cancel elsewhere.
func TestHowAPledgeEndedIsOnItsRegistration(t *testing.T) {
	d, a, p := standing()
	p.State, p.Ended.Reason = pledge.Released, pledge.Waived
	if err := d.pledge(a, p); err != nil || value(d, "reason").EN != "the pledgee waived it" || !strings.Contains(value(d, "waiver").ZH, "债务人以自己的财产出质") {
		t.Errorf("%v: %+v", err, d.Fields)
	}
	if got := value(d, "perfection_to_cancel"); !strings.Contains(got.EN, "does not cancel") || !strings.Contains(got.ZH, "十个工作日内") {
		t.Errorf("%+v", got)
	}
	d, a, p = standing()
	p.State, p.Ended.Reason, p.Ended.Proof = pledge.Revoked, "objection ob_2", "digest"
	p.Objections = []pledge.Objection{{ID: "ob_1"}, {ID: "ob_2"}}
	if err := d.pledge(a, p); err != nil || value(d, "reason").EN != "objection to the pledge 2 was upheld" || value(d, "decision").EN != "digest" {
		t.Errorf("%v: %+v", err, d.Fields)
	}
	d, a, p = standing()
	p.ReleaseDemand = &pledge.Ending{Stamp: p.Proposed, Reason: pledge.Paid}
	if err := d.pledge(a, p); err != nil || !strings.Contains(value(d, "release_demand").EN, "the debt was paid") || value(d, "ended") != (Text{}) {
		t.Errorf("%v: %+v", err, d.Fields)
	}
}

// Whoever objects, orders or corrects writes on a certificate of others: what
// no font has is told by its number, so that it can always be printed.
func TestWordsOfOthersCanBePrinted(t *testing.T) {
	const odd = "\U0001F427"
	d, a, p := standing()
	st := p.Proposed
	p.Objections = []pledge.Objection{{State: pledge.InCourt, Lodged: &pledge.Lodged{Court: odd, CaseNumber: odd}, Decided: &pledge.Decision{Number: odd}}}
	p.Frozen = []pledge.Order{{Stamp: st, Court: odd, Registry: odd, FileNo: odd, Effect: odd}}
	p.Corrections = []pledge.Correction{{Stamp: st, Reason: odd}}
	p.Enforcement = &pledge.Enforcement{Number: odd}
	p.State, p.Ended.Reason = pledge.Revoked, odd
	p.Perfection.Verified.Registry, p.Perfection.Verified.RegistryName, p.Perfection.Verified.Number = pledge.RegistryOther, odd, odd
	a.Attestations, a.Licences = []pledge.AssetAttestation{{Stamp: st, Number: odd}}, []pledge.Licence{{Scope: odd}}
	if err := d.pledge(a, p); err != nil {
		t.Fatal(err)
	}
	d.assetLife(a)
	if said := fmt.Sprint(d.Fields); strings.Contains(said, odd) || strings.Count(said, "<U+1F427>") != 2*16 {
		t.Errorf("%d: %s", strings.Count(said, "<U+1F427>"), said)
	}
}
