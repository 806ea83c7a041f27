package evidence

import (
	"fmt"
	"slices"
	"strconv"
)

// facts is what the parts list and the scorecard are computed from: all of it
// proven or counted by the checker, none of it the maker's word.
type facts struct {
	kind       string
	consortium bool
	blocks     int // that hold a command of the package
	stamped    int // of them, with a time stamp
	proven     int // of them, with one of an authority that is trusted
	receipts   int // of institutions that received the records
	checkpoint int
	sm3        bool

	imprintHolds bool // what the trust file names nobody for is in the package unproven

	certificate bool // a data-IP certificate is recorded on the asset
	attested    bool // by a notary, on the pledge
	custody     bool // checked for the pledge
	perfection  string
	data        Result // what comparing with given files found
}

// gatherFacts counts what is in the package. Whether a part is sound is for
// its own check to say.
func (c *checker) gatherFacts() {
	f := &facts{kind: c.list.kind, consortium: c.founding != nil, data: NotPresent}
	asset, _ := parseJSON(c.last[assetKey+c.assetID])
	_, f.certificate = asset.get("registration_certificate")
	if c.list.kind == KindPledge {
		pledge, _ := parseJSON(c.last[pledgeKey+c.list.id])
		_, f.attested = pledge.get("attestation")
		_, f.custody = pledge.get("custody")
		perfection, _ := pledge.get("perfection")
		f.perfection = textIn(perfection, "state")
		if verified, _ := perfection.get("verified"); c.passed(textIn(verified, "term_end")) {
			f.perfection = "LAPSED"
		}
	}
	for number := range c.standing() {
		f.blocks++
		if slices.ContainsFunc(c.TimeStamps, func(s StampedBlock) bool { return s.Block == number }) {
			f.proven++
		}
		if _, ok := find(c.files, fmt.Sprintf("%s%020d.json", dirStamps, number)); ok {
			f.stamped++
		}
	}
	c.countBeside(f)
	f.imprintHolds = c.Find(checkReceipts).Result == Pass || c.Find(checkImprint).Result == Pass
	c.facts = f
}

func (c *checker) countBeside(f *facts) {
	for _, file := range c.files {
		switch roleOf(file.name) {
		case "imprint-receipt":
			f.receipts++
		case "imprint-checkpoint":
			f.checkpoint++
		case "sm3-manifest":
			f.sm3 = true
		}
	}
}

// standing is the set of blocks that hold a command of the package.
func (c *checker) standing() map[uint64]bool {
	numbers := map[uint64]bool{}
	for _, cmd := range c.commands {
		numbers[cmd.head.number] = true
	}
	return numbers
}

// The checks of what stands beside the ledger.
const (
	checkStamps   = "time-stamps"
	checkReceipts = "imprint-receipts"
	checkImprint  = "imprint-channel"
)

func (f *facts) imprinted() bool     { return f.receipts+f.checkpoint > 0 }
func (f *facts) provenStamps() bool  { return f.proven > 0 }
func (f *facts) provenImprint() bool { return f.imprinted() && f.imprintHolds }
func (f *facts) ofData() bool        { return f.kind == KindAsset || f.kind == KindPledge }

// asListed are the facts that the list in the package goes by: what is in it,
// whether or not this reader's trust file is enough to prove it.
func (f *facts) asListed() *facts {
	l := *f
	l.proven, l.imprintHolds, l.data = l.stamped, true, NotPresent
	return &l
}

func count(n int) string { return strconv.Itoa(n) }
