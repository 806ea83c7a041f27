package main

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"io"
	"log/slog"
	"maps"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/hyperledger/fabric-protos-go-apiv2/common"
	"github.com/hyperledger/fabric-protos-go-apiv2/peer"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/datapledge/datapledge/service/ledgertest/actors"
)

// process is the server of this package, as a member runs it.
type process struct {
	options
	cast   *actors.Cast
	ca     authority
	addr   string
	cancel context.CancelFunc
	ended  chan error
	at     *timestamppb.Timestamp // of every transaction
}

// startProcess serves on a free port until the test ends.
func startProcess(t *testing.T) *process {
	t.Helper()
	p := &process{cast: actors.NewCast(channel), ca: newAuthority(t), ended: make(chan error, 1), at: timestamppb.Now()}
	p.options = p.ca.options(t, p.cast)
	ctx, cancel := context.WithCancel(t.Context())
	p.cancel = cancel
	r, w := io.Pipe()
	go func() {
		p.ended <- serve(ctx, p.options, slog.New(slog.NewJSONHandler(w, nil)))
		w.Close()
	}()
	var line struct{ Msg, Address string }
	lines := json.NewDecoder(r)
	if err := lines.Decode(&line); err != nil || line.Msg != "listening" {
		t.Fatalf("%v: %+v", err, line)
	}
	go func() { _, _ = io.Copy(io.Discard, io.MultiReader(lines.Buffered(), r)) }()
	p.addr = line.Address
	t.Cleanup(cancel)
	return p
}

// authority is a member's TLS CA.
type authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

func newAuthority(t *testing.T) authority {
	t.Helper()
	a := authority{key: newKey(t)}
	a.cert = a.sign(t, &x509.Certificate{IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}, a.key)
	return a
}

func newKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func (a authority) sign(t *testing.T, c *x509.Certificate, key *ecdsa.PrivateKey) *x509.Certificate {
	t.Helper()
	c.SerialNumber, c.NotBefore, c.NotAfter = big.NewInt(time.Now().UnixNano()), time.Now().Add(-time.Hour), time.Now().Add(time.Hour)
	parent := a.cert
	if parent == nil {
		parent = c
	}
	der, err := x509.CreateCertificate(rand.Reader, c, parent, &key.PublicKey, a.key)
	if err != nil {
		t.Fatal(err)
	}
	signed, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return signed
}

// leaf is a certificate for this machine, for either side.
func (a authority) leaf(t *testing.T) tls.Certificate {
	t.Helper()
	key := newKey(t)
	c := a.sign(t, &x509.Certificate{IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, KeyUsage: x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth}}, key)
	return tls.Certificate{Certificate: [][]byte{c.Raw}, PrivateKey: key}
}

// options writes all files of a process.
func (a authority) options(t *testing.T, cast *actors.Cast) options {
	t.Helper()
	dir := t.TempDir()
	file := func(name string, content []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	leaf := a.leaf(t)
	key, err := x509.MarshalPKCS8PrivateKey(leaf.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	genesis, err := json.Marshal(cast.Genesis())
	if err != nil {
		t.Fatal(err)
	}
	block := func(kind string, der []byte) []byte {
		return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})
	}
	return options{address: "127.0.0.1:0", id: "datapledge:abc", version: "v1", genesis: file("genesis.json", genesis),
		cert: file("cert.pem", block("CERTIFICATE", leaf.Certificate[0])), key: file("key.pem", block("PRIVATE KEY", key)),
		clientCA: file("ca.pem", block("CERTIFICATE", a.cert.Raw))}
}

// fabricPeer is the other end of the stream: it calls the chaincode and
// answers what that asks of the state.
type fabricPeer struct {
	t      *testing.T
	at     *timestamppb.Timestamp
	stream grpc.BidiStreamingClient[peer.ChaincodeMessage, peer.ChaincodeMessage]
	kv     map[string][]byte
	writes map[string][]byte
	asked  map[peer.ChaincodeMessage_Type]int
	// before is called for each question, if it is set.
	before func()
}

func (p *process) tls(t *testing.T, certs ...tls.Certificate) credentials.TransportCredentials {
	t.Helper()
	roots := x509.NewCertPool()
	roots.AddCert(p.ca.cert)
	return credentials.NewTLS(&tls.Config{RootCAs: roots, Certificates: certs})
}

