package evidence_test

import (
	"slices"
	"sync"
	"testing"

	"github.com/datapledge/datapledge/service/evidence"
	"github.com/datapledge/datapledge/service/evidence/internal/secondreader"
)

// A second checker, written from FORMAT.md and without the first one's code,
// comes to the same verdicts, and finds each
// fault at a check that fails by the first one, too.
func TestSecondReaderAgrees(t *testing.T) {
	m := published(t)
	var seen sync.Map
	t.Run("vectors", func(t *testing.T) {
		for group, list := range m.groups {
			t.Run(group, func(t *testing.T) {
				t.Parallel()
				for _, v := range list {
					seen.Store(agrees(t, m, v), true)
				}
			})
		}
	})
	for _, name := range slices.Concat(evidence.CheckNames("solo"), evidence.CheckNames("fabric")) {
		if _, ok := seen.Load(name); !ok && name != evidence.CheckDataMatches {
			t.Errorf("the second checker was not seen to fail at %s", name)
		}
	}
}

// agrees wants the published verdict, and returns the check that failed.
func agrees(t *testing.T, m *maker, v vector) string {
	t.Helper()
	if v.Data != nil {
		return "" // it looks at packages only
	}
	got, err := secondreader.Read(join(m.bases[v.Base], v.Pieces), believed(m.trusts[v.Trust], v.Edits))
	if err != nil || got.Stands != v.Stands || !sameFault(m, v, got.Fails) {
		t.Errorf("%s: got %v at %q (%v), want %v at %q; %v", v.Name, got.Stands, got.Fails, got.Why, v.Stands, v.Fails, err)
	}
	return got.Fails
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
