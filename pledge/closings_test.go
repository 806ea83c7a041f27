package pledge_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/datapledge/datapledge/pledge"
)

// refinancing is a closing: the old bank releases, the new one registers.
func refinancing(w *world) (old, next string, steps []pledge.Step) {
	w.t.Helper()
	asset := w.notarize(w.owner, "a")
	old = w.active(asset, w.bank, terms("exclusive"))
	next = w.ready(asset, w.bank2, terms("exclusive"))
	reg := w.registration(next)
	reg.ExpectedSeq++
	return old, next, []pledge.Step{{Act: pledge.PledgeRelease, By: w.bank.uscc, Body: &pledge.ReleaseBody{PledgeID: old, Reason: "REPLACED"}},
		{Act: pledge.PledgeRegister, By: w.bank2.uscc, Body: &reg}}
}

// spoiltClosing changes a closing, or what happens before it.
type spoiltClosing struct {
	name string
	code pledge.Code
	do   func(w *world, b *pledge.ClosingBody, steps []pledge.Step)
}

var spoiltClosings = []spoiltClosing{
	{"as it is", "", func(*world, *pledge.ClosingBody, []pledge.Step) {}},
	{"a week old", "", func(w *world, _ *pledge.ClosingBody, _ []pledge.Step) { w.freshCustody(7*dayLong - time.Second) }},
	{"older", pledge.Stale, func(w *world, _ *pledge.ClosingBody, _ []pledge.Step) { w.freshCustody(7*dayLong + time.Second) }},
	{"a member was fenced", pledge.Fenced, func(w *world, b *pledge.ClosingBody, _ []pledge.Step) {
		w.apply(w.command(w.bank2, pledge.CommandFence, pledge.FenceBody{CommandID: w.parse(b.Commands[1]).ID}))
	}},
	{"a member's key was revoked", pledge.RevokedKey, func(w *world, _ *pledge.ClosingBody, _ []pledge.Step) {
		w.do(w.centre, pledge.PartyRevokeKey, pledge.RevokeKeyBody{Party: w.bank2.uscc, KID: w.bank2.kid()})
	}},
	{"another order", pledge.Malformed, func(_ *world, b *pledge.ClosingBody, _ []pledge.Step) {
		b.Commands[0], b.Commands[1] = b.Commands[1], b.Commands[0]
	}},
	{"another plan", pledge.Malformed, func(w *world, b *pledge.ClosingBody, steps []pledge.Step) {
		steps[0].Body = &pledge.ReleaseBody{PledgeID: steps[0].Body.(*pledge.ReleaseBody).PledgeID, Reason: "PAID"}
		b.Commands[0] = w.closing(steps...).Commands[0]
	}},
	{"a member of no plan", pledge.Malformed, func(w *world, b *pledge.ClosingBody, steps []pledge.Step) {
		b.Commands[0] = w.sign(w.bank, steps[0].Act, steps[0].Body)
	}},
	{"one command twice", pledge.Malformed, func(_ *world, b *pledge.ClosingBody, _ []pledge.Step) { b.Commands = append(b.Commands, b.Commands[1]) }},
	{"a plan with one command twice", pledge.Duplicate, func(w *world, b *pledge.ClosingBody, steps []pledge.Step) {
		*b = w.closing(steps[0], steps[0])
		b.Commands[1] = b.Commands[0]
	}},
	{"a member left out", pledge.Malformed, func(_ *world, b *pledge.ClosingBody, _ []pledge.Step) { b.Commands = b.Commands[:1] }},
	{"signature of another", pledge.Unsigned, func(w *world, b *pledge.ClosingBody, _ []pledge.Step) {
		b.Commands[1] = b.Commands[1][:strings.LastIndex(b.Commands[1], ".")] + b.Commands[0][strings.LastIndex(b.Commands[0], "."):]
	}},
	{"a closing within", pledge.Malformed, func(w *world, b *pledge.ClosingBody, steps []pledge.Step) {
		*b = w.closing(pledge.Step{Act: pledge.ClosingExecute, By: w.bank.uscc, Body: b}, steps[1])
	}},
	{"a fence within", pledge.Malformed, func(w *world, b *pledge.ClosingBody, steps []pledge.Step) {
		*b = w.closing(pledge.Step{Act: pledge.CommandFence, By: w.bank.uscc, Body: &pledge.FenceBody{CommandID: "cmd_" + sha("x")}}, steps[1])
	}},
	{"the second is refused", pledge.SequenceChanged, func(w *world, b *pledge.ClosingBody, steps []pledge.Step) {
		steps[1].Body.(*pledge.RegisterBody).ExpectedSeq++
		*b = w.closing(steps...)
	}},
	{"the world moved on", pledge.SequenceChanged, func(w *world, _ *pledge.ClosingBody, steps []pledge.Step) {
		id := w.pledge(steps[0].Body.(*pledge.ReleaseBody).PledgeID).AssetID
		w.do(w.court, pledge.OrderFreeze, pledge.FreezeBody{RecordID: id, Court: "法院", FileNo: "1", OrderDate: "2026-11-20", Effect: "冻结", Document: doc("f")})
		w.do(w.court, pledge.OrderUnfreeze, pledge.UnfreezeBody{RecordID: id, FileNo: "1", Document: doc("u")})
	}},
	{"frozen", pledge.Frozen, func(w *world, _ *pledge.ClosingBody, steps []pledge.Step) {
		id := steps[0].Body.(*pledge.ReleaseBody).PledgeID
		w.do(w.court, pledge.OrderFreeze, pledge.FreezeBody{RecordID: id, Court: "法院", FileNo: "1", OrderDate: "2026-11-20", Effect: "冻结", Document: doc("f")})
	}},
}

