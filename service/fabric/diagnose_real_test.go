package fabric

import (
	"os"
	"strings"
	"time"

	"github.com/hyperledger/fabric-protos-go/common"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// wellAndIll diagnoses the healthy network, then asks the wrong things of it.
func wellAndIll(s *site) {
	profile := s.net.Profile("exchange")
	for _, test := range []struct {
		name  string
		d     Diagnosis
		wants []string // nothing: all is well
	}{
		{"healthy", Diagnosis{Profile: profile, ChaincodeVersion: "1"}, nil},
		{"wrong channel", Diagnosis{Profile: s.edited("\n  pledge:\n", "\n  nowhere:\n"), Channel: "nowhere"}, []string{`"nowhere"`, "correct the channel's name"}},
		{"wrong chaincode", Diagnosis{Profile: profile, Chaincode: "other"}, []string{`no chaincode "other" is committed`, "approve and commit"}},
		{"wrong version", Diagnosis{Profile: profile, ChaincodeVersion: "2"}, []string{`version "1" is committed, this program is set to use version "2"`}},
		{"another member's user", Diagnosis{Profile: s.anothersUser()}, []string{"does not accept user service", "the CA that the channel knows"}},
	} {
		found := Diagnose(s.Context(), test.d)
		err := failed(found)
		if (err == nil) != (test.wants == nil) {
			s.Errorf("%s: got %v", test.name, err)
		}
		for _, want := range test.wants {
			if err != nil && !strings.Contains(err.Error(), want) {
				s.Errorf("%s: nothing says %q: %v", test.name, want, err)
			}
		}
		if test.wants == nil && len(found) < 20 {
			s.Errorf("%s: only %d findings: %+v", test.name, len(found), found)
		}
	}
}

// edited is the profile with a piece replaced, and others if they are there.
func (s *site) edited(old, text string, more ...string) string {
	s.Helper()
	raw, err := os.ReadFile(s.net.Profile("exchange"))
	if err != nil {
		s.Fatal(err)
	}
	if !strings.Contains(string(raw), old) {
		s.Fatalf("no %q in the profile", old)
	}
	path := s.TempDir() + "/profile.yaml"
	edits := strings.NewReplacer(append(more, old, text)...)
	if err := os.WriteFile(path, []byte(edits.Replace(string(raw))), 0o600); err != nil {
		s.Fatal(err)
	}
	return path
}

// anothersUser is a profile that passes the court's certificate off as ours.
func (s *site) anothersUser() string {
	return s.edited("exchange.datapledge.example/users/User1@exchange", "court.datapledge.example/users/User1@court", "signcerts/User1@exchange", "signcerts/User1@court")
}

// wrongClock asks as a client whose clock is wrong would.
func wrongClock(s *site) {
	members := s.wire.Members()
	answers := make([]error, len(members))
	for i, m := range s.wire.peers {
		ctx, cancel := s.wire.request(s.Context(), queryTimeout)
		p, err := s.wire.propose([][]byte{[]byte("apply"), []byte("what time is it?")})
		if err != nil {
			s.Fatal(err)
		}
		header, channel := &common.Header{}, &common.ChannelHeader{}
		if unmarshal(p.Header, header) != nil || unmarshal(header.ChannelHeader, channel) != nil {
			s.Fatal("no header")
		}
		channel.Timestamp = timestamppb.New(time.Now().Add(-6 * time.Minute))
		header.ChannelHeader, _ = marshal(channel)
		p.Header, _ = marshal(header)
		_, err = s.wire.ask(ctx, m, p)
		answers[i] = fromSDK(err)
		cancel()
	}
	f := clockFinding(members, answers)
	if f.OK || !strings.Contains(f.Cause, "this machine's clock differs") || !strings.Contains(f.Cause, "behind") {
		s.Errorf("got %+v", f)
	}
	var fine []error
	for _, m := range members {
		_, err := s.wire.Query(s.Context(), m, [][]byte{[]byte("apply"), []byte("what time is it?")})
		fine = append(fine, err)
	}
	if f := clockFinding(members, fine); !f.OK {
		s.Errorf("got %+v", f)
	}
}
