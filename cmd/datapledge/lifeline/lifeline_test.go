package lifeline

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
)

var noon = time.Date(2026, 11, 22, 4, 0, 0, 0, time.UTC)

func stamp(days int) pledge.Stamp {
	return pledge.Stamp{Command: "cmd_1", By: "91330108MA2DEMXA01", At: noon.AddDate(0, 0, days).Format("2006-01-02T15:04:05.000Z")}
}

func nobody(string) Person { return Person{} }

// inForce is a pledge that was registered at noon and ends after so many days.
func inForce(days int) pledge.Pledge {
	registered := stamp(0)
	return pledge.Pledge{V: 1, ID: "pl_1", State: pledge.Active, Pledgor: "91330108MA2DEMXA01", Pledgee: "91350100M000100Y43", Registered: &registered,
		Proposed: stamp(0), Seq: 1, Custody: &pledge.CustodyCheck{Stamp: stamp(0)}, Perfection: pledge.Perfection{State: pledge.PerfectionNone},
		Terms: pledge.Terms{Expires: noon.AddDate(0, 0, days).Format(time.RFC3339)}}
}

func told(p pledge.Pledge, now time.Time) string {
	l := &line{p: p, people: nobody}
	var all []string
	for _, n := range l.next(now) {
		all = append(all, n.Text.ZH, n.Text.EN)
	}
	return strings.Join(all, "\n")
}

func TestClocksOfAPledgeInForce(t *testing.T) {
	tests := []struct {
		ends, after  int
		want, wantZH string
	}{
		{300, 1, "can be extended from", "起可展期"},
		{300, 121, "less than 180", "180 天提醒期"},
		{300, 275, "less than 30", "30 天提醒期"},
		{300, 296, "EXTEND IT NOW", "7 天提醒期"},
		{300, 300, "anybody may record the lapse", "任何人可申报失效"},
		{300, 2, "file the statutory registration by 2026-11-27", "须于 2026-11-27"},
		{300, 8, "was due by 2026-11-27", "已逾期"},
		{300, 8, "unprotected against third parties for 8 day(s)", "有 8 天不能对抗第三人"},
	}
	for _, tt := range tests {
		got := told(inForce(tt.ends), noon.AddDate(0, 0, tt.after))
		if !strings.Contains(got, tt.want) || !strings.Contains(got, tt.wantZH) {
			t.Errorf("%d of %d days: no %q and %q in:\n%s", tt.after, tt.ends, tt.want, tt.wantZH, got)
		}
	}
}

func TestGraceAndDemand(t *testing.T) {
	p := inForce(300)
	p.DefaultNotice = &pledge.DefaultNotice{Stamp: stamp(0), GraceEnds: stamp(10).At}
	p.ReleaseDemand = &pledge.Ending{Stamp: stamp(0)}
	before, over := told(p, noon.AddDate(0, 0, 9)), told(p, noon.AddDate(0, 0, 11))
	if !strings.Contains(before, "until then it can be put right") || !strings.Contains(over, "default can be declared") {
		t.Errorf("before the end of the grace:\n%s\nafter:\n%s", before, over)
	}
	// Sunday noon and five working days is Friday.
	if !strings.Contains(before, "from 2026-11-27 12:00:00 Beijing time") {
		t.Errorf("the demand is not told with its clock:\n%s", before)
	}
}

// bodies are what travels in files and is shown before it is signed.
var bodies = []any{pledge.AmendBody{}, pledge.Terms{}, pledge.ExtendBody{}, pledge.AssignBody{}, pledge.SubordinateBody{}, pledge.EnforceBody{},
	pledge.RealizeBody{}, pledge.DecideBody{}, pledge.RevokeBody{}, pledge.TransferBody{}, pledge.LicenseBody{}, pledge.ResolveBody{}, pledge.VersionBody{}}

