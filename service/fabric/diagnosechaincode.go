package fabric

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/datapledge/datapledge/pledge"
)

// chaincode tells what is committed, and asks it at every member.
func (e *examiner) chaincode(ctx context.Context) []Finding {
	found := []Finding{e.committed(ctx)}
	if !found[0].OK {
		return found
	}
	members := e.w.Members()
	found = append(found, each(len(members), func(i int) Finding { return e.running(ctx, members[i]) })...)
	if e.of != "" {
		return append(found, e.comparing(ctx)...)
	}
	return append(found, clockOf(ctx, e.w))
}

// committed reads the definition from the first peer that tells it.
func (e *examiner) committed(ctx context.Context) Finding {
	check := "chaincode " + e.w.o.Chaincode
	v, err := e.w.look(ctx)
	switch {
	case err != nil && strings.Contains(err.Error(), "is not defined"):
		return Finding{check, false, fmt.Sprintf("no chaincode %q is committed on channel %q", e.w.o.Chaincode, e.w.o.Channel),
			"correct the chaincode's name, or have the members approve and commit its definition (`datapledge network up` does on one machine)"}
	case err != nil:
		cause, _, _ := strings.Cut(err.Error(), "\n") // every peer has a line
		return Finding{check, false, cause, "see the findings about the peers"}
	case e.want != "" && v.definition.Version != e.want:
		return Finding{check, false, fmt.Sprintf("version %q is committed, this program is set to use version %q", v.definition.Version, e.want),
			"have the members approve and commit the version that is wanted, or set the one that is committed"}
	}
	return Finding{check, true, fmt.Sprintf("version %s, sequence %d", v.definition.Version, v.definition.Sequence), ""}
}

// running asks the chaincode of one member which rules it runs.
func (e *examiner) running(ctx context.Context, member string) Finding {
	check := "chaincode of " + member
	raw, err := e.w.Query(ctx, member, [][]byte{[]byte("info")})
	var i chaincodeInfo
	if err == nil {
		err = json.Unmarshal(raw, &i)
	}
	switch {
	case isUnreachable(err):
		return Finding{check, false, plain(err), "see the findings about the peers"}
	case err != nil:
		return Finding{check, false, plain(err), "see whether the member's chaincode process runs and its peer reaches it; look at both logs"}
	case i.RulesVersion != pledge.RulesVersion:
		return Finding{check, false, fmt.Sprintf("it runs rules %q, this program knows rules %q", i.RulesVersion, pledge.RulesVersion),
			"use a program and a chaincode of the same release"}
	case i.Genesis == "" && e.of == "":
		return Finding{check, false, "the channel has no genesis of the ledger yet", "have a member submit it (`datapledge network up` does)"}
	}
	return Finding{check, true, "version " + i.Chaincode + ", rules " + i.RulesVersion, ""}
}

// clockOf has the members compare this machine's time with theirs: a command
// that is none is refused as stale when the clocks differ by more than five
// minutes, as malformed otherwise. Nothing is ordered.
func clockOf(ctx context.Context, w wire) Finding {
	members := w.Members()
	answers := make([]error, len(members))
	var all sync.WaitGroup
	for i, m := range members {
		all.Go(func() { _, answers[i] = w.Query(ctx, m, [][]byte{[]byte("apply"), []byte("what time is it?")}) })
	}
	all.Wait()
	return clockFinding(members, answers)
}

// clockFinding tells whose clock is wrong from what the members answered.
func clockFinding(members []string, answers []error) Finding {
	var off []string
	asked, detail := 0, ""
	for i, err := range answers {
		var r *pledge.Error
		if !errors.As(err, &r) {
			continue
		}
		if asked++; r.Code == pledge.Stale {
			off, detail = append(off, members[i]), r.Detail
		}
	}
	f := Finding{Check: "clock", Cause: detail, Remedy: setClock}
	switch {
	case asked == 0:
		f.Cause, f.Remedy = "no member could compare this machine's clock with its own", "see the other findings"
	case len(off) == 0:
		return Finding{Check: "clock", OK: true, Cause: fmt.Sprintf("within five minutes of the clocks of %d members", asked)}
	case len(off)*2 > asked:
		f.Cause = fmt.Sprintf("this machine's clock differs from those of %s: %s", strings.Join(off, ", "), detail)
	default:
		f.Cause = fmt.Sprintf("the clocks of %s differ from this machine's and the other members': %s", strings.Join(off, ", "), detail)
		f.Remedy = "have these members set their clocks by a time server (NTP)"
	}
	return f
}
