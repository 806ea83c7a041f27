// Package node puts a service together from the embedded parts: the ledger of
// a single node, a folder as the bucket, the read model, and the keys that
// the first start makes.
package node

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/service/client"
	"github.com/datapledge/datapledge/service/evidence"
	"github.com/datapledge/datapledge/service/imprint"
	"github.com/datapledge/datapledge/service/index"
	"github.com/datapledge/datapledge/service/preflight"
	"github.com/datapledge/datapledge/service/rest"
	"github.com/datapledge/datapledge/service/sketches"
	"github.com/datapledge/datapledge/service/timestamp"
	"github.com/datapledge/datapledge/service/webhook"
	"github.com/datapledge/datapledge/storage"
)

// Node is a running service. Close it.
type Node struct {
	config     Config
	log        *slog.Logger
	trust      evidence.Trust // the trust file; zero when none is named
	service    *service.Service
	handler    *rest.Handler
	ledger     service.Ledger
	index      *index.Index
	bucket     storage.Bucket
	audit      *os.File
	imprints   *imprint.Imprints  // nil when nobody gets any
	sources    []*imprint.Source  // of checkpoints
	stamper    *timestamp.Stamper // nil when nobody is asked for time stamps
	stampRoots []string           // PEM
	authority  *timestamp.Client  // nil like the stamper
	webhooks   *webhook.Hooks     // nil when this replica keeps none
	closers    []io.Closer

	likeContent *sketches.Index // nil until the service is assembled

	stop    context.CancelFunc
	running sync.WaitGroup
}

// Open starts a node. The first start makes keys and ledger below
// config.Data. A damaged ledger is refused: the error says where it breaks.
func Open(ctx context.Context, config Config, logger *slog.Logger) (*Node, error) {
	if err := config.Check(); err != nil {
		return nil, err
	}
	if logger == nil {
		logger = slog.New(slog.DiscardHandler)
	}
	n := &Node{config: config, log: logger}
	if err := n.open(ctx); err != nil {
		return nil, errors.Join(err, n.release())
	}
	return n, nil
}

func (n *Node) open(ctx context.Context) (err error) {
	if n.trust, err = n.config.trust(); err != nil {
		return err
	}
	if err := n.openLedger(ctx); err != nil {
		return err
	}
	custodian, err := n.load(n.config.Keys.CustodianFile, string(pledge.RoleExchange))
	if err != nil {
		return err
	}
	if n.index, err = index.Open(indexPath(n.config), n.log); err != nil {
		return fmt.Errorf("opening the index: %w", err)
	}
	if n.bucket, err = openBucket(ctx, n.config, n.log); err != nil {
		return err
	}
	if err := n.openImprint(custodian); err != nil {
		return err
	}
	if err := n.openTimeStamps(); err != nil {
		return err
	}
	metrics := rest.NewMetrics()
	if n.service, err = n.assemble(n.bucket, custodian, metrics); err != nil {
		return err
	}
	if n.handler, err = n.handle(metrics); err != nil {
		return err
	}
	n.start(ctx)
	return n.caughtUp(ctx)
}

func (n *Node) handle(metrics *rest.Metrics) (*rest.Handler, error) {
	checker, err := n.config.Checker.open()
	if err != nil {
		return nil, err
	}
	trust, err := n.publicTrust()
	if err != nil {
		return nil, err
	}
	l := n.config.Limits
	return rest.New(n.service, rest.Options{Logger: n.log, Metrics: metrics, Idle: time.Duration(l.Idle), RatePerAddress: l.RatePerAddress,
		RatePerParty: l.RatePerParty, TrustedProxies: l.TrustedProxies, Checker: checker, Trust: trust, Now: n.config.now})
}

