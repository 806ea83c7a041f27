package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"runtime/debug"
	"syscall"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/service/node"
	"github.com/datapledge/datapledge/storage"
)

const serveHelp = `usage: datapledge serve [-config FILE] [-listen ADDR] [-data DIR] [-check-config]

Runs the service. Without a config file it has a ledger of one node and a folder
of sealed datasets, all of it under ./datapledge-data, on 127.0.0.1:8080; the
first start makes the keys of the member institutions there, mode 0600. With one
it can stand on a consortium and an S3 store: 'network up' writes such a file.
SIGTERM and SIGINT let requests under way finish.

  -config FILE    a JSON config; what it leaves out has the default
  -check-config   check the config, the consortium, the bucket, fonts and
                  certificates that it names, say what is wrong and what to do
                  about it, and end
  -listen ADDR    where to listen, whatever the config says
  -data DIR       where to keep everything, whatever the config says

EXAMPLE
  datapledge serve -data ./try -listen 127.0.0.1:9000

EXIT STATUS
  0 ended in order, 1 fault (as when the ledger is damaged: it says where), 2 usage
`

// collectEarly is the GC percentage of the service. What an upload holds are a
// few large buffers; letting the heap double over them would take a third
// more memory and gain nothing. GOGC overrules it.
const collectEarly = 50

// grace is how long requests under way may take to finish at the end.
const grace = 20 * time.Second

func (a *app) serveCommand() *cobra.Command {
	var path, listen, data string
	var check bool
	c := a.command("serve", serveHelp, 0, 0, func(ctx context.Context, _ []string) error {
		config := node.Default()
		if path != "" {
			var err error
			if config, err = node.Load(path); err != nil {
				return badConfig(err)
			}
		}
		config.Listen, config.Data = first(listen, config.Listen), first(data, config.Data)
		if err := config.Check(); err != nil {
			return badConfig(err)
		}
		config.Now = clock
		if check {
			return a.checkConfig(ctx, config)
		}
		return a.serve(ctx, config)
	})
	f := c.Flags()
	f.StringVar(&path, "config", "", "")
	f.BoolVar(&check, "check-config", false, "")
	f.StringVar(&listen, "listen", "", "")
	f.StringVar(&data, "data", "", "")
	return c
}

// lookFor bounds how long a check of the config looks at ledger and bucket.
const lookFor = 20 * time.Second

// checkConfig also asks the consortium and the store that the config names.
// It makes nothing.
func (a *app) checkConfig(ctx context.Context, config node.Config) error {
	ctx, cancel := context.WithTimeout(ctx, lookFor)
	defer cancel()
	ledger, err := config.CheckLedger(ctx)
	if err != nil {
		return a.findingsFault("ledger", err)
	}
	bucket, err := config.CheckBucket(ctx)
	if err != nil {
		return a.findingsFault("bucket "+config.Bucket.Bucket, err)
	}
	printing, err := config.CheckCertificates()
	if err != nil {
		return a.findingsFault("certificates", err)
	}
	a.emit(config, func(w io.Writer) {
		fmt.Fprintf(w, "good: listen on %s, keep everything in %s, channel %s\n", config.Listen, config.Data, config.Channel)
		printFindings(w, "ledger", ledger)
		printFindings(w, "bucket "+config.Bucket.Bucket, bucket)
		printFindings(w, "certificates", printing)
	})
	return nil
}

func printFindings(w io.Writer, what string, found []storage.Finding) {
	for _, f := range found {
		fmt.Fprintf(w, "good: %s: %s\n", what, f.Check)
	}
}

// findingsFault tells everything that is wrong, each with its remedy.
func (a *app) findingsFault(what string, err error) error {
	var wrong storage.FindingsError
	if !errors.As(err, &wrong) {
		return badConfig(err)
	}
	for _, f := range wrong {
		a.say("%s: %s: %s\n  remedy: %s", what, f.Check, f.Cause, f.Remedy)
	}
	return fmt.Errorf("%s: %d of what was checked is not as it must be", what, len(wrong))
}

// badConfig is a mistake of the caller, unless the file cannot be read.
func badConfig(err error) error {
	if path := (*fs.PathError)(nil); errors.As(err, &path) {
		return err
	}
	return usagef("%v", err)
}

func (a *app) serve(ctx context.Context, config node.Config) error {
	if os.Getenv("GOGC") == "" {
		defer debug.SetGCPercent(debug.SetGCPercent(collectEarly))
	}
	_, err := os.Stat(filepath.Join(config.Data, "keys"))
	newcomer := errors.Is(err, fs.ErrNotExist) && config.Ledger.Kind == "solo" // a consortium's members bring their keys
	l, err := net.Listen("tcp", config.Listen)
	if err != nil {
		if errors.Is(err, syscall.EADDRINUSE) {
			return hintf(err, "something else listens there; choose another with -listen 127.0.0.1:0")
		}
		return err
	}
	n, err := node.Open(ctx, config, a.logger(config.Log.Level))
	if err != nil {
		return errors.Join(a.notOpened(ctx, config, err), l.Close())
	}
	url := "http://" + l.Addr().String()
	if config.TLS.CertFile != "" {
		url = "https://" + l.Addr().String()
	}
	a.emit(map[string]any{"url": url, "data": config.Data, "first_start": newcomer}, func(w io.Writer) {
		fmt.Fprintf(w, "serving on %s, everything is in %s\n", url, config.Data)
		if newcomer {
			firstSteps(w, url, config.Data)
		}
	})
	err = n.Serve(ctx, l, grace)
	wait, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
	defer cancel()
	return errors.Join(err, n.Close(wait))
}

// notOpened looks for the reason in the consortium, where there is one.
func (a *app) notOpened(ctx context.Context, config node.Config, err error) error {
	ctx, cancel := context.WithTimeout(ctx, lookFor)
	defer cancel()
	_, wrong := config.CheckLedger(ctx)
	if wrong == nil {
		return err
	}
	_ = a.findingsFault("ledger", wrong)
	if errors.Is(err, service.ErrUnavailable) {
		return hintf(err, "start what cannot be reached, then this again; 'datapledge network status' looks at a network on this machine, 'datapledge network up' starts it")
	}
	return err
}

// firstSteps tells a newcomer what was made and what to type next.
func firstSteps(w io.Writer, url, data string) {
	keys := filepath.Join(data, "keys")
	fmt.Fprintf(w, `
First start: the keys of the member institutions are in %[1]s (mode 0600).
They are for trying out; whoever has them acts for the IP centre, the notary,
the exchange, the court, the regulator and the bank.

Next, in another terminal, enrol a company of your own:
  export DATAPLEDGE_SERVER=%[2]s
  datapledge key new -party 91330108MA2DEMXA01 -out acme.jwk
  datapledge key show acme.jwk -json > acme.pub.json
  datapledge party enroll acme.pub.json -name "Acme Data Co." -roles enterprise -key %[1]s/ipcenter.jwk
  datapledge asset notarize -help

The contract is at %[2]s/docs
`, keys, url)
}

// logger writes lines for people on a terminal, and JSON into a pipe.
func (a *app) logger(level string) *slog.Logger {
	var l slog.Level
	_ = l.UnmarshalText([]byte(level)) // the config was checked
	o := &slog.HandlerOptions{Level: l}
	if f, ok := a.stderr.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		return slog.New(slog.NewTextHandler(a.stderr, o))
	}
	return slog.New(slog.NewJSONHandler(a.stderr, o))
}
