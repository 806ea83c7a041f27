package ledgerbench

import (
	"bufio"
	"bytes"
	"math/rand/v2"
	"os"
	"strconv"
	"time"
)

// pair is what the rounds gave: for the large ledger and for the small one.
type pair[T any] struct{ large, small []T }

// measures collects the rounds, by what was measured and in that order.
type measures struct {
	rated, asked []string
	rate         map[string]*pair[float64]
	time         map[string]*pair[Times]
	random       *rand.Rand
}

func newMeasures() *measures {
	return &measures{rate: map[string]*pair[float64]{}, time: map[string]*pair[Times]{}, random: rand.New(rand.NewPCG(9, 9))}
}

func (m *measures) ran(what string, rates [2]float64) {
	p := m.rate[what]
	if p == nil {
		p = &pair[float64]{}
		m.rate[what], m.rated = p, append(m.rated, what)
	}
	p.large, p.small = append(p.large, rates[0]), append(p.small, rates[1])
}

func (m *measures) answered(what string, large, small Times) {
	p := m.time[what]
	if p == nil {
		p = &pair[Times]{}
		m.time[what], m.asked = p, append(m.asked, what)
	}
	p.large, p.small = append(p.large, large), append(p.small, small)
}

func (m *measures) rates() (rows []Rate) {
	for _, what := range m.rated {
		r := Rate{What: what, Large: median(m.rate[what].large), Small: median(m.rate[what].small)}
		r.Ratio = r.Large / r.Small
		rows = append(rows, r)
	}
	return rows
}

func (m *measures) answers() (rows []Answer) {
	for _, what := range m.asked {
		a := Answer{What: what, Large: middle(m.time[what].large), Small: middle(m.time[what].small)}
		a.MedianRatio = float64(a.Large.Median) / float64(a.Small.Median)
		a.LastRatio = float64(a.Large.P99) / float64(a.Small.P99)
		rows = append(rows, a)
	}
	return rows
}

func middle(rounds []Times) Times {
	var medians, last []time.Duration
	for _, t := range rounds {
		medians, last = append(medians, t.Median), append(last, t.P99)
	}
	return Times{median(medians), median(last)}
}

// remember keeps the most memory that was seen.
func (l *ledger) remember() {
	now := ownMemory()
	for most := l.memory.Load(); now > most && !l.memory.CompareAndSwap(most, now); most = l.memory.Load() {
	}
}

// ownMemory is what the process has in memory that is not the page of a file
// (RssAnon of proc_pid_status(5)), in bytes; 0 where the system does not say.
func ownMemory() int64 {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	for lines := bufio.NewScanner(bytes.NewReader(status)); lines.Scan(); {
		if f := bytes.Fields(lines.Bytes()); len(f) == 3 && string(f[0]) == "RssAnon:" {
			kib, _ := strconv.ParseInt(string(f[1]), 10, 64)
			return kib << 10
		}
	}
	return 0
}
