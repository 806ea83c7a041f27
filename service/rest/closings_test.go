package rest_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
)

// refinance is a plan: bank releases, and bank2 registers in its place.
func (s *stack) refinance() (old, next pledge.Pledge, plan service.ClosingPlan) {
	asset, _ := s.notarize("enterprise", "Refinanced", map[string]string{"r.csv": "a,b\n1,2\n"})
	old = s.pending("enterprise", "bank", asset)
	s.custody(old.ID)
	s.command("bank", pledge.PledgeRegister, pledge.RegisterBody{PledgeID: old.ID, TermsDigest: old.TermsDigest, ExpectedSeq: 0})
	next = s.pending("enterprise", "bank2", asset)
	s.custody(next.ID)
	plan = service.ClosingPlan{Title: "Refinancing 再融资", Steps: []service.ClosingStep{
		s.step("bank", pledge.PledgeRelease, pledge.ReleaseBody{PledgeID: old.ID, Reason: pledge.Replaced}),
		s.step("bank2", pledge.PledgeRegister, pledge.RegisterBody{PledgeID: next.ID, TermsDigest: next.TermsDigest, ExpectedSeq: 2}),
	}}
	return old, next, plan
}

func (s *stack) custody(id string) {
	s.post("/v1/pledges/"+id+"/custody-check", "enterprise", map[string]string{"depth": "full"}).want(http.StatusOK, "")
}

func (s *stack) step(by string, act pledge.Act, body any) service.ClosingStep {
	raw := must(json.Marshal(body))(s.t)
	return service.ClosingStep{Act: act, By: s.keys[by].Party(), Body: raw}
}

func (s *stack) open(as string, plan service.ClosingPlan) service.Closing {
	s.t.Helper()
	return as_[service.Closing](s.post("/v1/closings", as, plan).want(http.StatusCreated, ""))
}

// signStep signs a step for its closing.
func (s *stack) signStep(by, closing string, step service.ClosingStep) string {
	return must(s.keys[by].SignIn(closing, step.Act, channel, step.Body, s.clock.Now(), nil))(s.t)
}

func (s *stack) handIn(closing, jws string) answer {
	return s.do(http.MethodPost, "/v1/closings/"+closing+"/commands", "", strings.NewReader(jws), "Content-Type", "application/jose")
}

func (s *stack) stateOf(id string) string {
	return as_[service.PledgeView](s.get("/v1/pledges/"+id, "court").want(http.StatusOK, "")).State
}

func TestClosingAppliesAllAtTheLastSignature(t *testing.T) {
	s := newStack(t)
	old, next, plan := s.refinance()
	room := s.open("bank", plan)
	if again := s.open("bank2", plan); again.Closing != room.Closing || room.State != service.ClosingWaits || len(room.WaitsFor) != 2 {
		t.Fatalf("%+v\n%+v", room, again)
	}
	first := s.signStep("bank", room.Closing, plan.Steps[0])
	if a := s.submit(first).want(http.StatusConflict, string(pledge.ClosingOnly)); a.status != http.StatusConflict {
		t.Fatal("a command of a closing took effect alone")
	}
	r := as_[service.Closing](s.handIn(room.Closing, first).want(http.StatusOK, ""))
	if r.State != service.ClosingWaits || len(r.WaitsFor) != 1 || r.Outcome != nil || s.stateOf(old.ID) != pledge.Active {
		t.Fatalf("%+v", r)
	}
	r = as_[service.Closing](s.handIn(room.Closing, s.signStep("bank2", room.Closing, plan.Steps[1])).want(http.StatusOK, ""))
	if r.State != service.ClosingDone || r.Outcome.Status != pledge.Applied || s.stateOf(old.ID) != pledge.Released || s.stateOf(next.ID) != pledge.Active {
		t.Fatalf("%+v %+v", r, r.Outcome)
	}
	if r = as_[service.Closing](s.post("/v1/closings/"+room.Closing+"/execute", "bank", nil)); r.State != service.ClosingDone || r.Outcome != nil {
		t.Errorf("again: %+v", r)
	}
}

