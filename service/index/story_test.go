package index_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
)

var (
	owners = []string{"91330108MA2AAAAAA1", "91330108MA2AAAAAA2", "91330108MA2AAAAAA3"}
	banks  = []string{"91330108MA2BBBBBB1", "91330108MA2BBBBBB2"}
	// numbers are two, in three spellings.
	numbers = []string{"(2026)浙杭证字第1号", "（２０２６）浙杭证字第１号", "02026112300001"}
	words   = []string{"电力", "负荷", "预测", "数据集", "Bird", "strikes", "2026", "杭州", "\"quoted\"", "100%", "a_b"}
)

// story is a chain of random acts; the same seed and length give the same
// blocks, and a longer one begins with the shorter.
func story(seed string, blocks int) *maker {
	m := newMaker(seed)
	var mix [32]byte
	copy(mix[:], seed)
	rnd := rand.New(rand.NewChaCha8(mix))
	for range blocks {
		m.now = m.now.Add(time.Duration(rnd.IntN(3)) * time.Second)
		var commands []service.Committed
		for range rnd.IntN(6) {
			commands = append(commands, m.random(rnd))
		}
		m.block(commands...)
	}
	return m
}

func (m *maker) random(rnd *rand.Rand) service.Committed {
	assets, pledges := m.ids(pledge.KeyAsset("")), m.ids(pledge.KeyPledge(""))
	switch n := rnd.IntN(10); {
	case n < 1:
		return m.enroll(owners[rnd.IntN(len(owners))], fmt.Sprintf("party %d", m.n))
	case n < 4 || len(assets) == 0:
		var contents []string
		for range rnd.IntN(4) {
			contents = append(contents, fmt.Sprint("content ", rnd.IntN(5)))
		}
		return m.notarize(owners[rnd.IntN(len(owners))], randomName(rnd), contents...)
	case n < 6:
		return m.asset(assets[rnd.IntN(len(assets))], func(a *pledge.Asset) { changeAsset(rnd, a) })
	case n < 8 || len(pledges) == 0:
		return m.propose(assets[rnd.IntN(len(assets))], banks[rnd.IntN(len(banks))])
	}
	return m.pledge(pledge.PledgeRegister, pledges[rnd.IntN(len(pledges))], func(p *pledge.Pledge) {
		if rnd.IntN(3) == 0 {
			p.Attestation = &pledge.Attestation{Number: numbers[rnd.IntN(len(numbers))]}
			p.V, p.Perfection.State = pledge.PledgeVersion, pledge.PerfectionFiled
			p.Perfection.Filing = &pledge.Filing{Registration: pledge.Registration{Number: numbers[rnd.IntN(len(numbers))], DebtorName: randomName(rnd)}}
		}
		p.State = []string{pledge.Active, pledge.Released, pledge.Pending, p.State}[rnd.IntN(4)]
		if rnd.IntN(4) == 0 {
			p.Pledgee = banks[rnd.IntN(len(banks))]
		}
	})
}

func changeAsset(rnd *rand.Rand, a *pledge.Asset) {
	switch rnd.IntN(5) {
	case 3:
		a.Certificate = &pledge.Certificate{Number: numbers[rnd.IntN(len(numbers))]}
	case 0:
		a.Owner = owners[rnd.IntN(len(owners))]
	case 1:
		a.Status = []string{pledge.Notarized, pledge.AssetWithdrawn, pledge.AssetRevoked}[rnd.IntN(3)]
	case 2:
		a.Name = randomName(rnd)
	}
	a.UpdatedAt = fmt.Sprint("change ", rnd.IntN(1000))
}

func randomName(rnd *rand.Rand) string {
	var name strings.Builder
	for range 1 + rnd.IntN(4) {
		name.WriteString(words[rnd.IntN(len(words))])
	}
	return name.String()
}

// ids are the ids of all records of a kind, in the order of their keys.
func (m *maker) ids(prefix string) (ids []string) {
	for _, key := range m.keys() {
		if id, ok := strings.CutPrefix(key, prefix); ok {
			ids = append(ids, id)
		}
	}
	return ids
}

func (m *maker) keys() []string { return slices.Sorted(maps.Keys(m.state)) }
