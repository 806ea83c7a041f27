package evidence_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/service/evidence"
	"github.com/datapledge/datapledge/service/timestamp/stamptest"
)

// limit is what is not found, and why that is so.
type limit struct {
	ledger, name, holds, why string
	run                      func(t *testing.T) evidence.Report
}

// newestOmitted is the package of the asset without the commands of its last
// block, and with the record as it was before that.
func newestOmitted(t *testing.T, s *story, f contents, act string, before []byte) contents {
	delete(f, f.command(t, s, act, 1))
	f["record.json"] = before
	return f
}

var limits = []limit{
	{"solo", "the last registration left out, and the record as it was before", packer, "a package is as of a block: ask for a newer one, and look for what came after", func(t *testing.T) evidence.Report {
		s := newStory(t)
		f := unpack(t, s.write(s.asset))
		list, _, _ := s.History(t.Context(), pledge.KeyAsset(s.asset), service.Page{})
		return check(t, newestOmitted(t, s, f, "pledge.register", list[len(list)-2].Record).pack(t, s.exchange), s.trust())
	}},
	{"fabric", "the last registration left out, and the record as it was before", packer, "the same", func(t *testing.T) evidence.Report {
		c := newChannel(t)
		f := unpack(t, c.build(c.asset))
		list, _, _ := c.History(t.Context(), pledge.KeyAsset(c.asset), service.Page{})
		return check(t, newestOmitted(t, c.story, f, "pledge.register", list[len(list)-2].Record).pack(t, c.exchange), c.trust())
	}},
	{"solo", "another explanation in README.txt, another `made_at`", packer, "they are the word of who signs the package, and prove nothing", func(t *testing.T) evidence.Report {
		s := newStory(t)
		f := unpack(t, s.write(s.asset))
		f["README.txt"] = []byte("All is well.\n")
		f.edit(t, "manifest.json", func(m map[string]any) { m["made_at"] = "2016-01-01T00:00:00.000Z" })
		return check(t, f.pack(t, s.exchange), s.trust())
	}},
	{"solo", "a second ledger from the same block 0", operator, "a solo ledger is one party's word; time stamps and imprints of its blocks are what ties its hands", func(t *testing.T) evidence.Report {
		s := newStory(t)
		trust := s.trust()
		s.rewind(1)
		s.commit(s.sign(s.owner2, pledge.PledgeWithdraw, pledge.EndBody{PledgeID: s.pledge, Reason: "OTHER"}))
		return check(t, s.write(s.asset), trust)
	}},
	{"solo", "a time stamp by an authority of the attacker's own", authority, "it may be an honest one that the trust file is too old for; it proves nothing, and the report says so", func(t *testing.T) evidence.Report {
		s := newStamped(t)
		f := unpack(t, s.build())
		s.tokenIn(t, f, stamptest.New(t, stamptest.ECDSA(t), nil).Stamp(t, s.run.Root(), nil))
		return check(t, f.pack(t, s.exchange), s.trust())
	}},
	{"solo", "a search that found nothing, signed with an exchange's key after it was revoked, about a block before that", "a revoked key of an exchange, and a living one that signs packages",
		"nobody proves when a report was signed; the checker tells the revocation as a negative fact", func(t *testing.T) evidence.Report { return backdated(t) }},
	{"fabric", "the flag of a transaction that no command of the package is in", peerDisk, "nothing is claimed of it", func(t *testing.T) evidence.Report {
		c := newChannel(t)
		f := unpack(t, c.build(c.asset))
		c.cuts[enrolled].flags = []byte{0, 0, 0}
		c.seal()
		return check(t, c.replaced(t, f).pack(t, c.exchange), c.trust())
	}},
	{"fabric", "a transaction said to be sent by another member", "all keys of a quorum of consenters and of members who satisfy the endorsement policy", "more than a third of the consenters conspire", func(t *testing.T) evidence.Report {
		c := newChannel(t)
		trust := c.trust()
		return check(t, c.forgedBy(t, unpack(t, c.build(c.asset)), []int{1, 2, 3}).pack(t, c.exchange), trust)
	}},
}

// rewind forgets the last n blocks, as only who keeps the ledger could.
func (s *story) rewind(n int) {
	s.blocks = s.blocks[:len(s.blocks)-n]
	clear(s.state)
	for _, b := range s.blocks {
		for _, list := range b.writes {
			for _, w := range list {
				s.state[w.Key] = w.Value
			}
		}
	}
}

// What is not claimed must be said, and be so: a limit that no longer is one
// is a mistake in TAMPER.md.
func TestTamperLimits(t *testing.T) {
	for _, l := range limits {
		t.Run(l.ledger+": "+l.name, func(t *testing.T) {
			if r := l.run(t); !r.OK() {
				t.Errorf("it is found: %s", text(r))
			}
		})
	}
}

func limitsTable() string {
	var b strings.Builder
	b.WriteString("## What is not found\n\nThe tests see these pass, so that this list stays true.\n\n| ledger | what is done | the attacker holds | why |\n|---|---|---|---|\n")
	for _, l := range limits {
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", l.ledger, l.name, l.holds, l.why)
	}
	return b.String()
}
