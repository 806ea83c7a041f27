package fabric

import (
	"errors"
	"fmt"
	"strings"

	"github.com/hyperledger/fabric-sdk-go/pkg/common/errors/status"
)

// reason is a way in which a node cannot be reached, or does not answer: a
// part of its error's text, and what to do about it.
type reason struct{ text, remedy string }

// reasons are tried in order. The texts are those of Go's TLS and network
// packages and of Fabric 3.1; a text that is not here gets a general remedy.
var reasons = []reason{
	{"connection refused", "nobody listens there: start the %s, or correct its url in the profile"},
	{"no such host", "correct the host in the profile's url, or this machine's name resolution"},
	{"signed by unknown authority", "the profile's tlsCACerts is not the CA of this %s: copy the TLS CA's certificate of its member"},
	{"certificate has expired", "the TLS certificate of the %s has expired: have its member renew it; if it has not, correct this machine's clock"},
	{"not yet valid", "correct this machine's clock, or the one of the %s's CA"},
	{"certificate is valid for", "set grpcOptions.ssl-target-name-override to the name in the %s's certificate"},
	{"certificate is not valid for", "set grpcOptions.ssl-target-name-override to the name in the %s's certificate"},
	{"first record does not look like a TLS handshake", "no %s of Fabric with TLS listens there: correct the url in the profile"},
	{"Unimplemented", "another service than the %s listens there: correct the url in the profile"},
	{"bad certificate", "the %s does not take the client's TLS certificate: correct client.tlsCerts in the profile"},
	{"certificate required", "the %s wants a client's TLS certificate: add client.tlsCerts to the profile"},
	{"DeadlineExceeded", "it does not answer in time: see whether the %s is overloaded or stopped, or a firewall drops the connection"},
	{"deadline exceeded", "it does not answer in time: see whether the %s is overloaded or stopped, or a firewall drops the connection"},
	{"context canceled", "it does not answer in time: see whether the %s is overloaded or stopped, or a firewall drops the connection"},
	{"i/o timeout", "it does not answer in time: see whether the %s is overloaded or stopped, or a firewall drops the connection"},
}

func remedyFor(err error, kind string) string {
	for _, r := range reasons {
		if strings.Contains(err.Error(), r.text) {
			if strings.Contains(r.remedy, "%s") {
				return fmt.Sprintf(r.remedy, kind)
			}
			return r.remedy
		}
	}
	return "see the " + kind + "'s log"
}

func unreached(check, kind string, err error) Finding {
	return Finding{Check: check, Cause: plain(err), Remedy: remedyFor(err, kind)}
}

// unanswered explains why a peer does not tell its height.
func (e *examiner) unanswered(m *member, err error) Finding {
	check, text := "peer "+m.URL()+" of "+m.msp, err.Error()
	switch {
	case isUnreachable(err):
		return unreached(check, "peer", err)
	case strings.Contains(text, "channel does not exist") || strings.Contains(text, "not found"), strings.Contains(text, "Invalid chain ID"):
		return Finding{check, false, fmt.Sprintf("the peer is not on channel %q", e.w.o.Channel), "correct the channel's name, or have the member join its peer"}
	case strings.Contains(text, "access denied"), strings.Contains(text, "creator"):
		return Finding{check, false, fmt.Sprintf("the peer does not accept user %s of %s on channel %q: %s", e.w.o.User, e.w.own, e.w.o.Channel, plain(err)),
			"correct the channel's name; or see whether the user's certificate is from the CA that the channel knows for this member, has expired, or was revoked"}
	}
	return unreached(check, "peer", err)
}

// plain is an error without the SDK's frame around it.
func plain(err error) string {
	var s *status.Status
	if errors.As(err, &s) {
		return s.Message
	}
	return err.Error()
}
