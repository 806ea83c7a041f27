package network

import (
	"os"
	"strings"
)

// programs adds every node of the network.
func (r *Running) programs(withS3 bool) error {
	for _, m := range r.l.Members {
		if m.Orderer != nil {
			name := "orderer." + string(m.Role)
			r.add(program{name: name, path: r.tools.orderer, args: []string{"start"}, env: r.fabric(name)})
		}
		name := "peer." + string(m.Role)
		r.add(program{name: name, path: r.tools.peer, args: []string{"node", "start"}, env: r.fabric(name)})
		if err := r.addChaincode(m); err != nil {
			return err
		}
	}
	if withS3 {
		return r.addS3()
	}
	return nil
}

// logForm is that of Fabric's logs: no colours, they are files.
const logForm = "%{time:2006-01-02T15:04:05.000Z07:00} %{level:.4s} [%{module}] %{message}"

func (r *Running) fabric(name string) []string {
	return environment("FABRIC_CFG_PATH="+r.l.node(name), "FABRIC_LOGGING_SPEC=warning", "FABRIC_LOGGING_FORMAT="+logForm)
}

func (r *Running) addChaincode(m Member) error {
	name := chaincodeName(m)
	pkg, err := r.l.ccPackage(m)
	if err != nil {
		return err
	}
	args := []string{
		"-address", local(m.Peer.Chaincode), "-id", pkg.ID, "-version", r.l.Chaincode.Version, "-genesis", r.l.path("genesis.json"),
		"-tls-cert", r.l.node(name, "tls", "server.crt"), "-tls-key", r.l.node(name, "tls", "server.key"), "-client-ca", r.l.tlsCA(m)}
	r.add(program{name: name, path: r.tools.chaincode, env: environment(), args: append(args, r.ownPeer(m)...)})
	return nil
}

// ownPeer tells a chaincode that keeps checkpoints where its member's peer is.
func (r *Running) ownPeer(m Member) []string {
	if !r.l.imprints(m) {
		return nil
	}
	cert, key := r.l.reader(m)
	return []string{"-peer", local(m.Peer.Port), "-peer-ca", r.l.tlsCA(m), "-msp-id", m.MSP, "-msp-cert", cert, "-msp-key", key}
}

// environment is that of a node. Nothing else of the caller's gets in: Fabric
// takes any CORE_… and ORDERER_… variable for configuration.
func environment(more ...string) []string {
	var env []string
	for _, kv := range os.Environ() {
		switch name, _, _ := strings.Cut(kv, "="); name {
		case "PATH", "HOME", "TMPDIR", "LANG", "TZ":
			env = append(env, kv)
		}
	}
	return append(env, more...)
}
