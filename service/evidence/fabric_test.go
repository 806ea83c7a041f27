package evidence_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/datapledge/datapledge/service/evidence"
)

func TestConsortiumPackageOfEveryRecordStands(t *testing.T) {
	c := newChannel(t)
	for name, id := range map[string]string{
		"asset": c.asset, "overlapping asset": c.kin, "pledge in force": c.pledge, "released pledge": c.released,
		"enterprise": c.owner.party, "member": c.bank.party,
	} {
		t.Run(name, func(t *testing.T) {
			var b bytes.Buffer
			if err := evidence.Write(t.Context(), &b, c.source(), id); err != nil {
				t.Fatal(err)
			}
			r := check(t, b.Bytes(), c.trust())
			if !r.OK() || r.RecordID != id || r.Ledger != "fabric" {
				t.Fatalf("got %s", text(r))
			}
			for _, f := range r.Checks {
				if f.Result == evidence.NotPresent && r.RecordKind == evidence.KindPledge && !evidence.Optional(f.Name) {
					t.Errorf("%s was not made", f.Name)
				}
			}
		})
	}
}

func TestReportNamesTheInstitutions(t *testing.T) {
	c := newChannel(t)
	r := check(t, c.build(c.pledge), c.trust())
	var got []string
	for _, i := range r.Institutions {
		if i.Blocks+i.Endorsements+i.Attestations > 0 {
			got = append(got, i.MSP)
		}
	}
	if strings.Join(got, " ") != "IPCentreMSP NotaryMSP ExchangeMSP" {
		t.Errorf("got %v", r.Institutions)
	}
	if s := text(r); !strings.Contains(s, "IPCentreMSP") || strings.Contains(s, "operator") || strings.Contains(s, "solo") {
		t.Errorf("got %s", s)
	}
}

func TestConsortiumTrustFile(t *testing.T) {
	c := newChannel(t)
	data, err := json.Marshal(c.trust())
	if err != nil {
		t.Fatal(err)
	}
	trust, err := evidence.ParseTrust(data)
	if err != nil {
		t.Fatal(err)
	}
	if r := check(t, c.build(c.asset), trust); !r.OK() {
		t.Error(text(r))
	}
}
