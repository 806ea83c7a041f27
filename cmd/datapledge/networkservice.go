package main

import (
	"encoding/json"
	"net"
	"os"
	"path/filepath"
	"strconv"

	"github.com/datapledge/datapledge/network"
	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service/node"
)

// retained is for how many days a trial's store keeps the objects of datasets.
const retained = 1

// serviceFor is the configuration of a service beside a network that runs in
// dir: it acts for the exchange, which is the custodian.
func serviceFor(dir string, c network.Consortium, withS3 bool) node.Config {
	s := node.Default()
	s.Channel, s.Data = c.Channel, filepath.Join(dir, "service")
	s.Ledger = node.Ledger{Kind: "fabric", ProfileFile: filepath.Join(dir, "profile", string(pledge.RoleExchange)+".yaml"),
		Chaincode: c.Chaincode.Name, ChaincodeVersion: c.Chaincode.Version}
	s.Keys.CustodianFile = filepath.Join(dir, "keys", string(pledge.RoleExchange)+".jwk")
	if withS3 {
		s.Bucket = node.Bucket{Kind: "s3", Endpoint: net.JoinHostPort("127.0.0.1", strconv.Itoa(c.Storage.Port)), Bucket: c.Storage.Bucket, Region: c.Storage.Region, Create: true,
			CAFile: filepath.Join(dir, "s3", "ca.pem"), AccessKeyFile: filepath.Join(dir, "s3", "access-key"), SecretKeyFile: filepath.Join(dir, "s3", "secret-key"),
			Lock: node.Lock{Mode: "governance", Days: retained}}
	}
	return s
}

// writeServiceConfig leaves the configuration where 'serve -config' finds it.
// One that is there already may have been edited and stays.
func writeServiceConfig(dir string, c network.Consortium) (string, error) {
	path := filepath.Join(dir, "service.json")
	if _, err := os.Stat(path); err == nil {
		return path, nil
	}
	text, err := json.MarshalIndent(serviceFor(dir, c, true), "", "  ")
	if err != nil {
		return "", err
	}
	return path, os.WriteFile(path, append(text, '\n'), 0o600)
}
