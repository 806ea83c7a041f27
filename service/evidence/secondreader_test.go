package evidence_test

import (
	"slices"
	"testing"

	"github.com/datapledge/datapledge/service/evidence"
	"github.com/datapledge/datapledge/service/evidence/internal/secondreader"
)

// A second checker, written from FORMAT.md and without the first one's code,
// comes to the same verdicts, and finds each
// fault at a check that fails by the first one, too.
func TestSecondReaderAgrees(t *testing.T) {
	m, seen := published(t), map[string]bool{"": true, evidence.CheckDataMatches: true}
	for group, list := range m.groups {
		t.Run(group, func(t *testing.T) {
			for _, v := range list {
				if v.Data != nil {
					continue // it looks at packages only
				}
				got, err := secondreader.Read(join(m.bases[v.Base], v.Pieces), believed(m.trusts[v.Trust], v.Edits))
				seen[got.Fails] = true
				if err != nil || got.Stands != v.Stands || !sameFault(m, v, got.Fails) {
					t.Errorf("%s: got %v at %q (%v), want %v at %q; %v", v.Name, got.Stands, got.Fails, got.Why, v.Stands, v.Fails, err)
				}
			}
		})
	}
	for _, name := range slices.Concat(evidence.CheckNames("solo"), evidence.CheckNames("fabric")) {
		if !seen[name] {
			t.Errorf("the second checker was not seen to fail at %s", name)
		}
	}
}

// sameFault says whether the checker, too, fails a vector at that check.
func sameFault(m *maker, v vector, fails string) bool {
	return fails == v.Fails || fails != "" && m.report(v).Find(fails).Result == evidence.Fail
}

// The one vector of time stamps that would be too long to publish.
func TestBothReadersOnALongToken(t *testing.T) {
	s := newStamped(t)
	f := unpack(t, s.small())
	stampAttacks[tooLong](t, s, f)
	data := f.pack(t, s.exchange)
	failsStamp(t, check(t, data, s.trust()))
	if got, err := secondreader.Read(data, marshal(s.trust())); err != nil || got.Fails != evidence.CheckTimeStamps {
		t.Errorf("the second reader: %+v, %v", got, err)
	}
}
