package node

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service/imprint"
)

// imprintDir is where the receipts of a sink are kept.
func (c Config) imprintDir(sink string) string { return filepath.Join(c.Data, "imprint", sink) }

// ResumeImprint lets the imprint of a sink of the configuration go on, after it
// stopped and people decided. The service must not run: this opens its ledger,
// which nobody else may have open, and compares it with the receipts.
func ResumeImprint(ctx context.Context, config Config, sink string, again bool, logger *slog.Logger) (r imprint.Resumed, err error) {
	if err := config.Check(); err != nil {
		return r, err
	}
	if !slices.ContainsFunc(config.Imprint.Sinks, func(s Sink) bool { return s.Name == sink }) {
		return r, &pledge.Error{Code: pledge.NotFound, Detail: fmt.Sprintf("imprint.sinks has none of the name %q", sink)}
	}
	dir := config.imprintDir(sink)
	if err := imprint.Kept(dir); err != nil {
		return r, err
	}
	n := &Node{config: config, log: logger}
	if n.trust, err = config.trust(); err != nil {
		return r, err
	}
	if err := n.openLedger(ctx); err != nil {
		return r, errors.Join(err, n.release())
	}
	r, err = imprint.Resume(ctx, n.ledger, dir, again)
	return r, errors.Join(err, n.release())
}
