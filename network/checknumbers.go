package network

import "time"

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

// words checks the policies of a channel.
func (f *faults) words(at string, p Policies, members []Member) {
	for _, one := range []struct{ name, words string }{{"endorsement", p.Endorsement}, {"lifecycle", p.Lifecycle}} {
		if _, err := parsePolicy(one.words, members); err != nil {
			f.add("%s.%s: %w", at, one.name, err)
		}
	}
}

func (f *faults) storage(s Storage) {
	f.host("storage.host", s.Host)
	f.unless(bucketForm.MatchString(s.Bucket), "storage.bucket: %q must have 3 to 63 characters a-z, 0-9 or -", s.Bucket)
	f.unless(nameForm.MatchString(s.Region), "storage.region: %q must have only letters, digits and -", s.Region)
}
