package main

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hyperledger/fabric-protos-go-apiv2/peer"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"

	"github.com/datapledge/datapledge/service/ledgertest/actors"
)

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
