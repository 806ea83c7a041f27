package pledge_test

import (
	"slices"
	"testing"
	"time"

	"github.com/datapledge/datapledge/pledge"
)

// second is a ranked pledge of the other bank in enforcement, behind a first
// one in force.
func (w *world) second() (first, second string) {
	asset := w.notarize(w.owner, "a")
	first = w.active(asset, w.bank, terms("ranked"))
	second = w.pending(asset, w.bank2, terms("ranked"))
	w.do(w.bank, pledge.PledgeConsent, w.agree(second))
	w.do(w.exchange, pledge.CustodyReceiptAct, w.custody(second))
	w.do(w.bank2, pledge.PledgeRegister, w.registration(second))
	w.do(w.bank2, pledge.PledgeDefault, pledge.DefaultBody{PledgeID: second, Step: "notice", Reason: "NONPAYMENT", Notice: doc("notice")})
	w.days(11)
	w.do(w.bank2, pledge.PledgeDefault, pledge.DefaultBody{PledgeID: second, Step: "declare"})
	sale := pledge.EnforceBody{PledgeID: second, Path: pledge.AgreedSale, Title: doc("sale")}
	w.do(w.bank2, pledge.PledgeEnforce, sale)
	w.do(w.owner, pledge.PledgeEnforce, sale)
	return first, second
}

// sold is a sale whose money goes where the law wants it: 3,000,000 for the
// price; secured are at most 1,200,000, owed 1,300,000.
func (w *world) sold(first, second string) pledge.RealizeBody {
	return pledge.RealizeBody{PledgeID: second, Price: pledge.Amount{Amount: 300_000_000, Currency: "CNY"}, Date: w.now.Format(time.DateOnly),
		Method: "AUCTION", BuyerType: "ENTERPRISE", Report: doc("sold"), Claim: 130_000_000, Shortfall: 10_000_000, Distribution: []pledge.Share{
			{Kind: "COSTS", To: w.exchange2.uscc, Amount: 1_000_000},
			{Kind: "SENIOR", To: w.bank.uscc, PledgeID: first, Amount: 120_000_000},
			{Kind: "PLEDGEE", To: w.bank2.uscc, Amount: 120_000_000},
			{Kind: "SURPLUS", To: w.owner.uscc, Amount: 59_000_000}}}
}

// wrongSales are sales that differ from a right one in where the money goes.
// Each adds up but for what it is named after.
var wrongSales = map[string]func(*world, *pledge.RealizeBody){
	"money is missing":              func(_ *world, b *pledge.RealizeBody) { b.Distribution[3].Amount-- },
	"money from nowhere":            func(_ *world, b *pledge.RealizeBody) { b.Distribution[3].Amount++ },
	"more than is secured":          func(_ *world, b *pledge.RealizeBody) { pay(b, 1); b.Shortfall-- },
	"more than is owed":             func(_ *world, b *pledge.RealizeBody) { b.Claim, b.Shortfall = 110_000_000, 0 },
	"a shortfall that is none":      func(_ *world, b *pledge.RealizeBody) { b.Shortfall++ },
	"surplus before the debt":       func(_ *world, b *pledge.RealizeBody) { pay(b, -1); b.Shortfall++ },
	"surplus for somebody else":     func(w *world, b *pledge.RealizeBody) { b.Distribution[3].To = w.other.uscc },
	"the debt to somebody else":     func(w *world, b *pledge.RealizeBody) { b.Distribution[2].To = w.bank.uscc },
	"the senior's to somebody else": func(w *world, b *pledge.RealizeBody) { b.Distribution[1].To = w.bank2.uscc },
	"the senior called a junior":    func(_ *world, b *pledge.RealizeBody) { b.Distribution[1].Kind = "JUNIOR" },
	"the senior passed over": func(_ *world, b *pledge.RealizeBody) {
		b.Distribution[3].Amount += b.Distribution[1].Amount
		b.Distribution = slices.Delete(b.Distribution, 1, 2)
	},
}

// pay moves money from the surplus to the pledgee.
func pay(b *pledge.RealizeBody, n int64) {
	b.Distribution[2].Amount += n
	b.Distribution[3].Amount -= n
}

// TestDistributions: where the money goes is stated whole, and as 民法典 438 and
// 414 want it; the pledge before stays in force.
func TestDistributions(t *testing.T) {
	w := newWorld(t)
	first, second := w.second()
	for name, spoil := range wrongSales {
		b := w.sold(first, second)
		spoil(w, &b)
		if got := w.try(w.sign(w.bank2, pledge.PledgeRealize, b)); got.Code != pledge.SumMismatch {
			t.Errorf("%s: %s", name, orApplied(got.Code))
		}
	}
	right := w.sold(first, second)
	w.do(w.bank2, pledge.PledgeRealize, right)
	w.do(w.exchange2, pledge.PledgeRealize, right)
	if p, q := w.pledge(first), w.pledge(second); p.State != "ACTIVE" || q.State != "REALIZED" {
		t.Errorf("%s, %s", p.State, q.State)
	}
}
