package main

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/asn1"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hyperledger/fabric-protos-go-apiv2/common"
	"github.com/hyperledger/fabric-protos-go-apiv2/msp"
	"github.com/hyperledger/fabric-protos-go-apiv2/orderer"
	"github.com/hyperledger/fabric-protos-go-apiv2/peer"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/protobuf/proto"

	"github.com/datapledge/datapledge/service/ledgertest/actors"
)

// ownPeer is the deliver service of a member's peer.
type ownPeer struct {
	peer.UnimplementedDeliverServer
	mu     sync.Mutex
	blocks []*common.Block
	asked  [][2]uint64
	wrong  string // what it does wrong
	fault  error  // of the last question
	client ecdsa.PublicKey
}

func (p *ownPeer) Deliver(s peer.Deliver_DeliverServer) error {
	envelope, err := s.Recv()
	if err != nil {
		return err
	}
	first, last, blocks, wrong, ok := p.question(envelope)
	if !ok {
		return status(s, common.Status_FORBIDDEN)
	}
	for n := first; n <= last; n++ {
		switch {
		case wrong == "ends":
			return nil
		case wrong == "hangs" && n > first:
			<-s.Context().Done()
			return s.Context().Err()
		case wrong == "another":
			return block(s, &common.Block{Header: &common.BlockHeader{Number: n + 1}})
		case n >= uint64(len(blocks)):
			return status(s, common.Status_NOT_FOUND)
		}
		if err := block(s, blocks[n]); err != nil {
			return err
		}
	}
	return status(s, common.Status_SUCCESS)
}

// question notes what is asked, and how to answer.
func (p *ownPeer) question(e *common.Envelope) (first, last uint64, blocks []*common.Block, wrong string, ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	seek, err := p.read(e)
	if p.fault = err; err != nil {
		return 0, 0, nil, "", false
	}
	first, last = seek.Start.GetSpecified().Number, seek.Stop.GetSpecified().Number
	p.asked = append(p.asked, [2]uint64{first, last})
	return first, last, p.blocks, p.wrong, true
}

// set changes what it does from now on.
func (p *ownPeer) set(wrong string, blocks []*common.Block) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.wrong, p.blocks = wrong, blocks
}

// seen is what it was asked for, and why it refused the last question.
func (p *ownPeer) seen() ([][2]uint64, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.asked), p.fault
}

func block(s peer.Deliver_DeliverServer, b *common.Block) error {
	return s.Send(&peer.DeliverResponse{Type: &peer.DeliverResponse_Block{Block: b}})
}

func status(s peer.Deliver_DeliverServer, code common.Status) error {
	return s.Send(&peer.DeliverResponse{Type: &peer.DeliverResponse_Status{Status: code}})
}

// read checks what Fabric's peer checks: that the client signed, with the
// lower s, and that it will not wait for blocks to come.
func (p *ownPeer) read(e *common.Envelope) (*orderer.SeekInfo, error) {
	var payload common.Payload
	var by common.SignatureHeader
	var creator msp.SerializedIdentity
	var about common.ChannelHeader
	var seek orderer.SeekInfo
	for _, part := range []struct {
		raw  func() []byte
		into proto.Message
	}{{func() []byte { return e.Payload }, &payload}, {func() []byte { return payload.GetHeader().GetSignatureHeader() }, &by},
		{func() []byte { return payload.GetHeader().GetChannelHeader() }, &about}, {func() []byte { return by.Creator }, &creator}, {func() []byte { return payload.Data }, &seek}} {
		if err := proto.Unmarshal(part.raw(), part.into); err != nil {
			return nil, err
		}
	}
	var sig struct{ R, S *big.Int }
	if _, err := asn1.Unmarshal(e.Signature, &sig); err != nil {
		return nil, err
	}
	sum := sha256.Sum256(e.Payload)
	half := new(big.Int).Rsh(p.client.Params().N, 1)
	switch {
	case !ecdsa.Verify(&p.client, sum[:], sig.R, sig.S) || sig.S.Cmp(half) > 0:
		return nil, fmt.Errorf("the signature is none")
	case creator.Mspid != "CourtMSP" || !strings.Contains(string(creator.IdBytes), "BEGIN CERTIFICATE") || len(by.Nonce) != 24:
		return nil, fmt.Errorf("it is by %q", creator.Mspid)
	case about.ChannelId != channel || about.Type != int32(common.HeaderType_DELIVER_SEEK_INFO) || about.Timestamp.AsTime().IsZero():
		return nil, fmt.Errorf("it is about %v", &about)
	case seek.Behavior != orderer.SeekInfo_FAIL_IF_NOT_READY:
		return nil, fmt.Errorf("it would wait")
	}
	return &seek, nil
}

// chainOf makes blocks whose headers hold each other's hashes.
func chainOf(t *testing.T, n int) (list []*common.Block, hashes []string) {
	t.Helper()
	prev := []byte(nil)
	for i := range n {
		data := sha256.Sum256(fmt.Append(nil, i))
		h := &common.BlockHeader{Number: uint64(i), PreviousHash: prev, DataHash: data[:]}
		raw, err := asn1.Marshal(struct {
			Number     int
			Prev, Data []byte
		}{i, prev, data[:]})
		if err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256(raw)
		list, hashes, prev = append(list, &common.Block{Header: h}), append(hashes, fmt.Sprintf("%x", sum)), sum[:]
	}
	return list, hashes
}

