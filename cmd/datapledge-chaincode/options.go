package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
)

// version is what a release sets at link time.
var version = "dev"

type options struct {
	address, id, genesis, version string
	cert, key, clientCA           string
	insecure                      bool

	// Where the ledger's own channel is read, and as whom: all or none.
	peer, peerCA, mspID, mspCert, mspKey string
}

func parseOptions(args []string) (options, error) {
	var o options
	f := flag.NewFlagSet("datapledge-chaincode", flag.ContinueOnError)
	f.SetOutput(io.Discard)
	f.StringVar(&o.address, "address", "", "")
	f.StringVar(&o.id, "id", "", "")
	f.StringVar(&o.genesis, "genesis", "", "")
	f.StringVar(&o.version, "version", version, "")
	f.StringVar(&o.cert, "tls-cert", "", "")
	f.StringVar(&o.key, "tls-key", "", "")
	f.StringVar(&o.clientCA, "client-ca", "", "")
	f.StringVar(&o.peer, "peer", "", "")
	f.StringVar(&o.peerCA, "peer-ca", "", "")
	f.StringVar(&o.mspID, "msp-id", "", "")
	f.StringVar(&o.mspCert, "msp-cert", "", "")
	f.StringVar(&o.mspKey, "msp-key", "", "")
	f.BoolVar(&o.insecure, "insecure", false, "")
	if err := f.Parse(args); err != nil {
		return o, err
	}
	if f.NArg() > 0 {
		return o, fmt.Errorf("unexpected argument %q", f.Arg(0))
	}
	return o, o.check()
}

// check reports all that is wrong. Without TLS anybody who reaches the port
// can pose as the peer; that has to be asked for by name.
func (o options) check() error {
	var faults []error
	need := func(name, value string) {
		if value == "" {
			faults = append(faults, fmt.Errorf("-%s is missing", name))
		}
	}
	need("address", o.address)
	need("id", o.id)
	need("genesis", o.genesis)
	need("version", o.version)
	port := func(name, value string) {
		if _, _, err := net.SplitHostPort(value); value != "" && err != nil {
			faults = append(faults, fmt.Errorf("-%s: %w", name, err))
		}
	}
	port("address", o.address)
	port("peer", o.peer)
	if o.peer+o.peerCA+o.mspID+o.mspCert+o.mspKey != "" {
		need("peer", o.peer)
		need("peer-ca", o.peerCA)
		need("msp-id", o.mspID)
		need("msp-cert", o.mspCert)
		need("msp-key", o.mspKey)
	}
	if !o.insecure {
		need("tls-cert", o.cert)
		need("tls-key", o.key)
		need("client-ca", o.clientCA)
	} else if o.cert+o.key+o.clientCA != "" {
		faults = append(faults, errors.New("-insecure goes without -tls-cert, -tls-key and -client-ca"))
	}
	return errors.Join(faults...)
}