// freshCustody lets time pass and has custody checked again.
func (w *world) freshCustody(d time.Duration) {
	w.now = w.now.Add(d)
	for _, key := range keysOf(w, "pledge") {
		if p := must(pledge.DecodePledge(w.st.kv[key])); p.State == "PENDING" {
			w.do(w.exchange, pledge.CustodyReceiptAct, w.custody(p.ID))
		}
	}
}

func keysOf(w *world, kind string) (list []string) {
	for key := range w.st.kv {
		if k, _, _ := pledge.ParseKey(key); k == kind {
			list = append(list, key)
		}
	}
	return list
}

// TestSpoiltClosings: all of a closing takes effect, or nothing.
func TestSpoiltClosings(t *testing.T) {
	for _, c := range spoiltClosings {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			old, next, steps := refinancing(w)
			b := w.closing(steps...)
			c.do(w, &b, steps)
			got := w.try(w.sign(w.exchange, pledge.ClosingExecute, b))
			if got.Code != c.code {
				t.Errorf("got %s (%s), want %s", orApplied(got.Code), got.Detail, orApplied(c.code))
			}
			released, active := w.pledge(old).State == "RELEASED", w.pledge(next).State == "ACTIVE"
			if released != (c.code == "") || active != (c.code == "") {
				t.Errorf("released %v, active %v", released, active)
			}
		})
	}
}

// TestClosingKeepsEachCommand: each member answers for itself afterwards, and
// its party's key may be gone by then.
func TestClosingKeepsEachCommand(t *testing.T) {
	w := newWorld(t)
	_, next, steps := refinancing(w)
	b := w.closing(steps...)
	w.do(w.owner, pledge.ClosingExecute, b)
	w.do(w.centre, pledge.PartyRevokeKey, pledge.RevokeKeyBody{Party: w.bank2.uscc, KID: w.bank2.kid()})
	r := w.apply(w.parse(b.Commands[1]))[0]
	if r.Outcome.Status != pledge.Applied || !r.Outcome.Duplicate || r.Outcome.RecordID != next || len(r.Writes) > 0 {
		t.Errorf("%+v", r)
	}
	if got := w.try(w.sign(w.owner, pledge.ClosingExecute, b)); got.Code != pledge.RevokedKey && got.Code != pledge.Duplicate {
		t.Errorf("again: %v", got)
	}
}

// TestTheLargestClosing: sixteen commands, as long as they may be together.
func TestTheLargestClosing(t *testing.T) {
	w := newWorld(t)
	var steps []pledge.Step
	for i := range 16 {
		id := w.active(w.notarize(w.owner, fmt.Sprint("asset ", i)), w.bank, terms("exclusive"))
		steps = append(steps, pledge.Step{Act: pledge.ObjectionFile, By: w.other.uscc,
			Body: &pledge.ObjectBody{RecordID: id, Ground: "OTHER", Evidence: doc("e"), Detail: strings.Repeat("x", 2000)}})
	}
	jws := w.sign(w.exchange, pledge.ClosingExecute, w.closing(steps...))
	t.Logf("%d bytes", len(jws))
	rs := w.apply(w.parse(jws))
	if out := rs[0].Outcome; out.Status != pledge.Applied || len(rs[0].Writes) != 16*2+1 {
		t.Errorf("%+v, %d writes", out, len(rs[0].Writes))
	}
	b := w.closing(append(steps, steps[0])...)
	w.refuse(pledge.Malformed, w.exchange, pledge.ClosingExecute, b)
	for i := range b.Commands {
		b.Commands[i] = strings.Repeat("x", 13<<10)
	}
	w.refuse(pledge.TooLarge, w.exchange, pledge.ClosingExecute, b)
}

// TestClosingAmongOthers: a closing in a batch is undone alone when it fails.
func TestClosingAmongOthers(t *testing.T) {
	w := newWorld(t)
	old, next, steps := refinancing(w)
	good := w.closing(steps...)
	reg := *steps[1].Body.(*pledge.RegisterBody)
	reg.ExpectedSeq += 5
	bad := w.closing(steps[0], pledge.Step{Act: pledge.PledgeRegister, By: w.bank2.uscc, Body: &reg})
	file := pledge.ObjectBody{RecordID: old, Ground: "OTHER", Evidence: doc("e")}
	rs := w.apply(w.command(w.exchange, pledge.ClosingExecute, bad), w.command(w.owner, pledge.AssetNotarize, w.dataset(w.owner, "n", file1())),
		w.command(w.exchange, pledge.ClosingExecute, good), w.command(w.other, pledge.ObjectionFile, file))
	for i, want := range []pledge.Code{pledge.SequenceChanged, "", "", pledge.WrongState} {
		if rs[i].Outcome.Code != want {
			t.Errorf("%d: %+v, want %s", i, rs[i].Outcome, want)
		}
	}
	if w.pledge(old).State != "RELEASED" || w.pledge(next).State != "ACTIVE" {
		t.Error("the good one did not take effect")
	}
}

func file1() pledge.File { return file("n.csv", "n", 9) }