// connect does what a peer does when it finds a chaincode; the error is of
// the first message, REGISTER.
func (p *process) connect(t *testing.T, creds credentials.TransportCredentials, params *peer.ChaincodeAdditionalParams) (*fabricPeer, error) {
	t.Helper()
	conn, err := grpc.NewClient(p.addr, grpc.WithTransportCredentials(creds))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	stream, err := peer.NewChaincodeClient(conn).Connect(t.Context())
	if err != nil {
		return nil, err
	}
	f := &fabricPeer{t: t, at: p.at, stream: stream, kv: map[string][]byte{}}
	m, err := stream.Recv()
	if err != nil {
		return nil, err
	}
	id := &peer.ChaincodeID{}
	if err := proto.Unmarshal(m.Payload, id); err != nil || m.Type != peer.ChaincodeMessage_REGISTER || id.Name != p.id {
		t.Fatalf("%v: %v", err, m)
	}
	f.send(&peer.ChaincodeMessage{Type: peer.ChaincodeMessage_REGISTERED})
	f.send(&peer.ChaincodeMessage{Type: peer.ChaincodeMessage_READY, Payload: f.marshal(params)})
	return f, nil
}

func (f *fabricPeer) marshal(m proto.Message) []byte {
	f.t.Helper()
	b, err := proto.Marshal(m)
	if err != nil {
		f.t.Fatal(err)
	}
	return b
}

func (f *fabricPeer) send(m *peer.ChaincodeMessage) {
	f.t.Helper()
	if err := f.stream.Send(m); err != nil {
		f.t.Fatal(err)
	}
}

// begin sends a transaction.
func (f *fabricPeer) begin(tx string, args ...string) {
	f.t.Helper()
	input := &peer.ChaincodeInput{}
	for _, a := range args {
		input.Args = append(input.Args, []byte(a))
	}
	header := &common.Header{
		ChannelHeader:   f.marshal(&common.ChannelHeader{Type: int32(common.HeaderType_ENDORSER_TRANSACTION), ChannelId: channel, TxId: tx, Timestamp: f.at}),
		SignatureHeader: f.marshal(&common.SignatureHeader{}),
	}
	f.send(&peer.ChaincodeMessage{Type: peer.ChaincodeMessage_TRANSACTION, Txid: tx, ChannelId: channel, Payload: f.marshal(input),
		Proposal: &peer.SignedProposal{ProposalBytes: f.marshal(&peer.Proposal{Header: f.marshal(header)})}})
}

// invoke runs a transaction to its end and applies its writes.
func (f *fabricPeer) invoke(tx string, args ...string) *peer.Response {
	f.t.Helper()
	f.writes, f.asked = map[string][]byte{}, map[peer.ChaincodeMessage_Type]int{}
	f.begin(tx, args...)
	for {
		m, err := f.stream.Recv()
		if err != nil {
			f.t.Fatal(err)
		}
		if m.Type == peer.ChaincodeMessage_COMPLETED {
			r := &peer.Response{}
			if err := proto.Unmarshal(m.Payload, r); err != nil {
				f.t.Fatal(err)
			}
			maps.Copy(f.kv, f.writes)
			return r
		}
		f.asked[m.Type]++
		if f.before != nil {
			f.before()
		}
		f.send(&peer.ChaincodeMessage{Type: peer.ChaincodeMessage_RESPONSE, Txid: m.Txid, ChannelId: m.ChannelId, Payload: f.answer(m)})
	}
}

func (f *fabricPeer) answer(m *peer.ChaincodeMessage) []byte {
	f.t.Helper()
	read := func(into proto.Message) {
		if err := proto.Unmarshal(m.Payload, into); err != nil {
			f.t.Fatal(err)
		}
	}
	switch m.Type {
	case peer.ChaincodeMessage_GET_STATE:
		q := &peer.GetState{}
		read(q)
		return f.kv[q.Key]
	case peer.ChaincodeMessage_GET_STATE_MULTIPLE:
		q, a := &peer.GetStateMultiple{}, &peer.GetStateMultipleResult{}
		read(q)
		for _, k := range q.Keys {
			a.Values = append(a.Values, f.kv[k])
		}
		return f.marshal(a)
	case peer.ChaincodeMessage_PUT_STATE:
		q := &peer.PutState{}
		read(q)
		f.writes[q.Key] = bytes.Clone(q.Value)
	case peer.ChaincodeMessage_WRITE_BATCH_STATE:
		q := &peer.WriteBatchState{}
		read(q)
		for _, w := range q.Rec {
			f.writes[w.Key] = bytes.Clone(w.Value)
		}
	default:
		f.t.Fatalf("the chaincode asks for %s", m.Type)
	}
	return nil
}
