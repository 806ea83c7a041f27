// Package lifeline tells the life of a pledge so that a person can follow it:
// what happened, who did it, what it changed, and what comes next by when.
// It says everything in Chinese and in English.
package lifeline

import (
	"github.com/datapledge/datapledge/pledge"
)

// Person is a party as people know it.
type Person struct {
	Name  string
	Roles []pledge.Role
}

// People knows parties by their USCC; one that it does not know has no name.
type People func(uscc string) Person

// who names a party with what it is: to the pledge, or by its office.
func (l *line) who(uscc string) Text {
	name := l.people(uscc).Name
	if name == "" {
		name = uscc
	}
	return say("who", name, l.part(uscc))
}

// party names a party with its code, for where the code matters.
func (l *line) party(uscc string) Text {
	name := l.people(uscc).Name
	if name == "" {
		return Text{ZH: uscc, EN: uscc}
	}
	return say("party", name, uscc)
}

// part is what the party is to the pledge as it stood then, else its office.
func (l *line) part(uscc string) Text {
	switch uscc {
	case l.p.Pledgor:
		return say("part.pledgor")
	case l.p.Pledgee:
		return say("part.pledgee")
	case l.a.Owner:
		return say("part.owner")
	}
	for _, was := range l.p.Assignments {
		if was.From == uscc {
			return say("part.former pledgee")
		}
	}
	var offices []Text
	for _, r := range l.people(uscc).Roles {
		offices = append(offices, say("role."+string(r)))
	}
	if offices == nil {
		return say("role.unknown")
	}
	return joined(offices, "and")
}
