package main

import (
	"encoding/json"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/datapledge/datapledge/network"
	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service/node"
)

// retained is for how many days a trial's store keeps the objects of datasets.
const retained = 1

// checkpointsEvery is written out so that it is seen where it may be changed.
const checkpointsEvery = 2 * time.Second

// serviceFor is the configuration of a service beside a network that runs in
// dir: it acts for the exchange, which is the custodian.
func serviceFor(dir string, c network.Consortium, withS3 bool) node.Config {
	s := node.Default()
	s.Channel, s.Data = c.Channel, filepath.Join(dir, "service")
	s.Ledger = node.Ledger{Kind: "fabric", ProfileFile: filepath.Join(dir, "profile", string(pledge.RoleExchange)+".yaml"),
		Chaincode: c.Chaincode.Name, ChaincodeVersion: c.Chaincode.Version, TrustFile: trustFile(dir)}
	s.Keys.CustodianFile = filepath.Join(dir, "keys", string(pledge.RoleExchange)+".jwk")
	s.Preflight.SketchKeyFile = sketchKeyIn(filepath.Join(dir, "keys"))
	if withS3 {
		s.Bucket = node.Bucket{Kind: "s3", Endpoint: net.JoinHostPort("127.0.0.1", strconv.Itoa(c.Storage.Port)), Bucket: c.Storage.Bucket, Region: c.Storage.Region, Create: true,
			CAFile: filepath.Join(dir, "s3", "ca.pem"), AccessKeyFile: filepath.Join(dir, "s3", "access-key"), SecretKeyFile: filepath.Join(dir, "s3", "secret-key"),
			Lock: node.Lock{Mode: "governance", Days: retained}}
	}
	if c.Imprint != nil {
		// On this machine all profiles are here. In earnest the exchange has
		// none of that channel: its members follow the ledger themselves.
		s.Imprint.Sinks = []node.Sink{{Name: c.Imprint.Channel, Kind: "fabric", ProfileFile: filepath.Join(dir, "profile", string(c.Imprint.Members[0])+".yaml"),
			Channel: c.Imprint.Channel, Chaincode: c.Imprint.Chaincode, Interval: node.Duration(checkpointsEvery)}}
	}
	return s
}

// trustFile is where writeConsortiumTrust leaves it.
func trustFile(dir string) string { return filepath.Join(dir, "trust.json") }

// serviceConfig is where 'serve -config' finds that configuration.
func serviceConfig(dir string) string { return filepath.Join(dir, "service.json") }

// writeServiceConfig leaves it there, once: it may have been edited since.
func writeServiceConfig(dir string, c network.Consortium) error {
	if _, err := os.Stat(serviceConfig(dir)); err == nil {
		return nil
	}
	text, err := json.MarshalIndent(serviceFor(dir, c, true), "", "  ")
	if err == nil {
		err = writeSketchKey(filepath.Join(dir, "keys")) // networks of before have none
	}
	if err != nil {
		return err
	}
	return os.WriteFile(serviceConfig(dir), append(text, '\n'), 0o600)
}
