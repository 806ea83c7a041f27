package fabric

import (
	"net"
	"sync"
	"time"

	"github.com/hyperledger/fabric-protos-go/common"
	"github.com/hyperledger/fabric-protos-go/orderer"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
)

// fakeOrderer answers as Fabric's orderers do: in order, and after every "no"
// it hangs up.
type fakeOrderer struct {
	orderer.UnimplementedAtomicBroadcastServer
	server *grpc.Server
	addr   string
	say    func(n int, payload string) *orderer.BroadcastResponse // nil: hang up without a word

	mu      sync.Mutex
	got     []string
	streams int
}

func took(int, string) *orderer.BroadcastResponse {
	return &orderer.BroadcastResponse{Status: common.Status_SUCCESS}
}

func saying(s common.Status, info string) func(int, string) *orderer.BroadcastResponse {
	return func(int, string) *orderer.BroadcastResponse { return &orderer.BroadcastResponse{Status: s, Info: info} }
}

// listen starts an orderer. Its certificate is made for the test.
func (p *pki) listen(say func(int, string) *orderer.BroadcastResponse) *fakeOrderer {
	p.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		p.Fatal(err)
	}
	o := &fakeOrderer{addr: l.Addr().String(), say: say, server: grpc.NewServer(grpc.Creds(credentials.NewTLS(p.server("orderer"))))}
	orderer.RegisterAtomicBroadcastServer(o.server, o)
	go func() { _ = o.server.Serve(l) }()
	p.Cleanup(o.server.Stop)
	return o
}

func (o *fakeOrderer) Broadcast(s orderer.AtomicBroadcast_BroadcastServer) error {
	o.mu.Lock()
	o.streams++
	o.mu.Unlock()
	for {
		env, err := s.Recv()
		if err != nil {
			return nil
		}
		o.mu.Lock()
		o.got = append(o.got, string(env.Payload))
		n := len(o.got)
		o.mu.Unlock()
		r := o.say(n, string(env.Payload))
		if r == nil {
			return nil
		}
		if err := s.Send(r); err != nil || r.Status != common.Status_SUCCESS {
			return nil
		}
	}
}

func (o *fakeOrderer) count() (messages, streams int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return len(o.got), o.streams
}

// to opens a wire to orderers at these addresses, all of which answer or hang up.
func (p *pki) to(addrs ...string) *sdkWire { return p.within(time.Minute, addrs...) }

// within opens a wire that waits for answers no longer than ack.
func (p *pki) within(ack time.Duration, addrs ...string) *sdkWire {
	p.Helper()
	w, err := openSDKWire(p.Context(), sdkOptions{Profile: p.profile(addrs...), AckTimeout: ack}.withDefaults())
	if err != nil {
		p.Fatal(err)
	}
	p.Cleanup(w.Close)
	return w
}
