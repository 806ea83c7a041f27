package fabric

import "time"

// A full transaction should take about so long: shorter ones cost more for
// each command, longer ones keep callers waiting and look like a fault.
const (
	paceLeast = 700 * time.Millisecond
	paceMost  = 1500 * time.Millisecond
	paceFloor = 64 << 10 // bytes of commands
)

// pace is how many bytes of commands the next transaction may carry: what
// this network executes and commits in good time, found out by trying.
type pace struct{ room, most int }

func newPace(most int) pace {
	return pace{room: max(most/4, min(paceFloor, most)), most: most}
}

// learn takes what a transaction of so many bytes took. One that was not
// filled says little, unless even that was slow.
func (p *pace) learn(bytes int, full bool, took time.Duration) {
	switch {
	case took > paceMost:
		p.room = max(min(p.room, bytes)/2, min(paceFloor, p.most))
	case full && took < paceLeast:
		p.room = min(p.room+p.room/4, p.most)
	}
}
