package pledge_test

import (
	"testing"
	"time"

	"github.com/datapledge/datapledge/pledge"
)

// TestAnObjectionEndsNoPledge: whoever objects keeps the pledgee from extending
// (T13 stops T8); were the clock to run on, any friend of the pledgor could make
// a pledge lapse.
func TestAnObjectionEndsNoPledge(t *testing.T) {
	w := newWorld(t)
	id := w.active(w.notarize(w.owner, "a"), w.bank, terms("exclusive"))
	w.now = must(time.Parse(time.DateOnly, w.pledge(id).Terms.Expires)).AddDate(0, 0, -3)
	w.do(w.other, pledge.ObjectionFile, pledge.ObjectBody{RecordID: id, Ground: "OTHER", Evidence: doc("e")})
	o := w.pledge(id).Objections[0]
	longer := pledge.ExtendBody{PledgeID: id, TermsDigest: w.pledge(id).TermsDigest, Expires: w.now.AddDate(1, 0, 0).Format("2006-01-02")}
	w.refuse(pledge.ObjectionOpen, w.bank, pledge.PledgeExtend, longer)
	w.days(5) // the term is over
	w.refuse(pledge.ObjectionOpen, w.other, pledge.PledgeLapse, pledge.LapseBody{PledgeID: id})
	w.days(6)
	w.do(w.owner, pledge.ObjectionExpire, pledge.ExpireBody{RecordID: id, ObjectionID: o.ID})
	w.days(29)
	w.refuse(pledge.NotDue, w.other, pledge.PledgeLapse, pledge.LapseBody{PledgeID: id})
	late := w.st.clone()
	w.do(w.bank, pledge.PledgeExtend, longer)
	if got := w.pledge(id).Terms.Expires; got != longer.Expires {
		t.Errorf("runs to %s", got)
	}
	w.st = late // or nobody extended
	w.days(2)
	w.refuse(pledge.Expired, w.bank, pledge.PledgeExtend, longer)
	w.do(w.other, pledge.PledgeLapse, pledge.LapseBody{PledgeID: id})
}

// TestOldAlertsGiveWay: years of missed checks keep no tampering from being told.
func TestOldAlertsGiveWay(t *testing.T) {
	w := newWorld(t)
	tm := terms("exclusive")
	tm.Expires = "2060-01-01"
	id := w.active(w.notarize(w.owner, "a"), w.bank, tm)
	for range 70 {
		w.days(31)
		w.do(w.other, pledge.CustodyAlert, pledge.AlertBody{PledgeID: id, Kind: "MISSED_CHECK"})
		w.do(w.exchange, pledge.CustodyReceiptAct, w.custody(id))
	}
	w.do(w.exchange, pledge.CustodyAlert, pledge.AlertBody{PledgeID: id, Kind: "TAMPER", Evidence: doc("e")})
	if list := w.pledge(id).Alerts; len(list) != 64 || list[63].Kind != "TAMPER" {
		t.Errorf("%d alerts, the last %+v", len(list), list[len(list)-1])
	}
}
