package chaincode

import (
	"encoding/json"
	"errors"

	"github.com/hyperledger/fabric-chaincode-go/v2/shim"
	"github.com/hyperledger/fabric-protos-go-apiv2/peer"

	"github.com/datapledge/datapledge/pledge"
)

// status is the answer of each refusal. All are below 500: a peer returns
// those unchanged and endorses nothing.
var status = map[pledge.Code]int32{
	pledge.Malformed:             400,
	pledge.Unsigned:              401,
	pledge.UnknownParty:          401,
	pledge.UnknownKey:            401,
	pledge.RevokedKey:            401,
	pledge.WrongRole:             403,
	pledge.WrongChannel:          403,
	pledge.NotOwner:              403,
	pledge.NotFound:              404,
	pledge.Stale:                 409,
	pledge.Duplicate:             409,
	pledge.Disputed:              409,
	pledge.TermsMismatch:         409,
	pledge.SequenceChanged:       409,
	pledge.AlreadyPledged:        409,
	pledge.WrongState:            409,
	pledge.Frozen:                409,
	pledge.ObjectionOpen:         409,
	pledge.Fenced:                409,
	pledge.Forked:                409,
	pledge.OverlapFound:          409,
	pledge.NotDue:                409,
	pledge.AmendmentBarred:       409,
	pledge.Inconsistent:          409,
	pledge.ClosingOnly:           409,
	pledge.Expired:               410,
	pledge.TooLarge:              413,
	pledge.DeclarationIncomplete: 422,
	pledge.CustodyMissing:        422,
	pledge.MaturityTooLate:       422,
	pledge.CheckMissing:          422,
	pledge.ConsentMissing:        422,
	pledge.TitleMissing:          422,
	pledge.SumMismatch:           422,
}

// refusal is the message of an answer from 400 to 499.
type refusal struct {
	Code      pledge.Code `json:"code"`
	Detail    string      `json:"detail"`
	CommandID string      `json:"command_id,omitempty"`
}

func (r *refusal) Error() string { return string(r.Code) + ": " + r.Detail }

// turnDown answers what went wrong: a refusal in full, a fault without a word
// about its cause, which is logged here and nowhere else.
func (c *Chaincode) turnDown(tx string, err error) *peer.Response {
	var r *refusal
	var e *pledge.Error
	switch {
	case errors.As(err, &r):
	case errors.As(err, &e):
		r = &refusal{Code: e.Code, Detail: e.Detail}
	default:
		c.log.Error("call failed", "tx", tx, "error", err)
		return fault(tx)
	}
	c.log.Info("call refused", "tx", tx, "code", r.Code, "detail", r.Detail, "command", r.CommandID)
	return refused(r)
}

func refused(r *refusal) *peer.Response {
	message, err := json.Marshal(r)
	s, known := status[r.Code]
	if err != nil || !known { // below 400 it would be endorsed
		return shim.Error("internal error: a refusal without a status")
	}
	return &peer.Response{Status: s, Message: string(message)}
}

func fault(tx string) *peer.Response {
	return shim.Error("internal error; the chaincode's log has it under transaction " + tx)
}
