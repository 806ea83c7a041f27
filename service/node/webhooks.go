package node

import (
	"crypto/tls"
	"fmt"
	"path/filepath"
	"time"

	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/service/client"
	"github.com/datapledge/datapledge/service/webhook"
)

// Webhooks says how notices are delivered. Replicas share no registrations:
// switch them on at one, and lead /v1/webhooks there. With two of them each
// delivers what was registered with it; a target that is registered with both
// gets each delivery twice, under the same Datapledge-Delivery.
type Webhooks struct {
	Enabled bool `json:"enabled"`
	// AllowHTTP and AllowPrivate let targets be plain http, and have addresses
	// within one's own network.
	AllowHTTP    bool `json:"allow_http"`
	AllowPrivate bool `json:"allow_private"`
	// CAFile holds who vouches for targets, in PEM; the system's own list counts
	// when it is empty.
	CAFile string `json:"ca_file"`
	// PerParty is how many webhooks a party may have, Queue how many deliveries
	// one may have waiting or dead, Tries how often one is tried.
	PerParty int `json:"per_party"`
	Queue    int `json:"queue"`
	Tries    int `json:"tries"`
	// Timeout is of one try. FirstWait and LongestWait lie between tries.
	Timeout     Duration `json:"timeout"`
	FirstWait   Duration `json:"first_wait"`
	LongestWait Duration `json:"longest_wait"`
}

// defaultWebhooks try for about a day.
func defaultWebhooks() Webhooks {
	return Webhooks{Enabled: true, PerParty: 10, Queue: 10_000, Tries: 32,
		Timeout: Duration(10 * time.Second), FirstWait: Duration(5 * time.Second), LongestWait: Duration(time.Hour)}
}

func (w Webhooks) check() (faults []error) {
	for _, n := range []struct {
		name string
		n    int
	}{{"per_party", w.PerParty}, {"queue", w.Queue}, {"tries", w.Tries}} {
		if n.n < 1 {
			faults = append(faults, fmt.Errorf("webhooks.%s: at least 1", n.name))
		}
	}
	for _, d := range []struct {
		name string
		d    Duration
	}{{"timeout", w.Timeout}, {"first_wait", w.FirstWait}, {"longest_wait", w.LongestWait}} {
		if d.d < Duration(10*time.Millisecond) {
			faults = append(faults, fmt.Errorf("webhooks.%s: at least 10ms", d.name))
		}
	}
	if w.FirstWait > w.LongestWait {
		faults = append(faults, fmt.Errorf("webhooks.first_wait: longer than longest_wait"))
	}
	return faults
}

// openWebhooks opens what was registered here; nil when it is switched off.
func (n *Node) openWebhooks(key *client.Key) (service.Webhooks, error) {
	w := n.config.Webhooks
	if !w.Enabled {
		return nil, nil
	}
	var trust *tls.Config
	if w.CAFile != "" {
		var err error
		if trust, err = (Sink{CAFile: w.CAFile}).tls(); err != nil {
			return nil, fmt.Errorf("webhooks: %w", err)
		}
	}
	hooks, err := webhook.Open(webhook.Options{Path: filepath.Join(n.config.Data, "webhooks.db"), Key: key, AllowHTTP: w.AllowHTTP, AllowPrivate: w.AllowPrivate,
		TLS: trust, PerParty: w.PerParty, Queue: w.Queue, Tries: w.Tries, Timeout: time.Duration(w.Timeout),
		FirstWait: time.Duration(w.FirstWait), LongestWait: time.Duration(w.LongestWait), Logger: n.log})
	if err != nil {
		return nil, err
	}
	n.webhooks, n.closers = hooks, append(n.closers, hooks)
	return hooks, nil
}
