package fabric

import (
	"log/slog"
	"time"

	"github.com/datapledge/datapledge/pledge"
)

// Options say which channel the ledger is, and as whom to use it. Profile
// and Dir are needed; the zero value of any other means its default.
type Options struct {
	// Profile is the path of a connection profile of fabric-sdk-go (YAML),
	// User a user of its client organization ("service").
	Profile, User string
	// Channel ("pledge") and Chaincode ("datapledge").
	Channel, Chaincode string
	// ChaincodeVersion is the version that must be committed on the channel;
	// empty takes any.
	ChaincodeVersion string
	// GenesisHash is the hash of the channel's block 0, lowercase hex, as a
	// trust file has it; empty trusts the first that is read.
	GenesisHash string
	// Dir is a folder of this process alone: the journal of what is under
	// way, which MUST survive a restart, and the copy of the channel.
	Dir string
	// Readers is how many members must agree on what is read (2).
	Readers int
	// MaxCommands and MaxBytes bound one transaction (pledge.MaxTxCommands,
	// pledge.MaxTxBytes).
	MaxCommands, MaxBytes int
	// MaxInFlight is how many transactions are under way at once (2).
	MaxInFlight int
	// EndorseTimeout bounds the tries to get a transaction endorsed (10 s).
	// CommitTimeout is when Submit answers, with status unknown if need be (15 s).
	EndorseTimeout, CommitTimeout time.Duration
	// Logger hears of faults and of transactions that took their time; nil
	// means slog.Default().
	Logger *slog.Logger

	limits limits
}

// limits are what tests make small. The zero value of each means the default.
type limits struct {
	bytesInFlight int64 // of commands accepted and not answered
	// envelope keeps a transaction well under what orderers take
	// (AbsoluteMaxBytes, 10 MB).
	envelope  int
	openRows  int           // transactions without a verdict
	linger    time.Duration // a batch gathers while others are under way
	resend    time.Duration // first pause before the same bytes go again
	renew     time.Duration // after which the commands go in a new transaction, too
	conflicts int           // tries of a single command that conflicts
	opening   time.Duration // for the members to answer and the genesis to be read
	stall     time.Duration // a copy that does not grow for so long has all it can get
	step      func(string)  // called before and after every step of a write
}

func (o *Options) setDefaults() {
	set(&o.User, "service")
	set(&o.Channel, "pledge")
	set(&o.Chaincode, "datapledge")
	set(&o.Readers, 2)
	set(&o.MaxCommands, pledge.MaxTxCommands)
	set(&o.MaxBytes, pledge.MaxTxBytes)
	set(&o.MaxInFlight, 2)
	set(&o.EndorseTimeout, 10*time.Second)
	set(&o.CommitTimeout, 15*time.Second)
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	o.limits.setDefaults()
}

func (l *limits) setDefaults() {
	set(&l.bytesInFlight, 64<<20)
	set(&l.envelope, 8<<20)
	set(&l.openRows, 64)
	set(&l.linger, 5*time.Millisecond)
	set(&l.resend, 3*time.Second)
	set(&l.renew, 2*time.Minute)
	set(&l.conflicts, 10)
	set(&l.opening, 60*time.Second)
	set(&l.stall, 10*time.Second)
	if l.step == nil {
		l.step = func(string) {}
	}
}
