package pledge_test

import "github.com/datapledge/datapledge/pledge"

// What a client knows of its command: nothing, that it is done, or that it
// never will be. Until it knows, it sends again, or asks by a fence; any answer
// may be lost on the way, and an answer that arrives is true for ever
// (invariants 6 and 8).
const (
	knowsDone  = "done"
	knowsNever = "never"
)

// told is the state in which the answer to a move has arrived as well.
func (x *explorer) told(p *point, c *pledge.Command, e *effect) (point, bool) {
	id, word := c.ID, ""
	fence, asks := c.Body().(*pledge.FenceBody)
	switch {
	case asks && e.out.Status == pledge.Applied:
		id, word = fence.CommandID, knowsNever
		if e.out.Duplicate && e.out.CommandID == id {
			word = knowsDone
		}
	case e.out.Status == pledge.Applied:
		word = knowsDone
	case e.out.Code == pledge.Fenced:
		word = knowsNever
	}
	q := *p
	if word == "" {
		return q, false
	}
	i := x.cell("told/" + id)
	q.at[i] = x.intern(i, []byte(word))
	return q, q != *p
}

// checkAnswers: whatever anybody was told is so.
func (x *explorer) checkAnswers(p *point) {
	if !x.m.clients {
		return
	}
	for id := range x.m.signed {
		i, ok := x.index["told/"+id]
		if !ok || p.at[i] == 0 {
			continue
		}
		want := map[string]string{knowsDone: pledge.Applied, knowsNever: pledge.StatusFenced}[string(x.value(p, i).raw)]
		r := (&step{x: x}).record(p, id)
		if r == nil || r.Status != want {
			x.fail("%s: its sender was told %s, and there is %+v", x.spell(x.m.signed[id]), x.value(p, i).raw, r)
		}
	}
}
