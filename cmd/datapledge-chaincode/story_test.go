package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/datapledge/datapledge/chaincode"
	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service/ledgertest/actors"
)

// story is what several members are asked to endorse.
type story struct {
	At      time.Time
	Genesis pledge.Genesis
	// Calls are transactions, arguments and all.
	Calls [][]string
}

// newStory has every act: applied, refused, repeated; and datasets that
// overlap in many ways, which the rules collect in maps.
func newStory(l *ledger) story {
	c := l.cast
	s := story{At: l.at, Genesis: c.Genesis()}
	apply := func(commands ...string) { s.Calls = append(s.Calls, append([]string{"apply"}, commands...)) }
	raw, _ := json.Marshal(c.Genesis())
	s.Calls = append(s.Calls, []string{"genesis", string(raw)})
	apply(c.Enroll(c.Enterprise), c.Enroll(c.Enterprise2), c.Enroll(c.Bank2), c.Enroll(c.Enterprise))
	key := actors.NewActor(7, pledge.RoleEnterprise)
	apply(c.AddKey(c.Enterprise, key, pledge.ScopeOperate), c.RevokeKey(c.Enterprise, key.KID()))
	apply(overlapping(c)...)
	ranked := c.Terms()
	ranked.Mode = pledge.Ranked
	first, asset, id, t := c.Story(c.Own("first"), c.Enterprise, c.Bank)
	apply(append(first, c.Certificate(asset, "2040-01-01"), c.Register(c.Bank, id, t, 0), first[0], "no command")...)
	apply(c.Release(c.Enterprise, id, "DEMAND"), c.Release(c.Bank, id, "PAID"))
	senior := c.Propose(c.Enterprise, asset, c.Bank, ranked)
	junior := c.Propose(c.Enterprise, asset, c.Bank2, ranked)
	for _, p := range []struct {
		bank *actors.Actor
		jws  string
	}{{c.Bank, senior}, {c.Bank2, junior}} {
		id := actors.PledgeID(p.jws)
		apply(p.jws, c.Accept(p.bank, id, ranked), c.Attest(id), c.Value(id), c.Scan(id), c.Consent(c.Bank, id, ranked))
		apply(c.CustodyCheck(c.Enterprise, actors.NewDataset(c.Own("first"), 2), id))
	}
	apply(c.Register(c.Bank, actors.PledgeID(senior), ranked, 2), c.Consent(c.Bank, actors.PledgeID(junior), ranked), c.Register(c.Bank2, actors.PledgeID(junior), ranked, 3))
	filed := c.Registration(c.Enterprise)
	apply(c.Perfect(c.Bank, actors.PledgeID(senior), "file", filed), c.Perfect(c.Notary, actors.PledgeID(senior), "verify", filed), c.Lapse(c.Enterprise2, actors.PledgeID(senior)))
	third := c.Propose(c.Enterprise, asset, c.Bank, ranked)
	apply(third, c.Withdraw(c.Enterprise, actors.PledgeID(third)), c.Reject(actors.PledgeID(junior), pledge.NotOwner))
	fourth := c.Propose(c.Enterprise, asset, c.Bank, ranked)
	apply(fourth, c.Accept(c.Bank, actors.PledgeID(fourth), ranked), c.Reject(actors.PledgeID(fourth), pledge.NotOwner))
	apply(c.Fence(c.Bank, actors.CommandID(third)), c.Fence(c.Bank, actors.CommandID(senior)))
	apply(c.Withdraw(c.Enterprise2, actors.PledgeID(senior)))
	apply("no command")
	s.Calls = append(s.Calls, []string{"nonsense"}, []string{"record", asset}, []string{"info"}, []string{"get", pledge.KeyAsset(asset), pledge.KeyChannel()})
	return s
}

// overlapping are datasets of two owners with files in common, crosswise.
func overlapping(c *actors.Cast) []string {
	var all []string
	for i := range 24 {
		owner := []*actors.Actor{c.Enterprise, c.Enterprise2}[i%2]
		d := actors.NewDataset(c.Own(fmt.Sprint("own ", i)), 1+i%3)
		var common []actors.Dataset
		for k := range 3 {
			common = append(common, actors.NewDataset(c.Own(fmt.Sprint("common ", (i*5+k*3)%8)), 2))
		}
		all = append(all, c.Notarize(owner, d.With(common...)))
	}
	return all
}

// tell plays the story to one chaincode: for each call the status, and
// digests of the answer and of the writes in their order.
func (s story) tell(l *ledger) (lines []string, applied map[pledge.Act]int) {
	l.kv, applied = map[string][]byte{}, map[pledge.Act]int{}
	for i, args := range s.Calls {
		r, writes := l.invoke(args...)
		h := sha256.New()
		for _, w := range writes {
			fmt.Fprintf(h, "%s %s\n", w.Key, w.Value)
		}
		lines = append(lines, fmt.Sprintf("%d %d %x %d %x", i, r.Status, sha256.Sum256(append(r.Payload, r.Message...)), len(writes), h.Sum(nil)))
		results, err := pledge.UnmarshalResults(r.Payload, writes)
		if err != nil {
			continue // another function
		}
		for k, x := range results {
			if c, err := pledge.ParseCommand(args[k+1]); err == nil && x.Outcome.Status == pledge.Applied && !x.Outcome.Duplicate {
				applied[c.Payload.Act]++
			}
		}
	}
	return lines, applied
}

