package fabric

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/hyperledger/fabric-sdk-go/pkg/common/errors/multi"
	"github.com/hyperledger/fabric-sdk-go/pkg/common/errors/status"
	"google.golang.org/grpc/codes"
	grpcstatus "google.golang.org/grpc/status"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
)

// fromSDK turns what peers answered through the SDK into a refusal, a
// condition or a fault. Several peers' errors come as multi.Errors, for which
// status.FromError forgets what the chaincode said:
//
//	all refuse with one code            the refusal, *pledge.Error
//	they refuse with different codes    service.ErrConflict: they stand at different heights
//	one cannot be reached               service.ErrUnavailable
//	anything else                       a fault
func fromSDK(err error) error {
	if err == nil {
		return nil
	}
	var refused *pledge.Error
	differ, unreachable := false, false
	for _, e := range flatten(err) {
		r, ok := refusalOf(e)
		switch {
		case ok && refused != nil && refused.Code != r.Code:
			differ = true
		case ok && refused == nil:
			refused = r
		case ok:
		case isUnreachable(e):
			unreachable = true
		default:
			return err
		}
	}
	switch {
	case unreachable:
		return fmt.Errorf("%w: %w", service.ErrUnavailable, err)
	case differ:
		return fmt.Errorf("%w: the endorsers do not agree: %w", service.ErrConflict, err)
	}
	if refused == nil {
		return err
	}
	return refused
}

// flatten lists the errors that the SDK gathered.
func flatten(err error) []error {
	var many multi.Errors
	if !errors.As(err, &many) {
		return []error{err}
	}
	var all []error
	for _, e := range many {
		all = append(all, flatten(e)...)
	}
	return all
}

// refusalOf reads what the chaincode answers with a 4xx status:
// {"code":…,"detail":…}. Fabric's own words are no refusals of ours.
func refusalOf(err error) (*pledge.Error, bool) {
	var s *status.Status
	if !errors.As(err, &s) || s.Group != status.ChaincodeStatus || s.Code < 400 || s.Code >= 500 {
		return nil, false
	}
	var r struct {
		Code   pledge.Code `json:"code"`
		Detail string      `json:"detail"`
	}
	if json.Unmarshal([]byte(s.Message), &r) != nil || !slices.Contains(pledge.Codes(), r.Code) {
		return nil, false
	}
	return &pledge.Error{Code: r.Code, Detail: r.Detail}, true
}

// isUnreachable tells that a peer did not answer, or was too busy to.
func isUnreachable(err error) bool {
	if errors.Is(err, service.ErrUnavailable) || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
		return true
	}
	var s *status.Status
	if !errors.As(err, &s) {
		return away(grpcstatus.Code(err))
	}
	switch s.Group {
	case status.GRPCTransportStatus:
		return away(codes.Code(s.Code))
	case status.EndorserClientStatus, status.ClientStatus:
		return s.Code == status.ConnectionFailed.ToInt32() || s.Code == status.Timeout.ToInt32()
	}
	return false
}

// away: Fabric's limit on concurrent requests answers ResourceExhausted.
func away(c codes.Code) bool {
	return c == codes.Unavailable || c == codes.DeadlineExceeded || c == codes.Canceled || c == codes.ResourceExhausted
}
