package network

import "strconv"

// peerEnvironment says of a peer what differs from Fabric's sample core.yaml,
// sorted by name. Its external builder for chaincode as a service is the
// sample's. The operations address is for the health check inside the
// container only: it asks no caller who he is.
func peerEnvironment(m Member) []variable {
	here := address(m.Peer.Host, m.Peer.Port)
	tls := cryptoMount + "/tls/"
	return []variable{
		{"CORE_LEDGER_HISTORY_ENABLEHISTORYDATABASE", "false"},
		{"CORE_METRICS_PROVIDER", "prometheus"},
		{"CORE_OPERATIONS_LISTENADDRESS", local(m.Peer.Operations)},
		{"CORE_PEER_ADDRESS", here},
		{"CORE_PEER_DELIVERYCLIENT_BLOCKCENSORSHIPTIMEOUTKEY", "1s"},
		{"CORE_PEER_DELIVERYCLIENT_RECONNECTBACKOFFTHRESHOLD", "10s"},
		{"CORE_PEER_FILESYSTEMPATH", dataMount},
		{"CORE_PEER_GOSSIP_BOOTSTRAP", here},
		{"CORE_PEER_GOSSIP_ENDPOINT", here},
		{"CORE_PEER_ID", m.Peer.Host},
		{"CORE_PEER_KEEPALIVE_MININTERVAL", "10s"},
		{"CORE_PEER_LISTENADDRESS", address("0.0.0.0", m.Peer.Port)},
		{"CORE_PEER_LOCALMSPID", m.MSP},
		{"CORE_PEER_MSPCONFIGPATH", cryptoMount + "/msp"},
		{"CORE_PEER_TLS_CERT_FILE", tls + "server.crt"},
		{"CORE_PEER_TLS_ENABLED", "true"},
		{"CORE_PEER_TLS_KEY_FILE", tls + "server.key"},
		{"CORE_PEER_TLS_ROOTCERT_FILE", tls + "ca.crt"},
		{"CORE_VM_ENDPOINT", ""},
		{"FABRIC_LOGGING_SPEC", "info"},
	}
}

// ordererEnvironment is the same for a consenter and orderer.yaml.
func ordererEnvironment(m Member) []variable {
	tls := cryptoMount + "/tls/"
	cert, key, roots := tls+"server.crt", tls+"server.key", "["+tls+"ca.crt]"
	return []variable{
		{"FABRIC_LOGGING_SPEC", "info"},
		{"ORDERER_ADMIN_LISTENADDRESS", address("0.0.0.0", m.Orderer.Admin)},
		{"ORDERER_ADMIN_TLS_CERTIFICATE", cert},
		{"ORDERER_ADMIN_TLS_CLIENTAUTHREQUIRED", "true"},
		{"ORDERER_ADMIN_TLS_CLIENTROOTCAS", roots},
		{"ORDERER_ADMIN_TLS_ENABLED", "true"},
		{"ORDERER_ADMIN_TLS_PRIVATEKEY", key},
		{"ORDERER_CONSENSUS_WALDIR", dataMount + "/orderer/wal"},
		{"ORDERER_FILELEDGER_LOCATION", dataMount + "/orderer"},
		{"ORDERER_GENERAL_BACKOFF_MAXDELAY", "10s"},
		{"ORDERER_GENERAL_CLUSTER_CLIENTCERTIFICATE", cert},
		{"ORDERER_GENERAL_CLUSTER_CLIENTPRIVATEKEY", key},
		{"ORDERER_GENERAL_KEEPALIVE_SERVERMININTERVAL", "10s"},
		{"ORDERER_GENERAL_LISTENADDRESS", "0.0.0.0"},
		{"ORDERER_GENERAL_LISTENPORT", strconv.Itoa(m.Orderer.Port)},
		{"ORDERER_GENERAL_LOCALMSPDIR", cryptoMount + "/msp"},
		{"ORDERER_GENERAL_LOCALMSPID", m.MSP},
		{"ORDERER_GENERAL_TLS_CERTIFICATE", cert},
		{"ORDERER_GENERAL_TLS_ENABLED", "true"},
		{"ORDERER_GENERAL_TLS_PRIVATEKEY", key},
		{"ORDERER_GENERAL_TLS_ROOTCAS", roots},
		{"ORDERER_METRICS_PROVIDER", "prometheus"},
		{"ORDERER_OPERATIONS_LISTENADDRESS", local(m.Orderer.Operations)},
	}
}
