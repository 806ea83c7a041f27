package node

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"

	"github.com/datapledge/datapledge/service/evidence"
	"github.com/datapledge/datapledge/service/imprint"
)

// CheckpointSource is a member of a channel of checkpoints that this service
// is not on: it hands out what evidence packages need of them ("datapledge
// imprint follow -listen"). It is not believed: each checkpoint is checked
// against the trust file.
type CheckpointSource struct {
	// Name is unique, a-z, 0-9 and "-"; what was fetched is kept below
	// <data>/imprint/sources/<name>.
	Name string `json:"name"`
	// URL is its address; CAFile holds who vouches for it, in PEM; the
	// system's own list counts when it is empty.
	URL    string `json:"url"`
	CAFile string `json:"ca_file,omitempty"`
}

func (i Imprint) checkSources() (faults []error) {
	seen := map[string]bool{}
	for n, s := range i.Sources {
		fault := func(bad bool, format string, args ...any) {
			if bad {
				faults = append(faults, fmt.Errorf("imprint.sources[%d].%w", n, fmt.Errorf(format, args...)))
			}
		}
		u, err := url.Parse(s.URL)
		fault(!sinkName.MatchString(s.Name) || seen[s.Name], "name: %q is no name (a-z, 0-9 and -), or stands twice", s.Name)
		fault(err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http", "url: %q is not https://host/path", s.URL)
		seen[s.Name] = true
	}
	if len(i.Sources) > 0 && i.channels() > 0 {
		faults = append(faults, errors.New("imprint.sources: not beside a sink of kind fabric: this service has the checkpoints at first hand"))
	}
	return faults
}

var errNoImprintTrust = errors.New("imprint.sources: the trust file says nothing of the channel of checkpoints; make it with 'datapledge evidence trust -block … -imprint …'")

// openSources makes ready to fetch; nothing is fetched before evidence is asked for.
func (n *Node) openSources() error {
	for _, s := range n.config.Imprint.Sources {
		if n.trust.Imprint == nil {
			return errNoImprintTrust
		}
		trust, err := Sink{CAFile: s.CAFile}.tls()
		if err != nil {
			return fmt.Errorf("imprint source %s: %w", s.Name, err)
		}
		source, err := imprint.NewSource(imprint.SourceOptions{Name: s.Name, URL: s.URL, TLS: trust, Dir: filepath.Join(n.config.Data, "imprint", "sources", s.Name),
			Ledger: n.ledger, Check: n.checkpointStands, Logger: n.log})
		if err != nil {
			return err
		}
		n.closers = append(n.closers, source)
		n.sources = append(n.sources, source)
	}
	return nil
}

// checkpointStands judges what a source gave.
func (n *Node) checkpointStands(ctx context.Context, block uint64, hash string, files map[string][]byte) error {
	_, err := evidence.CheckCheckpoint(ctx, n.trust, block, hash, files)
	return err
}
