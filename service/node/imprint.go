package node

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"regexp"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service/client"
	"github.com/datapledge/datapledge/service/evidence"
	"github.com/datapledge/datapledge/service/imprint"
)

// sinkHTTP is an institution's receiver ("datapledge imprint receive").
const sinkHTTP = "http"

// Imprint says who gets every record, with its proof, as it commits.
type Imprint struct {
	Sinks []Sink `json:"sinks"`
	// Sources hand out checkpoints of a channel that this service is not on.
	Sources []CheckpointSource `json:"sources,omitempty"`
}

// Sink is one institution's end of the imprint.
type Sink struct {
	// Name is unique, a-z, 0-9 and "-"; receipts are kept below
	// <data>/imprint/<name>.
	Name string `json:"name"`
	Kind string `json:"kind"` // "http" or "fabric"
	// URL is the receiver's address; https unless it is on this machine.
	URL string `json:"url,omitempty"`
	// CAFile holds who vouches for it, in PEM; the system's own list counts
	// when it is empty.
	CAFile string `json:"ca_file,omitempty"`
	// Party is the USCC of the institution: only its receipts count. Needed of
	// kind "http".
	Party string `json:"party,omitempty"`

	// What follows is of kind "fabric": a channel that holds checkpoints.
	// ProfileFile is the connection profile of one of its members, User
	// ("service") a user there; Channel and Chaincode are "imprint" when empty.
	ProfileFile string `json:"profile_file,omitempty"`
	User        string `json:"user,omitempty"`
	Channel     string `json:"channel,omitempty"`
	Chaincode   string `json:"chaincode,omitempty"`
	// Interval is between two checkpoints of a ledger under load; 2 s when zero.
	Interval Duration `json:"interval,omitempty"`
}

var sinkName = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,31}$`)

func (i Imprint) check() (faults []error) {
	seen := map[string]bool{}
	for n, s := range i.Sinks {
		for _, err := range s.check() {
			faults = append(faults, fmt.Errorf("imprint.sinks[%d].%w", n, err))
		}
		if seen[s.Name] {
			faults = append(faults, fmt.Errorf("imprint.sinks[%d].name: %q stands twice", n, s.Name))
		}
		seen[s.Name] = true
	}
	return append(append(faults, i.checkChannels()...), i.checkSources()...)
}

func (s Sink) check() (faults []error) {
	fault := func(bad bool, format string, args ...any) {
		if bad {
			faults = append(faults, fmt.Errorf(format, args...))
		}
	}
	fault(!sinkName.MatchString(s.Name), "name: %q is no name (a-z, 0-9 and -)", s.Name)
	switch s.Kind {
	case sinkFabric:
		return append(faults, s.checkChannel()...)
	case sinkHTTP:
		fault(s.ofChannel() != Sink{}, "kind: one of kind http has no profile_file, user, channel, chaincode or interval")
	default:
		fault(true, "kind: %q is neither http nor fabric", s.Kind)
	}
	u, err := url.Parse(s.URL)
	fault(err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http", "url: %q is not https://host/path", s.URL)
	fault(err == nil && u.Scheme == "http" && !local(u.Hostname()), "url: plain http only to this machine: records would go over the network for anybody to read")
	fault(s.Party == "", "party: the USCC of the institution is needed: only its receipts count")
	fault(s.Party != "" && pledge.CheckUSCC(s.Party) != nil, "party: %q is no USCC", s.Party)
	return faults
}

func local(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// openImprint makes a follower for each sink; nil when there is none.
func (n *Node) openImprint(key *client.Key) error {
	var list []*imprint.Follower
	for _, s := range n.config.Imprint.Sinks {
		sink, err := n.sink(s, key)
		if err != nil {
			return fmt.Errorf("imprint %s: %w", s.Name, err)
		}
		f, err := imprint.NewFollower(imprint.Options{Ledger: n.ledger, Sink: sink, Dir: n.config.imprintDir(s.Name), Logger: n.log})
		if err != nil {
			return fmt.Errorf("imprint %s: %w", s.Name, err)
		}
		list = append(list, f)
	}
	if len(list) > 0 {
		n.imprints = imprint.New(list...)
	}
	return n.openSources()
}

func (n *Node) sink(s Sink, key *client.Key) (imprint.Sink, error) {
	if s.Kind == sinkFabric {
		return n.channelSink(s)
	}
	trust, err := s.tls()
	if err != nil {
		return nil, err
	}
	sink, err := imprint.NewHTTP(imprint.HTTPOptions{Name: s.Name, URL: s.URL, Party: s.Party, TLS: trust, Key: key, Ledger: n.ledger})
	if err == nil {
		n.closers = append(n.closers, sink)
	}
	return sink, err
}

func (s Sink) tls() (*tls.Config, error) {
	c := &tls.Config{MinVersion: tls.VersionTLS12}
	if s.CAFile == "" {
		return c, nil
	}
	pem, err := os.ReadFile(s.CAFile)
	if err != nil {
		return nil, fmt.Errorf("ca_file: %w", err)
	}
	c.RootCAs = x509.NewCertPool()
	if !c.RootCAs.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("ca_file: %s holds no certificate", s.CAFile)
	}
	return c, nil
}

// beside lists what stands beside the ledger here, for evidence packages.
func (n *Node) beside() (list []evidence.Beside) {
	if n.imprints != nil {
		list = append(list, n.imprints)
	}
	if n.stamper != nil {
		list = append(list, n.stamper)
	}
	return list
}

// elsewhere lists whom evidence packages ask over the network.
func (n *Node) elsewhere() (list []evidence.Beside) {
	for _, s := range n.sources {
		list = append(list, s)
	}
	return list
}

func closeAll(list []io.Closer) (err error) {
	for _, c := range list {
		err = errors.Join(err, c.Close())
	}
	return err
}
