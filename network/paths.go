package network

import (
	"path/filepath"
	"time"
)

// What the templates call.

func (l layout) Msp(m Member) string     { return l.org(m, "msp") }
func (l layout) OrgPath(m Member) string { return l.org(m) }
func (l layout) TLSCA(m Member) string   { return l.tlsCA(m) }

func (l layout) PeerPath(m Member, rest string) string {
	return l.peer(m, filepath.FromSlash(rest))
}

func (l layout) OrdererPath(m Member, rest string) string { return l.orderer(m, rest) }

func (l layout) OrdererTLS(m Member, file string) string { return l.orderer(m, "tls", file) }

func (l layout) OrdererCert(m Member) string {
	return l.orderer(m, "msp", "signcerts", m.Orderer.Host+"-cert.pem")
}

func (l layout) ServicePath(m Member, rest string) string { return l.user(m, serviceUser, rest) }

func (l layout) ServiceCert(m Member) string {
	return l.user(m, serviceUser, "msp", "signcerts", serviceUser+"@"+m.Domain+"-cert.pem")
}

func (l layout) ServiceKey(m Member) string {
	return l.user(m, serviceUser, "msp", "keystore", "priv_sk")
}

// reader is the certificate and the key by which a member's chaincode asks its
// peer for blocks.
func (l layout) reader(m Member) (cert, key string) {
	return l.user(m, chaincodeUser, "msp", "signcerts", chaincodeUser+"@"+m.Domain+"-cert.pem"), l.user(m, chaincodeUser, "msp", "keystore", "priv_sk")
}

// organization is a member as cryptogen makes it.
type organization struct {
	Member
	Users int
}

// People are the members, and how many clients each has besides its admin.
func (l layout) People() (list []organization) {
	for _, m := range l.Members {
		o := organization{m, 1}
		if l.imprints(m) {
			o.Users = 2
		}
		list = append(list, o)
	}
	return list
}

// Credentials is where fabric-sdk-go may keep what it enrols.
func (l layout) Credentials(m Member) string { return l.path("profile", string(m.Role)+".store") }

func (l layout) Data(node string) string      { return filepath.Join(node, "data") }
func (l layout) WAL(node string) string       { return filepath.Join(node, "data", "wal") }
func (l layout) Snapshots(node string) string { return filepath.Join(node, "data", "snapshots") }

// Builder is the external builder of every peer: chaincode as a service.
func (l layout) Builder() string { return l.path("builder") }

// ConsenterID counts from 1: 0 means nobody to SmartBFT.
func (l layout) ConsenterID(index int) int { return index + 1 }

// ViewChangeResend must not be longer than the view change itself.
func (l layout) ViewChangeResend() Duration {
	return min(Duration(5*time.Second), l.Ordering.ViewChangeTimeout)
}
