package network

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"time"

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
	f.unless(nameForm.MatchString(c.Chaincode.Name), "chaincode.name: %q must have only letters, digits, and single - or _ between them", c.Chaincode.Name)
	f.unless(versionForm.MatchString(c.Chaincode.Version), "chaincode.version: %q must have only letters, digits, and _.+-", c.Chaincode.Version)
	f.unless(c.Chaincode.Sequence >= 1, "chaincode.sequence: %d must be 1 or more", c.Chaincode.Sequence)
	f.members(c)
	f.ports(c)
	f.ordering(c.Ordering)
	f.policies(c)
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

func (f *faults) ports(c Consortium) {
	seen := map[int]port{}
	for _, p := range c.ports() {
		f.unless(p.number >= 1024 && p.number <= 65535, "%s: port %d for %s is not in 1024 to 65535", p.node, p.number, p.use)
		if other, twice := seen[p.number]; twice {
			f.add("%s: port %d for %s is also the %s port of %s", p.node, p.number, p.use, other.use, other.node)
		}
		seen[p.number] = p
	}
}

func (f *faults) ordering(o Ordering) {
	for _, n := range []struct {
		name  string
		value int
		most  int
	}{{"max_message_count", o.MaxMessageCount, 10000}, {"preferred_max_bytes", o.PreferredMaxBytes, o.AbsoluteMaxBytes}, {"absolute_max_bytes", o.AbsoluteMaxBytes, 49 << 20}} {
		f.unless(n.value >= 1 && n.value <= n.most, "ordering.%s: %d is not in 1 to %d", n.name, n.value, n.most)
	}
	for _, d := range []struct {
		name  string
		value Duration
	}{{"batch_timeout", o.BatchTimeout}, {"request_batch_max_interval", o.RequestBatchMaxInterval}, {"request_forward_timeout", o.RequestForwardTimeout},
		{"request_complain_timeout", o.RequestComplainTimeout}, {"leader_heartbeat_timeout", o.LeaderHeartbeatTimeout}, {"view_change_timeout", o.ViewChangeTimeout}} {
		f.unless(d.value >= Duration(time.Millisecond) && d.value <= Duration(time.Minute), "ordering.%s: %s is not in 1ms to 1m", d.name, time.Duration(d.value))
	}
	// SmartBFT refuses to start otherwise.
	f.unless(o.RequestForwardTimeout <= o.RequestComplainTimeout, "ordering.request_forward_timeout: is longer than request_complain_timeout")
}

func (f *faults) policies(c Consortium) {
	for name, words := range map[string]string{"endorsement": c.Policies.Endorsement, "lifecycle": c.Policies.Lifecycle} {
		if _, err := parsePolicy(words, c.Members); err != nil {
			f.add("policies.%s: %w", name, err)
		}
	}
}

func (f *faults) storage(s Storage) {
	f.host("storage.host", s.Host)
	f.unless(bucketForm.MatchString(s.Bucket), "storage.bucket: %q must have 3 to 63 characters a-z, 0-9 or -", s.Bucket)
	f.unless(nameForm.MatchString(s.Region), "storage.region: %q must have only letters, digits and -", s.Region)
}
