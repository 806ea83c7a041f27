package service_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/service/ledgertest/actors"
)

// Who stands around the pledge of the table, by short names.
var around = map[string]string{"owner": actors.USCC(1), "bank": actors.USCC(2), "junior": actors.USCC(3), "custodian": actors.USCC(4), "objector": actors.USCC(5),
	"rival": actors.USCC(6), "overlap": actors.USCC(7), "next": actors.USCC(8), "notary": actors.USCC(9), "centre": actors.USCC(10), "court": actors.USCC(11),
	"exchange": actors.USCC(12), "stranger": actors.USCC(13)}

const (
	ourAsset, rivalAsset   = "as_aaaaaaaaaaaaaaaaaaaaaaaaaa", "as_rrrrrrrrrrrrrrrrrrrrrrrrrr"
	ourPledge, otherPledge = "pl_aaaaaaaaaaaaaaaaaaaaaaaaaa", "pl_jjjjjjjjjjjjjjjjjjjjjjjjjj"
)

// told is a row: on which record, who signed, and who is told for what.
type toldRow struct {
	on, by string
	want   string // "owner:pledgor bank:pledgee"
	set    func(w *noticeWorld)
	body   any
}

// table is the whole of it once more, by hand. On a pledge that another one in
// force stands behind, with an objection, of an asset with a rival.
var table = map[pledge.Act][]toldRow{
	pledge.PartyEnroll:            {{on: "owner", by: "centre", want: "owner:own_record"}},
	pledge.PartyAddKey:            {{on: "owner", by: "centre", want: "owner:own_record"}, {on: "owner", by: "owner", want: ""}},
	pledge.PartyRevokeKey:         {{on: "owner", by: "centre", want: "owner:own_record"}},
	pledge.CustodyReceiptAct:      {{on: ourPledge, by: "custodian", want: "owner:pledgor bank:pledgee"}},
	pledge.CustodyAlert:           {{on: ourPledge, by: "stranger", want: "owner:pledgor bank:pledgee custodian:custodian"}},
	pledge.CustodyRelease:         {{on: ourPledge, by: "custodian", want: "owner:pledgor bank:pledgee junior:other_lien objector:objector"}},
	pledge.AssetNotarize:          {{on: ourAsset, by: "owner", want: "rival:disputed overlap:overlap custodian:custodian"}},
	pledge.AssetRecordCertificate: {{on: ourAsset, by: "centre", want: "owner:owner bank:other_lien junior:other_lien"}},
	pledge.AssetAttest:            {{on: ourAsset, by: "notary", want: "owner:owner bank:other_lien junior:other_lien"}},
	pledge.AssetAddVersion:        {{on: ourAsset, by: "owner", want: "bank:other_lien junior:other_lien rival:disputed overlap:overlap custodian:custodian"}},
	pledge.AssetTransfer: {
		{on: ourAsset, by: "owner", want: "next:signature_wanted", set: waits(pledge.AssetTransfer), body: pledge.TransferBody{To: around["next"]}},
		{on: ourAsset, by: "next", want: "owner:former_owner bank:other_lien junior:other_lien rival:disputed custodian:custodian", set: sold, body: pledge.TransferBody{To: around["next"]}}},
	pledge.AssetLicense: {
		{on: ourAsset, by: "owner", want: "next:signature_wanted", set: waits(pledge.AssetLicense), body: pledge.LicenseBody{To: around["next"]}},
		{on: ourAsset, by: "next", want: "owner:owner bank:other_lien junior:other_lien", body: pledge.LicenseBody{To: around["next"]}}},
	pledge.AssetWithdraw: {{on: ourAsset, by: "owner", want: "bank:other_lien junior:other_lien rival:disputed custodian:custodian"}},
	pledge.AssetResolveDispute: {
		{on: ourAsset, by: "owner", want: "rival:signature_wanted centre:signature_wanted notary:signature_wanted", set: waits(pledge.AssetResolveDispute)},
		{on: ourAsset, by: "rival", want: "owner:owner bank:other_lien junior:other_lien", set: func(w *noticeWorld) { w.asset.DisputedWith = nil }}},
	pledge.PledgePropose:  {{on: ourPledge, by: "owner", want: "bank:pledgee"}},
	pledge.PledgeWithdraw: {{on: ourPledge, by: "bank", want: "owner:pledgor"}, {on: ourPledge, by: "owner", want: "bank:pledgee"}},
	pledge.PledgeAccept: {{on: ourPledge, by: "bank", want: "owner:pledgor custodian:custodian"},
		{on: ourPledge, by: "bank", want: "owner:pledgor junior:consent_wanted custodian:custodian", set: func(w *noticeWorld) { w.pledge.Terms.Mode = pledge.Ranked }}},
	pledge.PledgeReject:   {{on: ourPledge, by: "centre", want: "owner:pledgor bank:pledgee"}},
	pledge.PledgeAttest:   {{on: ourPledge, by: "notary", want: "owner:pledgor bank:pledgee"}},
	pledge.PledgeValue:    {{on: ourPledge, by: "exchange", want: "owner:pledgor bank:pledgee"}},
	pledge.PledgeScan:     {{on: ourPledge, by: "centre", want: "owner:pledgor bank:pledgee"}},
	pledge.PledgeConsent:  {{on: ourPledge, by: "junior", want: "owner:pledgor bank:pledgee"}},
	pledge.PledgeRegister: {{on: ourPledge, by: "bank", want: "owner:pledgor junior:other_lien custodian:custodian"}},
	pledge.PledgeRelease: {{on: ourPledge, by: "bank", want: "owner:pledgor junior:other_lien custodian:custodian objector:objector"},
		{on: ourPledge, by: "owner", want: "bank:pledgee junior:other_lien custodian:custodian objector:objector"}},
	pledge.PledgePerfect: {{on: ourPledge, by: "notary", want: "owner:pledgor bank:pledgee"}},
	pledge.PledgeAmend: {{on: ourPledge, by: "bank", want: "owner:signature_wanted", set: waits(pledge.PledgeAmend)},
		{on: ourPledge, by: "owner", want: "bank:pledgee"}},
	pledge.PledgeExtend: {{on: ourPledge, by: "owner", want: "bank:signature_wanted", set: waits(pledge.PledgeExtend)}, {on: ourPledge, by: "bank", want: "owner:pledgor"}},
	pledge.PledgeAssign: {{on: ourPledge, by: "bank", want: "next:signature_wanted", set: waits(pledge.PledgeAssign), body: pledge.AssignBody{To: around["next"]}},
		{on: ourPledge, by: "next", want: "bank:former_pledgee owner:pledgor custodian:custodian", set: assigned, body: pledge.AssignBody{To: around["next"]}}},
	pledge.PledgeSubordinate: {{on: ourPledge, by: "bank", want: "junior:signature_wanted", set: waits(pledge.PledgeSubordinate)},
		{on: ourPledge, by: "junior", want: "bank:pledgee owner:pledgor"}},
	pledge.PledgeDefault: {{on: ourPledge, by: "bank", want: "owner:pledgor"}},
	pledge.PledgeCure:    {{on: ourPledge, by: "bank", want: "owner:pledgor"}},
	pledge.PledgeEnforce: {{on: ourPledge, by: "bank", want: "notary:signature_wanted", set: waits(pledge.PledgeEnforce), body: pledge.EnforceBody{Path: pledge.NotarialExecution}},
		{on: ourPledge, by: "bank", want: "owner:signature_wanted", set: waits(pledge.PledgeEnforce), body: pledge.EnforceBody{Path: pledge.AgreedSale}},
		{on: ourPledge, by: "bank", want: "court:signature_wanted", set: waits(pledge.PledgeEnforce), body: pledge.EnforceBody{Path: pledge.Litigation}},
		{on: ourPledge, by: "court", want: "owner:pledgor bank:pledgee junior:other_lien custodian:custodian"}},
	pledge.PledgeRealize: {{on: ourPledge, by: "bank", want: "exchange:signature_wanted", set: waits(pledge.PledgeRealize)},
		{on: ourPledge, by: "exchange", want: "owner:pledgor bank:pledgee junior:other_lien custodian:custodian"}},
	pledge.PledgeLapse:     {{on: ourPledge, by: "stranger", want: "owner:pledgor bank:pledgee junior:other_lien custodian:custodian"}},
	pledge.ObjectionFile:   {{on: ourPledge, by: "objector", want: "owner:pledgor bank:pledgee"}, {on: ourAsset, by: "objector", want: "owner:owner bank:other_lien junior:other_lien"}},
	pledge.ObjectionNotify: {{on: ourPledge, by: "objector", want: "owner:pledgor bank:pledgee"}},
	pledge.ObjectionLodge:  {{on: ourAsset, by: "objector", want: "owner:owner bank:other_lien junior:other_lien"}},
	pledge.ObjectionDecide: {{on: ourPledge, by: "court", want: "owner:pledgor bank:pledgee objector:objector junior:other_lien"},
		{on: ourPledge, by: "owner", want: "bank:signature_wanted objector:signature_wanted centre:signature_wanted", set: waits(pledge.ObjectionDecide)}},
	pledge.ObjectionExpire: {{on: ourPledge, by: "stranger", want: "owner:pledgor bank:pledgee objector:objector"}},
	pledge.OrderFreeze: {{on: ourPledge, by: "court", want: "owner:pledgor bank:pledgee junior:other_lien custodian:custodian objector:objector"},
		{on: ourAsset, by: "court", want: "owner:owner bank:other_lien junior:other_lien custodian:custodian objector:objector"}},
	pledge.OrderUnfreeze: {{on: ourPledge, by: "court", want: "owner:pledgor bank:pledgee junior:other_lien custodian:custodian objector:objector"}},
	pledge.OrderRevoke: {{on: ourPledge, by: "centre", want: "notary:signature_wanted", set: waits(pledge.OrderRevoke)},
		{on: ourPledge, by: "notary", want: "owner:pledgor bank:pledgee junior:other_lien custodian:custodian objector:objector"}},
	pledge.RecordCorrect:  {{on: ourPledge, by: "centre", want: "owner:pledgor bank:pledgee"}, {on: ourAsset, by: "centre", want: "owner:owner bank:other_lien junior:other_lien"}},
	pledge.ClosingExecute: {{on: "cmd_x", by: "centre", want: ""}},
	pledge.CommandFence:   {{on: "cmd_x", by: "owner", want: ""}},
	"act.nobody.knows":    {{on: ourPledge, by: "stranger", want: "owner:pledgor bank:pledgee junior:other_lien objector:objector custodian:custodian"}},
}

