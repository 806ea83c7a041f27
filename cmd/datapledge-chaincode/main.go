// Command datapledge-chaincode is a member's chaincode process: its peer
// connects to it over mutual TLS and asks it to apply commands.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
)

const help = `usage: datapledge-chaincode -address HOST:PORT -id CHAINCODE_ID -genesis FILE
         -tls-cert FILE -tls-key FILE -client-ca FILE [-version V]
         [-peer HOST:PORT -peer-ca FILE -msp-id ID -msp-cert FILE -msp-key FILE]

Runs the rules of datapledge as a chaincode service for the peer of one
member. Log lines are JSON, on stderr. SIGTERM and SIGINT let calls under way
finish. Every member runs its own, with its own copy of the genesis.

  -address HOST:PORT  where the peer connects to (connection.json's address)
  -id CHAINCODE_ID    the package id that the peer gave: LABEL:HASH
  -genesis FILE       the genesis that this member agreed to, JSON
  -tls-cert FILE      certificate of this process, PEM
  -tls-key FILE       its private key, PEM
  -client-ca FILE     CA of the peer's client certificate, PEM
  -insecure           no TLS at all, instead of the three: for tests on one machine
  -version V          what the function info answers as "chaincode"

A member of a channel of checkpoints (imprint) needs all of these, too: it
endorses a checkpoint only when its own peer has the same blocks.

  -peer HOST:PORT     the member's peer, where it takes clients
  -peer-ca FILE       CA of that peer's certificate, PEM
  -msp-id ID          the member's MSP, and a client of it: any that may read
  -msp-cert FILE      its certificate, PEM
  -msp-key FILE       its private key (ECDSA), PEM

EXAMPLE
  datapledge-chaincode -address 127.0.0.1:9999 -id datapledge:5e0f… -genesis genesis.json \
    -tls-cert server.crt -tls-key server.key -client-ca ca.crt

EXIT STATUS
  0 ended in order, 1 fault, 2 usage
`

func main() {
	os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
}

// run is the whole program but for the exit.
func run(args []string, stdout, stderr io.Writer) int {
	o, err := parseOptions(args)
	if errors.Is(err, flag.ErrHelp) {
		fmt.Fprint(stdout, help)
		return 0
	}
	if err != nil {
		fmt.Fprintf(stderr, "datapledge-chaincode: %v\ndatapledge-chaincode: hint: see datapledge-chaincode -help\n", err)
		return 2
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	log := slog.New(slog.NewJSONHandler(stderr, nil))
	if err := serve(ctx, o, log); err != nil {
		log.Error("ended", "error", err.Error())
		return 1
	}
	log.Info("ended")
	return 0
}
