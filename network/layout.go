package network

import (
	"path/filepath"
	"strconv"
)

// s3Name is the storage server among the nodes.
const s3Name = "s3"

// layout is where a network's files are: all of them under one folder.
type layout struct {
	Consortium
	dir string
}

func (l layout) path(parts ...string) string {
	return filepath.Join(append([]string{l.dir}, parts...)...)
}

// node is the folder of one process.
func (l layout) node(name string, parts ...string) string {
	return l.path(append([]string{"nodes", name}, parts...)...)
}

// org is the folder of a member's keys and certificates.
func (l layout) org(m Member, parts ...string) string {
	return l.path(append([]string{"crypto", "peerOrganizations", m.Domain}, parts...)...)
}

func (l layout) tlsCA(m Member) string {
	return l.org(m, "tlsca", "tlsca."+m.Domain+"-cert.pem")
}

func (l layout) peer(m Member, parts ...string) string {
	return l.org(m, append([]string{"peers", m.Peer.Host}, parts...)...)
}

func (l layout) orderer(m Member, parts ...string) string {
	return l.org(m, append([]string{"orderers", m.Orderer.Host}, parts...)...)
}

// user is the folder of a person or program of the member.
func (l layout) user(m Member, name string, parts ...string) string {
	return l.org(m, append([]string{"users", name + "@" + m.Domain}, parts...)...)
}

// The users that cryptogen makes; it does not let one choose their names.
const (
	adminUser     = "Admin"
	serviceUser   = "User1"
	chaincodeUser = "User2" // of the members whose chaincode reads their peer
)

func (l layout) firstBlock(ch channel) string { return l.path(ch.file) }

// local is where a node of a network on this machine listens.
func local(port int) string { return "127.0.0.1:" + strconv.Itoa(port) }
