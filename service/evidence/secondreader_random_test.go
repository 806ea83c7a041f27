package evidence_test

import (
	"crypto/sha256"
	"encoding/json"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/datapledge/datapledge/service/evidence"
	"github.com/datapledge/datapledge/service/evidence/internal/secondreader"
)

// Whatever a maker does to the files of a package before listing and signing
// them, both checkers say the same of
// it; where they find it is not compared.
func TestBothReadersOnRandomChanges(t *testing.T) {
	m := published(t)
	for base, trust := range map[string]string{"solo-asset": "solo", "solo-pledge": "solo", "solo-search": "solo", "solo-imprinted": "solo", "solo-stamped": "stamped",
		"channel-asset": "channel", "channel-checkpointed": "checkpointed"} {
		t.Run(base, func(t *testing.T) {
			t.Parallel()
			random := rand.New(rand.NewChaCha8(sha256.Sum256([]byte(base))))
			sound := unpack(t, m.bases[base])
			for range 4000 / stride(330) {
				f := maps.Clone(sound)
				what := changeOne(t, random, f)
				bothSay(t, what, f.pack(t, newKey("exchange", uscc(3))), m.trusts[trust])
			}
		})
	}
}

func bothSay(t *testing.T, what string, data, trustFile []byte) {
	t.Helper()
	trust, err := evidence.ParseTrust(trustFile)
	if err != nil {
		t.Fatal(err)
	}
	one := check(t, data, trust)
	two, err := secondreader.Read(data, trustFile)
	if err != nil || one.OK() != two.Stands {
		t.Errorf("%s: the checker fails at %q, the second at %q: %v %v", what, firstFailing(one), two.Fails, two.Why, err)
	}
}

// changeOne changes one file and says how.
func changeOne(t *testing.T, random *rand.Rand, f contents) string {
	t.Helper()
	names := slices.DeleteFunc(slices.Sorted(maps.Keys(f)), func(n string) bool { return strings.HasPrefix(n, "manifest.") })
	name := names[random.IntN(len(names))]
	switch kind := random.IntN(4); {
	case kind == 0:
		delete(f, name)
		return name + " left out"
	case kind == 1:
		other := names[random.IntN(len(names))]
		f[name], f[other] = f[other], f[name]
		return name + " and " + other + " swapped"
	case kind == 2 && strings.HasSuffix(name, ".json") && f[name][0] == '{':
		return name + " " + changeMember(t, random, f, name)
	}
	f[name] = slices.Clone(f[name])
	bit := random.IntN(8 * len(f[name]))
	f[name][bit/8] ^= 1 << (bit % 8)
	return name + " with another bit"
}

// changeMember changes, drops or adds a member of a JSON text, or of one in it.
func changeMember(t *testing.T, random *rand.Rand, f contents, name string) (what string) {
	t.Helper()
	f.edit(t, name, func(m map[string]any) {
		for {
			keys := slices.Sorted(maps.Keys(m))
			key := keys[random.IntN(len(keys))]
			if in, ok := m[key].(map[string]any); ok && len(in) > 0 && random.IntN(4) > 0 {
				m = in
				continue
			}
			what = key
			m[key] = changed(random, m[key])
			if random.IntN(4) == 0 {
				delete(m, key)
			}
			return
		}
	})
	return what
}

func changed(random *rand.Rand, v any) any {
	switch v := v.(type) {
	case string:
		if v == "" {
			return "x"
		}
		i := random.IntN(len(v))
		return v[:i] + string("0aZ="[random.IntN(4)]) + v[i+1:]
	case json.Number:
		return json.Number([]string{"0", "1", "2", "99", "-1"}[random.IntN(5)])
	case []any:
		if len(v) > 0 {
			return v[1:]
		}
		return []any{"x"}
	case bool:
		return !v
	}
	return map[string]any{"x": 1}
}
