package fabric

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hyperledger/fabric-protos-go/peer"
	"github.com/hyperledger/fabric-sdk-go/pkg/common/providers/fab"
	"google.golang.org/grpc/codes"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
)

// voter is a peer that answers as its text says: "a" and "b" are results,
// "a!" a result with a wrong signature, "no:CODE" a refusal, "down", "broken" and "silent" are what they say.
type voter struct {
	fab.Peer
	name, answer string
}

func (v voter) URL() string   { return v.name }
func (v voter) MSPID() string { return v.name }

func (v voter) ProcessTransactionProposal(ctx context.Context, _ fab.ProcessProposalRequest) (*fab.TransactionProposalResponse, error) {
	switch code, refuses := strings.CutPrefix(v.answer, "no:"); {
	case refuses:
		return nil, refusing(pledge.Code(code), "by "+v.name)
	case v.answer == "down":
		return nil, transport(codes.Unavailable)
	case v.answer == "broken":
		return nil, answered(500, "panic")
	case v.answer == "silent":
		<-ctx.Done()
		return nil, ctx.Err()
	}
	endorsement := &peer.Endorsement{Endorser: []byte(v.name)}
	result, forged := strings.CutSuffix(v.answer, "!")
	if forged {
		endorsement.Signature = []byte("forged")
	}
	return &fab.TransactionProposalResponse{Endorser: v.name, ProposalResponse: &peer.ProposalResponse{
		Payload: []byte(result), Response: &peer.Response{Status: 200}, Endorsement: endorsement}}, nil
}

// believing is a membership for which every signature is right but the forged.
type believing struct{ fab.ChannelMembership }

func (believing) Validate([]byte) error { return nil }

func (believing) Verify(id, _, sig []byte) error {
	if string(sig) == "forged" {
		return errors.New("not the signature of " + string(id))
	}
	return nil
}

// voters make a wire of five members, O first, with the policy "two members,
// one of them A or B".
func voters(t *testing.T, answers map[string]string) (*ballot, *sdkWire) {
	t.Helper()
	patience := time.Minute // who answers must not seem slow
	if slices.Contains(slices.Collect(maps.Values(answers)), "silent") {
		patience = 2 * time.Second
	}
	w := &sdkWire{o: sdkOptions{Patience: patience, Logger: slog.New(slog.DiscardHandler)}, stop: t.Context()}
	for _, name := range []string{"O", "A", "B", "C", "D"} {
		w.peers = append(w.peers, &member{Peer: voter{name: name, answer: answers[name]}, msp: name, may: fab.PeerChannelConfig{EndorsingPeer: answers[name] != ""}})
	}
	rule := outOf(1, outOf(2, by(0), outOf(1, by(1), by(2), by(3), by(4))), outOf(2, by(1), outOf(1, by(2), by(3), by(4))))
	p, err := endorsementPolicy(parameter(t, rule, "A", "B", "C", "D", "O"), 5)
	if err != nil {
		t.Fatal(err)
	}
	return w.newBallot(&view{membership: believing{}, enough: p}, fab.ProcessProposalRequest{}), w
}

func TestBallot(t *testing.T) {
	for _, test := range []struct {
		name    string
		answers map[string]string
		want    string // the result, "no:CODE", or the class of the error
		asked   int
		avoided string
	}{
		{"two agree", map[string]string{"O": "a", "A": "a", "B": "b", "C": "b"}, "a", 2, ""},
		{"two refuse alike", map[string]string{"O": "no:disputed", "A": "no:disputed", "B": "a"}, "no:disputed", 2, ""},
		{"one is down", map[string]string{"O": "a", "A": "down", "B": "a"}, "a", 3, "A"},
		{"own is down", map[string]string{"O": "down", "A": "a", "B": "a"}, "a", 3, "O"},
		{"one is broken", map[string]string{"O": "a", "A": "broken", "B": "a"}, "a", 3, "A"},
		{"one forges", map[string]string{"O": "a", "A": "a!", "B": "a"}, "a", 3, "A"},
		{"one is silent", map[string]string{"O": "a", "A": "silent", "B": "a"}, "a", 3, "A"},
		{"one is behind", map[string]string{"O": "a", "A": "b", "B": "a"}, "a", 3, "A"},
		{"own is behind", map[string]string{"O": "b", "A": "a", "B": "a"}, "a", 3, "O"},
		{"one refuses alone", map[string]string{"O": "a", "A": "no:disputed", "B": "a"}, "a", 3, "A"},
		{"all differ", map[string]string{"O": "a", "A": "b", "B": "c"}, classConflict, 3, ""},
		{"refusals differ", map[string]string{"O": "no:disputed", "A": "no:not_found"}, classConflict, 2, ""},
		{"too few are left", map[string]string{"O": "a", "A": "down", "B": "down", "C": "a"}, classUnavailable, 3, "A B"},
		{"only broken ones", map[string]string{"O": "broken", "A": "broken", "B": "broken"}, classFault, 3, "O A B"},
		{"a refusal is not enough alone", map[string]string{"O": "no:disputed", "A": "down", "B": "down"}, classUnavailable, 3, "A B"},
		{"the policy needs A or B", map[string]string{"O": "a", "C": "a", "D": "a"}, classFault, 0, ""},
		{"all silent", map[string]string{"O": "silent", "A": "silent", "B": "silent"}, classUnavailable, 2, "O A"},
	} {
		t.Run(test.name, func(t *testing.T) {
			b, w := voters(t, test.answers)
			limit := time.Minute
			if test.name == "all silent" {
				limit = 6 * time.Second
			}
			ctx, cancel := context.WithTimeout(t.Context(), limit)
			g, err := b.run(ctx)
			cancel()
			w.busy.Wait()
			if got := resultOf(g, err); got != test.want || len(b.asked) != test.asked {
				t.Errorf("got %q after asking %d, want %q after %d: %v", got, len(b.asked), test.want, test.asked, err)
			}
			var avoided []string
			for _, m := range w.peers {
				if m.avoided() {
					avoided = append(avoided, m.msp)
				}
			}
			if got := strings.Join(avoided, " "); got != test.avoided {
				t.Errorf("avoided %q, want %q", got, test.avoided)
			}
		})
	}
}

func resultOf(g *group, err error) string {
	switch {
	case err != nil:
		return classOf(err)
	case g.refusal != nil:
		return "no:" + string(g.refusal.Code)
	}
	return g.what
}

// A peer that failed is asked last for a while, and again when no one is left.
func TestAvoidedPeersComeLast(t *testing.T) {
	b, w := voters(t, map[string]string{"O": "a", "A": "a", "B": "a"})
	w.avoid(t.Context(), w.peers[0], service.ErrUnavailable)
	if got := mspsOf(b.next()); strings.Join(got, " ") != "A B" {
		t.Errorf("asks %v", got)
	}
	w.avoid(t.Context(), w.peers[1], service.ErrUnavailable)
	w.avoid(t.Context(), w.peers[2], service.ErrUnavailable)
	if got := mspsOf(b.next()); strings.Join(got, " ") != "O A" {
		t.Errorf("asks %v", got)
	}
}