func (n *Node) assemble(bucket storage.Bucket, custodian *client.Key, metrics *rest.Metrics) (*service.Service, error) {
	identity, err := identityOf(custodian)
	if err != nil {
		return nil, err
	}
	vault, err := storage.NewVault(bucket, identity, storage.Options{Now: n.config.now})
	if err != nil {
		return nil, fmt.Errorf("opening the vault: %w", err)
	}
	audit, err := n.auditLog()
	if err != nil {
		return nil, err
	}
	printer, err := n.openPrinter()
	if err != nil {
		return nil, err
	}
	examiner, err := n.examiner()
	if err != nil {
		return nil, err
	}
	o := service.Options{
		Ledger: n.ledger, Index: n.index, Vault: vault, Custodian: custodian, Probe: probe(bucket, n.config.Data), Examiner: examiner,
		Evidence: n.evidence(vault, custodian), Certificates: printer, FindingName: preflight.FindingName, PublicURL: n.config.PublicURL,
		UploadLife: time.Duration(n.config.Limits.UploadLife), Now: n.config.now, Logger: n.log, Audit: audit, Observer: metrics,
	}
	if n.imprints != nil {
		o.Imprints = n.imprints
	}
	if n.stamper != nil {
		o.TimeStamps = n.stamper
	}
	if err := n.openLikeContent(vault); err != nil {
		return nil, err
	}
	o.Content = n.likeContent
	if o.Webhooks, err = n.openWebhooks(custodian); err != nil {
		return nil, err
	}
	return service.New(o)
}

// sealedFiles lists what a notarization is too small to name.
func sealedFiles(vault *storage.Vault) func(ctx context.Context, fingerprint, owner string) ([]pledge.File, error) {
	return func(ctx context.Context, fingerprint, owner string) ([]pledge.File, error) {
		d, err := vault.Find(ctx, fingerprint, owner)
		files := make([]pledge.File, len(d.Files))
		for i, f := range d.Files {
			files[i] = pledge.File{Path: f.Path, Size: f.Size, SHA256: f.SHA256, Root: f.Root}
		}
		return files, err
	}
}

// sealedSM3 tells the SM3 manifest of what is in the vault, if it has one.
func sealedSM3(vault *storage.Vault) func(ctx context.Context, fingerprint, owner string) (string, error) {
	return func(ctx context.Context, fingerprint, owner string) (string, error) {
		d, err := vault.Find(ctx, fingerprint, owner)
		if errors.Is(err, storage.ErrNotExist) {
			return "", nil
		}
		return d.SM3.String(), err
	}
}

func (n *Node) load(path, name string) (*client.Key, error) {
	if path == "" {
		path = n.config.keyFile(name)
	}
	key, err := client.Load(path, n.passphrase())
	if err != nil {
		return nil, fmt.Errorf("loading the key of the %s: %w", name, err)
	}
	return key, nil
}

func (n *Node) passphrase() func() (string, error) {
	path := n.config.Keys.PassphraseFile
	if path == "" {
		return nil
	}
	return func() (string, error) {
		data, err := os.ReadFile(path)
		return strings.TrimRight(string(data), "\r\n"), err
	}
}

// identityOf is the age identity of the custodian, which opens every dataset
// in the bucket.
func identityOf(key *client.Key) (storage.Identity, error) {
	text, ok := key.Identity().(fmt.Stringer)
	if !ok {
		return storage.Identity{}, errors.New("the custodian's key has no age identity")
	}
	return storage.ParseIdentity(storage.NewSecret(text.String()))
}

// auditLog writes one line of JSON per act that was accepted or refused.
func (n *Node) auditLog() (*slog.Logger, error) {
	if n.config.Log.AuditFile == "" {
		return n.log.With("log", "audit"), nil
	}
	f, err := os.OpenFile(n.config.Log.AuditFile, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("opening the audit log: %w", err)
	}
	n.audit = f
	return slog.New(slog.NewJSONHandler(f, nil)), nil
}

// holdRetry is how long a hold that failed waits to be tried again.
const holdRetry = 30 * time.Second