func TestWhomEveryActTouches(t *testing.T) {
	for _, act := range pledge.Acts() {
		if len(table[act]) == 0 {
			t.Errorf("nobody thought of whom %s touches", act)
		}
	}
	for act, rows := range table {
		for i, row := range rows {
			w := newNoticeWorld(t)
			got := w.notices(act, row)
			if text := spell(got); text != row.want {
				t.Errorf("%s (%d): got %q, want %q", act, i, text, row.want)
			}
			for _, n := range got {
				if n.Why.ZH == "" || n.Why.EN == "" || strings.Contains(n.Why.EN, string(act)) != (act == "act.nobody.knows") || strings.HasPrefix(n.Why.EN, ":") {
					t.Errorf("%s: got why %+v, want it in words", act, n.Why)
				}
			}
		}
	}
}

// Who is touched by way of another record is told which of its own that is.
func TestSubjects(t *testing.T) {
	got := map[string]string{}
	w := newNoticeWorld(t)
	for _, n := range append(w.notices(pledge.AssetAddVersion, toldRow{on: ourAsset, by: "stranger"}), newNoticeWorld(t).notices(pledge.PledgeRelease, toldRow{on: ourPledge, by: "stranger"})...) {
		got[nameOf(n.To)+" "+string(n.Act)] = n.Subject
	}
	want := map[string]string{"owner asset.add_version": ourAsset, "bank asset.add_version": ourPledge, "junior asset.add_version": otherPledge, "rival asset.add_version": rivalAsset,
		"overlap asset.add_version": "as_vvvvvvvvvvvvvvvvvvvvvvvvvv", "custodian asset.add_version": ourAsset,
		"owner pledge.release": ourPledge, "bank pledge.release": ourPledge, "junior pledge.release": otherPledge, "custodian pledge.release": ourPledge, "objector pledge.release": ourPledge}
	if !maps.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func nameOf(party string) string {
	for name, uscc := range around {
		if uscc == party {
			return name
		}
	}
	return party
}

func spell(list []service.Notice) string {
	var words []string
	for _, n := range list {
		words = append(words, nameOf(n.To)+":"+string(n.Reason))
	}
	return strings.Join(words, " ")
}

// noticeWorld is an index of one event, at block 2 behind what was at block 1.
type noticeWorld struct {
	service.Index
	t                *testing.T
	asset, assetWas  pledge.Asset
	pledge, wasThere pledge.Pledge
	event            service.Event
	jws              string
	by               string
	height           uint64
	late, regressed  bool
}

func newNoticeWorld(t *testing.T) *noticeWorld {
	a := pledge.Asset{V: pledge.Version, ID: ourAsset, Owner: around["owner"], Custodian: around["custodian"], Status: pledge.Notarized, DisputedWith: []string{rivalAsset},
		InForce: []pledge.InForce{{PledgeID: ourPledge, Pledgee: around["bank"], Seq: 1, Mode: pledge.Ranked}, {PledgeID: otherPledge, Pledgee: around["junior"], Seq: 2, Mode: pledge.Ranked}}}
	o := pledge.Objection{ID: "ob_1", State: pledge.ObjectionOpenState}
	o.By = around["objector"]
	p := pledge.Pledge{V: pledge.Version, ID: ourPledge, AssetID: ourAsset, Pledgor: around["owner"], Pledgee: around["bank"], State: pledge.Active,
		Terms: pledge.Terms{Mode: pledge.Exclusive}, Perfection: pledge.Perfection{State: pledge.PerfectionNone}}
	w := &noticeWorld{t: t, height: 2, asset: a, assetWas: a, pledge: p, wasThere: p}
	w.asset.Overlaps = []pledge.Overlap{{AssetID: "as_vvvvvvvvvvvvvvvvvvvvvvvvvv", Owner: around["overlap"]}}
	w.asset.V, w.pledge.V = pledge.LifeVersion, pledge.LifeVersion
	w.asset.Objections, w.pledge.Objections = []pledge.Objection{o}, []pledge.Objection{o}
	return w
}

// waits says that the event is the first signature of two.
func waits(act pledge.Act) func(*noticeWorld) {
	return func(w *noticeWorld) {
		list := []pledge.Agreement{{Act: act, Digest: actors.Digest("both"), Signed: []pledge.Stamp{{Command: "cmd_1", By: around[w.by]}}}}
		w.asset.Agreements, w.pledge.Agreements = list, list
	}
}

func sold(w *noticeWorld)     { w.asset.Owner = around["next"] }
func assigned(w *noticeWorld) { w.pledge.Pledgee = around["next"] }

func (w *noticeWorld) notices(act pledge.Act, row toldRow) []service.Notice {
	w.t.Helper()
	w.by = row.by
	if row.set != nil {
		row.set(w)
	}
	w.event = service.Event{Cursor: "c", Position: pledge.Position{Block: 2}, Act: act, By: around[row.by], RecordID: row.on, CommandID: "cmd_1"}
	switch row.on {
	case ourPledge:
		w.event.Record = raw(w.t, w.pledge)
	case ourAsset:
		w.event.Record = raw(w.t, w.asset)
	case "owner":
		w.event.RecordID = around["owner"]
	}
	if row.body != nil {
		c := actors.NewCast("pledge")
		w.jws = c.Sign(c.IPCentre, act, row.body)
	}
	told, err := w.service().Told(w.t.Context(), "", 0)
	if err != nil || len(told) != 1 {
		w.t.Fatalf("%s: got %v, %v", act, told, err)
	}
	return told[0].Notices
}

func (w *noticeWorld) service() *service.Service {
	w.t.Helper()
	s, err := service.New(service.Options{Ledger: noticeLedger{}, Index: w, Vault: noVault{}, Custodian: noKey{}})
	if err != nil {
		w.t.Fatal(err)
	}
	return s
}

func raw(t *testing.T, v any) json.RawMessage {
	t.Helper()
	b, err := pledge.CanonicalJSON(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func (w *noticeWorld) Regressed() *service.Regression {
	if w.regressed {
		return &service.Regression{}
	}
	return nil
}

func (w *noticeWorld) Head(context.Context) (service.Head, error) {
	return service.Head{Height: w.height}, nil
}

// WaitFor waits for what never comes.
func (w *noticeWorld) WaitFor(ctx context.Context, height uint64) error {
	if height <= w.height {
		return nil
	}
	return fmt.Errorf("block %d: it waits although there is an event", height)
}

// Events commits the event right behind the first listing when it is late.
func (w *noticeWorld) Events(context.Context, service.Page) ([]service.Event, error) {
	if w.late {
		w.late = false
		w.height++
		return nil, nil
	}
	return []service.Event{w.event}, nil
}

func (w *noticeWorld) Resolve(context.Context, service.AsOf) (service.Head, error) {
	return service.Head{Height: w.height}, nil
}

func (w *noticeWorld) Command(context.Context, string) (pledge.Outcome, service.Event, error) {
	return pledge.Outcome{}, w.event, nil
}

func (w *noticeWorld) CommandJWS(context.Context, string) (string, error) {
	if w.jws == "" {
		return "", service.ErrNotFound
	}
	return w.jws, nil
}

func (w *noticeWorld) revisions(key string) []service.Revision {
	at := func(block uint64, v any) service.Revision {
		return service.Revision{Position: pledge.Position{Block: block}, Record: raw(w.t, v)}
	}
	switch key {
	case pledge.KeyAsset(ourAsset):
		return []service.Revision{at(1, w.assetWas), at(2, w.asset)}
	case pledge.KeyPledge(ourPledge):
		return []service.Revision{at(1, w.wasThere), at(2, w.pledge)}
	case pledge.KeyPledge(otherPledge):
		other := w.wasThere
		other.ID, other.Pledgee = otherPledge, around["junior"]
		return []service.Revision{at(1, other)}
	case pledge.KeyAsset(rivalAsset):
		return []service.Revision{at(1, pledge.Asset{V: pledge.Version, ID: rivalAsset, Owner: around["rival"], Status: pledge.Notarized})}
	}
	return nil
}

func (w *noticeWorld) Record(_ context.Context, key string, height uint64) (service.Revision, error) {
	for _, r := range slices.Backward(w.revisions(key)) {
		if r.Position.Block <= height {
			return r, nil
		}
	}
	return service.Revision{}, fmt.Errorf("%s: %w", key, service.ErrNotFound)
}

func (w *noticeWorld) History(_ context.Context, key string, _ service.Page) ([]service.Revision, string, error) {
	return w.revisions(key), "", nil
}

type (
	noVault      struct{ service.Vault }
	noKey        struct{ service.Signer }
	noticeLedger struct{ service.Ledger }
)

func (noKey) SignJWS(string, []byte) (string, error) { return "signed", nil }

func (noticeLedger) Head(context.Context) (service.Head, error) { return service.Head{Height: 2}, nil }

func (noticeLedger) Get(_ context.Context, keys ...string) ([][]byte, service.Head, error) {
	return make([][]byte, len(keys)), service.Head{Height: 2}, nil
}

func (noticeLedger) Info() service.LedgerInfo {
	member := func(name string, r pledge.Role) pledge.Member {
		return pledge.Member{Party: around[name], Roles: []pledge.Role{r}}
	}
	return service.LedgerInfo{Channel: "pledge", Genesis: pledge.Genesis{Members: []pledge.Member{member("centre", pledge.RoleIPCentre), member("notary", pledge.RoleNotary),
		member("court", pledge.RoleCourt), member("exchange", pledge.RoleExchange)}}}
}

// Anybody can object to a record, and be named by one: that opens it to nobody.
func TestStatementsOpenNoRecord(t *testing.T) {
	open := map[string]string{"owner": "record", "bank": "record", "junior": "touched " + otherPledge, "objector": "touched objection_id", "court": "record"}
	for who, want := range open {
		w := newNoticeWorld(t)
		w.notices(pledge.PledgeRelease, toldRow{on: ourPledge, by: "stranger"})
		c := service.Caller{Party: around[who]}
		if who == "court" {
			c.Roles = []pledge.Role{pledge.RoleCourt}
		}
		st := w.statement(c)
		if got := st.Record != nil; got != (want == "record") {
			t.Errorf("%s: record shown: %v, want %s", who, got, want)
		}
		if text, touched := strings.CutPrefix(want, "touched "); touched && !strings.Contains(string(st.Touched), text) {
			t.Errorf("%s: got touched %s, want %s", who, st.Touched, text)
		}
	}
	w := newNoticeWorld(t)
	w.notices(pledge.PledgeAssign, toldRow{on: ourPledge, by: "bank", set: waits(pledge.PledgeAssign), body: pledge.AssignBody{PledgeID: ourPledge, To: around["next"]}})
	st := w.statement(service.Caller{Party: around["next"]})
	if st.Record != nil || st.Touched != nil || !strings.Contains(string(st.Asked), ourPledge) {
		t.Errorf("got %+v, want what to sign and no more", st)
	}
}

func (w *noticeWorld) statement(c service.Caller) service.Statement {
	w.t.Helper()
	st, err := w.service().Statement(w.t.Context(), c, "cmd_1")
	if err != nil {
		w.t.Fatal(err)
	}
	return st
}

// What commits between the listing and the waiting is not missed, and a ledger
// that went backwards tells nobody anything.
func TestNothingIsMissedBetweenListingAndWaiting(t *testing.T) {
	c := service.Caller{Party: around["bank"], Roles: []pledge.Role{pledge.RoleCourt}, Expires: time.Now().Add(time.Hour)}
	stop := errors.New("enough")
	idle := func() error { return errors.New("it waits although there is an event") }
	for name, follow := range map[string]func(*service.Service) error{
		"events": func(s *service.Service) error {
			return s.Events(t.Context(), c, "", true, func(service.Event) error { return stop }, idle)
		},
		"notices": func(s *service.Service) error {
			return s.Notices(t.Context(), c, "", true, func(service.Notice) error { return stop }, idle)
		},
		"told": func(s *service.Service) error {
			told, err := s.Told(t.Context(), "", 0)
			if len(told) == 1 && err == nil {
				err = stop
			}
			return err
		},
	} {
		w := newNoticeWorld(t)
		w.notices(pledge.PledgeRelease, toldRow{on: ourPledge, by: "stranger"})
		w.late = true
		if err := follow(w.service()); !errors.Is(err, stop) {
			t.Errorf("%s: got %v, want the event that came in between", name, err)
		}
	}
}

func TestRegressedLedgerTellsNothing(t *testing.T) {
	w := newNoticeWorld(t)
	w.notices(pledge.PledgeRelease, toldRow{on: ourPledge, by: "stranger"})
	w.regressed = true
	if told, err := w.service().Told(t.Context(), "", 0); !errors.Is(err, service.ErrRegressed) || told != nil {
		t.Errorf("got %v, %v", told, err)
	}
	if _, err := w.service().Statement(t.Context(), service.Caller{Party: around["bank"]}, "cmd_1"); !errors.Is(err, service.ErrRegressed) {
		t.Errorf("got %v", err)
	}
}
