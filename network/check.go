package network

import (
	"errors"
	"fmt"
	"regexp"
	"slices"

	"github.com/datapledge/datapledge/pledge"
)

// leastConsenters is 3f+1 for f = 1: fewer survive no lying or dead orderer.
const leastConsenters = 4

// roles are those that an institution of the consortium can have; an
// enterprise is a party, but no member.
var roles = []pledge.Role{pledge.RoleIPCentre, pledge.RoleNotary, pledge.RoleExchange, pledge.RoleCourt, pledge.RoleRegulator, pledge.RoleBank}

var (
	channelForm = regexp.MustCompile(`^[a-z][a-z0-9.-]{0,248}$`)
	nameForm    = regexp.MustCompile(`^[A-Za-z0-9]+([_-][A-Za-z0-9]+)*$`)
	hostForm    = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$`)
	versionForm = regexp.MustCompile(`^[A-Za-z0-9_.+-]+$`)
	fabricForm  = regexp.MustCompile(`^3\.[0-9]+\.[0-9]+$`)
	bucketForm  = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$`)
)

// faults collects what is wrong, so that all of it is told at once.
type faults []error

func (f *faults) add(format string, args ...any) { *f = append(*f, fmt.Errorf(format, args...)) }

func (f *faults) unless(ok bool, format string, args ...any) {
	if !ok {
		f.add(format, args...)
	}
}

// Check tells everything that is wrong with a consortium at once.
func (c Consortium) Check() error {
	var f faults
	f.unless(c.V == 1, "v: %d is unknown, this program reads 1", c.V)
	f.unless(channelForm.MatchString(c.Channel), "channel: %q must begin with a letter and have only a-z, 0-9, . and -", c.Channel)
	f.unless(fabricForm.MatchString(c.Fabric), "fabric: %q must be a version like 3.1.1", c.Fabric)
	f.unless(nameForm.MatchString(c.Chaincode.Name), "chaincode.name: %q must have only letters, digits, and single - or _ between them", c.Chaincode.Name)
	f.unless(versionForm.MatchString(c.Chaincode.Version), "chaincode.version: %q must have only letters, digits, and _.+-", c.Chaincode.Version)
	f.unless(c.Chaincode.Sequence >= 1, "chaincode.sequence: %d must be 1 or more", c.Chaincode.Sequence)
	f.members(c)
	f.ports(c)
	f.ordering(c.Ordering)
	f.words("policies", c.Policies, c.Members)
	f.imprint(c)
	f.storage(c.Storage)
	return errors.Join(f...)
}

func (f *faults) members(c Consortium) {
	seen := map[string]string{}
	for i, m := range c.Members {
		at := fmt.Sprintf("members[%d]", i)
		f.member(at, m)
		f.once(seen, at+".role", "role "+string(m.Role))
		f.once(seen, at+".party", "party "+m.Party)
		f.once(seen, at+".msp", "MSP "+m.MSP)
		f.once(seen, at+".domain", "domain "+m.Domain)
		f.once(seen, at+".peer.host", "host "+m.Peer.Host)
		if m.Orderer != nil {
			f.once(seen, at+".orderer.host", "host "+m.Orderer.Host)
		}
	}
	n := len(c.consenters())
	f.unless(n >= leastConsenters, "members: %d run an orderer; at least %d must, so that one may fail or lie", n, leastConsenters)
	_, ok := c.Member(pledge.RoleExchange)
	f.unless(ok, "members: nobody has role exchange, which runs the service and the storage")
}

func (f *faults) once(seen map[string]string, at, what string) {
	if first, twice := seen[what]; twice {
		f.add("%s: %s stands already at %s", at, what, first)
		return
	}
	seen[what] = at
}

func (f *faults) member(at string, m Member) {
	f.unless(slices.Contains(roles, m.Role), "%s.role: %q is none of %v", at, m.Role, roles)
	if err := pledge.CheckUSCC(m.Party); err != nil {
		f.add("%s.party: %w", at, err)
	}
	f.unless(m.Name != "", "%s.name: is missing", at)
	f.unless(nameForm.MatchString(m.MSP), "%s.msp: %q must have only letters and digits", at, m.MSP)
	f.host(at+".domain", m.Domain)
	f.host(at+".peer.host", m.Peer.Host)
	if m.Orderer != nil {
		f.host(at+".orderer.host", m.Orderer.Host)
	}
}

func (f *faults) host(at, name string) {
	f.unless(hostForm.MatchString(name), "%s: %q is no DNS name of two or more labels", at, name)
}
