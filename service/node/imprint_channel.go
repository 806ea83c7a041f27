package node

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"github.com/datapledge/datapledge/service/fabric"
	"github.com/datapledge/datapledge/service/imprint"
	"github.com/datapledge/datapledge/storage"
)

// sinkFabric is a channel of other institutions that holds checkpoints.
const sinkFabric = "fabric"

// sinkChannel is the name of such a channel, and of its chaincode, when the
// configuration gives none.
const sinkChannel = "imprint"

// ofChannel are the parts of a sink that only one of kind fabric has.
func (s Sink) ofChannel() Sink {
	return Sink{ProfileFile: s.ProfileFile, User: s.User, Channel: s.Channel, Chaincode: s.Chaincode, Interval: s.Interval}
}

func (s Sink) checkChannel() (faults []error) {
	if s.ProfileFile == "" {
		faults = append(faults, errors.New("profile_file: the connection profile of a member of the channel is needed"))
	}
	if s.Channel != "" && !channelName.MatchString(s.Channel) {
		faults = append(faults, fmt.Errorf("channel: %q is no channel's name", s.Channel))
	}
	if s.Interval < 0 {
		faults = append(faults, errors.New("interval: not negative"))
	}
	if s.URL+s.CAFile+s.Party != "" {
		faults = append(faults, errors.New("kind: one of kind fabric has no url, ca_file or party"))
	}
	return faults
}

// checkChannels: the files of an evidence package have room for one channel.
func (i Imprint) checkChannels() (faults []error) {
	if n := i.channels(); n > 1 {
		faults = append(faults, fmt.Errorf("imprint.sinks: %d are of kind fabric; evidence has room for one", n))
	}
	return faults
}

// channels counts the sinks that are one.
func (i Imprint) channels() (n int) {
	for _, s := range i.Sinks {
		if s.Kind == sinkFabric {
			n++
		}
	}
	return n
}

// checkSinks looks at the channels that hold checkpoints.
func (c Config) checkSinks(ctx context.Context) (found []storage.Finding) {
	for _, s := range c.Imprint.Sinks {
		if s.Kind != sinkFabric {
			continue
		}
		for _, f := range fabric.Diagnose(ctx, fabric.Diagnosis{Profile: s.ProfileFile, User: s.User, Channel: cmp.Or(s.Channel, sinkChannel), Chaincode: cmp.Or(s.Chaincode, sinkChannel), Of: c.Channel}) {
			f.Check = "imprint " + s.Name + ": " + f.Check
			found = append(found, storage.Finding(f))
		}
	}
	return found
}

// channelSink joins the channel as a client of one of its members. Which
// channel that is, its block 0 says, when the trust file names it.
func (n *Node) channelSink(s Sink) (imprint.Sink, error) {
	o := fabric.CheckpointOptions{Profile: s.ProfileFile, User: s.User, Channel: s.Channel, Chaincode: s.Chaincode, Of: n.config.Channel,
		Dir: filepath.Join(n.config.Data, "imprint", s.Name, "channel"), Logger: n.log}
	if n.trust.Imprint != nil {
		o.GenesisHash = n.trust.Imprint.GenesisHash
	}
	// It waits for nobody: the ledger serves also while that channel is away.
	c, err := fabric.OpenCheckpoints(context.Background(), o)
	if err != nil {
		return nil, err
	}
	n.closers = append(n.closers, c)
	if n.trust.Imprint != nil && n.trust.Imprint.Channel != c.Channel() {
		return nil, fmt.Errorf("the trust file's imprint is channel %q, the configuration's is %q", n.trust.Imprint.Channel, c.Channel())
	}
	return imprint.NewChannel(imprint.ChannelOptions{Name: s.Name, Checkpoints: c, Ledger: n.ledger, Interval: time.Duration(s.Interval), Logger: n.log}), nil
}
