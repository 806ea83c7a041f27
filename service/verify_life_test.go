package service

import (
	"strings"
	"testing"
	"time"

	"github.com/datapledge/datapledge/pledge"
)

func grown() *pledge.Asset {
	one, two := "sha256:"+strings.Repeat("1", 64), "sha256:"+strings.Repeat("2", 64)
	at := func(t string) pledge.Stamp { return pledge.Stamp{Command: "cmd_" + t, By: "owner", At: t} }
	a := &pledge.Asset{ID: "as_x", Owner: "next owner", Fingerprint: two, Files: 2, Status: pledge.Notarized, Notarized: at("2026-01-01")}
	a.Versions = []pledge.AssetContent{{Number: 1, Fingerprint: one, SM3Fingerprint: "sm3:1", Files: 1, Recorded: at("2026-01-01")}, {Number: 2, Fingerprint: two, Files: 2, Recorded: at("2026-02-01")}}
	a.Frozen = []pledge.Order{{FileNo: "1", Until: "2026-03-01T00:00:00Z"}}
	return a
}

// The fingerprint of a version that is not the newest is notarized, and said to
// be that; an order that has ended freezes nothing.
func TestVerifyingAnOldVersion(t *testing.T) {
	a := grown()
	p := &pledge.Pledge{ID: "pl_x", Frozen: a.Frozen, Objection: "OPEN", PledgeLife: pledge.PledgeLife{Increments: []pledge.Increment{{Version: 2, Seq: 5}}}}
	f := found{asset: a, pledges: []*pledge.Pledge{p}, ranks: []int{1}}
	for i, want := range []struct {
		fingerprint string
		version     int
		newest      bool
		at          string
	}{{a.Versions[0].Fingerprint, 1, false, "2026-01-01"}, {a.Fingerprint, 2, true, "2026-02-01"}, {"", 2, true, "2026-02-01"}} {
		for day, frozen := range map[string]bool{"2026-02-28": true, "2026-03-02": false} {
			now, _ := time.Parse(time.DateOnly, day)
			v := f.verification(VerifyRequest{Fingerprint: want.fingerprint}, nil, now)
			n := v.Notarized
			if !n.Answer || n.Version != want.version || n.Versions != 2 || n.Newest != want.newest || n.At != want.at || strings.Contains(n.Detail, "not the newest") == want.newest {
				t.Errorf("%d: %+v", i, n)
			}
			if v.Frozen != frozen || v.Encumbrances[0].Frozen != frozen || v.Encumbrances[0].Objection != "OPEN" || len(v.Encumbrances[0].Increments) != 1 || v.Owned.Owner != "next owner" {
				t.Errorf("%d on %s: %+v", i, day, v)
			}
		}
	}
}

// Anybody is told which version a digest is, by either digest of it.
func TestMatchingAnOldVersion(t *testing.T) {
	a := grown()
	now := time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)
	for digest, want := range map[string]string{a.Versions[0].Fingerprint: SameVersion, "sm3:1": SameVersion, a.Fingerprint: SameDataset} {
		m := matchOf(a, true, digest, now)
		if m.Same() != want || m.Versions != 2 || m.Frozen {
			t.Errorf("%s: %+v", digest, m)
		}
		if m.Version == 1 && (m.Files != 1 || m.At != "2026-01-01" || m.command != "cmd_2026-01-01") {
			t.Errorf("%+v", m)
		}
	}
}
