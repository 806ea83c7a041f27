package network

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"
)

// ccPackage is what a member installs on its peer: no code, but where its
// chaincode process answers, and the keys by which both know each other.
type ccPackage struct {
	ID   string // label:sha256, as the peer computes it
	Data []byte
}

// connection is connection.json of a chaincode that runs as a service.
type connection struct {
	Address            string `json:"address"`
	DialTimeout        string `json:"dial_timeout"`
	TLSRequired        bool   `json:"tls_required"`
	ClientAuthRequired bool   `json:"client_auth_required"`
	ClientKey          string `json:"client_key"`
	ClientCert         string `json:"client_cert"`
	RootCert           string `json:"root_cert"`
}

func chaincodeName(m Member) string { return "chaincode." + string(m.Role) }

// chaincodeHost is the name in the certificate of a member's chaincode.
func chaincodeHost(m Member) string { return "chaincode." + m.Domain }

// chaincodePairs makes the certificates of both ends of the connection
// between the member's peer and its chaincode.
func (l layout) chaincodePairs(m Member) error {
	return errors.Join(
		l.pair(m, l.node(chaincodeName(m), "tls", "server"), x509.ExtKeyUsageServerAuth, chaincodeHost(m)),
		l.pair(m, l.node(chaincodeName(m), "tls", "client"), x509.ExtKeyUsageClientAuth, m.Peer.Host))
}

// ccPackage packs the member's chaincode from its certificates.
func (l layout) ccPackage(m Member) (ccPackage, error) {
	conn := connection{Address: local(m.Peer.Chaincode), DialTimeout: "10s", TLSRequired: true, ClientAuthRequired: true}
	for path, into := range map[string]*string{
		l.node(chaincodeName(m), "tls", "client.key"): &conn.ClientKey,
		l.node(chaincodeName(m), "tls", "client.crt"): &conn.ClientCert,
		l.tlsCA(m): &conn.RootCert,
	} {
		text, err := os.ReadFile(path)
		if err != nil {
			return ccPackage{}, fmt.Errorf("packing the chaincode of %s: %w", m.MSP, err)
		}
		*into = string(text)
	}
	return pack(l.Chaincode.Name+"_"+l.Chaincode.Version, conn)
}

// pack is the same for the same input, byte by byte: the id of a package is
// its digest.
func pack(label string, conn connection) (ccPackage, error) {
	where, err := json.Marshal(conn)
	if err != nil {
		return ccPackage{}, err
	}
	meta, err := json.Marshal(map[string]string{"path": "", "type": "ccaas", "label": label})
	if err != nil {
		return ccPackage{}, err
	}
	code, err := tarball([]entry{{"connection.json", where}})
	if err != nil {
		return ccPackage{}, err
	}
	data, err := tarball([]entry{{"metadata.json", meta}, {"code.tar.gz", code}})
	sum := sha256.Sum256(data)
	return ccPackage{label + ":" + hex.EncodeToString(sum[:]), data}, err
}

type entry struct {
	name string
	data []byte
}

func tarball(list []entry) ([]byte, error) {
	var b bytes.Buffer
	// Stored, not compressed: what a compressor makes changes with its version.
	z, err := gzip.NewWriterLevel(&b, gzip.NoCompression)
	if err != nil {
		return nil, err
	}
	t := tar.NewWriter(z)
	for _, e := range list {
		err := t.WriteHeader(&tar.Header{Name: e.name, Mode: 0o644, Size: int64(len(e.data)), ModTime: time.Unix(0, 0), Format: tar.FormatUSTAR})
		if err != nil {
			return nil, err
		}
		if _, err := t.Write(e.data); err != nil {
			return nil, err
		}
	}
	err = errors.Join(t.Close(), z.Close())
	return b.Bytes(), err
}