const storyFile = "DATAPLEDGE_TEST_STORY"

// TestTwoMembersAgree plays one story in two processes, whose maps are
// shuffled differently, and compares every byte.
func TestTwoMembersAgree(t *testing.T) {
	l := newLedger(t)
	s := newStory(l)
	want, applied := s.tell(l)
	for _, act := range everyAct {
		if applied[act] == 0 {
			t.Errorf("no %s in the story was applied", act)
		}
	}
	path := t.TempDir() + "/story.json"
	raw, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	must(os.WriteFile(path, raw, 0o600))
	for range 2 {
		member := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestTellStory$", "-test.v")
		member.Env = append(os.Environ(), storyFile+"="+path)
		out, err := member.CombinedOutput()
		if err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		if got := told(string(out)); !slices.Equal(got, want) {
			t.Errorf("two members disagree:\n%s\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
}

var everyAct = []pledge.Act{
	"party.enroll", "party.add_key", "party.revoke_key", "custody.receipt", "asset.notarize", "asset.record_certificate",
	"pledge.propose", "pledge.withdraw", "pledge.accept", "pledge.reject", "pledge.attest", "pledge.value", "pledge.scan",
	"pledge.consent", "pledge.register", "pledge.release", "pledge.perfect", "command.fence",
}

func told(out string) (lines []string) {
	for line := range strings.Lines(out) {
		if rest, ok := strings.CutPrefix(line, "told: "); ok {
			lines = append(lines, strings.TrimSpace(rest))
		}
	}
	return lines
}

// TestTellStory is the other process.
func TestTellStory(t *testing.T) {
	path := os.Getenv(storyFile)
	if path == "" {
		t.Skip("only TestTwoMembersAgree runs this")
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var s story
	if err := json.Unmarshal(raw, &s); err != nil {
		t.Fatal(err)
	}
	l := &ledger{at: s.At}
	if l.cc, err = chaincode.New("test", s.Genesis, nil, slog.New(slog.DiscardHandler)); err != nil {
		t.Fatal(err)
	}
	lines, _ := s.tell(l)
	for _, line := range lines {
		fmt.Println("told: " + line)
	}
}

// TestOneByOne: a batch leaves the state that its commands leave one by one,
// whatever was fetched when.
func TestOneByOne(t *testing.T) {
	l := newLedger(t)
	single := l.clone()
	batch := overlapping(l.cast)
	l.apply(t, batch...)
	for _, jws := range batch {
		single.apply(t, jws)
	}
	if !maps.EqualFunc(l.kv, single.kv, bytes.Equal) {
		t.Error("the states differ")
	}
}

// TestPledgesAreReadTogether: a message for each pledge's asset would cost
// more than all signatures of a batch.
func TestPledgesAreReadTogether(t *testing.T) {
	l := newLedger(t)
	args := [][]byte{[]byte("apply")}
	for i := range 10 {
		commands, _, id, terms := l.cast.Story(l.cast.Own(fmt.Sprint(i)), l.cast.Enterprise, l.cast.Bank)
		l.apply(t, commands...)
		args = append(args, []byte(l.cast.Register(l.cast.Bank, id, terms, 0)))
	}
	s := &call{kv: l.kv, at: l.at, args: args}
	if r := l.cc.Invoke(s); r.Status != 200 || len(s.pending) != 3*10 || len(s.lone) > 0 {
		t.Errorf("%d %s, %d writes, read on their own: %v", r.Status, r.Message, len(s.pending), s.lone)
	}
}

// TestTooMuchAtOnce: each of these commands rewrites the record of a file that
// all of them share, so that together they would make a block that no orderer
// takes. Fewer at once pass.
func TestTooMuchAtOnce(t *testing.T) {
	l := newLedger(t)
	common := actors.NewDataset(l.cast.Own("common"), 1)
	args := []string{"apply"}
	for i := range 320 {
		args = append(args, l.cast.Notarize(l.cast.Enterprise, actors.NewDataset(l.cast.Own(fmt.Sprint(i)), 3).With(common)))
	}
	before := len(l.kv)
	r, writes := l.invoke(args...)
	if r.Status != 413 || !strings.Contains(r.Message, "send fewer commands at once") || len(writes) > 0 || len(l.kv) != before {
		t.Errorf("%d %s, %d writes", r.Status, r.Message, len(writes))
	}
	l.apply(t, args[1:101]...)
}
