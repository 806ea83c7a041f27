package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/datapledge/datapledge/service/evidence"
	"github.com/datapledge/datapledge/service/fabric"
	"github.com/datapledge/datapledge/service/imprint"
)

const imprintFollowHelp = `usage: datapledge imprint follow -profile FILE -trust FILE -dir DIR [-user NAME]
         [-listen ADDR [-cert FILE -tls-key FILE]]

The end of a court, regulator or notary that is a member of the consortium and
of its imprint channel: copies and verifies the ledger's blocks itself, and has
checkpoints of them held on that channel, until it is ended. What other members
sent there it compares with its own copy, and stops when the two differ. No
service and no party's key is needed.

With -listen it hands the checkpoints out to whoever asks, for evidence packages
of a service that is not on the channel (imprint.sources in its configuration).
They prove themselves, so nobody needs to be known.

  -profile FILE   the member's connection profile, with both channels
  -trust FILE     which channels are believed: a trust file with "imprint"
                  ('datapledge evidence trust -block … -imprint …')
  -dir DIR        where the copies are kept; one process at a time
  -user NAME      the profile's user; "service" when not said
  -listen ADDR    HOST:PORT to answer on; nothing is answered without it
  -cert FILE, -tls-key FILE   answer on https with these (PEM)

EXAMPLE
  datapledge imprint follow -profile court.yaml -trust trust.json -dir imprint

EXIT STATUS
  0 ended in order, 1 fault, 2 usage
`

func (a *app) imprintFollowCommand() *cobra.Command {
	var profile, trust, dir, user string
	var l listening
	var c *cobra.Command
	c = a.command("follow", imprintFollowHelp, 0, 0, func(ctx context.Context, _ []string) error {
		if err := required(c, "profile", profile, "trust", trust, "dir", dir); err != nil {
			return err
		}
		if (l.cert == "") != (l.key == "") {
			return usagef("-cert and -tls-key go together")
		}
		t, err := channelsBelieved(trust)
		if err != nil {
			return err
		}
		return a.followImprint(ctx, t, fabric.Options{Profile: profile, User: user, Dir: dir}, l)
	})
	f := c.Flags()
	f.StringVar(&profile, "profile", "", "")
	f.StringVar(&trust, "trust", "", "")
	f.StringVar(&dir, "dir", "", "")
	f.StringVar(&user, "user", "", "")
	f.StringVar(&l.addr, "listen", "", "")
	f.StringVar(&l.cert, "cert", "", "")
	f.StringVar(&l.key, "tls-key", "", "")
	return c
}

// channelsBelieved reads a trust file of a ledger and of its imprint channel.
func channelsBelieved(path string) (evidence.Trust, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return evidence.Trust{}, err
	}
	t, err := evidence.ParseTrust(text)
	if err == nil && (t.Consortium == nil || t.Imprint == nil) {
		err = hintf(errors.New("it says nothing of an imprint channel"), "make it with 'datapledge evidence trust -block BLOCK -imprint BLOCK'")
	}
	if err != nil {
		return t, fmt.Errorf("%s: %w", path, err)
	}
	return t, nil
}

// followImprint joins both channels as a client of the member.
func (a *app) followImprint(ctx context.Context, t evidence.Trust, o fabric.Options, l listening) error {
	log := slog.New(slog.NewTextHandler(a.stderr, nil))
	dir := o.Dir
	ledger, err := openFollowed(ctx, t, o, log)
	if err != nil {
		return networkHint(err)
	}
	points, err := fabric.OpenCheckpoints(ctx, fabric.CheckpointOptions{Profile: o.Profile, User: o.User, Channel: t.Imprint.Channel, Chaincode: t.Imprint.Chaincode,
		Of: t.Channel, GenesisHash: t.Imprint.GenesisHash, Dir: filepath.Join(dir, "channel"), Logger: log})
	if err != nil {
		return errors.Join(err, ledger.Close())
	}
	sink := imprint.NewChannel(imprint.ChannelOptions{Name: t.Imprint.Channel, Checkpoints: points, Ledger: ledger, Logger: log})
	f, err := imprint.NewFollower(imprint.Options{Ledger: ledger, Sink: sink, Dir: receiptsBelow(dir), Logger: log})
	if err == nil {
		a.say("following channel %s; checkpoints go to channel %s", t.Channel, t.Imprint.Channel)
		out := imprint.Serve(t.Channel, imprint.New(f), log)
		err = l.beside(ctx, func(url string) { a.say("handing out checkpoints on %s", url) }, out, f.Run)
	}
	return errors.Join(err, points.Close(), ledger.Close())
}

// openFollowed opens the member's own copy of the ledger, below its folder.
func openFollowed(ctx context.Context, t evidence.Trust, o fabric.Options, log *slog.Logger) (*fabric.Ledger, error) {
	o.Channel, o.Chaincode, o.GenesisHash, o.Dir, o.Logger = t.Channel, t.Chaincode, t.GenesisHash, filepath.Join(o.Dir, "ledger"), log
	return fabric.Open(ctx, o)
}

// receiptsBelow is where a member's follower keeps its own.
func receiptsBelow(dir string) string { return filepath.Join(dir, "receipts") }
