// Package client is what a party holds: its key, which signs commands and
// tokens, and a client of the REST API that sends them. Nothing here trusts
// the service with a secret: a private key never leaves this package except
// into its own file.
package client
