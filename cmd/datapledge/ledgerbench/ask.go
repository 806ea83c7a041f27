package ledgerbench

import (
	"context"
	"fmt"
	"time"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
)

// question is one that a bank asks. It must find what is there.
type question struct {
	what  string
	share int // every so many-th of the questions asked, for what takes long
	ask   func(ctx context.Context, l *ledger, s sample) error
}

func questions() []question {
	return []question{
		{"query by fingerprint", 1, func(ctx context.Context, l *ledger, s sample) error {
			f, err := l.service.Fingerprint(ctx, l.bank(), s.fingerprint)
			if err == nil && (len(f.Assets) != 1 || f.Assets[0].AssetID != s.asset) {
				return fmt.Errorf("%d assets have the fingerprint of %s", len(f.Assets), s.asset)
			}
			return err
		}},
		{"lien search by fingerprint", 1, func(ctx context.Context, l *ledger, s sample) error {
			return l.search(ctx, service.SearchRequest{Fingerprint: s.fingerprint}, s.liens())
		}},
		{"lien search by asset", 1, func(ctx context.Context, l *ledger, s sample) error {
			return l.search(ctx, service.SearchRequest{AssetID: s.asset}, s.liens())
		}},
		{"lien search by party", 10, func(ctx context.Context, l *ledger, s sample) error {
			return l.search(ctx, service.SearchRequest{Party: s.owner}, perOwner/pledgedOf)
		}},
	}
}

func (s sample) liens() int {
	if s.pledged {
		return 1
	}
	return 0
}

func (l *ledger) bank() service.Caller {
	return service.Caller{Party: l.cast.Bank.USCC, Roles: []pledge.Role{pledge.RoleBank}}
}

func (l *ledger) search(ctx context.Context, q service.SearchRequest, liens int) error {
	found, err := l.service.Search(ctx, l.bank(), q)
	if err == nil && (!found.Complete || len(found.Liens) != liens) {
		return fmt.Errorf("the search %+v found %d liens, not %d: %s", q, len(found.Liens), liens, found.Incomplete)
	}
	return err
}

// ask puts n questions of each kind to both ledgers, one by one and by turns.
func (m *measures) ask(ctx context.Context, large, small *ledger, n int) error {
	for _, q := range questions() {
		var took [2][]time.Duration
		for range max(n/q.share, 1) {
			for i, l := range []*ledger{large, small} {
				s := l.samples[m.random.IntN(len(l.samples))]
				start := time.Now()
				if err := q.ask(ctx, l, s); err != nil {
					return fmt.Errorf("%s: %w", q.what, err)
				}
				took[i] = append(took[i], time.Since(start))
			}
		}
		m.answered(q.what, timesOf(took[0]), timesOf(took[1]))
	}
	return nil
}

func timesOf(took []time.Duration) Times { return Times{median(took), percentile(took, 99)} }
