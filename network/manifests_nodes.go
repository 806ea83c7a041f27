package network

import (
	"path/filepath"
	"strconv"
	"strings"

	"github.com/datapledge/datapledge/pledge"
)

// What a node sees inside its container. Fabric's images have their sample
// configuration in /etc/hyperledger/fabric; the environment overrides it.
const (
	cryptoMount = "/crypto"
	dataMount   = "/var/hyperledger/production"
)

// versitygwImage is the S3 server, the version that network up builds too.
const versitygwImage = "ghcr.io/versity/versitygw:v1.8.0"

// deployment is what the templates of the whole consortium see.
type deployment struct {
	Consortium
	Members   []deployed
	Custodian deployed
	Entry     *container // the orderer that channel.sh talks to
	Channels  []deployedChannel
	S3Image   string
}

// deployedChannel is a channel as channel.sh makes it.
type deployedChannel struct {
	Name, Chaincode, File string
	Endorsement           string // the policy in Fabric's language
	Members               []deployed
}

// deployed is a member and the containers that it runs.
type deployed struct {
	Consortium Consortium
	Member
	Role      string
	Peer      container
	Orderer   *container
	Chaincode container
}

// container is one node.
type container struct {
	Role, Kind, Host, Image string
	Domain, Beside          string // Beside: the peer of a chaincode
	OwnPeer                 string // address of the peer whose blocks a chaincode reads; empty: it reads none
	Port, Admin, Operations int
	Env                     []variable
}

// Name is the node's name among the processes of network up, and in compose.
func (n container) Name() string { return n.Kind + "." + n.Role }

// ID is the same as Kubernetes wants names: without dots.
func (n container) ID() string { return n.Kind + "-" + n.Role }

// Crypto is the folder of the node's MSP and TLS files in cryptogen's tree.
func (n container) Crypto() string {
	return n.Org() + "/" + n.Kind + "s/" + n.Host
}

// variable is one of a container's environment.
type variable struct{ Name, Value string }

// Org is the folder of its member in that tree.
func (n container) Org() string { return filepath.ToSlash(layout{}.org(Member{Domain: n.Domain})) }

// Reader is the folder of the client as whom a chaincode reads its peer.
func (n container) Reader() string {
	return filepath.ToSlash(layout{}.user(Member{Domain: n.Domain}, chaincodeUser, "msp"))
}

// ReaderCert is the certificate of that client.
func (n container) ReaderCert() string {
	return n.Reader() + "/signcerts/" + chaincodeUser + "@" + n.Domain + "-cert.pem"
}

// IDVariable is where compose and the scripts find a chaincode's package id.
func (n container) IDVariable() string { return "CHAINCODE_ID_" + strings.ToUpper(n.Role) }

// secretFile is a key of a node's Secret, and the file it becomes.
type secretFile struct{ Key, Path string }

// Secret is what an orderer or a peer has of keys and certificates.
func (n container) Secret() []secretFile {
	return []secretFile{
		{"msp-ca", "msp/cacerts/ca." + n.Domain + "-cert.pem"},
		{"msp-cert", "msp/signcerts/" + n.Host + "-cert.pem"},
		{"msp-config", "msp/config.yaml"},
		{"msp-key", "msp/keystore/priv_sk"},
		{"msp-tlsca", "msp/tlscacerts/tlsca." + n.Domain + "-cert.pem"},
		{"tls-ca", "tls/ca.crt"},
		{"tls-cert", "tls/server.crt"},
		{"tls-key", "tls/server.key"},
	}
}

// Label is the chaincode's, which begins its package ids.
func (d deployment) Label() string {
	return d.Consortium.Chaincode.Name + "_" + d.Consortium.Chaincode.Version
}

// ChaincodeImage is built from Dockerfile.chaincode.
func (d deployment) ChaincodeImage() string { return chaincodeImage(d.Consortium) }

// chaincodeImage has the version as its tag, where a plus cannot stand.
func chaincodeImage(c Consortium) string {
	return "datapledge-chaincode:" + strings.ReplaceAll(c.Chaincode.Version, "+", "_")
}

// newDeployment expects a consortium that Check passed.
func newDeployment(c Consortium) (deployment, error) {
	d := deployment{Consortium: c, S3Image: versitygwImage}
	for _, m := range c.Members {
		one := deploy(c, m)
		d.Members = append(d.Members, one)
		if d.Entry == nil {
			d.Entry = one.Orderer
		}
		if m.Role == pledge.RoleExchange {
			d.Custodian = one
		}
	}
	for _, ch := range c.channels() {
		rule, err := ch.rule()
		if err != nil {
			return d, err
		}
		d.Channels = append(d.Channels, deployedChannel{ch.Name, ch.Chaincode, ch.file, rule, deployAll(c, ch.Members)})
	}
	return d, nil
}

func deployAll(c Consortium, members []Member) []deployed {
	list := make([]deployed, len(members))
	for i, m := range members {
		list[i] = deploy(c, m)
	}
	return list
}

func deploy(c Consortium, m Member) deployed {
	role := string(m.Role)
	d := deployed{Consortium: c, Member: m, Role: role}
	d.Peer = container{Role: role, Kind: "peer", Host: m.Peer.Host, Domain: m.Domain, Image: "hyperledger/fabric-peer:" + c.Fabric,
		Port: m.Peer.Port, Operations: m.Peer.Operations, Env: peerEnvironment(m)}
	d.Chaincode = container{Role: role, Kind: "chaincode", Host: chaincodeHost(m), Domain: m.Domain, Beside: m.Peer.Host,
		Image: chaincodeImage(c), Port: m.Peer.Chaincode}
	if c.imprints(m) {
		d.Chaincode.OwnPeer = address(m.Peer.Host, m.Peer.Port)
	}
	if o := m.Orderer; o != nil {
		d.Orderer = &container{Role: role, Kind: "orderer", Host: o.Host, Domain: m.Domain, Image: "hyperledger/fabric-orderer:" + c.Fabric,
			Port: o.Port, Admin: o.Admin, Operations: o.Operations, Env: ordererEnvironment(m)}
	}
	return d
}

// address is where a node is reached.
func address(host string, port int) string { return host + ":" + strconv.Itoa(port) }
