package evidence

import (
	"crypto/x509"
	"fmt"
	"slices"
)

// maxMembers bounds the institutions of a consortium.
const maxMembers = 256

// Consortium is what a checker believes of the institutions that keep a
// Fabric channel.
type Consortium struct {
	// Chaincode is the name under which the rules run on the channel.
	Chaincode string `json:"chaincode"`
	// Policy says in words whose endorsements a transaction needs:
	// "2 members, one of them ipcenter or notary".
	Policy  string        `json:"endorsement_policy"`
	Members []TrustMember `json:"members"`
	// Consenters order the transactions and sign the blocks. A block counts
	// with signatures of ceil((n+f+1)/2) of n, f being (n-1)/3.
	Consenters []TrustConsenter `json:"consenters"`
}

// TrustMember is an institution: a party of the ledger and an MSP of the
// channel, with the authorities that issue its nodes' certificates.
type TrustMember struct {
	Party string   `json:"party"` // USCC
	MSP   string   `json:"msp"`
	Name  string   `json:"name"`
	Roles []string `json:"roles"`
	// PeerOU is the organizational unit in the certificates of its peers,
	// empty where it does not tell its nodes apart.
	PeerOU        string   `json:"peer_ou"`
	Roots         []string `json:"root_certificates"`         // PEM
	Intermediates []string `json:"intermediate_certificates"` // PEM
}

// TrustConsenter is an orderer of the channel, pinned by its certificate.
type TrustConsenter struct {
	ID          uint64 `json:"id"`
	MSP         string `json:"msp"`
	Certificate string `json:"certificate"` // PEM
}

// TrustOfBlock makes the trust file of a channel from block 0, as serialized
// by Fabric (what configtxgen wrote, or "peer channel fetch oldest"). It is
// worth what the way of that block was: take it from a member's own copy,
// never from who made the package. The members say which institution is
// behind each MSP (party, MSP, name, roles); their certificates, and the
// consenters, are the block's. Every MSP of the channel must be named.
func TrustOfBlock(raw []byte, chaincode, policy string, members []TrustMember) (Trust, error) {
	b, err := parseBlock(blockName(0), raw)
	if err != nil {
		return Trust{}, fmt.Errorf("reading block 0: %w", err)
	}
	channel, ok := b.isConfig()
	if !ok {
		return Trust{}, fmt.Errorf("reading block 0: it holds no configuration of a channel")
	}
	if err := b.content(); err != nil {
		return Trust{}, fmt.Errorf("reading block 0: %w", err)
	}
	config, err := b.configuration()
	if err != nil {
		return Trust{}, fmt.Errorf("reading block 0: %w", err)
	}
	c := &Consortium{Chaincode: chaincode, Policy: policy}
	if err := c.name(config, members); err != nil {
		return Trust{}, fmt.Errorf("naming the members: %w", err)
	}
	t := Trust{V: Version, Ledger: ledgerFabric, Channel: channel, GenesisHash: b.hash, Consortium: c}
	return t, t.check()
}

// name puts the certificates of the configuration to the named members.
func (c *Consortium) name(config configuration, members []TrustMember) error {
	for _, t := range members {
		i := slices.IndexFunc(config.members, func(m configuredMember) bool { return m.msp == t.MSP })
		if i < 0 {
			return fmt.Errorf("%.80q is no member of the channel", t.MSP)
		}
		m := config.members[i]
		t.PeerOU, t.Roots, t.Intermediates = m.peerOU, texts(m.roots), texts(m.between)
		c.Members = append(c.Members, t)
	}
	for _, m := range config.members {
		if !slices.ContainsFunc(members, func(t TrustMember) bool { return t.MSP == m.msp }) {
			return fmt.Errorf("the channel has the member %.80q, of which nothing is known", m.msp)
		}
	}
	for _, k := range config.consenters {
		c.Consenters = append(c.Consenters, TrustConsenter{k.id, k.msp, string(k.cert)})
	}
	return nil
}

func texts(list [][]byte) []string {
	out := make([]string, len(list))
	for i, b := range list {
		out[i] = string(b)
	}
	return out
}

func parseConsortium(f *fields) *Consortium {
	c := &Consortium{Chaincode: f.text("chaincode"), Policy: f.text("endorsement_policy")}
	for _, n := range f.list("members") {
		m := fieldsOf(n, f.at("members"))
		c.Members = append(c.Members, TrustMember{m.text("party"), m.text("msp"), m.text("name"), m.texts("roles"),
			m.text("peer_ou"), m.texts("root_certificates"), m.texts("intermediate_certificates")})
		f.adopt(m)
	}
	for _, n := range f.list("consenters") {
		k := fieldsOf(n, f.at("consenters"))
		c.Consenters = append(c.Consenters, TrustConsenter{uint64(k.number("id")), k.text("msp"), k.text("certificate")})
		f.adopt(k)
	}
	return c
}

// texts is a list of strings.
func (f *fields) texts(name string) []string {
	out := []string{}
	for _, n := range f.list(name) {
		if n.kind != '"' {
			f.fail(name, "holds something that is no text")
		}
		out = append(out, n.text)
	}
	return out
}

// adopt takes over the first fault of an object inside.
func (f *fields) adopt(inner *fields) {
	if err := inner.rest(); err != nil && f.err == nil {
		f.err = inner.err
	}
}

// founding is the consortium as the trust file has it: the era of block 0.
func (t Trust) founding() (*era, error) {
	c := t.Consortium
	if c == nil || c.Chaincode == "" || len(c.Members) == 0 || len(c.Members) > maxMembers {
		return nil, faultf("members", "are missing, or too many, or no chaincode is named")
	}
	e := &era{members: &institutions{map[string]*member{}, map[string]*known{}}}
	var err error
	if e.policy, err = parsePolicy(c.Policy); err != nil {
		return nil, err
	}
	for _, m := range c.Members {
		known, err := m.member()
		if err != nil || e.members.members[m.MSP] != nil {
			return nil, firstOf(err, faultf("members", "%.80q stands twice", m.MSP))
		}
		e.members.members[m.MSP] = known
	}
	for _, k := range c.Consenters {
		if err := e.addConsenter(k.ID, k.MSP, []byte(k.Certificate)); err != nil {
			return nil, err
		}
	}
	return e, e.enough()
}

func (m TrustMember) member() (*member, error) {
	k := &member{m, x509.NewCertPool(), x509.NewCertPool()}
	for _, list := range []struct {
		pems []string
		pool *x509.CertPool
	}{{m.Roots, k.roots}, {m.Intermediates, k.between}} {
		for _, text := range list.pems {
			cert, err := parseCertificate([]byte(text))
			if err != nil {
				return nil, faultf("members", "a certificate of %.80q: %v", m.MSP, err)
			}
			list.pool.AddCert(cert)
		}
	}
	if len(m.Roots) == 0 || m.MSP == "" {
		return nil, faultf("members", "%.80q has no root certificate", m.MSP)
	}
	return k, nil
}
