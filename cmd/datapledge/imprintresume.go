package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service/fabric"
	"github.com/datapledge/datapledge/service/imprint"
	"github.com/datapledge/datapledge/service/node"
	"github.com/datapledge/datapledge/service/solo"
)

const imprintResumeHelp = `usage: datapledge imprint resume -sink NAME [-config FILE] [-data DIR] [-again]
       datapledge imprint resume -profile FILE -trust FILE -dir DIR
         [-user NAME] [-again]

Lets an imprint go on that stopped because ledger and institution held different
blocks, after people found out which of them was wrong and put that right. It
compares the ledger with the receipts, and refuses while the ledger contradicts
them. The service must not run meanwhile. When the institution still shows a
signed receipt for another block, the next start stops again.

  -sink NAME      the institution, as the config names it
  -config FILE    the service's config; what it leaves out has the default
  -data DIR       where the service keeps everything, whatever the config says
  -again          forget how far receipts reach, too: everything is delivered
                  again from block 0, to an institution that begins anew. The
                  receipts themselves are kept.

The second form is for a member that runs 'datapledge imprint follow': the same
flags as there.

EXAMPLE
  datapledge imprint resume -config service.json -sink court

EXIT STATUS
  0 it goes on at the next start, 1 fault, 2 usage, 3 refused: the ledger
  contradicts the receipts, or this imprint has not stopped
`

// resuming is what the flags of 'imprint resume' say.
type resuming struct {
	config, data, sink        string
	profile, user, trust, dir string
	again                     bool
}

func (a *app) imprintResumeCommand() *cobra.Command {
	var r resuming
	c := a.command("resume", imprintResumeHelp, 0, 0, func(ctx context.Context, _ []string) error {
		service, member := r.sink != "", r.dir != "" && r.profile != "" && r.trust != ""
		if service == member || member && r.config+r.data != "" {
			return usagef("-sink NAME, or -profile FILE -trust FILE -dir DIR")
		}
		done, err := r.resume(ctx, a)
		if err != nil {
			return resumeHint(err)
		}
		a.emit(done, func(w io.Writer) { printResumed(w, done) })
		return nil
	})
	f := c.Flags()
	for name, into := range map[string]*string{"config": &r.config, "data": &r.data, "sink": &r.sink,
		"profile": &r.profile, "user": &r.user, "trust": &r.trust, "dir": &r.dir} {
		f.StringVar(into, name, "", "")
	}
	f.BoolVar(&r.again, "again", false, "")
	return c
}

func (r resuming) resume(ctx context.Context, a *app) (imprint.Resumed, error) {
	if r.dir != "" {
		return a.resumeMember(ctx, r)
	}
	config := node.Default()
	if r.config != "" {
		var err error
		if config, err = node.Load(r.config); err != nil {
			return imprint.Resumed{}, badConfig(err)
		}
	}
	config.Data = first(r.data, config.Data)
	if err := config.Check(); err != nil {
		return imprint.Resumed{}, badConfig(err)
	}
	return node.ResumeImprint(ctx, config, r.sink, r.again, a.logger("error"))
}

// resumeMember does it for the follower of a member of the imprint channel.
func (a *app) resumeMember(ctx context.Context, r resuming) (done imprint.Resumed, err error) {
	dir := receiptsBelow(r.dir)
	if err := imprint.Kept(dir); err != nil {
		return done, err
	}
	t, err := channelsBelieved(r.trust)
	if err != nil {
		return done, err
	}
	ledger, err := openFollowed(ctx, t, fabric.Options{Profile: r.profile, User: r.user, Dir: r.dir}, a.logger("error"))
	if err != nil {
		return done, networkHint(err)
	}
	done, err = imprint.Resume(ctx, ledger, dir, r.again)
	return done, errors.Join(err, ledger.Close())
}

// resumeHint says what to do about what 'imprint resume' runs into most.
func resumeHint(err error) error {
	switch {
	case errors.Is(err, solo.ErrLocked):
		return hintf(err, "end the service first, and start it again afterwards")
	case errors.Is(err, pledge.Forked):
		return hintf(err, "restore the ledger that the receipts are for")
	}
	return err
}

func printResumed(w io.Writer, r imprint.Resumed) {
	if r.Stopped != "" {
		fmt.Fprintf(w, "forgot that it stopped on %s: %s\n", r.Since, r.Stopped)
	}
	if r.Again != nil {
		fmt.Fprintf(w, "forgot that receipts reach block %d: everything is delivered again from block 0\n", r.Again.Height)
	}
	fmt.Fprintln(w, "it goes on at the next start; the receipts are all kept")
}