// TestEveryMemberIsShown: nothing that is signed stays unsaid, but for what
// has a digest of its own beside it.
func TestEveryMemberIsShown(t *testing.T) {
	silent := map[string]bool{"terms": true, "declaration": true, "custody_receipt": true, "distribution": true}
	for _, b := range bodies {
		v := reflect.TypeOf(b)
		for i := range v.NumField() {
			name, _, _ := strings.Cut(v.Field(i).Tag.Get("json"), ",")
			if _, ok := words["field."+name]; !ok && !silent[name] {
				t.Errorf("%s.%s has no name", v.Name(), name)
			}
		}
	}
}

func TestDescribed(t *testing.T) {
	b := &pledge.RealizeBody{PledgeID: "pl_1", Price: pledge.Amount{Amount: 900, Currency: "USD"}, Date: "2026-11-21T16:00:00Z", Claim: 500,
		Distribution: []pledge.Share{{Kind: "PLEDGEE", To: "91350100M000100Y43", Amount: 500}}}
	var all []string
	for _, l := range Described(b, nil, nobody) {
		all = append(all, l.Label.EN+"="+l.Value.EN)
	}
	got := strings.Join(all, "\n")
	for _, want := range []string{"price=USD 9.00", "owed=USD 5.00", "still owed=USD 0.00", "distribution=PLEDGEE (pledgee) to 91350100M000100Y43, USD 5.00", "date=2026-11-22 00:00:00"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in:\n%s", want, got)
		}
	}
}

func TestAmendmentIsShownAsWhatChanges(t *testing.T) {
	was := pledge.Terms{SecuredMax: pledge.Amount{Amount: 100, Currency: "CNY"}, Mode: "ranked"}
	is := was
	is.SecuredMax.Amount = 50
	got := Described(&pledge.AmendBody{Terms: is}, &was, nobody)
	if len(got) != 1 || got[0].Value.EN != "secured up to: CNY 1.00 → CNY 0.50" || got[0].Value.ZH != "最高担保额：CNY 1.00 → CNY 0.50" {
		t.Errorf("%+v", got)
	}
}

// TestTellsWhateverAServiceSends: records with holes, lists that shrink,
// states that do not exist.
func TestTellsWhateverAServiceSends(t *testing.T) {
	whole := inForce(100)
	whole.V = pledge.LifeVersion
	whole.Agreements = []pledge.Agreement{{Act: pledge.PledgeAmend, Signed: []pledge.Stamp{stamp(0)}}, {Act: "no.such"}}
	whole.Objections = []pledge.Objection{{ID: "ob_1", State: pledge.InCourt}}
	whole.Alerts = []pledge.Alert{{Stamp: stamp(0), Kind: "?"}}
	whole.Cured = []pledge.Proven{{}}
	for _, state := range []string{"", "PROPOSED", "PENDING", "ACTIVE", "DEFAULTED", "ENFORCING", "RELEASED", "NEW"} {
		bare := pledge.Pledge{V: 1, ID: "pl_1", State: state, Perfection: pledge.Perfection{State: pledge.PerfectionNone}}
		whole.State = state
		life, err := Of([]service.Revision{revision(t, bare, 1), revision(t, whole, 2), revision(t, bare, 3)}, nil, 0, nobody, noon)
		if err != nil || len(life.Events) != 3 || len(life.Next) == 0 && state != "ACTIVE" {
			t.Errorf("%s: %d events, %d next, %v", state, len(life.Events), len(life.Next), err)
		}
		var text strings.Builder
		life.Write(&text, "zh")
		life.Write(&text, "en")
		if strings.Contains(text.String(), "%!") {
			t.Errorf("%s: a format does not fit:\n%s", state, text.String())
		}
	}
}

func revision(t *testing.T, p pledge.Pledge, block uint64) service.Revision {
	t.Helper()
	raw, err := pledge.CanonicalJSON(p)
	if err != nil {
		t.Fatal(err)
	}
	return service.Revision{Record: json.RawMessage(raw), At: stamp(0).At, Act: "pledge.amend", CommandID: string(rune('a' + block)), Position: pledge.Position{Block: block}}
}