// withPeer serves an own peer, and opens it by the options of a process.
func withPeer(t *testing.T, p *ownPeer) *home {
	t.Helper()
	a := newAuthority(t)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := grpc.NewServer(grpc.Creds(credentials.NewTLS(&tls.Config{MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{a.leaf(t)}})))
	peer.RegisterDeliverServer(server, p)
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(server.Stop)
	o := a.withHome(t, a.options(t, actors.NewCast(channel)), listener.Addr().String())
	pair, err := tls.LoadX509KeyPair(o.mspCert, o.mspKey)
	if err != nil {
		t.Fatal(err)
	}
	p.client = pair.PrivateKey.(*ecdsa.PrivateKey).PublicKey
	own, closed, err := openHome(o, channel)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(closed)
	h := own.(*home)
	h.within = time.Minute
	return h
}

// withHome adds where a process reads its peer's blocks.
func (a authority) withHome(t *testing.T, o options, address string) options {
	t.Helper()
	o.peer, o.peerCA, o.mspID, o.mspCert, o.mspKey = address, o.clientCA, "CourtMSP", o.cert, o.key
	return o
}

// TestOwnPeersBlocks: all that are asked for, or as many as the peer has; and
// none is read twice.
func TestOwnPeersBlocks(t *testing.T) {
	blocks, want := chainOf(t, 300)
	p := &ownPeer{blocks: blocks[:8]}
	h := withPeer(t, p)
	for _, q := range []struct {
		first, last uint64
		want        []string
	}{{0, 3, want[:4]}, {0, 3, want[:4]}, {2, 7, want[2:8]}, {6, 6, want[6:7]}, {7, 9, want[7:8]}, {20, 21, nil}, {1, 2, want[1:3]}} {
		if got, err := h.Hashes(q.first, q.last); err != nil || !slices.Equal(got, q.want) {
			_, fault := p.seen()
			t.Errorf("%d to %d: %v, %v; %v", q.first, q.last, got, err, fault)
		}
	}
	if asked, _ := p.seen(); !slices.Equal(asked, [][2]uint64{{0, 3}, {4, 7}, {8, 9}, {20, 21}, {1, 2}}) {
		t.Errorf("asked for %v", asked)
	}
	p.set("", blocks)
	if got, err := h.Hashes(1, 299); err != nil || !slices.Equal(got, want[1:]) {
		t.Errorf("%d blocks, %v", len(got), err)
	}
}

// TestOwnPeerFails: what is no answer is an error, and not "none yet".
func TestOwnPeerFails(t *testing.T) {
	blocks, _ := chainOf(t, 3)
	p := &ownPeer{blocks: blocks}
	h := withPeer(t, p)
	for wrong, say := range map[string]string{"ends": "EOF", "another": "gives block 1 instead of 0"} {
		p.set(wrong, blocks)
		if got, err := h.Hashes(0, 2); err == nil || !strings.Contains(err.Error(), say) {
			t.Errorf("%s: %v, %v", wrong, got, err)
		}
	}
	p.set("hangs", blocks)
	h.within = 2 * time.Second
	if got, err := h.Hashes(0, 2); len(got) > 1 || err == nil && len(got) == 0 {
		t.Errorf("a slow peer: %v, %v", got, err)
	}
	p.set("", blocks)
	h.within = time.Minute
	if got, err := h.Hashes(0, 2); err != nil || len(got) != 3 {
		t.Errorf("afterwards: %v, %v", got, err)
	}
	stranger := newAuthority(t).options(t, actors.NewCast(channel))
	var err error
	if h.who, err = loadIdentity("CourtMSP", stranger.cert, stranger.key); err != nil {
		t.Fatal(err)
	}
	if got, err := h.Hashes(5, 6); err == nil || !strings.Contains(err.Error(), "FORBIDDEN") {
		t.Errorf("as a stranger: %v, %v", got, err)
	}
}

// TestPeerOfAnotherMember: the peer must have a certificate of the CA that is
// named.
func TestPeerOfAnotherMember(t *testing.T) {
	h := withPeer(t, &ownPeer{})
	other := newAuthority(t)
	o := other.withHome(t, other.options(t, actors.NewCast(channel)), h.conn.Target())
	own, closed, err := openHome(o, channel)
	if err != nil {
		t.Fatal(err)
	}
	defer closed()
	got, err := own.Hashes(0, 2)
	if err == nil || !strings.Contains(err.Error(), "x509") {
		t.Errorf("got %v, %v", got, err)
	}
}

// TestBadHomeFiles: each is named with its flag.
func TestBadHomeFiles(t *testing.T) {
	a := newAuthority(t)
	for flag, break_ := range map[string]func(*options){
		"-peer-ca":   func(o *options) { o.peerCA = "nowhere" },
		"-peer-ca ":  func(o *options) { o.peerCA = o.key },
		"-msp-cert":  func(o *options) { o.mspCert = "nowhere" },
		"-msp-key":   func(o *options) { o.mspKey = o.cert },
		"-msp-key  ": func(o *options) { o.mspCert, o.mspKey = edPair(t) },
	} {
		o := a.withHome(t, a.options(t, actors.NewCast(channel)), "127.0.0.1:1")
		break_(&o)
		if _, _, err := load(o, nil); err == nil || !strings.Contains(err.Error(), strings.TrimSpace(flag)) {
			t.Errorf("%q: got %v", flag, err)
		}
	}
}

// edPair is an identity that signs otherwise than Fabric's.
func edPair(t *testing.T) (cert, key string) {
	t.Helper()
	der, raw := edCertificate(t)
	dir := t.TempDir()
	cert, key = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	must(os.WriteFile(cert, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600))
	must(os.WriteFile(key, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: raw}), 0o600))
	return cert, key
}

func edCertificate(t *testing.T) (der, key []byte) {
	t.Helper()
	_, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour)}
	der, err = x509.CreateCertificate(nil, template, template, private.Public(), private)
	if err != nil {
		t.Fatal(err)
	}
	key, err = x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return der, key
}
