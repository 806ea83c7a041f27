package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"log/slog"
	"net"
	"os"
	"time"

	"github.com/hyperledger/fabric-chaincode-go/v2/shim"
	"github.com/hyperledger/fabric-protos-go-apiv2/peer"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/keepalive"

	"github.com/datapledge/datapledge/chaincode"
	"github.com/datapledge/datapledge/pledge"
)

// maxMessage is the largest message that peers send and take.
const maxMessage = 100 << 20

// grace is how long calls under way may take to finish at the end.
const grace = 10 * time.Second

// serve answers the peer until ctx ends. The shim's own server cannot be
// stopped, so this is the same one with an end.
func serve(ctx context.Context, o options, log *slog.Logger) error {
	cc, closed, err := load(o, log)
	if err != nil {
		return err
	}
	defer closed()
	creds, err := transport(o)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", o.address)
	if err != nil {
		return fmt.Errorf("listening: %w", err)
	}
	server := grpc.NewServer(append(settings(), creds...)...)
	calls := &drain{Chaincode: cc}
	peer.RegisterChaincodeServer(server, &shim.ChaincodeServer{CCID: o.id, CC: calls})
	stopped := context.AfterFunc(ctx, func() {
		calls.finish(grace)
		server.Stop()
	})
	defer stopped()
	log.Info("listening", "address", listener.Addr().String(), "id", o.id, "version", o.version, "rules_version", pledge.RulesVersion, "tls", !o.insecure, "checkpoints", o.peer != "")
	return server.Serve(listener)
}

func load(o options, log *slog.Logger) (cc *chaincode.Chaincode, closed func(), err error) {
	raw, err := os.ReadFile(o.genesis)
	if err != nil {
		return nil, nil, fmt.Errorf("-genesis: %w", err)
	}
	var g pledge.Genesis
	if err := pledge.StrictUnmarshal(raw, &g); err != nil {
		return nil, nil, fmt.Errorf("-genesis %s: %w", o.genesis, err)
	}
	own, closed, err := openHome(o, g.Channel)
	if err != nil {
		return nil, nil, err
	}
	cc, err = chaincode.New(o.version, g, own, log)
	if err != nil {
		closed()
		return nil, nil, fmt.Errorf("-genesis %s: %w", o.genesis, err)
	}
	return cc, closed, nil
}

// openHome joins this member's peer, if it is named. It does not wait for it.
func openHome(o options, channel string) (own chaincode.Home, closed func(), err error) {
	if o.peer == "" {
		return nil, func() {}, nil
	}
	who, err := loadIdentity(o.mspID, o.mspCert, o.mspKey)
	if err != nil {
		return nil, nil, err
	}
	pool, err := certificates("-peer-ca", o.peerCA)
	if err != nil {
		return nil, nil, err
	}
	conn, err := grpc.NewClient(o.peer, grpc.WithTransportCredentials(credentials.NewTLS(&tls.Config{MinVersion: tls.VersionTLS12, RootCAs: pool})),
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(maxMessage)))
	if err != nil {
		return nil, nil, fmt.Errorf("-peer: %w", err)
	}
	return &home{channel: channel, conn: conn, who: who, within: reading}, func() { _ = conn.Close() }, nil
}

func certificates(flag, path string) (*x509.CertPool, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", flag, err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(raw) {
		return nil, fmt.Errorf("%s %s holds no PEM certificate", flag, path)
	}
	return pool, nil
}

// settings match what Fabric's peer expects of the other side.
func settings() []grpc.ServerOption {
	return []grpc.ServerOption{
		grpc.MaxSendMsgSize(maxMessage),
		grpc.MaxRecvMsgSize(maxMessage),
		grpc.KeepaliveParams(keepalive.ServerParameters{Time: time.Minute, Timeout: 20 * time.Second}),
		grpc.KeepaliveEnforcementPolicy(keepalive.EnforcementPolicy{MinTime: time.Minute, PermitWithoutStream: true}),
		grpc.ConnectionTimeout(5 * time.Second),
	}
}

// transport asks the peer for a certificate of its member's CA: whoever may
// connect decides what the rules are told about the state.
func transport(o options) ([]grpc.ServerOption, error) {
	if o.insecure {
		return nil, nil
	}
	cert, err := tls.LoadX509KeyPair(o.cert, o.key)
	if err != nil {
		return nil, fmt.Errorf("-tls-cert %s, -tls-key %s: %w", o.cert, o.key, err)
	}
	pool, err := certificates("-client-ca", o.clientCA)
	if err != nil {
		return nil, err
	}
	return []grpc.ServerOption{grpc.Creds(credentials.NewTLS(&tls.Config{
		MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{cert},
		ClientCAs: pool, ClientAuth: tls.RequireAndVerifyClientCert,
	}))}, nil
}
