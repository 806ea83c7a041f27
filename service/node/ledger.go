package node

import (
	"context"
	"errors"
	"fmt"

	"github.com/datapledge/datapledge/service/solo"
)

// The kinds of ledger.
const (
	ledgerSolo   = "solo"
	ledgerFabric = "fabric"
)

// Ledger is where commands take effect.
type Ledger struct {
	// Kind is "solo" (one node, below the data folder) or "fabric" (a
	// channel of a consortium). What follows is for fabric only.
	Kind string `json:"kind"`
	// ProfileFile is the connection profile of the member that runs the
	// service; certificates and private key come from the files it names.
	ProfileFile string `json:"profile_file,omitempty"`
	// User is the profile's user that the service acts as; "service" when empty.
	User string `json:"user,omitempty"`
	// Chaincode and ChaincodeVersion are what must be committed on the
	// channel; "datapledge" when empty, and any version.
	Chaincode        string `json:"chaincode,omitempty"`
	ChaincodeVersion string `json:"chaincode_version,omitempty"`
	// TrustFile is what evidence packages are checked against before they are
	// handed out: made of the member's own copy of block 0 ("datapledge
	// evidence trust"). Without it the service writes no evidence.
	TrustFile string `json:"trust_file,omitempty"`
	// Readers is how many members must give the same answer to a read that
	// becomes evidence; 2 when zero.
	Readers int `json:"readers,omitempty"`
	// CommitTimeout is how long a command waits for its block before its
	// outcome is unknown; 15 s when zero.
	CommitTimeout Duration `json:"commit_timeout,omitempty"`
	// MaxCommands bounds the commands of one transaction, and MaxInFlight the
	// transactions under way; zero leaves it to the ledger.
	MaxCommands int `json:"max_commands,omitempty"`
	MaxInFlight int `json:"max_in_flight,omitempty"`
}

func (l Ledger) check(k Keys) (faults []error) {
	fault := func(bad bool, format string, args ...any) {
		if bad {
			faults = append(faults, fmt.Errorf(format, args...))
		}
	}
	switch l.Kind {
	case ledgerSolo:
		fault(l != Ledger{Kind: ledgerSolo}, "ledger: a solo ledger has nothing but its kind")
	case ledgerFabric:
		fault(l.ProfileFile == "", "ledger.profile_file: the member's connection profile is needed")
		fault(l.Readers < 0 || l.Readers == 1, "ledger.readers: at least 2 members; one alone could lie")
		fault(l.CommitTimeout < 0, "ledger.commit_timeout: not negative")
		fault(l.MaxCommands < 0 || l.MaxInFlight < 0, "ledger.max_commands, ledger.max_in_flight: not negative")
		fault(k.CustodianFile == "", "keys.custodian_file: the key of the exchange is needed; on a consortium no start makes keys")
		fault(k.OperatorFile != "", "keys.operator_file: a consortium has no single operator")
	default:
		fault(true, "ledger.kind: %q is neither solo nor fabric", l.Kind)
	}
	return faults
}

// openLedger opens what the configuration names.
func (n *Node) openLedger(ctx context.Context) (err error) {
	if n.config.Ledger.Kind == ledgerFabric {
		return n.openFabric(ctx)
	}
	genesis, err := prepare(n.config, n.config.now(), n.log)
	if err != nil {
		return err
	}
	operator, err := n.operator()
	if err != nil {
		return err
	}
	l, err := solo.Open(solo.Options{Path: ledgerPath(n.config), Genesis: genesis, Operator: operator, Now: n.config.now, Logger: n.log})
	if err != nil {
		return err
	}
	n.ledger = l
	return nil
}

// operator is the key that signs the blocks of a solo ledger.
func (n *Node) operator() (solo.Operator, error) {
	operator, err := n.load(n.config.Keys.OperatorFile, operatorKey)
	if err != nil {
		return solo.Operator{}, err
	}
	private, ok := operator.RevealEd25519()
	if !ok {
		return solo.Operator{}, errors.New("the operator's key must be an Ed25519 key")
	}
	return solo.NewOperator(private), nil
}