// start runs what works beside the requests until Close.
func (n *Node) start(ctx context.Context) {
	ctx, n.stop = context.WithCancel(context.WithoutCancel(ctx))
	n.running.Go(func() { n.project(ctx) })
	n.running.Go(func() { n.likeContent.Run(ctx) })
	if n.imprints != nil {
		n.running.Go(func() { n.imprints.Run(ctx) })
	}
	if n.webhooks != nil {
		n.running.Go(func() { n.webhooks.Run(ctx, n.service) })
	}
	if n.stamper != nil {
		n.running.Go(func() { _ = n.stamper.Run(ctx) }) // it tells why it ended
	}
	n.running.Go(func() {
		tick := time.NewTicker(time.Duration(n.config.Limits.Sweep))
		defer tick.Stop()
		n.service.RunSweeper(ctx, tick.C)
	})
	n.running.Go(func() {
		tick := time.NewTicker(holdRetry)
		defer tick.Stop()
		n.service.RunHolds(ctx, tick.C)
	})
	n.startClocks(ctx)
}

// project keeps the index up with the ledger. A fault is logged and it is
// tried again, because the ledger takes commands without it.
func (n *Node) project(ctx context.Context) {
	for ctx.Err() == nil {
		err := n.index.Project(ctx, n.ledger)
		if ctx.Err() != nil {
			return
		}
		n.log.ErrorContext(ctx, "index stopped", "error", err)
		select {
		case <-ctx.Done():
		case <-time.After(time.Second):
		}
	}
}

// startWait bounds how long a start waits for the index. A longer rebuild
// goes on while the node serves, and /readyz says so.
const startWait = 10 * time.Second

func (n *Node) caughtUp(ctx context.Context) error {
	head, err := n.ledger.Head(ctx)
	if err != nil {
		return fmt.Errorf("reading the head: %w", err)
	}
	wait, cancel := context.WithTimeout(ctx, startWait)
	defer cancel()
	if err := n.index.WaitFor(wait, head.Height); err != nil && ctx.Err() != nil {
		return ctx.Err()
	}
	return nil
}

// Handler answers HTTP requests.
func (n *Node) Handler() http.Handler { return n.handler }

// Service is the use cases themselves.
func (n *Node) Service() *service.Service { return n.service }

// Ledger is the ledger itself.
func (n *Node) Ledger() service.Ledger { return n.ledger }

// Serve answers on l until ctx ends, then finishes the requests under way for
// at most grace, and cuts off what is left.
func (n *Node) Serve(ctx context.Context, l net.Listener, grace time.Duration) error {
	server := rest.NewServer(n.handler)
	failed := make(chan error, 1)
	go func() { failed <- n.serve(server, l) }()
	select {
	case err := <-failed:
		return fmt.Errorf("serving: %w", err)
	case <-ctx.Done():
	}
	wait, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
	defer cancel()
	if err := server.Shutdown(wait); err != nil {
		n.log.Warn("requests were cut off", "error", err)
		err = server.Close()
		return errors.Join(err, ignoreClosed(<-failed))
	}
	return ignoreClosed(<-failed)
}

func (n *Node) serve(server *http.Server, l net.Listener) error {
	if n.config.TLS.CertFile != "" {
		return server.ServeTLS(l, n.config.TLS.CertFile, n.config.TLS.KeyFile)
	}
	return server.Serve(l)
}

func ignoreClosed(err error) error {
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

// Close ends streams and what runs beside the requests, then closes the
// files. The server must have stopped.
func (n *Node) Close(ctx context.Context) error {
	if n.handler != nil {
		n.handler.Close()
	}
	done := make(chan error, 1)
	go func() { done <- n.release() }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// release undoes open, as far as that came.
func (n *Node) release() error {
	if n.stop != nil {
		n.stop()
	}
	n.running.Wait()
	faults := []error{closeAll(n.closers)}
	if n.index != nil {
		faults = append(faults, n.index.Close())
	}
	if n.ledger != nil {
		faults = append(faults, n.ledger.Close())
	}
	if c, ok := n.bucket.(io.Closer); ok {
		faults = append(faults, c.Close())
	}
	if n.audit != nil {
		faults = append(faults, n.audit.Close())
	}
	return errors.Join(faults...)
}
