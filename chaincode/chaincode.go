package chaincode

import (
	"log/slog"
	"runtime/debug"

	"github.com/hyperledger/fabric-chaincode-go/v2/shim"
	"github.com/hyperledger/fabric-protos-go-apiv2/peer"

	"github.com/datapledge/datapledge/pledge"
)

// Chaincode answers a member's peer. It keeps nothing between calls and is
// safe for concurrent use.
type Chaincode struct {
	version string
	home    string // the channel of the genesis
	genesis []pledge.Write
	copied  Home // nil: checkpoints cannot be compared, so none is endorsed
	log     *slog.Logger
	clock   clock
}

// New makes the chaincode of one member. Version is what info answers;
// genesis is the only one that this member will start a channel with, refused
// with a *pledge.Error when no channel can start with it; own is its peer's copy
// of that channel, nil where the member keeps no checkpoints.
func New(version string, genesis pledge.Genesis, own Home, log *slog.Logger) (*Chaincode, error) {
	writes, err := genesis.Writes()
	if err != nil {
		return nil, err
	}
	return &Chaincode{version: version, home: genesis.Channel, genesis: writes, copied: own, log: log, clock: systemClock}, nil
}

// Init does nothing: the definition of the chaincode asks for no Init, and
// genesis is an ordinary transaction.
func (c *Chaincode) Init(shim.ChaincodeStubInterface) *peer.Response { return shim.Success(nil) }

// Invoke answers one call.
func (c *Chaincode) Invoke(s shim.ChaincodeStubInterface) *peer.Response { return c.invoke(s) }

// function is what a call can ask for: its payload, or why there is none.
type function func(*Chaincode, stub, [][]byte) ([]byte, error)

var functions = map[string]function{
	"genesis": (*Chaincode).start,
	"apply":   (*Chaincode).apply,
	"get":     (*Chaincode).get,
	"record":  (*Chaincode).record,
	"info":    (*Chaincode).info,

	"checkpoint":  (*Chaincode).checkpoint,
	"checkpoints": (*Chaincode).checkpoints,
}

// invoke recovers from panics: one would end the process for every call that
// is under way in it.
func (c *Chaincode) invoke(s stub) (r *peer.Response) {
	defer func() {
		if p := recover(); p != nil {
			c.log.Error("call panicked", "tx", s.GetTxID(), "panic", p, "stack", string(debug.Stack()))
			r = fault(s.GetTxID())
		}
	}()
	payload, err := c.call(s, s.GetArgs())
	if err != nil {
		return c.turnDown(s.GetTxID(), err)
	}
	return shim.Success(payload)
}

func (c *Chaincode) call(s stub, args [][]byte) ([]byte, error) {
	if len(args) == 0 {
		return nil, pledge.Errorf(pledge.Malformed, "the first argument names the function: genesis, apply, get, record, info, checkpoint or checkpoints")
	}
	f, ok := functions[string(args[0])]
	if !ok {
		return nil, pledge.Errorf(pledge.NotFound, "there is no function %.40q; there are genesis, apply, get, record, info, checkpoint and checkpoints", args[0])
	}
	return f(c, s, args[1:])
}
