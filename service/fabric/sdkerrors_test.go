package fabric

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"testing"

	"github.com/hyperledger/fabric-sdk-go/pkg/common/errors/multi"
	"github.com/hyperledger/fabric-sdk-go/pkg/common/errors/status"
	pkgerrors "github.com/pkg/errors"
	"google.golang.org/grpc/codes"
	grpcstatus "google.golang.org/grpc/status"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
)

// answered is what a peer's SDK error looks like when the chaincode refuses.
func answered(code int32, message string) error {
	return pkgerrors.Wrapf(status.New(status.ChaincodeStatus, code, message, nil), "Transaction processing for endorser [%s]", "127.0.0.1:7051")
}

func refusing(code pledge.Code, detail string) error {
	text, _ := json.Marshal(map[string]string{"code": string(code), "detail": detail, "command_id": "c"})
	return answered(409, string(text))
}

func transport(code codes.Code) error {
	return pkgerrors.Wrap(status.NewFromGRPCStatus(grpcstatus.New(code, "text")), "connection failed")
}

// Every code arrives as it was sent, from one endorser and from several.
func TestRefusalsArrive(t *testing.T) {
	for _, code := range pledge.Codes() {
		one := refusing(code, "detail of "+string(code))
		for name, err := range map[string]error{
			"one": one, "wrapped": fmt.Errorf("a: %w", one), "two": multi.Errors{one, one},
			"two, wrapped": pkgerrors.Wrap(multi.Errors{one, pkgerrors.WithMessage(one, "b")}, "c"),
			"nested":       multi.Errors{one, multi.Errors{one, one}},
			"other detail": multi.Errors{one, refusing(code, "another height")},
		} {
			var r *pledge.Error
			if got := fromSDK(err); !errors.As(got, &r) || r.Code != code || r.Detail != "detail of "+string(code) {
				t.Errorf("%s, %s: got %v", code, name, got)
			}
		}
	}
}

// What a class of errors is to the ledger: exactly one of these.
const (
	classRefusal     = "refusal"
	classConflict    = "conflict"
	classUnavailable = "unavailable"
	classFault       = "fault"
)

func classOf(err error) string {
	var r *pledge.Error
	switch {
	case errors.Is(err, service.ErrConflict):
		return classConflict
	case errors.Is(err, service.ErrUnavailable):
		return classUnavailable
	case errors.As(err, &r):
		return classRefusal
	}
	return classFault
}

func TestErrorClasses(t *testing.T) {
	no, other := refusing(pledge.NotFound, "a"), refusing(pledge.Disputed, "b")
	away, fault := transport(codes.Unavailable), answered(500, "panic")
	for _, test := range []struct {
		name string
		err  error
		want string
	}{
		{"refusal", no, classRefusal},
		{"refusals differ", multi.Errors{no, other}, classConflict},
		{"refusal and unreachable", multi.Errors{no, away}, classUnavailable},
		{"unreachable and refusal", multi.Errors{away, no}, classUnavailable},
		{"refusals differ, one unreachable", multi.Errors{no, other, away}, classUnavailable},
		{"refusal and fault", multi.Errors{no, fault}, classFault},
		{"unreachable and fault", multi.Errors{away, fault}, classFault},
		{"all unreachable", multi.Errors{away, away}, classUnavailable},
		{"chaincode 500", fault, classFault},
		{"chaincode 500 twice", multi.Errors{fault, fault}, classFault},
		{"chaincode 500 in our own form", answered(500, `{"code":"not_found","detail":"a"}`), classFault},
		{"status below 400", answered(399, `{"code":"not_found","detail":"a"}`), classFault},
		{"unknown code", answered(400, `{"code":"tired","detail":"a"}`), classFault},
		{"no JSON", answered(404, "channel not found"), classFault},
		{"empty message", answered(404, ""), classFault},
		{"chaincode not installed", status.New(status.EndorserClientStatus, int32(status.ChaincodeNameNotFound), "chaincode x not found", nil), classFault},
		{"same words from the endorser", status.New(status.EndorserServerStatus, 404, `{"code":"not_found"}`, nil), classFault},
		{"connection failed", status.New(status.EndorserClientStatus, status.ConnectionFailed.ToInt32(), "x", nil), classUnavailable},
		{"SDK timeout", status.New(status.ClientStatus, status.Timeout.ToInt32(), "x", nil), classUnavailable},
		{"signature wrong", pkgerrors.WithStack(status.New(status.EndorserClientStatus, status.SignatureVerificationFailed.ToInt32(), "x", nil)), classFault},
		{"deadline", fmt.Errorf("x: %w", context.DeadlineExceeded), classUnavailable},
		{"cancelled", context.Canceled, classUnavailable},
		{"bare gRPC, unavailable", grpcstatus.Error(codes.Unavailable, "x"), classUnavailable},
		{"bare gRPC, internal", grpcstatus.Error(codes.Internal, "x"), classFault},
		{"already unavailable", fmt.Errorf("%w: x", service.ErrUnavailable), classUnavailable},
		{"nothing gathered", multi.Errors{}, classFault},
		{"anything else", errors.New("x"), classFault},
	} {
		got := fromSDK(test.err)
		if got == nil || classOf(got) != test.want {
			t.Errorf("%s: got %v, %v", test.name, classOf(got), got)
		}
	}
	if err := fromSDK(nil); err != nil {
		t.Errorf("no error became %v", err)
	}
}

// A peer that answers at all is reached: only these codes mean that it was not.
func TestTransportCodes(t *testing.T) {
	unreached := map[codes.Code]bool{codes.Unavailable: true, codes.DeadlineExceeded: true, codes.Canceled: true, codes.ResourceExhausted: true}
	for c := codes.Canceled; c <= codes.Unauthenticated; c++ {
		if got := classOf(fromSDK(transport(c))) == classUnavailable; got != unreached[c] {
			t.Errorf("%s: unavailable %v", c, got)
		}
	}
}
