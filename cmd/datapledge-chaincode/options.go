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
	if _, _, err := net.SplitHostPort(o.address); o.address != "" && err != nil {
		faults = append(faults, fmt.Errorf("-address: %w", err))
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