func TestClosingAppliesNothingWhenOneIsRefused(t *testing.T) {
	s := newStack(t)
	old, next, plan := s.refinance()
	s.command("court", pledge.OrderFreeze, pledge.FreezeBody{RecordID: next.ID, Court: "杭州互联网法院", FileNo: "(2026)浙0192财保1号", OrderDate: "2026-01-02",
		Effect: "冻结", Document: digestOf("order")})
	room := s.open("bank", plan)
	s.handIn(room.Closing, s.signStep("bank", room.Closing, plan.Steps[0])).want(http.StatusOK, "")
	r := as_[service.Closing](s.handIn(room.Closing, s.signStep("bank2", room.Closing, plan.Steps[1])).want(http.StatusOK, ""))
	if r.State != service.ClosingReady || r.Outcome.Code != pledge.Frozen || s.stateOf(old.ID) != pledge.Active || s.stateOf(next.ID) != pledge.Pending {
		t.Fatalf("%+v %+v", r, r.Outcome)
	}
}

func TestClosingSignatureTakenBackOrTooOld(t *testing.T) {
	s := newStack(t)
	_, _, plan := s.refinance()
	room := s.open("bank", plan)
	first := s.signStep("bank", room.Closing, plan.Steps[0])
	s.handIn(room.Closing, first).want(http.StatusOK, "")
	s.command("bank", pledge.CommandFence, pledge.FenceBody{CommandID: s.svc.CommandID(first)})
	r := as_[service.Closing](s.get("/v1/closings/"+room.Closing, "bank2").want(http.StatusOK, ""))
	if r.State != service.ClosingWaits || len(r.WaitsFor) != 2 || !strings.Contains(r.Steps[0].Void, string(pledge.Fenced)) {
		t.Fatalf("%+v", r)
	}
	s.handIn(room.Closing, first).want(http.StatusConflict, string(pledge.Fenced))
	s.handIn(room.Closing, s.signStep("bank", room.Closing, plan.Steps[0])).want(http.StatusOK, "")
	s.clock.advance(8 * 24 * time.Hour)
	r = as_[service.Closing](s.get("/v1/closings/"+room.Closing, "bank2").want(http.StatusOK, ""))
	if !strings.Contains(r.Steps[0].Void, string(pledge.Stale)) {
		t.Fatalf("%+v", r)
	}
}

func TestClosingIsForItsPartiesAndItsCommands(t *testing.T) {
	s := newStack(t)
	_, _, plan := s.refinance()
	s.post("/v1/closings", "enterprise2", plan).want(http.StatusForbidden, string(pledge.WrongRole))
	room := s.open("bank", plan)
	path := "/v1/closings/" + room.Closing
	s.get(path, "enterprise2").want(http.StatusForbidden, string(pledge.WrongRole))
	s.get(path, "court").want(http.StatusOK, "")
	s.get("/v1/closings/"+digestOf("nothing"), "bank").want(http.StatusNotFound, string(pledge.NotFound))
	s.get("/v1/closings/nothing", "bank").want(http.StatusBadRequest, string(pledge.Malformed))
	s.post(path+"/execute", "bank", nil).want(http.StatusUnprocessableEntity, string(pledge.ConsentMissing))
	s.handIn(room.Closing, s.signStep("bank2", room.Closing, plan.Steps[0])).want(http.StatusConflict, string(pledge.TermsMismatch))
	s.handIn(room.Closing, s.signStep("bank", digestOf("other"), plan.Steps[0])).want(http.StatusConflict, string(pledge.TermsMismatch))
	forged := s.signStep("bank", room.Closing, plan.Steps[0])
	s.handIn(room.Closing, forged[:strings.LastIndex(forged, ".")+1]+strings.Repeat("A", 86)).want(http.StatusUnauthorized, string(pledge.Unsigned))
	twice := plan
	twice.Steps = []service.ClosingStep{plan.Steps[0], plan.Steps[0]}
	s.post("/v1/closings", "bank", twice).want(http.StatusBadRequest, string(pledge.Malformed))
	nested := plan
	nested.Steps = append([]service.ClosingStep{s.step("bank", pledge.CommandFence, pledge.FenceBody{CommandID: "cmd_x"})}, plan.Steps...)
	s.post("/v1/closings", "bank", nested).want(http.StatusBadRequest, string(pledge.Malformed))
}
