package network

import (
	"slices"
	"strings"
	"testing"

	"github.com/datapledge/datapledge/pledge"
)

func TestChannelsOfTheShippedConsortium(t *testing.T) {
	c := standard(t)
	list := c.channels()
	if len(list) != 2 || list[0].Name != "pledge" || len(list[0].Members) != 6 || list[1].Name != "imprint" || list[1].file != "imprint.block" {
		t.Fatalf("%+v", list)
	}
	for _, m := range c.Members {
		want := slices.Contains([]pledge.Role{pledge.RoleCourt, pledge.RoleRegulator, pledge.RoleNotary}, m.Role)
		if got := len(c.ChannelsOf(m)) == 2; got != want || c.ChannelsOf(m)[0].Name != "pledge" {
			t.Errorf("%s is on %+v", m.Role, c.ChannelsOf(m))
		}
	}
}

// TestTwoOfThreeEndorseACheckpoint, and nobody else counts.
func TestTwoOfThreeEndorseACheckpoint(t *testing.T) {
	c := standard(t)
	rule, err := c.channels()[1].rule()
	if err != nil {
		t.Fatal(err)
	}
	for set := range 64 {
		list, _, _ := signers(c.Members, set)
		n := 0
		for _, s := range list {
			if s == "NotaryMSP.peer" || s == "CourtMSP.peer" || s == "RegulatorMSP.peer" {
				n++
			}
		}
		if got := satisfied(t, rule, list); got != (n >= 2) {
			t.Errorf("%v: %v by %s", list, got, rule)
		}
	}
}

// TestConsortiumWithoutImprint: one channel is enough, and nothing of another
// is rendered.
func TestConsortiumWithoutImprint(t *testing.T) {
	c := standard(t)
	c.Imprint = nil
	if err := c.Check(); err != nil || len(c.channels()) != 1 {
		t.Fatalf("%v, %+v", err, c.channels())
	}
	all, err := layout{c, "/somewhere"}.everything()
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range all {
		if strings.Contains(string(text), "imprint") {
			t.Errorf("%s speaks of the imprint", name)
		}
	}
}

func TestImprintNeedsAnotherChannel(t *testing.T) {
	for _, name := range []string{"pledge", "genesis", ""} {
		c := standard(t)
		c.Imprint.Channel = name
		if err := c.Check(); err == nil || !strings.Contains(err.Error(), "imprint.channel: ") {
			t.Errorf("%q: %v", name, err)
		}
	}
	c := standard(t)
	c.Imprint.Members = c.Imprint.Members[:1]
	if err := c.Check(); err == nil || !strings.Contains(err.Error(), "fewer than two") {
		t.Error(err)
	}
}
